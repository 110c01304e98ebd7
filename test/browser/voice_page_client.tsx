/* voice_page_client.tsx - the page of voice.test.mjs: the client's link and model, with the views of
 * voice and nothing else of the frame. It is served at the real server's own address. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { memory } from "../../web/src/keep/memory.js";
import { Socket, now, socketUrl } from "../../web/src/link/socket.js";
import { Client } from "../../web/src/model/client.js";
import { ClientActions } from "../../web/src/model/client_actions.js";
import type { World } from "../../web/src/model/ports.js";
import { callName } from "../../web/src/model/updates.js";
import type { VoicePort } from "../../web/src/voice/port.js";
import { Voice } from "../../web/src/voice/voice.js";
import { slot } from "../../web/src/view/slots.js";
import { mountVoice } from "../../web/src/view/voice/mount.js";
import "../../web/src/view/voice/voice.css";

const world: World = {
  now,
  later: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  randomNumber: () => 1 + Math.floor(Math.random() * 2 ** 50),
  put: async () => 0, get: async () => undefined, sha256: async () => new Uint8Array(32), thumbnail: async () => undefined,
};

const client = new Client(memory(), world);
const socket = new Socket(socketUrl(location), "voice test", {
  changed: (link) => client.changed(link),
  attached: (session, extras) => client.attached(session, extras),
  update: (message) => client.update(message),
  ended: (reason) => client.ended(reason),
  position: () => client.position(),
});
const { machine } = socket;
client.lead({
  get up() { return client.store.now.link.state === "up"; },
  start: (session) => machine.start(session, now()),
  enter: (asks, done) => machine.enter(asks, now(), done),
  stop: () => machine.stop(),
  reconnect: () => machine.reconnect(now()),
  request: (ask, done) => machine.request(ask, now(), done),
  tell: (action, fields) => machine.tell(action, fields),
  setInCall: (inCall) => machine.setInCall(inCall, now()),
  get buffered() { return socket.buffered; },
  get behindMs() { return machine.behindMs(now()); },
  get roundTripMs() { return machine.roundTripMs; },
});
socket.watch(window);

const actions = new ClientActions(client);
const port: VoicePort = {
  state: client.state,
  onCallData: (listener) => client.onCallData(listener),
  sendCallData(bytes) {
    const { call } = client.store.now;
    return call !== undefined && machine.tell("call_data", [callName(call.conversation), { type: 2, bytes }]);
  },
  get buffered() { return socket.buffered; },
  onReport: (listener) => { client.onReport = listener; },
  sendReport: (person, lost) => client.sendReport(person, lost),
  get behindMs() { return machine.behindMs(now()); },
  get roundTripMs() { return machine.roundTripMs; },
  setSpeaking: (name, speaking) => client.calls.setSpeaking(name, speaking),
  notice: (text, urgent) => client.notice(text, urgent),
};
const voice = new Voice(port, actions, localStorage);
voice.change({ checked: true });
mountVoice(voice);
/* How much was sent in calls, from the beginning. */
const choices: unknown[] = [];
effect(() => {
  const { choice, microphone } = voice.status.value;
  if (microphone !== "off" && choices.at(-1) !== choice)
    choices.push(choice);
});

function Page() {
  const state = client.state.value, shared = { state: client.state, actions };
  const CallBar = slot("CallBar")!, Record = slot("RecordButton")!, Recording = slot("RecordingPlayer")!;
  const { current } = state;
  return (
    <main>
      <CallBar shared={shared} />
      {current !== undefined && state.conversations.get(current)?.messages.map((message) =>
        <Recording key={message.key} shared={shared} conversation={current} message={message} />)}
      {current !== undefined && <Record shared={shared} conversation={current} />}
    </main>
  );
}

void client.begin().then(() => render(<Page />, document.querySelector("#page")!));
Object.assign(window, { actions, facts: () => ({ phase: client.store.now.phase, call: client.store.now.call, ring: client.store.now.ring,
  link: client.store.now.link.state, status: voice.status.peek(), choices, notice: client.store.now.notice, calls: [...client.store.now.calls],
  messages: [...client.store.now.conversations.values()].flatMap(({ id, messages }) => messages.map(({ seq, kind, delivery, recording }) =>
    ({ id, seq, kind, delivery, played: recording?.played }))) }) });
