/* page.ts - the client of one page: the model, the connection, what is kept, and other tabs of this
 * browser, joined. Called by app.tsx. Views are not here. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { whenIdle } from "./idle.js";
import { Keep } from "./keep/keep.js";
import { Socket, socketUrl } from "./link/socket.js";
import { watchTouch } from "./link/touch.js";
import { browserWorld } from "./link/world.js";
import type { Actions } from "./model/actions.js";
import { Client } from "./model/client.js";
import { ClientActions } from "./model/client_actions.js";
import type { LinkPort } from "./model/ports.js";
import type { State } from "./model/state.js";
import { Tabs } from "./tabs/tabs.js";
import { tabActions } from "./tabs/tab_actions.js";
import type { VoicePort } from "./voice/port.js";
import { missing } from "./worker/missing.js";
import type { Shell } from "./worker/register.js";

const CLIENT_NAME = "Chinwag in the browser";

export interface Page {
  readonly state: ReadonlySignal<State>;
  readonly actions: Actions;
  readonly client: Client;
  readonly voicePort: VoicePort;
  /** This tab holds the connection, and makes the sounds. */
  readonly leads: ReadonlySignal<boolean>;
}

function linkOf(client: Client, page: Window, shell: Promise<Shell>): LinkPort {
  const socket = new Socket(socketUrl(page.location), CLIENT_NAME, {
    changed: (link) => client.changed(link),
    attached: (session, extras) => {
      client.attached(session, extras);
      const build = extras["build"];
      void shell.then((made) => made.serverBuild(typeof build === "string" ? build : ""));
    },
    tooOld: () => void shell.then((made) => made.refused()),
    update: (message) => client.update(message),
    ended: (reason) => client.ended(reason),
    position: () => client.position(),
  });
  socket.watch(page);
  return socket.port();
}

/** The engine of calls is that of the tab that leads: in others nobody is in a call. All of them
 * ring. */
function withoutCall(state: State): State {
  const { call: _call, ...rest } = state;
  return rest;
}

function voicePortOf(client: Client, leads: ReadonlySignal<boolean>): VoicePort {
  return {
    leads,
    state: computed(() => (leads.value ? client.state.value : withoutCall(client.state.value))),
    elsewhere: computed(() => (leads.value ? undefined : client.state.value.call)),
    onCallData: (listener) => client.onCallData(listener),
    sendCallData: (bytes) => client.sendCallData(bytes),
    onReport: (listener) => { client.onReport = listener; },
    sendReport: (person, lost) => client.sendReport(person, lost),
    get buffered() { return client.linkPort?.buffered ?? 0; },
    get behindMs() { return client.linkPort?.behindMs ?? 0; },
    get roundTripMs() { return client.linkPort?.roundTripMs; },
    setSpeaking: (name, speaking) => client.calls.setSpeaking(name, speaking),
    notice: (text, urgent) => client.notice(text, urgent),
  };
}

/** What changed within the last second, such as a draft, is not lost with the page. */
function saveBeforeEnd(page: Window, client: Client, leads: ReadonlySignal<boolean>): void {
  const save = (): void => { if (leads.value) void client.save(); };
  page.addEventListener("pagehide", save);
  page.document.addEventListener("visibilitychange", () => { if (page.document.visibilityState === "hidden") save(); });
}

export async function makePage(page: Window & typeof globalThis): Promise<Page> {
  const client = new Client(new Keep(page.indexedDB), browserWorld);
  const leads = signal(false);
  const shell = whenIdle().then(() => import("./worker/join.js"))
    .then(({ joinShell }) => joinShell(client.state, page.document, (why) => { missing.value = why; }));
  shell.catch(() => undefined); /* pages work without it */
  const tabs = new Tabs(client, new ClientActions(client), {
    link: () => linkOf(client, page, shell),
    locks: page.navigator.locks,
    channel: typeof page.BroadcastChannel === "function" ? new page.BroadcastChannel("chinwag") : undefined,
    leads: (now) => { leads.value = now; },
  });
  saveBeforeEnd(page, client, leads); /* before the lead is given away */
  const voicePort = voicePortOf(client, leads);
  page.addEventListener("pagehide", () => {
    voicePort.ends?.();
    tabs.close();
  });
  page.addEventListener("pageshow", ({ persisted }) => { if (persisted) void tabs.begin(); });
  watchTouch(page, browserWorld.now, () => void tabs.perform("active", []));
  await tabs.begin();
  return { state: client.state, actions: tabActions(tabs), client, voicePort, leads };
}
