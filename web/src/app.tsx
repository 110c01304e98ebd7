/* app.tsx - where the client begins: makes the model, the link and the views, and joins them. */
import { render } from "preact";
import { makePage } from "./page.js";

const page = await makePage(window);
void page;
render(<p>Chinwag</p>, document.body);
