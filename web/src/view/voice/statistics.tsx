/* statistics.tsx - what the jitter buffers of a call measure, for each speaker. Shown by call_bar.tsx. */
import { voice as words } from "../../text/english_late.js";
import { cleanName } from "../../text/safe.js";
import type { Voice } from "../../voice/voice.js";

const text = words.statistics;

export function Statistics({ voice }: { readonly voice: Voice }) {
  const { speakers, stalls, deviceMs, sent, unsent, roundTripMs, choice, heardLost } = voice.status.value;
  return (
    <div class="call-statistics">
      <table>
        <caption>{text.title}</caption>
        <thead>
          <tr>{[text.name, text.lost, text.late, text.delay, text.jitter, text.concealed].map((name) => <th key={name} scope="col">{name}</th>)}</tr>
        </thead>
        <tbody>
          {speakers.map((one) => (
            <tr key={one.name}>
              <th scope="row"><bdi>{cleanName(one.name)}</bdi></th><td>{one.lost}</td><td>{one.late}</td>
              <td>{text.ms(one.delayMs)}</td><td>{text.ms(one.jitterMs)}</td><td>{text.ms(one.concealedMs)}</td>
            </tr>))}
        </tbody>
      </table>
      {speakers.length === 0 && <p>{text.none}</p>}
      <p>{heardLost === undefined ? text.heardUnknown : text.heard(heardLost)}</p>
      <p>{text.sent(sent, unsent)} {text.way(choice.frames * 20, Math.round(choice.bitrate / 1000), roundTripMs)} {text.device(deviceMs, stalls)}</p>
    </div>
  );
}
