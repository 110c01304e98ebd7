/* person.tsx - how loud one participant is for this user alone. Shown by call_bar.tsx. */
import type { Participant } from "../../model/state.js";
import { voice as words } from "../../text/english_late.js";
import type { Voice } from "../../voice/voice.js";

export function Person({ voice, person, close }: { readonly voice: Voice; readonly person: Participant; close(): void }) {
  const { name, volume, muted } = person;
  return (
    <div class="call-volume" role="group" aria-label={words.call.person(name)}
      onKeyDown={(event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } }}>
      <label>{words.call.volume}{" "}
        <input type="range" min="0" max="200" step="5" value={Math.round(volume * 100)} aria-valuetext={`${Math.round(volume * 100)} %`}
          onInput={(event) => voice.actions.setVolume(name, Number(event.currentTarget.value) / 100, muted)} />
      </label>
      <output>{Math.round(volume * 100)} %</output>
      <button type="button" aria-pressed={muted} onClick={() => voice.actions.setVolume(name, volume, !muted)}>
        {muted ? words.call.unmutePerson : words.call.mutePerson}
      </button>
    </div>
  );
}
