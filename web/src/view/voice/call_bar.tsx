/* call_bar.tsx - the strip of a call: who is in it and who speaks, by what the server relayed; mute,
 * deafen and leave always in sight. Filled into the slot CallBar. */
import { useState } from "preact/hooks";
import type { Call, Participant } from "../../model/state.js";
import { voice as words } from "../../text/english_late.js";
import { cleanName } from "../../text/safe.js";
import { NO_CALL } from "../../voice/status.js";
import type { Voice } from "../../voice/voice.js";
import { Picture, shownName } from "../person.js";
import { Icon } from "./icons.js";
import { Person } from "./person.js";
import { Statistics } from "./statistics.js";
import { clock, keyName } from "./when.js";

/* Less is hardly noticed. */
const BAD_PERCENT = 10;
/* What a call begins with, before anything is known of the network. */
const MIDDLE_BITRATE = NO_CALL.choice.bitrate;

interface Props {
  readonly voice: Voice;
}

export function CallBar({ voice }: Props) {
  const call = voice.state.value.call;
  const [statistics, showStatistics] = useState(false);
  const elsewhere = voice.port.elsewhere?.value;
  if (call === undefined)
    return elsewhere === undefined ? null : <Elsewhere voice={voice} call={elsewhere} />;
  return (
    <section class="call-bar" aria-label={words.call.bar}>
      <div class="call-row">
        <Title voice={voice} call={call} />
        <People voice={voice} participants={call.participants} />
        <Controls voice={voice} call={call} statistics={statistics} showStatistics={showStatistics} />
      </div>
      <Hints voice={voice} call={call} />
      {statistics && <Statistics voice={voice} />}
    </section>
  );
}

/* The tab with the sound is another one: this one can end the call, or have it. */
function Elsewhere({ voice, call }: Props & { readonly call: Call }) {
  const { actions } = voice;
  return (
    <section class="call-bar" aria-label={words.call.bar}>
      <div class="call-row">
        <Title voice={voice} call={call} />
        <span>{words.call.elsewhere}</span>
        <div class="call-controls">
          <button type="button" class="call-button" aria-pressed={call.muted} aria-label={words.call.mute}
            onClick={() => actions.setMuted(!call.muted)}><Icon name={call.muted ? "microphoneOff" : "microphone"} /></button>
          <button type="button" class="call-button" onClick={() => void actions.join(call.conversation)}>{words.call.takeHere}</button>
          <button type="button" class="call-button call-leave" onClick={() => actions.leave()}><Icon name="leave" /> {words.call.leave}</button>
        </div>
      </div>
    </section>
  );
}

function Title({ voice, call }: Props & { readonly call: Call }) {
  const title = voice.state.value.conversations.get(call.conversation)?.title ?? call.conversation;
  const doing = call.state === "ringing" ? words.call.calling : call.state === "joining" ? words.call.joining : undefined;
  return <strong class="call-title"><bdi>{cleanName(title)}</bdi>{doing !== undefined && <span class="call-doing" role="status">{doing}</span>}</strong>;
}

function People({ voice, participants }: Props & { readonly participants: readonly Participant[] }) {
  const [open, setOpen] = useState<string>();
  const { account, people } = voice.state.value;
  const me = account?.username;
  const chosen = participants.find(({ name }) => name === open);
  return (
    <>
      <ul class="call-people">
        {participants.map((one) => (
          <li key={one.name}>
            <button type="button" class={`call-person${one.speaking ? " speaking" : ""}${one.muted ? " muted" : ""}`}
              aria-expanded={one.name === open} disabled={one.name === me}
              onClick={() => setOpen(one.name === open ? undefined : one.name)}>
              <Picture actions={voice.actions} id={one.name} person={people.get(one.name)} speaking={one.speaking} />
              <bdi>{shownName(people, one.name)}</bdi>
              {one.name === me && <small>({words.call.you})</small>}
              {one.speaking && <span class="unseen">{words.call.speaking}</span>}
              {one.muted && <small>{words.call.mutedByYou}</small>}
            </button>
          </li>))}
      </ul>
      {chosen !== undefined && chosen.name !== me && <Person voice={voice} person={chosen} close={() => setOpen(undefined)} />}
    </>
  );
}

function Controls({ voice, call, statistics, showStatistics }: Props & {
  readonly call: Call; readonly statistics: boolean; showStatistics(show: boolean): void;
}) {
  const { actions } = voice;
  const muted = call.muted || call.deafened;
  return (
    <div class="call-controls">
      <button type="button" class="call-button" aria-pressed={muted} aria-keyshortcuts="Control+Shift+M"
        title={`${muted ? words.call.unmute : words.call.mute} (${words.call.muteKey})`} aria-label={words.call.mute}
        onClick={() => actions.setMuted(!muted)}>
        <Icon name={muted ? "microphoneOff" : "microphone"} />
      </button>
      <button type="button" class="call-button" aria-pressed={call.deafened} title={call.deafened ? words.call.undeafen : words.call.deafen}
        aria-label={words.call.deafen} onClick={() => actions.setDeafened(!call.deafened)}>
        <Icon name={call.deafened ? "earOff" : "ear"} />
      </button>
      <button type="button" class="call-button" aria-expanded={statistics} title={words.call.statistics} aria-label={words.call.statistics}
        onClick={() => showStatistics(!statistics)}><Icon name="bars" /></button>
      <button type="button" class="call-button" title={words.call.settings} aria-label={words.call.settings}
        onClick={() => { voice.dialog.value = {}; }}><Icon name="gear" /></button>
      <button type="button" class="call-button call-leave" onClick={() => actions.leave()}><Icon name="leave" /> {words.call.leave}</button>
    </div>
  );
}

/* Each hint says what to do; the most urgent first. */
function Hints({ voice, call }: Props & { readonly call: Call }) {
  const { microphone, speakingMuted, running, failure, choice, heardLost } = voice.status.value;
  const { mode, pushKey } = voice.settings.value;
  const hints: string[] = [];
  if (voice.lack !== undefined)
    hints.push(words.lack[voice.lack]);
  if (failure !== undefined)
    hints.push(words.trouble.failed(failure));
  if (call.state === "rejoining")
    hints.push(words.call.rejoining);
  if (voice.state.value.link.silent)
    hints.push(words.call.networkSilent);
  if (heardLost !== undefined && heardLost >= BAD_PERCENT)
    hints.push(words.call.heardBadly(heardLost));
  if (choice.bitrate < MIDDLE_BITRATE)
    hints.push(words.call.noRoom);
  if (microphone === "refused" || microphone === "none" || microphone === "busy")
    hints.push(words.trouble[microphone]);
  if (microphone === "opening")
    hints.push(words.call.opening);
  if (call.mutedUntil !== undefined && call.mutedUntil > Date.now())
    hints.push(words.call.mutedUntil(clock(call.mutedUntil)));
  if (mode === "push" && microphone === "on" && !call.muted)
    hints.push(words.call.push(keyName(pushKey)));
  return (
    <>
      <div role="status" class="call-hints">{hints.map((hint) => <p key={hint}>{hint}</p>)}</div>
      {!running && <p><button type="button">{words.call.silent}</button></p>}
      {speakingMuted && (
        <p class="call-warning" role="alert">{words.call.speakingMuted}{" "}
          <button type="button" onClick={() => voice.actions.setMuted(false)}>{words.call.unmute}</button></p>)}
    </>
  );
}
