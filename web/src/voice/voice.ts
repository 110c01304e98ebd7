/* voice.ts - voice as the rest of the client sees it. app.tsx makes the one object; views use it. */
import { effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Actions } from "../model/actions.js";
import type { ConversationId, State } from "../model/state.js";
import { CallAudio } from "./call_audio.js";
import type { VoicePort } from "./port.js";
import { GOOD_MS, keepSeat, takeSeat } from "./seat.js";
import { openSettings, type VoiceSettings } from "./settings.js";
import { watchSounds } from "./sound_watch.js";
import { playSound } from "./sounds.js";
import { NO_CALL, type CallStatus } from "./status.js";
import { lackOf, type Lack } from "./support.js";

export class Voice {
  readonly lack: Lack | undefined = lackOf(globalThis);
  readonly settings: Signal<VoiceSettings>;
  readonly change: (part: Partial<VoiceSettings>) => void;
  readonly status: Signal<CallStatus> = signal(NO_CALL);
  /** The microphone in a call, 0 to 1. */
  readonly level: Signal<number> = signal(0);
  /** The dialog with devices: "settings", or the conversation that is joined afterwards. */
  readonly dialog: Signal<{ readonly join?: ConversationId; readonly answer?: true } | undefined> = signal(undefined);
  readonly state: ReadonlySignal<State>;
  #engine: Promise<{ close(): void } | undefined> | undefined;

  constructor(readonly port: VoicePort, readonly actions: Actions, storage: Storage) {
    ({ settings: this.settings, change: this.change } = openSettings(storage));
    this.state = port.state;
    watchSounds(this.state, this.settings, (name) => { if (port.leads?.peek() !== false) playSound(name); });
    effect(() => this.#follow(this.state.value.call !== undefined));
    this.#followPage();
  }

  /* A page that is loaded anew takes its seat again, also from another tab that has gone on with the
   * call meanwhile. */
  #followPage(): void {
    let seat = this.lack === undefined ? takeSeat(sessionStorage, Date.now()) : undefined;
    const until = Date.now() + GOOD_MS; /* nobody expects an open microphone later */
    this.port.ends = () => {
      const kept = this.state.peek().call ?? (Date.now() < until ? seat : undefined);
      if (kept !== undefined)
        keepSeat(sessionStorage, kept, Date.now());
    };
    const end = effect(() => {
      const { phase, link } = this.state.value;
      if (seat === undefined || phase !== "in" || link.state !== "up")
        return;
      const { conversation, ...as } = seat;
      seat = undefined;
      const late = Date.now() >= until;
      queueMicrotask(() => { end(); if (!late) void this.actions.join(conversation, as); });
    });
  }

  #follow(inCall: boolean): void {
    if (inCall && this.#engine === undefined && this.lack === undefined)
      this.#engine = this.#begin();
    else if (!inCall && this.#engine !== undefined) {
      void this.#engine.then((engine) => engine?.close());
      this.#engine = undefined;
      this.status.value = NO_CALL;
    }
  }

  async #begin(): Promise<{ close(): void } | undefined> {
    try {
      const engine = new CallAudio(this.port, this.settings, this.status, this.level);
      await engine.start();
      return engine;
    } catch (error) {
      this.status.value = { ...NO_CALL, failure: String(error) };
      return undefined;
    }
  }

  /** The buttons "call" and "join": the first time the devices are checked before. */
  join(conversation: ConversationId): void {
    if (this.settings.peek().checked)
      void this.actions.join(conversation);
    else
      this.dialog.value = { join: conversation };
  }

  answer(): void {
    if (this.settings.peek().checked)
      void this.actions.answer();
    else
      this.dialog.value = { answer: true };
  }

  /** The dialog is done with: joins or answers what it was opened for. */
  proceed(): void {
    const { join, answer } = this.dialog.peek() ?? {};
    this.dialog.value = undefined;
    this.change({ checked: true });
    if (join !== undefined)
      void this.actions.join(join);
    if (answer)
      void this.actions.answer();
  }
}
