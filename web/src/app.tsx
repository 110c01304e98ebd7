/* app.tsx - where the client begins: makes the model, the link and the views, and joins them. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { makePage } from "./page.js";
import type { State } from "./model/state.js";
import { Frame } from "./view/frame.js";
import { Screens } from "./view/screens/screens.js";
import { fillSlots } from "./view/slots.js";
import { mountVoice } from "./view/voice/mount.js";
import { Voice } from "./voice/voice.js";
import { setBadge, startShell } from "./worker/register.js";

const { state, actions, voicePort, onBuild } = await makePage(window);

/** Nothing would be lost by loading the page again: no text, no call, nothing on its way. */
function isIdle({ call, conversations, current, outboxLength }: State): boolean {
  const draft = current === undefined ? "" : conversations.get(current)?.draft ?? "";
  return call === undefined && outboxLength === 0 && draft === "";
}

const toldOf = ({ conversations }: State): number =>
  [...conversations.values()].reduce((sum, each) => sum + (each.level === "all" ? each.unread : each.unreadMentions), 0);

const shell = startShell({ isIdle: () => isIdle(state.peek()), onMissing: () => undefined });
onBuild((build) => shell.serverBuild(build));

let wasIn = false;
effect(() => {
  const { phase } = state.value;
  if (phase === "out" && wasIn)
    void shell.forget();
  wasIn = phase === "in";
  setBadge(toldOf(state.value));
});

fillSlots({ Screens });
mountVoice(new Voice(voicePort, actions, localStorage));
render(<Frame state={state} actions={actions} />, document.body);
