/* codec.worker.ts - a worker that encodes the microphone and decodes the others by WebCodecs, or
 * records the microphone. It has no rules of its own about when to play (playout.ts). The page
 * starts one for a call and one for a recording (graph.ts). */
import { Decoders } from "./decode.js";
import { Encoder } from "./encode.js";
import { Gate, GATE_DEFAULT, MutedSpeech, peakOf, rmsDb } from "./level.js";
import type { Captured, FromCodec, ToCodec, ToPlayback } from "./messages.js";
import { FRAME, writeOgg } from "./ogg.js";
import { SILENCE, putCallPacket } from "./opus_ext.js";
import type { Choice } from "./pace.js";
import { Packer } from "./packer.js";

const scope = self as unknown as {
  postMessage(message: FromCodec, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToCodec>) => void) | null;
};
/** docs/protocol.md, Voice: a recording lasts up to 120 s. */
const FRAMES_MAX = 120 * 50;

const tell = (message: FromCodec): void => scope.postMessage(message);
const failed = (error: unknown): void => tell({ kind: "failed", text: String(error) });
const random32 = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;

/* --- sending ------------------------------------------------------------------------------ */

const gate = new Gate(GATE_DEFAULT);
const mutedSpeech = new MutedSpeech();
let sequence = random32();
const timestampZero = random32();
let talking = false; /* the last packet sent was no silence */

const packer = new Packer();
let bitrate = 32_000;

function sendPacket(packet: Uint8Array, at: number): void {
  for (const joined of packer.take({ packet, at }, FRAME)) {
    const samples = putCallPacket(sequence, (timestampZero + joined.at) >>> 0, joined.packet);
    sequence = (sequence + 1) >>> 0;
    tell({ kind: "packet", samples: samples as Uint8Array<ArrayBuffer> });
  }
}

function setPace(choice: Choice): void {
  packer.frames = choice.frames;
  if (choice.bitrate !== bitrate)
    encoder?.setBitrate(choice.bitrate);
  bitrate = choice.bitrate;
}

/* One packet for all the silence that follows, if there was sound before it: receivers tell silence
 * from loss by it. */
function sendSilence(at: number): void {
  if (talking)
    sendPacket(SILENCE, at);
  talking = false;
}

let encoder: Encoder | undefined;

function speak({ at, pcm }: Captured): void {
  const open = gate.take(pcm), db = rmsDb(pcm);
  tell({ kind: "level", db, open, speakingMuted: mutedSpeech.take(db, 20, gate.muted, performance.now()) });
  if (!open)
    return sendSilence(at);
  talking = true;
  encoder ??= new Encoder(sendPacket, failed, bitrate);
  encoder.encode(pcm, at);
}

/* --- recording ---------------------------------------------------------------------------- */

interface Take {
  readonly packets: Uint8Array[];
  readonly peaks: number[];
  readonly encoder: Encoder;
}

let take: Take | undefined;

function begin(): void {
  const packets: Uint8Array[] = [];
  take = { packets, peaks: [], encoder: new Encoder((packet) => packets.push(packet), failed) };
}

function record({ pcm }: Captured, recording: Take): void {
  tell({ kind: "level", db: rmsDb(pcm), open: true, speakingMuted: false });
  if (recording.peaks.length === FRAMES_MAX)
    return;
  recording.peaks.push(peakOf(pcm));
  recording.encoder.encode(pcm, (recording.peaks.length - 1) * FRAME);
}

/* The encoder's lookahead makes the sound late, so silence is encoded until the end has come out. */
async function finish(recording: Take): Promise<void> {
  const samples = recording.peaks.length * FRAME;
  take = undefined;
  if (samples === 0)
    return tell({ kind: "nothing recorded" });
  for (let i = 0; i < 6; i++)
    recording.encoder.encode(new Float32Array(FRAME), samples + i * FRAME);
  await recording.encoder.finish();
  const file = writeOgg({ channels: 1, preSkip: recording.encoder.preSkip, samples, serial: random32(), packets: recording.packets });
  tell({ kind: "recorded", file: file as Uint8Array<ArrayBuffer>, samples, peaks: recording.peaks });
}

/* --- hearing ------------------------------------------------------------------------------ */

let playback: MessagePort | undefined;
const decoders = new Decoders(
  (name, packet) => {
    const message: ToPlayback = { kind: "packet", name, ...packet };
    playback?.postMessage(message, [packet.pcm.buffer as ArrayBuffer]);
  },
  (name) => tell({ kind: "garbage", name }));

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "capture":
      data.port.onmessage = ({ data: frame }: MessageEvent<Captured>) => (take === undefined ? speak(frame) : record(frame, take));
      return;
    case "playback": playback = data.port; return;
    case "gate":
      gate.options = data.options;
      gate.muted = data.muted;
      gate.pushed = data.pushed;
      return;
    case "pace": return setPace(data.choice);
    case "data": return decoders.put(data.name, data.samples);
    case "forget": return decoders.forget(data.name);
    case "record": return begin();
    case "finish":
      if (take === undefined)
        return tell({ kind: "nothing recorded" });
      finish(take).catch(failed);
  }
};
