/* port.ts - what the voice of a call needs of the connection: frames out, frames in. The link
 * implements it; the call engine and tests use it. */

/** A frame as it came: an Opus packet with its header (ext type 2), or PCM of a plain client: mono,
 * 16 bit, 44,100 Hz. */
export type Samples = Uint8Array | readonly number[];

export interface CallPort {
  /** Sends a payload of ext type 2 as call_data of the present call. False: the link is down or no
   * call has been joined; the frame is dropped. */
  send(samples: Uint8Array): boolean;
  /** One handler, for call_data of all speakers of the present call. Returns what ends it. */
  onData(handler: (sender: string, samples: Samples) => void): () => void;
  /** Bytes that the socket holds and the network has not taken yet. */
  bufferedAmount(): number;
}
