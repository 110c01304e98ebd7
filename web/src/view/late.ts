/* late.ts - what stands over the frame and is loaded late (later.tsx): each name is a view of the same
 * name in its own file. */
import { later } from "./later.js";

export const EmojiPicker = later(async () => (await import("./picker.js")).EmojiPicker);
export const MenuLayer = later(async () => (await import("./dialog.js")).MenuLayer);
export const RemoveQuestion = later(async () => (await import("./remove.js")).RemoveQuestion);
export const Sheet = later(async () => (await import("./sheet.js")).Sheet);
export const Switcher = later(async () => (await import("./switcher.js")).Switcher);
export const Viewer = later(async () => (await import("./viewer.js")).Viewer);
