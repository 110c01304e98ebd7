/* core.ts - all that the first usable screen needs, as one file of the build (late_parts.mjs).
 * Imported by app.tsx. */
export { makePage } from "./page.js";
export { makeFormats } from "./text/when.js";
export { Frame } from "./view/frame.js";
export { lateStyle, loadAhead } from "./view/later.js";
export { ScreensMissing } from "./view/screens/missing.js";
export { openedScreen } from "./view/screens/open.js";
export { fillSlots } from "./view/slots.js";
export { sharedText, takeShared } from "./view/share.js";
