/* ogg.ts - Ogg Opus files of voice messages: packets in, a whole file out, and back. The rules are
 * those of src/audio/ogg_opus_write.c and ogg_opus_read.c, so that the server accepts what is
 * written here. It encodes and decodes no sound.
 *
 * Specifications: RFC 3533 (Ogg), RFC 7845 (Ogg Opus), RFC 6716. Callers: recorder.ts, player.ts. */
import { packetSamples } from "./opus_ext.js";

/** 20 ms at 48 kHz, the length of every packet that is written. */
export const FRAME = 960;
/* RFC 7845 3: "pages SHOULD NOT contain more than 1 second". */
const PACKETS_A_PAGE = 50;
const FIRST = 2, LAST = 4, CONTINUED = 1; /* flags of a page */
const HEADER = 27;
const NO_POSITION = 0xffffffffffffffffn;

const crcTable = Uint32Array.from({ length: 256 }, (_, i) => {
  let r = i << 24;
  for (let bit = 0; bit < 8; bit++)
    r = r & 0x80000000 ? (r << 1) ^ 0x04c11db7 : r << 1;
  return r >>> 0;
});

/** The checksum of RFC 3533 6: polynomial 0x04c11db7, not reflected, begun with 0. */
export function crc(bytes: Uint8Array): number {
  let r = 0;
  for (const byte of bytes)
    r = ((r << 8) ^ crcTable[(r >>> 24) ^ byte]!) >>> 0;
  return r;
}

/* The lengths of packets, as a page states them: 255 for each full piece, and the rest. */
function lacing(packets: readonly Uint8Array[]): number[] {
  const sizes: number[] = [];
  for (const packet of packets) {
    for (let left = packet.length; left >= 255; left -= 255)
      sizes.push(255);
    sizes.push(packet.length % 255);
  }
  return sizes;
}

export interface Page {
  readonly flags: number;
  readonly granule: bigint;
  readonly serial: number;
  readonly number: number;
  readonly packets: readonly Uint8Array[];
}

/** The bytes of a page, whose packets all end on it. */
export function page({ flags, granule, serial, number, packets }: Page): Uint8Array {
  const sizes = lacing(packets);
  const bytes = new Uint8Array(HEADER + sizes.length + packets.reduce((sum, packet) => sum + packet.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(text("OggS"));
  bytes[5] = flags;
  view.setBigUint64(6, granule, true);
  view.setUint32(14, serial, true);
  view.setUint32(18, number, true);
  bytes[26] = sizes.length;
  bytes.set(sizes, HEADER);
  let at = HEADER + sizes.length;
  for (const packet of packets) {
    bytes.set(packet, at);
    at += packet.length;
  }
  view.setUint32(22, crc(bytes), true);
  return bytes;
}

function text(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}

/* RFC 7845 5.1: version 1, mapping family 0, no gain. */
function head(channels: number, preSkip: number): Uint8Array {
  const bytes = new Uint8Array(19);
  const view = new DataView(bytes.buffer);
  bytes.set(text("OpusHead"));
  bytes[8] = 1;
  bytes[9] = channels;
  view.setUint16(10, preSkip, true);
  view.setUint32(12, 48000, true);
  return bytes;
}

/* RFC 7845 5.2: the vendor, and no comments, which could tell who recorded it and with what. */
function tags(): Uint8Array {
  const vendor = text("chinwag");
  const bytes = new Uint8Array(8 + 4 + vendor.length + 4);
  bytes.set(text("OpusTags"));
  new DataView(bytes.buffer).setUint32(8, vendor.length, true);
  bytes.set(vendor, 12);
  return bytes;
}

export interface Written {
  readonly channels: number;
  /** Samples that a decoder's output lags behind the encoder's input; a player drops them. */
  readonly preSkip: number;
  /** Samples at 48 kHz that were recorded: the file lasts exactly as long. */
  readonly samples: number;
  readonly serial: number;
  /** Of 20 ms each, at least as many as preSkip + samples need; more are left out. */
  readonly packets: readonly Uint8Array[];
}

/** A whole file. The packets must cover preSkip + samples: the caller encodes silence for the end. */
export function writeOgg({ channels, preSkip, samples, serial, packets }: Written): Uint8Array {
  const end = preSkip + samples;
  const needed = Math.ceil(end / FRAME);
  if (samples < 1 || packets.length < needed)
    throw new RangeError("the packets are shorter than the recording");
  const pages = [page({ flags: FIRST, granule: 0n, serial, number: 0, packets: [head(channels, preSkip)] }),
    page({ flags: 0, granule: 0n, serial, number: 1, packets: [tags()] })];
  for (let first = 0; first < needed; first += PACKETS_A_PAGE) {
    const after = Math.min(first + PACKETS_A_PAGE, needed);
    const last = after === needed;
    pages.push(page({ flags: last ? LAST : 0, granule: BigInt(last ? end : after * FRAME), serial,
      number: pages.length, packets: packets.slice(first, after) }));
  }
  return join(pages);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export interface OggOpus {
  readonly channels: number;
  readonly preSkip: number;
  /** Samples at 48 kHz that are heard. */
  readonly samples: number;
  readonly packets: readonly Uint8Array[];
}

interface RawPage extends Page {
  readonly size: number;
  /** The last packet goes on on the next page. */
  readonly open: boolean;
}

function readPage(file: Uint8Array, at: number): RawPage | undefined {
  const view = new DataView(file.buffer, file.byteOffset + at, file.length - at);
  if (view.byteLength < HEADER || view.getUint32(0) !== 0x4f676753 || view.getUint8(4) !== 0)
    return undefined;
  const count = view.getUint8(26);
  if (view.byteLength < HEADER + count)
    return undefined;
  const sizes = file.subarray(at + HEADER, at + HEADER + count);
  const size = HEADER + count + sizes.reduce((sum, one) => sum + one, 0);
  if (view.byteLength < size)
    return undefined;
  const copy = file.slice(at, at + size);
  copy.fill(0, 22, 26);
  if (crc(copy) !== view.getUint32(22, true))
    return undefined;
  const packets: Uint8Array[] = [];
  let from = HEADER + count, to = from;
  for (const one of sizes) {
    to += one;
    if (one < 255) {
      packets.push(copy.subarray(from, to));
      from = to;
    }
  }
  const open = from < to;
  if (open)
    packets.push(copy.subarray(from, to));
  return { flags: view.getUint8(5), granule: view.getBigUint64(6, true), serial: view.getUint32(14, true),
    number: view.getUint32(18, true), packets, size, open };
}

/* The packets of all pages in order, and the last position; undefined when a page is missing or
 * damaged, or belongs to another stream. */
function readPages(file: Uint8Array): { packets: Uint8Array[]; granule: bigint } | undefined {
  const packets: Uint8Array[] = [];
  let granule = 0n, number: number | undefined, serial: number | undefined, open = false;
  for (let at = 0; at < file.length;) {
    const one = readPage(file, at);
    if (one === undefined || (number !== undefined && one.number !== number + 1) || (serial ?? one.serial) !== one.serial ||
        ((one.flags & CONTINUED) !== 0) !== open)
      return undefined;
    const [first, ...rest] = one.packets;
    if (first !== undefined)
      packets.push(open ? join([packets.pop()!, first]) : first, ...rest);
    open = one.open;
    number = one.number;
    serial = one.serial;
    granule = one.granule === NO_POSITION ? granule : one.granule;
    at += one.size;
  }
  return open ? undefined : { packets, granule };
}

/** What the file holds, or undefined: it is not one whole Ogg Opus stream of one or two channels.
 * The server has judged positions before (ogg_opus_read.h); they are only clamped here. */
export function readOgg(file: Uint8Array): OggOpus | undefined {
  const pages = readPages(file);
  const [first, second, ...packets] = pages?.packets ?? [];
  if (pages === undefined || first?.length !== 19 || second === undefined || !begins(first, "OpusHead") ||
      !begins(second, "OpusTags") || first[9]! < 1 || first[9]! > 2 || first[18] !== 0)
    return undefined;
  const preSkip = first[10]! | (first[11]! << 8);
  let audio = 0;
  for (const packet of packets) {
    const samples = packetSamples(packet);
    if (samples === 0)
      return undefined;
    audio += samples;
  }
  const end = Math.min(Number(pages.granule), audio);
  return end > preSkip ? { channels: first[9]!, preSkip, samples: end - preSkip, packets } : undefined;
}

function begins(bytes: Uint8Array, ascii: string): boolean {
  return bytes.length >= ascii.length && text(ascii).every((byte, i) => bytes[i] === byte);
}

/** The pre-skip that a WebCodecs encoder states in its decoder configuration (an OpusHead); without
 * one, libopus' lookahead at 48 kHz for voice. */
export function preSkipOf(description: Uint8Array | undefined): number {
  if (description === undefined || description.length < 19 || !begins(description, "OpusHead"))
    return 312;
  return description[10]! | (description[11]! << 8);
}
