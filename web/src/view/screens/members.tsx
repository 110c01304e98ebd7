/* members.tsx - who is in a group, and what its owner and moderators do about it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { anyRight, mayModerate, rightsOver } from "../../model/rights.js";
import type { MemberRights } from "../../model/rights.js";
import { memberRow } from "../../model/rows.js";
import type { MemberRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { dateAndTime } from "../../text/when.js";
import type { GroupProps } from "./group.js";
import { Choice, Confirm, Done, Field, Form, PersonName, Rows, TroubleLine } from "./kit.js";
import { openScreen } from "./open.js";
import { useList, useTask } from "./task.js";
import type { Task } from "./task.js";

const words = screens.members;
const MUTES: readonly { readonly value: string; readonly label: string }[] = [
  { value: "600", label: words.muteFor.tenMinutes }, { value: "3600", label: words.muteFor.hour },
  { value: "86400", label: words.muteFor.day }, { value: "604800", label: words.muteFor.week },
];

type Change = (action: string, fields: readonly unknown[], done: string) => void;

interface ManageProps {
  readonly member: MemberRow;
  readonly rights: MemberRights;
  readonly task: Task;
  readonly change: Change;
}

type Question = "kick" | "ban" | "handOver";

function Question(props: ManageProps & { question: Question; onNo: () => void }) {
  const { member, question, change, task } = props;
  const name = member.name;
  const yes = (): void => {
    if (question === "handOver") change("set_role", [name, "owner"], words.done.handOver(name));
    else change(question, [name], words.done[question](name));
  };
  return <Confirm question={words.sure[question](name)} yes={words[question]} busy={task.busy} onYes={yes} onNo={props.onNo} />;
}

function Mute(props: ManageProps) {
  const { member, change, task } = props;
  const [seconds, setSeconds] = useState("3600");
  const muted = member.mutedUntil !== undefined && member.mutedUntil > Date.now();
  if (muted)
    return <button type="button" disabled={task.busy} onClick={() => change("mute", [member.name, 0], words.done.unmute(member.name))}>{words.unmute}</button>;
  return (
    <span class="joined">
      <Choice label={words.muteLength} quiet value={seconds} options={MUTES} onValue={setSeconds} />
      <button type="button" disabled={task.busy} onClick={() => change("mute", [member.name, Number(seconds)], words.done.mute(member.name))}>
        {words.mute}
      </button>
    </span>
  );
}

function Manage(props: ManageProps) {
  const { member, rights, task, change } = props;
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  if (question) return <Question {...props} question={question} onNo={() => setQuestion(undefined)} />;
  const role = (to: string, done: string) => () => change("set_role", [member.name, to], done);
  return (
    <div class="manage" role="group" aria-label={words.manage(member.name)}>
      {rights.makeModerator && <button type="button" disabled={task.busy} onClick={role("moderator", words.done.moderator(member.name))}>{words.makeModerator}</button>}
      {rights.makeMember && <button type="button" disabled={task.busy} onClick={role("member", words.done.member(member.name))}>{words.makeMember}</button>}
      {rights.mute && <Mute {...props} />}
      {rights.handOver && <button type="button" disabled={task.busy} onClick={() => setQuestion("handOver")}>{words.handOver}</button>}
      {rights.kick && <button type="button" class="danger" disabled={task.busy} onClick={() => setQuestion("kick")}>{words.kick}</button>}
      {rights.ban && <button type="button" class="danger" disabled={task.busy} onClick={() => setQuestion("ban")}>{words.ban}</button>}
      {rights.unban && <button type="button" disabled={task.busy} onClick={() => change("unban", [member.name], words.done.unban(member.name))}>{words.unban}</button>}
    </div>
  );
}

function Standing(props: { member: MemberRow }) {
  const { member } = props;
  const muted = member.mutedUntil !== undefined && member.mutedUntil > Date.now();
  return (
    <span class="standing">
      {member.role && member.role !== "member" && <span class="badge">{screens.common.roles[member.role]}</span>}
      {member.inCall && <span class="badge">{words.inCall}</span>}
      {muted && <span class="badge badge-warn">{words.mutedUntil(dateAndTime(member.mutedUntil ?? 0))}</span>}
      {member.banned && <span class="badge badge-warn">{words.banned}</span>}
    </span>
  );
}

function Member(props: ManageProps & { open: boolean; onToggle: () => void }) {
  const { member, rights, open } = props;
  return (
    <>
      <div class="row-main">
        <span class={`presence presence-${member.presence}`} role="img" aria-label={screens.common.presence[member.presence]} />
        <div class="row-text">
          <button type="button" class="link-button" onClick={() => openScreen({ screen: "profile", name: member.name })}>
            <PersonName name={member.name} display={member.display} bot={member.bot} />
          </button>
          <Standing member={member} />
        </div>
        {anyRight(rights) && (
          <button type="button" class="row-action" aria-expanded={open} aria-label={words.manage(member.name)} onClick={props.onToggle}>
            {words.manageShort}
          </button>
        )}
      </div>
      {open && <Manage {...props} />}
    </>
  );
}

function BanByName(props: { task: Task; change: Change }) {
  const [name, setName] = useState("");
  return (
    <details class="extra">
      <summary>{words.banByName}</summary>
      <Form submit={words.ban} danger busy={props.task.busy} disabled={!name.trim()}
            onSubmit={() => props.change("ban", [name.trim()], words.done.ban(name.trim()))}>
        <Field label={words.banName} value={name} onValue={setName} hint={words.banHint} />
      </Form>
    </details>
  );
}

/** The list is asked for again when the group tells of a change. */
function useReloadOnEvents(key: string, reload: () => void): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) reload();
    first.current = false;
  }, [key]);
}

export function Members(props: GroupProps & { onInvite: () => void }) {
  const { shared, group, role } = props;
  const state = shared.state.value;
  const task = useTask();
  const [done, setDone] = useState<string | undefined>(undefined);
  const [open, setOpen] = useState<string | undefined>(undefined);
  const [filter, setFilter] = useState("");
  const pages = useList(shared.actions, { action: "members", fields: [group], pageKey: "after", parse: memberRow });
  useReloadOnEvents(state.conversations.get(`#${group}`)?.events.at(-1)?.key ?? "", pages.reload);

  const change: Change = (action, fields, said) => {
    setDone(undefined);
    void task.run(() => shared.actions.ask(action, [group, ...fields])).then((result) => {
      if (!result) return;
      setDone(said);
      setOpen(undefined);
      pages.reload();
    });
  };
  const own = { name: state.account?.username ?? "", role };
  const wanted = filter.trim().toLocaleLowerCase();
  const shown = pages.rows.filter((row) => `${row.name} ${row.display ?? ""}`.toLocaleLowerCase().includes(wanted));
  return (
    <>
      <div class="bar">
        {pages.rows.length > 10 && <Field label={words.filter} type="search" value={filter} onValue={setFilter} />}
        {mayModerate(role) && <button type="button" class="primary" onClick={props.onInvite}>{words.invite}</button>}
      </div>
      <TroubleLine trouble={task.trouble} />
      <Done text={done} />
      <Rows pages={{ ...pages, rows: shown }} empty={words.empty} label={words.label} keyOf={(row) => row.name}
            row={(row) => (
              <Member member={row} rights={rightsOver(own, row)} task={task} change={change} open={open === row.name}
                      onToggle={() => setOpen(open === row.name ? undefined : row.name)} />
            )} />
      {mayModerate(role) && <BanByName task={task} change={change} />}
    </>
  );
}
