/* notifications.tsx - of what this user is told: by conversation, at which hours;
 * and what others are told of what this user has read. */
import { useEffect, useState } from "preact/hooks";
import { browserZone } from "../../link/world.js";
import { parseQuietHours, writeQuietHours } from "../../model/quiet.js";
import type { QuietHours } from "../../model/quiet.js";
import { numberOf } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { cleanName } from "../../text/safe.js";
import { missing } from "../../worker/missing.js";
import type { Shared } from "../shared.js";
import { slot } from "../slots.js";
import { LevelChoice } from "./group-settings.js";
import { Done, Field, Form, Switch, TroubleLine } from "./kit.js";
import { PushSettings } from "./push.js";
import { useTask } from "./task.js";

const words = screens.notifications;
const NIGHT: QuietHours = { from: "22:00", to: "07:00", days: [1, 2, 3, 4, 5, 6, 7] };

function Days(props: { days: readonly number[]; onDays: (days: readonly number[]) => void }) {
  const { days } = props;
  const toggle = (day: number): void => props.onDays(days.includes(day) ? days.filter((other) => other !== day) : [...days, day]);
  return (
    <fieldset class="days">
      <legend>{words.days}</legend>
      {words.weekdays.map((label, index) => (
        <label key={label} class="check">
          <input type="checkbox" checked={days.includes(index + 1)} onChange={() => toggle(index + 1)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function Quiet(props: { shared: Shared }) {
  const { actions } = props.shared;
  const task = useTask();
  const [hours, setHours] = useState<QuietHours | undefined>(undefined);
  const [done, setDone] = useState<string | undefined>(undefined);
  const ask = (text: string, said?: string): void => {
    void task.run(() => actions.ask("quiet_hours", [text])).then((answer) => {
      if (!answer) return;
      setHours(parseQuietHours(String(answer.value.fields["hours"] ?? "")));
      setDone(said);
    });
  };
  useEffect(() => ask(""), []);
  const written = (wanted: QuietHours): string => writeQuietHours(wanted, browserZone, Date.now());
  const toggle = (on: boolean): void => (on ? ask(written(NIGHT), words.saved) : ask("off", words.saved));
  return (
    <fieldset>
      <legend>{words.quiet}</legend>
      <Switch label={words.quietOn} hint={words.quietHint} on={hours !== undefined} disabled={task.busy} onValue={toggle} />
      {hours && (
        <Form submit={words.save} busy={task.busy} disabled={hours.days.length === 0} onSubmit={() => ask(written(hours), words.saved)}>
          <div class="pair">
            <Field label={words.from} type="time" value={hours.from} onValue={(from) => setHours({ ...hours, from })} required />
            <Field label={words.to} type="time" value={hours.to} onValue={(to) => setHours({ ...hours, to })} required />
          </div>
          <Days days={hours.days} onDays={(days) => setHours({ ...hours, days })} />
        </Form>
      )}
      <TroubleLine trouble={task.trouble} />
      <Done text={done} />
    </fieldset>
  );
}

function Receipts(props: { shared: Shared }) {
  const { actions } = props.shared;
  const task = useTask();
  const [on, setOn] = useState<boolean | undefined>(undefined);
  const ask = (extras: { readonly receipts?: number }): void => {
    void task.run(() => actions.ask("settings", [], extras)).then((answer) => {
      if (answer) setOn(numberOf(answer.value.extras, "receipts") !== 0);
    });
  };
  useEffect(() => ask({}), []);
  return (
    <>
      <Switch label={words.receipts} hint={words.receiptsHint} on={on ?? true} disabled={task.busy || on === undefined} onValue={(wanted) => ask({ receipts: wanted ? 1 : 0 })} />
      <TroubleLine trouble={task.trouble} />
    </>
  );
}

/** Sounds, microphone and loudspeaker are set in a dialog of view/voice. */
function Sounds() {
  const open = slot("soundSettings");
  return open ? <div class="bar"><button type="button" onClick={open}>{words.sounds}</button></div> : null;
}

function Levels(props: { shared: Shared }) {
  const { state, actions } = props.shared;
  const conversations = [...state.value.conversations.values()];
  return (
    <fieldset>
      <legend>{words.levels}</legend>
      <p class="hint">{words.levelsHint}</p>
      <ul class="rows">
        {conversations.map((conversation) => (
          <li key={conversation.id} class="row">
            <div class="row-main">
              <bdi class="display">{cleanName(conversation.title)}</bdi>
              <LevelChoice actions={actions} conversation={conversation} quiet />
            </div>
          </li>
        ))}
      </ul>
      {conversations.length === 0 && <p class="quiet">{words.noConversations}</p>}
    </fieldset>
  );
}

export function Notifications(props: { shared: Shared }) {
  return (
    <>
      {missing.value !== undefined && <p class="hint" role="note">{words.missing[missing.value]}</p>}
      <PushSettings shared={props.shared} />
      <Quiet shared={props.shared} />
      <Sounds />
      <Receipts shared={props.shared} />
      <Levels shared={props.shared} />
    </>
  );
}
