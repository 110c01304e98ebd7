/* late.ts - what stands over the frame, or is in it only when the page stands, and is loaded late
 * (later.tsx). */
import { later } from "./later.js";

const over = () => import("./over.js");

export const ByLink = later(async () => (await over()).ByLink);
export const Completion = later(async () => (await over()).Completion);
export const EmojiPicker = later(async () => (await over()).EmojiPicker);
export const EventLine = later(async () => (await over()).EventLine);
export const JoinQuestion = later(async () => (await over()).JoinQuestion);
export const MenuLayer = later(async () => (await over()).MenuLayer);
export const RemoveQuestion = later(async () => (await over()).RemoveQuestion);
export const Sheet = later(async () => (await over()).Sheet);
export const Staged = later(async () => (await over()).Staged);
export const Switcher = later(async () => (await over()).Switcher);
export const Viewer = later(async () => (await over()).Viewer);
