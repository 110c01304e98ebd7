/* app.tsx - where the client begins: makes the model, the link and the views, and joins them. Voice
 * and the screens come when the first screen stands, or are asked for before. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { Frame, ScreensMissing, fillSlots, lateStyle, loadAhead, makeFormats, makePage, openedScreen, sharedText, takeShared } from "./core.js";
import "./view/style/style.css";
import type { Voice } from "./voice/voice.js";

sharedText.value = takeShared();
const page = await makePage(window);
let voice: Promise<Voice> | undefined;
let screens: Promise<void> | undefined;

/* A part that could not be loaded is tried again when it is asked for again. */
function loadVoice(): Promise<Voice> {
  const load = async (): Promise<Voice> => {
    const [{ Voice, mountVoice }] = await Promise.all([import("./view/voice/part.js"), lateStyle()]);
    const made = new Voice(page.voicePort, page.actions, localStorage);
    mountVoice(made);
    return made;
  };
  return voice ??= load().catch((error: unknown) => {
    voice = undefined;
    throw error;
  });
}

function loadScreens(): Promise<void> {
  const load = async (): Promise<void> => {
    const [{ Screens }] = await Promise.all([import("./view/screens/screens.js"), lateStyle()]);
    fillSlots({ Screens });
  };
  return screens ??= load().catch(() => {
    screens = undefined;
    fillSlots({ Screens: ScreensMissing });
  });
}

fillSlots({
  join: (_shared, conversation) => void loadVoice().then((loaded) => loaded.join(conversation), () => page.actions.join(conversation)),
  soundSettings: () => void loadVoice().then((loaded) => { loaded.dialog.value = {}; }, () => undefined),
});
effect(() => { if (openedScreen.value) void loadScreens(); });
effect(() => {
  const { call, ring } = page.voicePort.state.value;
  if (call || ring || page.voicePort.elsewhere?.value) loadVoice().catch(() => undefined);
});
render(<Frame state={page.state} actions={page.actions} />, document.body);
loadAhead(loadVoice, loadScreens);
void makeFormats();
/* The server holds a seat in a call for some seconds (voice/seat.ts). */
Promise.resolve().then(() => (sessionStorage["chinwag-seat"] ? loadVoice() : undefined)).catch(() => undefined);
