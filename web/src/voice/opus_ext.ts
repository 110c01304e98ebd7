/* opus_ext.ts - the two MessagePack ext types of `samples` (docs/protocol.md, Opus), and what a
 * packet says about itself: the same as src/audio/opus_packet.c. It decodes no sound.
 * Callers: the codec of the wire, the call engine, ogg.ts. */

export const CALL_PACKET_HEADER = 8;
export const OPUS_PACKET_MAX = 1275;
/** The longest packet of a call: 60 ms at 48 kHz. */
const CALL_SAMPLES_MAX = 2880;
/** RFC 6716 3.2.5: a packet holds at most 120 ms. */
const PACKET_SAMPLES_MAX = 5760;

export interface CallPacket {
  readonly sequence: number;
  readonly timestamp: number; /* samples at 48 kHz; goes on in silence; wraps */
  readonly packet: Uint8Array;
  readonly samples: number;
}

/* RFC 6716 3.1, table 2: the length of a frame by the configuration of the first octet. */
function frameSamples(toc: number): number {
  const config = toc >> 3;
  if (config < 12)
    return [480, 960, 1920, 2880][config & 3]!;
  if (config < 16)
    return [480, 960][config & 1]!;
  return [120, 240, 480, 960][config & 3]!;
}

/* RFC 6716 3.2.1: a length of one or two octets. Returns the length and its octets; undefined when
 * it is cut off. */
function frameLength(packet: Uint8Array, at: number): { size: number; octets: number } | undefined {
  const first = packet[at], second = packet[at + 1];
  if (first === undefined)
    return undefined;
  if (first < 252)
    return { size: first, octets: 1 };
  return second === undefined ? undefined : { size: second * 4 + first, octets: 2 };
}

const FRAME_MAX = 1275;

/* Code 2: two frames, the length of the first stated. */
function twoFrames(packet: Uint8Array): number {
  const length = frameLength(packet, 1);
  if (length === undefined)
    return 0;
  const second = packet.length - 1 - length.octets - length.size;
  return second >= 0 && second <= FRAME_MAX ? 2 : 0;
}

/* The octets of padding and of its length, from packet[at] on; -1: cut off. */
function padding(packet: Uint8Array, at: number): { octets: number; skip: number } | undefined {
  let octets = 0;
  for (let i = at; ; i++) {
    const one = packet[i];
    if (one === undefined)
      return undefined;
    octets += one === 255 ? 254 : one;
    if (one !== 255)
      return { octets, skip: i + 1 - at };
  }
}

/* Code 3: a count, perhaps padding, and frames of one length or of stated ones. */
function manyFrames(packet: Uint8Array): number {
  const control = packet[1];
  const count = control === undefined ? 0 : control & 63;
  if (control === undefined || count === 0)
    return 0;
  const padded = control & 64 ? padding(packet, 2) : { octets: 0, skip: 0 };
  if (padded === undefined)
    return 0;
  let at = 2 + padded.skip;
  let left = packet.length - at - padded.octets;
  if (left < 0)
    return 0;
  if ((control & 128) === 0)
    return left % count === 0 && left / count <= FRAME_MAX ? count : 0;
  for (let i = 0; i < count - 1; i++) {
    const length = frameLength(packet, at);
    if (length === undefined)
      return 0;
    at += length.octets;
    left -= length.octets + length.size;
    if (left < 0)
      return 0;
  }
  return left <= FRAME_MAX ? count : 0;
}

function frames(packet: Uint8Array): number {
  const rest = packet.length - 1;
  switch (packet[0]! & 3) {
    case 0: return rest <= FRAME_MAX ? 1 : 0;
    case 1: return rest % 2 === 0 && rest / 2 <= FRAME_MAX ? 2 : 0;
    case 2: return twoFrames(packet);
    default: return manyFrames(packet);
  }
}

/** Samples at 48 kHz in a packet, or 0: it breaks a rule of RFC 6716 3.4. */
export function packetSamples(packet: Uint8Array): number {
  if (packet.length === 0)
    return 0;
  const samples = frames(packet) * frameSamples(packet[0]!);
  return samples <= PACKET_SAMPLES_MAX ? samples : 0;
}

/** The payload of ext type 2, or undefined: no packet that a call may carry. */
export function takeCallPacket(payload: Uint8Array): CallPacket | undefined {
  if (payload.length <= CALL_PACKET_HEADER || payload.length > CALL_PACKET_HEADER + OPUS_PACKET_MAX)
    return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const packet = payload.subarray(CALL_PACKET_HEADER);
  const samples = packetSamples(packet);
  if (samples === 0 || samples > CALL_SAMPLES_MAX)
    return undefined;
  return { sequence: view.getUint32(0), timestamp: view.getUint32(4), packet, samples };
}

export function putCallPacket(sequence: number, timestamp: number, packet: Uint8Array): Uint8Array {
  const payload = new Uint8Array(CALL_PACKET_HEADER + packet.length);
  const view = new DataView(payload.buffer);
  view.setUint32(0, sequence);
  view.setUint32(4, timestamp);
  payload.set(packet, CALL_PACKET_HEADER);
  return payload;
}

/** A packet that only says "silence from here" (DTX): no more than its first octet and one more. */
export function isSilence(packet: Uint8Array): boolean {
  return packet.length <= 2;
}

/** The packet that says so for 20 ms: SILK, wide band, mono, without a frame. */
export const SILENCE = Uint8Array.of(0x48);
