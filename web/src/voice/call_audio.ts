/* call_audio.ts - the sound of one call: opens the graph and the microphone, follows the state and
 * the settings, and bounds what waits to be sent: also by longer packets of fewer bits. Being in the call is the model's; this lives as
 * long as `state.call` and so survives reconnections. A lazy chunk; begun by voice.ts. */
import { effect, untracked, type Signal } from "@preact/signals";
import { Graph, openMicrophone, type Samples } from "./graph.js";
import { Hearing } from "./hearing.js";
import { GATE_DEFAULT, meter } from "./level.js";
import { isSilence, CALL_PACKET_HEADER } from "./opus_ext.js";
import { Pace } from "./pace.js";
import type { VoicePort } from "./port.js";
import { listenForPush } from "./push_to_talk.js";
import type { VoiceSettings } from "./settings.js";
import { BackOff } from "./stalls.js";
import type { CallStatus } from "./status.js";
import { choosesSpeaker, troubleOf } from "./support.js";

const FRAME_MS = 20;
/* What may wait in the socket, and how late answers of the server may be beyond what they need: behind
 * the socket is a queue that browsers do not tell of. What is older is worthless when it arrives. */
const WAITING_MS = 200, BEHIND_MS = 500;
/* What a frame costs beside its samples: names, the token, the headers of WebSocket and TLS. */
const FRAME_OVERHEAD = 150;
const SPEAKING_MS = 300;
const WARNING_MS = 5000;
const LOOK_MS = 100;

/** Does a packet of `ms` not belong on the way now? */
export function isCongested({ buffered, behindMs }: Pick<VoicePort, "buffered" | "behindMs">, packet: number, ms: number): boolean {
  return behindMs > BEHIND_MS || buffered > ((packet + FRAME_OVERHEAD) * WAITING_MS) / ms;
}

export class CallAudio {
  #graph: Graph | undefined;
  #closed = false;
  #pushed = false;
  #sent = 0;
  #unsent = 0;
  #refused = 0; /* of them, since the connection had no room */
  readonly #seen = { sent: 0, refused: 0 }; /* at the last look */
  #roundTrip = 0; /* the last one; 0: unknown */
  #leastOfTwo = 0; /* ... and the one before: a page that was busy makes one longer, a queue both */
  readonly #pace = new Pace();
  readonly #hearing = new Hearing();
  readonly #backOff = new BackOff();
  readonly #ends: (() => void)[] = [];
  readonly #silent = new Map<string, ReturnType<typeof setTimeout>>(); /* when a speaker counts as silent */
  #known: ReadonlySet<string> = new Set();
  #warned: ReturnType<typeof setTimeout> | undefined;
  #wake: { release(): Promise<void> } | undefined;
  #opening = 0; /* the newest attempt to open a microphone */

  constructor(private readonly port: VoicePort, private readonly settings: Signal<VoiceSettings>,
    private readonly status: Signal<CallStatus>, private readonly level: Signal<number>) {}

  async start(): Promise<void> {
    this.#ends.push(this.port.onCallData((sender, samples) => this.#hear(sender, samples)),
      listenForPush(window, () => this.settings.peek().pushKey, (pushed) => { this.#pushed = pushed; this.#setGate(); }));
    const looking = setInterval(() => this.#look(performance.now()), LOOK_MS);
    this.port.onReport((sender, lost) => this.#hearing.told(sender, lost, performance.now()));
    this.#ends.push(() => clearInterval(looking), () => this.port.onReport(undefined));
    this.#stayAwake();
    this.#soundOnClick();
    await this.#open();
    if (this.#closed)
      return;
    this.#ends.push(effect(() => this.#followCall()), effect(() => this.#followGate()), effect(() => this.#followSpeaker()),
      effect(() => this.#followMicrophone()));
  }

  #tell(part: Partial<CallStatus>): void {
    this.status.value = { ...this.status.peek(), ...part };
  }

  /* --- the graph ------------------------------------------------------------------------------ */

  async #open(): Promise<void> {
    const hint = this.#backOff.hint;
    const graph = await Graph.open(hint, {
      packet: (samples) => this.#send(samples),
      level: (db, open, speakingMuted) => this.#measure(db, open, speakingMuted),
      report: ({ speakers, stalls }) => {
        this.#tell({ speakers, stalls, sent: this.#sent, unsent: this.#unsent, deviceMs: Math.round(1000 * (graph.context.baseLatency + (graph.context.outputLatency || 0))),
          running: graph.context.state === "running" });
        if (this.#backOff.report(stalls, performance.now()))
          this.#reopen();
      },
      microphoneEnded: () => this.#openMicrophone(),
      failed: (text) => this.#tell({ failure: text }),
    });
    if (this.#closed)
      return graph.close();
    this.#graph = graph;
    graph.setPace(this.#pace.choice);
    this.#tell({ latencyHint: hint, running: true, choice: this.#pace.choice });
  }

  /* With a longer buffer; a short break is heard. */
  #reopen(): void {
    this.#graph?.close();
    this.#graph = undefined;
    this.#open().then(() => {
      this.#known = new Set();
      this.#followCall();
      this.#setGate();
      this.#followSpeaker();
      return this.#openMicrophone();
    }).catch((error: unknown) => this.#tell({ failure: String(error) }));
  }

  async #openMicrophone(): Promise<void> {
    const { microphone: device, echoCancellation, noiseSuppression, autoGainControl } = this.settings.peek();
    const attempt = ++this.#opening;
    this.#tell({ microphone: "opening" });
    try {
      const wish = { echoCancellation, noiseSuppression, autoGainControl };
      /* The chosen one may have been pulled out: then any. */
      const stream = await openMicrophone({ ...wish, device }).catch((error: unknown) => {
        if (device === "" || troubleOf(error) !== "none")
          throw error;
        return openMicrophone({ ...wish, device: "" });
      });
      if (this.#closed || this.#graph === undefined || attempt !== this.#opening)
        return stream.getTracks().forEach((track) => track.stop());
      this.#graph.listenTo(stream);
      this.#tell({ microphone: "on" });
    } catch (error) { /* the call goes on: one listens only */
      this.#graph?.dropMicrophone();
      this.#tell({ microphone: troubleOf(error) });
    }
  }

  /* --- following the state and the settings --------------------------------------------------- */

  #followMicrophone(): void {
    const { microphone, echoCancellation, noiseSuppression, autoGainControl } = this.settings.value;
    const wish = `${microphone} ${echoCancellation} ${noiseSuppression} ${autoGainControl}`;
    if (wish === this.#wish)
      return;
    this.#wish = wish;
    untracked(() => void this.#openMicrophone());
  }
  #wish: string | undefined;

  #followGate(): void {
    void this.settings.value;
    void this.port.state.value;
    this.#setGate();
  }

  #setGate(): void {
    const { mode, threshold } = this.settings.peek();
    const call = this.port.state.peek().call;
    this.#graph?.setGate({ mode, threshold, hangMs: GATE_DEFAULT.hangMs }, call?.muted === true || call?.deafened === true, this.#pushed);
  }

  #followSpeaker(): void {
    const { speaker } = this.settings.value;
    if (choosesSpeaker(globalThis))
      this.#graph?.setOutput(speaker).catch(() => this.#graph?.setOutput("")).catch(() => undefined); /* it was pulled out, or the call is over */
  }

  #followCall(): void {
    const call = this.port.state.value.call;
    const graph = this.#graph;
    if (call === undefined || graph === undefined)
      return;
    const names = new Set(call.participants.map(({ name }) => name));
    for (const name of this.#known)
      if (!names.has(name))
        graph.remove(name);
    const me = this.port.state.peek().account?.username;
    for (const { name, volume, muted } of call.participants)
      if (name !== me)
        graph.setVolume(name, volume, muted);
    this.#known = names;
    graph.setDeafened(call.deafened);
  }

  /* --- sound ---------------------------------------------------------------------------------- */

  #send(samples: Uint8Array<ArrayBuffer>): void {
    const { frames } = this.#pace.choice;
    const congested = isCongested(this.port, samples.length, frames * FRAME_MS);
    const gone = !congested && this.port.sendCallData(samples, frames * FRAME_MS);
    this.#sent += Number(gone);
    this.#unsent += Number(!gone);
    this.#refused += Number(congested);
  }

  /* To a speaker how it is heard here; and how many bits are sent: by how late answers are, what the
   * connection has refused, and what the others miss. */
  #look(now: number): void {
    const report = this.#hearing.due(this.status.peek().speakers, now);
    if (report !== undefined)
      this.port.sendReport(report.name, report.lost);
    const { link, call } = this.port.state.peek(), { roundTripMs, behindMs } = this.port;
    const before = this.status.peek(), heardLost = this.#hearing.lost((call?.participants.length ?? 0) - 1, now);
    if (roundTripMs !== before.roundTripMs || heardLost !== before.heardLost)
      this.#noteWay(roundTripMs, heardLost);
    const sight = { rttMs: this.#roundTrip && Math.max(this.#leastOfTwo, behindMs), sent: this.#sent - this.#seen.sent,
      refused: this.#refused - this.#seen.refused, lost: heardLost ?? 0 };
    Object.assign(this.#seen, { sent: this.#sent, refused: this.#refused });
    /* A connection that is gone, or does not answer at all, says nothing of its room. */
    if (link.state !== "up" || link.silent === true || call?.state !== "in")
      return this.#pace.move();
    if (!this.#pace.look(sight, now))
      return;
    this.#graph?.setPace(this.#pace.choice);
    this.#tell({ choice: this.#pace.choice });
  }

  #noteWay(roundTripMs: number | undefined, heardLost: number | undefined): void {
    if (roundTripMs !== this.status.peek().roundTripMs) {
      const newest = roundTripMs === undefined ? 0 : Math.max(1, roundTripMs);
      this.#leastOfTwo = Math.min(newest, this.#roundTrip || newest);
      this.#roundTrip = newest;
    }
    this.#tell({ roundTripMs, heardLost });
    this.#graph?.setRoundTrip(roundTripMs ?? 0);
  }

  #hear(sender: string, samples: Samples): void {
    this.#graph?.put(sender, samples);
    if (samples instanceof Uint8Array && samples.length > CALL_PACKET_HEADER)
      this.#hearing.note(sender, samples, performance.now());
    const speaks = !(samples instanceof Uint8Array && isSilence(samples.subarray(CALL_PACKET_HEADER)));
    clearTimeout(this.#silent.get(sender));
    this.port.setSpeaking(sender, speaks);
    this.#silent.set(sender, setTimeout(() => this.port.setSpeaking(sender, false), SPEAKING_MS));
  }

  #measure(db: number, open: boolean, speakingMuted: boolean): void {
    this.level.value = meter(db);
    if (open !== this.status.peek().sending)
      this.#tell({ sending: open });
    if (!speakingMuted)
      return;
    this.#tell({ speakingMuted: true });
    clearTimeout(this.#warned);
    this.#warned = setTimeout(() => this.#tell({ speakingMuted: false }), WARNING_MS);
  }

  /* A browser keeps a page silent that the user has not clicked since it was loaded. */
  #soundOnClick(): void {
    const resume = (): void => {
      if (this.#graph?.context.state === "suspended")
        this.#graph.context.resume().then(() => this.#tell({ running: true })).catch(() => undefined); /* the next click tries again */
    };
    for (const name of ["pointerdown", "keydown"]) {
      addEventListener(name, resume, { capture: true });
      this.#ends.push(() => removeEventListener(name, resume, { capture: true }));
    }
  }

  /* --- the screen ----------------------------------------------------------------------------- */

  /* A browser drops the lock when the page is hidden. */
  #stayAwake(): void {
    const { wakeLock } = navigator as { wakeLock?: { request(kind: "screen"): Promise<{ release(): Promise<void> }> } };
    const request = (): void => {
      if (document.visibilityState === "visible")
        wakeLock?.request("screen").then((lock) => { this.#closed ? void lock.release() : this.#wake = lock; })
          .catch(() => undefined); /* the battery is low: the screen may sleep */
    };
    document.addEventListener("visibilitychange", request);
    this.#ends.push(() => document.removeEventListener("visibilitychange", request));
    request();
  }

  close(): void {
    this.#closed = true;
    this.#ends.forEach((end) => end());
    for (const timer of this.#silent.values())
      clearTimeout(timer);
    clearTimeout(this.#warned);
    this.#graph?.close();
    this.#graph = undefined;
    this.#wake?.release().catch(() => undefined); /* it was released with the page hidden */
    this.level.value = 0;
  }
}
