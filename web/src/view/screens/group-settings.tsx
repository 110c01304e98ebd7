/* group-settings.tsx - what is set for a group: by its owner, its moderators, administrators of the
 * server; what this user is told of it; and leaving it. */
import { useEffect, useState } from "preact/hooks";
import type { Actions } from "../../model/actions.js";
import { mayModerate } from "../../model/rights.js";
import { groupRow } from "../../model/rows.js";
import type { GroupRow } from "../../model/rows.js";
import type { Conversation, Level } from "../../model/state.js";
import { screens } from "../../text/english_screens.js";
import { dateAndTime } from "../../text/when.js";
import { cleanName } from "../../text/safe.js";
import { go } from "../route.js";
import type { GroupProps } from "./group.js";
import { Choice, Confirm, Done, Field, Form, Switch, TroubleLine } from "./kit.js";
import { closeScreen } from "./open.js";
import { useList, useTask } from "./task.js";
import type { Task } from "./task.js";

const words = screens.groupSettings;

/** A value that the user has set on another client, and that none of the choices is, is one, too. */
function numbers(labels: { readonly [value: number]: string }, value: number, other: (value: number) => string) {
  const known = Object.entries(labels).map(([key, label]) => ({ value: key, label }));
  return known.some((option) => option.value === String(value)) ? known : [...known, { value: String(value), label: other(value) }];
}

interface SettingsProps {
  readonly row: GroupRow;
  readonly task: Task;
  readonly set: (action: string, ...fields: readonly unknown[]) => void;
}

function Topic(props: SettingsProps) {
  const [topic, setTopic] = useState(props.row.topic);
  useEffect(() => setTopic(props.row.topic), [props.row.topic]);
  return (
    <Form submit={words.save} busy={props.task.busy} disabled={topic === props.row.topic} onSubmit={() => props.set("set_topic", topic)}>
      <Field label={words.topic} value={topic} onValue={setTopic} hint={words.topicHint} />
    </Form>
  );
}

function SlowMode(props: SettingsProps) {
  return (
    <Choice label={words.slow} hint={words.slowHint} disabled={props.task.busy} value={String(props.row.slowSeconds)}
            options={numbers(words.slowLabels, props.row.slowSeconds, words.seconds)}
            onValue={(value) => props.set("set_slow_mode", Number(value))} />
  );
}

function Retention(props: SettingsProps) {
  const { row, task, set } = props;
  return (
    <>
      <Choice label={words.days} hint={words.daysHint} disabled={task.busy} value={String(row.days)}
              options={numbers(words.daysLabels, row.days, words.daysOther)} onValue={(value) => set("set_retention", Number(value), row.kept)} />
      <Choice label={words.kept} disabled={task.busy} value={String(row.kept)}
              options={numbers(words.keptLabels, row.kept, words.keptOther)} onValue={(value) => set("set_retention", row.days, Number(value))} />
    </>
  );
}

function OfOwner(props: SettingsProps) {
  const { row, task, set } = props;
  return (
    <fieldset>
      <legend>{words.ownerSets}</legend>
      <Choice label={words.access} disabled={task.busy} value={row.access} hint={words.accessHint[row.access]}
              options={[{ value: "open", label: words.accessLabels.open }, { value: "unlisted", label: words.accessLabels.unlisted },
                        { value: "invited", label: words.accessLabels.invited }]}
              onValue={(value) => set("set_access", value)} />
      <Switch label={words.announcements} hint={words.announcementsHint} disabled={task.busy} on={row.onlyModeratorsWrite}
              onValue={(on) => set("set_writers", on ? "moderators" : "all")} />
      <Choice label={words.here} disabled={task.busy} value={row.here}
              options={(["moderators", "all", "nobody"] as const).map((value) => ({ value, label: words.hereLabels[value] }))}
              onValue={(value) => set("set_here", value)} />
      <Retention {...props} />
      <Choice label={words.versions} hint={words.versionsHint} disabled={task.busy} value={String(row.versionDays)}
              options={numbers(words.versionsLabels, row.versionDays, words.daysOther)} onValue={(value) => set("set_versions", Number(value))} />
    </fieldset>
  );
}

function OfAdministrators(props: SettingsProps) {
  const { row, task, set } = props;
  const [heading, setHeading] = useState(row.heading);
  const [place, setPlace] = useState(String(row.order % 1000));
  return (
    <fieldset>
      <legend>{words.adminSets}</legend>
      <Form submit={words.save} busy={task.busy} onSubmit={() => set("place_group", heading.trim(), Number(place) || 0)}>
        <Field label={words.heading} value={heading} onValue={setHeading} hint={words.headingHint} />
        <Field label={words.place} type="number" min="0" max="999" value={place} onValue={setPlace} hint={words.placeHint} />
      </Form>
      <Switch label={words.newcomers} hint={words.newcomersHint} disabled={task.busy} on={row.newcomers}
              onValue={(on) => set("set_newcomers", on ? 1 : 0)} />
    </fieldset>
  );
}

/** What this user is told of a conversation; also in the settings of notifications. */
export function LevelChoice(props: { actions: Actions; conversation: Conversation; quiet?: boolean }) {
  const { actions, conversation } = props;
  const label = props.quiet ? words.levelOf(cleanName(conversation.title)) : words.level;
  return (
    <Choice label={label} quiet={props.quiet ?? false} value={conversation.level}
            options={(["all", "mentions", "nothing"] as const).map((value) => ({ value, label: words.levels[value] }))}
            onValue={(level: Level) => actions.setLevel(conversation.id, level)} />
  );
}

const HOUR = 3_600_000;

function MuteForMe(props: { actions: Actions; conversation: Conversation }) {
  const { actions, conversation } = props;
  const until = conversation.mutedUntil ?? 0;
  const muted = until > Date.now();
  const mute = (hours: number): void => actions.setLevel(conversation.id, conversation.level, hours ? Date.now() + hours * HOUR : 0);
  return (
    <div class="bar">
      <span>{muted ? words.mutedForYou(dateAndTime(until)) : words.muteForYou}</span>
      {muted
        ? <button type="button" onClick={() => mute(0)}>{words.endMute}</button>
        : words.muteHours.map(({ hours, label }) => <button key={hours} type="button" onClick={() => mute(hours)}>{label}</button>)}
    </div>
  );
}

function Leave(props: GroupProps) {
  const task = useTask();
  const [asked, setAsked] = useState(false);
  const leave = (): void => {
    void task.run(() => props.shared.actions.ask("leave_group", [props.group])).then((left) => {
      if (!left) return;
      closeScreen();
      go(undefined);
    });
  };
  return (
    <fieldset>
      <legend>{words.leave}</legend>
      <TroubleLine trouble={task.trouble} />
      {asked
        ? <Confirm question={props.role === "owner" ? words.leaveOwner : words.leaveSure} yes={words.leave} busy={task.busy}
                   onYes={leave} onNo={() => setAsked(false)} />
        : <button type="button" class="danger" onClick={() => setAsked(true)}>{words.leave}</button>}
    </fieldset>
  );
}

export function GroupSettings(props: GroupProps) {
  const { shared, group, role } = props;
  const state = shared.state.value;
  const task = useTask();
  const [done, setDone] = useState<string | undefined>(undefined);
  const pages = useList(shared.actions, { action: "groups", fields: [], parse: groupRow });
  const row = pages.rows.find((candidate) => candidate.name === group);
  const conversation = state.conversations.get(`#${group}`);
  const set = (action: string, ...fields: readonly unknown[]): void => {
    setDone(undefined);
    void task.run(async () => {
      const outcome = await shared.actions.ask(action, [group, ...fields]);
      await pages.reload();
      return outcome;
    }).then((result) => { if (result) setDone(words.saved); });
  };
  if (!row) return pages.loading ? <p class="quiet" role="status">{screens.common.loading}</p> : <TroubleLine trouble={pages.trouble} />;
  const settings = { row, task, set };
  return (
    <>
      <TroubleLine trouble={task.trouble} />
      <Done text={done} />
      {mayModerate(role) ? <><Topic {...settings} /><SlowMode {...settings} /></> : <Facts row={row} />}
      {conversation && <LevelChoice actions={shared.actions} conversation={conversation} />}
      {conversation && <MuteForMe actions={shared.actions} conversation={conversation} />}
      {role === "owner" && <OfOwner {...settings} />}
      {state.account?.admin && <OfAdministrators {...settings} />}
      <Leave {...props} />
    </>
  );
}

/** For members, who set nothing: what is set. */
function Facts(props: { row: GroupRow }) {
  const { row } = props;
  const label = (labels: { readonly [value: number]: string }, value: number, other: (value: number) => string): string => labels[value] ?? other(value);
  return (
    <dl class="facts">
      <div><dt>{words.topic}</dt><dd dir="auto">{cleanName(row.topic) || words.noTopic}</dd></div>
      <div><dt>{words.access}</dt><dd>{words.accessLabels[row.access]}</dd></div>
      <div><dt>{words.days}</dt><dd>{label(words.daysLabels, row.days, words.daysOther)}</dd></div>
      {row.onlyModeratorsWrite && <div><dt>{words.announcements}</dt><dd>{words.announcementsHint}</dd></div>}
      {row.slowSeconds > 0 && <div><dt>{words.slow}</dt><dd>{label(words.slowLabels, row.slowSeconds, words.seconds)}</dd></div>}
      {row.versionDays > 0 && <div><dt>{words.versions}</dt><dd>{words.versionsHint}</dd></div>}
    </dl>
  );
}
