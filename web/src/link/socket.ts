/* socket.ts - the thin part of the link: a WebSocket, a timer, and what the browser says about the
 * network, around the machine (machine.ts). Called by app.tsx and by tests with a real server. */
import type { LinkPort } from "../model/ports.js";
import { LinkMachine, type Effects } from "./machine.js";

/** What a model is told by the link: the effects that are not of the browser. */
export type Listener = Omit<Effects, "open" | "close" | "send" | "wake" | "random">;

export const now = (): number => Date.now();

export const socketUrl = (place: { readonly protocol: string; readonly host: string }): string =>
  `${place.protocol === "https:" ? "wss" : "ws"}://${place.host}/ws`;

export class Socket {
  readonly machine: LinkMachine;
  #socket: WebSocket | undefined;
  readonly #unwatch = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #url: string;

  constructor(url: string, clientName: string, listener: Listener) {
    this.#url = url;
    this.machine = new LinkMachine({
      open: () => this.#open(),
      close: () => this.#close(),
      send: (bytes) => this.#socket?.send(bytes),
      wake: (at) => this.#wake(at),
      random: Math.random,
      changed: (link) => listener.changed(link),
      attached: (session, extras) => listener.attached(session, extras),
      update: (message) => listener.update(message),
      ended: (reason) => listener.ended(reason),
      tooOld: () => listener.tooOld?.(),
      position: () => listener.position(),
    }, clientName);
  }

  /** Bytes that the browser has not handed to the network yet. */
  get buffered(): number { return this.#socket?.bufferedAmount ?? 0; }

  /** As the model uses it. */
  port(): LinkPort {
    const { machine } = this;
    const socket = this;
    return {
      get up() { return machine.up; },
      get buffered() { return socket.buffered; },
      get behindMs() { return machine.behindMs(now()); },
      get roundTripMs() { return machine.roundTripMs; },
      start: (session) => machine.start(session, now()),
      enter: (asks, done) => machine.enter(asks, now(), done),
      stop: () => machine.stop(),
      reconnect: () => machine.reconnect(now()),
      request: (ask, done) => machine.request(ask, now(), done),
      tell: (action, fields) => machine.tell(action, fields),
      setInCall: (inCall) => machine.setInCall(inCall, now()),
      end: () => {
        machine.stop();
        this.#unwatch.abort();
      },
    };
  }

  /** Follows the events of the page. */
  watch(page: Window): void {
    const { signal } = this.#unwatch;
    const changed = (): void => this.machine.networkChanged(now());
    page.addEventListener("online", changed, { signal });
    page.addEventListener("offline", changed, { signal });
    page.document.addEventListener("visibilitychange", () =>
      this.machine.visible(page.document.visibilityState === "visible", now()), { signal });
    const network = (page.navigator as { connection?: EventTarget }).connection;
    network?.addEventListener("change", changed, { signal });
  }

  #open(): void {
    const socket = new WebSocket(this.#url, "chinwag.1");
    socket.binaryType = "arraybuffer";
    const current = (): boolean => socket === this.#socket;
    socket.onopen = () => { if (current()) this.machine.opened(now()); };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (current() && event.data instanceof ArrayBuffer)
        this.machine.received(new Uint8Array(event.data), now());
    };
    socket.onclose = () => { if (current()) this.machine.closed(now()); };
    this.#socket = socket;
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #wake(at: number): void {
    clearTimeout(this.#timer);
    if (at !== Infinity)
      this.#timer = setTimeout(() => this.machine.tick(now()), Math.max(0, at - now()));
  }
}
