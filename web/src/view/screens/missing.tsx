/* missing.tsx - in the place of a screen when the screens could not be loaded. app.tsx fills the slot
 * with it; the next screen that is opened tries again. */
import { lateScreen as words } from "../../text/english.js";
import { closeScreen, openedScreen } from "./open.js";

export function ScreensMissing() {
  return openedScreen.value === undefined ? null : (
    <div role="alert" class="trouble screen-missing">
      {words.notLoaded} <button type="button" onClick={closeScreen}>{words.close}</button>
    </div>
  );
}
