/* app.tsx - where the client begins: makes the model, the link and the views, and joins them. */
import { render } from "preact";

render(<p>Chinwag</p>, document.body);
