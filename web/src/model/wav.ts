/* wav.ts - samples as a WAV file, which every browser plays: recordings of clients without Opus.
 * Called by client_actions.ts. */
const HEAD = 44;

export function wavOf(samples: readonly number[], channels: number, rate: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEAD + 2 * samples.length));
  const tag = (at: number, name: string): void => [...name].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  tag(0, "RIFF");
  view.setUint32(4, HEAD - 8 + 2 * samples.length, true);
  tag(8, "WAVEfmt ");
  view.setUint32(16, 16, true); /* the length of the description */
  view.setUint16(20, 1, true); /* PCM */
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * channels * rate, true);
  view.setUint16(32, 2 * channels, true);
  view.setUint16(34, 16, true);
  tag(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, i) => view.setInt16(HEAD + 2 * i, sample, true));
  return new Uint8Array(view.buffer);
}
