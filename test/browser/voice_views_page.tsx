/* voice_views_page.tsx - the page of voice_views.test.mjs: calls, recorder and player of the browser
 * client over a small model of one group, without a server. What is sent comes back as bob's. */
import { signal } from "@preact/signals";
import { render } from "preact";
import type { Actions } from "../../web/src/model/actions.js";
import type { Call, Conversation, Message, Participant, State } from "../../web/src/model/state.js";
import type { VoicePort } from "../../web/src/voice/port.js";
import { Voice } from "../../web/src/voice/voice.js";
import { askedBy } from "../../web/src/view/keys.js";
import { slot } from "../../web/src/view/slots.js";
import { mountVoice } from "../../web/src/view/voice/mount.js";
import "../../web/src/view/voice/voice.css";

const person = (name: string, part: Partial<Participant> = {}): Participant => ({ name, speaking: false, muted: false, volume: 1, ...part });
const group = (messages: readonly Message[]): Conversation => ({ id: "#cooks", title: "Cooks", order: 0, inCall: 1, announcements: false, slowSeconds: 0,
  unread: 0, unreadMentions: 0, read: 0, peerRead: 0, level: "all", draft: "", lastTime: 0, preview: "", messages, events: [], olderLeft: false,
  newerLeft: false, loading: "no", typing: [] });

const messages: Message[] = [], files: Uint8Array[] = [], done: string[] = [];
const state = signal<State>({ phase: "in", link: { state: "up" }, account: { username: "alice", admin: false, temporary: false },
  conversations: new Map([["#cooks", group([])]]), people: new Map(), calls: new Map(), quiet: false, outboxLength: 0 });
const change = (part: Partial<State>): void => { state.value = { ...state.peek(), ...part }; };
const changeCall = (part: Partial<Call>): void => { change({ call: { ...state.peek().call!, ...part } }); };

let packets = 0;
let listener: ((sender: string, samples: Uint8Array, conversation: string) => void) | undefined;
const port: VoicePort = {
  state,
  onCallData(handler) {
    listener = handler;
    return () => { listener = undefined; };
  },
  sendCallData(bytes) {
    packets++;
    listener?.("bob", bytes, "#cooks");
    return true;
  },
  buffered: 0,
  onReport: () => undefined,
  sendReport: () => undefined,
  behindMs: 0,
  roundTripMs: undefined,
  setSpeaking: (name, speaking) => changeCall({ participants: state.peek().call!.participants.map((one) => (one.name === name ? { ...one, speaking } : one)) }),
  notice: (text) => done.push(text),
};

const actions = {
  async join(conversation) {
    change({ call: { conversation, state: "in", participants: [person("alice"), person("bob"), person("carol")], muted: false, deafened: false, since: 0 } });
    return { ok: true, value: undefined };
  },
  leave: () => { const { call: _gone, ...rest } = state.peek(); state.value = rest; },
  setMuted: (muted) => changeCall({ muted }),
  setDeafened: (deafened) => changeCall({ deafened }),
  setVolume: (name, volume, muted) => changeCall({ participants: state.peek().call!.participants.map((one) => (one.name === name ? { ...one, volume, muted } : one)) }),
  refuse: () => { const { ring: _gone, ...rest } = state.peek(); state.value = rest; done.push("refused"); },
  sendRecording(_conversation, ogg, durationMs) {
    files.push(ogg);
    messages.push({ key: String(files.length), seq: files.length, id: files.length, time: 0, sender: "bob", own: false, kind: "voice", content: "",
      delivery: "stored", pinned: false, mentioned: false, reactions: [], damaged: false, bot: false,
      recording: { durationMs, waveform: Array.from({ length: 64 }, (_, i) => (i % 7) / 7), size: ogg.length, played: false } });
    change({ conversations: new Map([["#cooks", group([...messages])]]) });
  },
  async recording(_conversation, seq) { return { ok: true, value: files[seq - 1]! }; },
  played(_conversation, seq) {
    done.push(`played ${seq}`);
    messages[seq - 1] = { ...messages[seq - 1]!, recording: { ...messages[seq - 1]!.recording!, played: true } };
    change({ conversations: new Map([["#cooks", group([...messages])]]) });
  },
} as Partial<Actions> as Actions;

const voice = new Voice(port, actions, localStorage);
mountVoice(voice);
/* As the frame does it (view/shell.tsx). */
addEventListener("keydown", (event) => { if (askedBy(event) === "mute") actions.setMuted(!state.peek().call!.muted); });

function Page() {
  const shared = { state, actions };
  const CallBar = slot("CallBar")!, Record = slot("RecordButton")!, Recording = slot("RecordingPlayer")!;
  return (
    <main>
      <h1>Cooks</h1>
      <CallBar shared={shared} />
      <button type="button" onClick={() => slot("join")!(shared, "#cooks")}>Join</button>
      {state.value.conversations.get("#cooks")!.messages.map((message) => <Recording key={message.key} shared={shared} conversation="#cooks" message={message} />)}
      <div style={{ marginInlineStart: "400px" }}><Record shared={shared} conversation="#cooks" /></div>
    </main>
  );
}

render(<Page />, document.querySelector("#page")!);
Object.assign(window, { facts: () => ({ packets, done, status: voice.status.peek(), call: state.peek().call, files: files.length,
  bytes: files.map((file) => btoa(String.fromCharCode(...file))) }),
  ring: (from: string) => change({ ring: { from, since: 0 } }), call: changeCall });
