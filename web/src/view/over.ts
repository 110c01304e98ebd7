/* over.ts - one part of the page: all that stands over the frame, and what the composer and the menu of
 * a message do. One file, since it is loaded ahead as a whole (later.tsx) and packs better so. Loaded
 * by late.ts, composer.tsx and conversation.tsx. */
export { ByLink } from "./by_link.js";
export { Completion } from "./completion.js";
export { MenuLayer } from "./dialog.js";
export { EventLine } from "./event.js";
export { JoinQuestion } from "./join_question.js";
export { openMessageMenu } from "./message_menu.js";
export { performLine } from "./perform.js";
export { EmojiPicker } from "./picker.js";
export { RemoveQuestion } from "./remove.js";
export { Sheet } from "./sheet.js";
export { Staged } from "./staged.js";
export { Switcher } from "./switcher.js";
export { Viewer } from "./viewer.js";
