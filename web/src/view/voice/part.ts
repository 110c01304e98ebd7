/* part.ts - voice as one part of the page: the engine and its views. Loaded ahead by app.tsx. */
export { mountVoice } from "./mount.js";
export { Voice } from "../../voice/voice.js";
