/* player.ts - plays one recording at a time: seeking, speed without a change of pitch, and the next
 * one by itself. Views show `view`; the recordings' bytes come from the caller. */
import { signal, type Signal } from "@preact/signals";

export interface Track {
  /** Unique on the page. */
  readonly key: string;
  readonly durationMs: number;
  /** Ogg Opus or WAV; undefined: it cannot be had now. */
  load(): Promise<Uint8Array | undefined>;
  /** It has begun to play. */
  started?(): void;
  /** What plays after it, if anything. */
  next?(): Track | undefined;
}

export interface PlayerView {
  readonly key: string | undefined;
  readonly phase: "stopped" | "loading" | "playing" | "paused" | "failed";
  readonly ms: number;
}

/** What of HTMLAudioElement is used; tests give another. */
export interface Sounder {
  src: string;
  currentTime: number;
  playbackRate: number;
  preservesPitch: boolean;
  play(): Promise<void>;
  pause(): void;
  addEventListener(name: "timeupdate" | "ended" | "error", handler: () => void): void;
}

/* Ogg and WAV are told by their first octets; a blob has to name its type. */
function typeOf(bytes: Uint8Array): string {
  return bytes[0] === 0x52 ? "audio/wav" : "audio/ogg";
}

export class Player {
  readonly view: Signal<PlayerView> = signal({ key: undefined, phase: "stopped", ms: 0 });
  #track: Track | undefined;
  #audio: Sounder | undefined;
  #url: string | undefined;
  #rate = 1;

  constructor(readonly makeAudio: () => Sounder = () => new Audio(),
    readonly urls: { createObjectURL(blob: Blob): string; revokeObjectURL(url: string): void } = URL) {}

  #set(part: Partial<PlayerView>): void {
    this.view.value = { ...this.view.peek(), ...part };
  }

  #open(): Sounder {
    const audio = this.makeAudio();
    audio.addEventListener("timeupdate", () => this.view.peek().phase === "playing" && this.#set({ ms: audio.currentTime * 1000 }));
    audio.addEventListener("ended", () => this.#ended());
    audio.addEventListener("error", () => this.view.peek().phase === "playing" && this.#set({ phase: "failed" }));
    return audio;
  }

  #ended(): void {
    const next = this.#track?.next?.();
    this.#set({ phase: "stopped", ms: 0 });
    if (next !== undefined)
      void this.play(next);
  }

  /** Plays it, from `fromMs`; pauses what plays. */
  async play(track: Track, fromMs?: number): Promise<void> {
    const same = this.#track?.key === track.key && this.#url !== undefined && this.view.peek().phase !== "failed";
    this.#audio ??= this.#open();
    this.#audio.pause();
    const ms = fromMs ?? (same && this.view.peek().phase === "paused" ? this.view.peek().ms : 0);
    this.#track = track;
    this.view.value = { key: track.key, phase: "loading", ms };
    if (!same && !await this.#load(track))
      return;
    this.#audio.currentTime = ms / 1000;
    this.#audio.playbackRate = this.#rate;
    this.#audio.preservesPitch = true;
    try {
      await this.#audio.play();
    } catch { /* not decodable here, or another began meanwhile */
      if (this.#track === track)
        this.#set({ phase: "failed" });
      return;
    }
    if (this.#track !== track)
      return;
    this.#set({ phase: "playing" });
    track.started?.();
  }

  /* False: it cannot be had, or another track was chosen meanwhile. */
  async #load(track: Track): Promise<boolean> {
    if (this.#url !== undefined)
      this.urls.revokeObjectURL(this.#url);
    this.#url = undefined;
    const bytes = await track.load();
    if (this.#track !== track)
      return false;
    if (bytes === undefined) {
      this.#set({ phase: "failed" });
      return false;
    }
    this.#url = this.urls.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: typeOf(bytes) }));
    this.#audio!.src = this.#url;
    return true;
  }

  pause(): void {
    if (this.view.peek().phase !== "playing")
      return;
    this.#audio?.pause();
    this.#set({ phase: "paused", ms: (this.#audio?.currentTime ?? 0) * 1000 });
  }

  toggle(track: Track): void {
    const { key, phase } = this.view.peek();
    if (key === track.key && phase === "playing")
      this.pause();
    else
      void this.play(track);
  }

  /** To a part of the track, 0 to 1; it plays from there. */
  seek(track: Track, part: number): void {
    void this.play(track, Math.min(1, Math.max(0, part)) * track.durationMs);
  }

  setRate(rate: number): void {
    this.#rate = rate;
    if (this.#audio !== undefined)
      this.#audio.playbackRate = rate;
  }

  stop(): void {
    this.#audio?.pause();
    this.#track = undefined;
    this.view.value = { key: undefined, phase: "stopped", ms: 0 };
  }
}
