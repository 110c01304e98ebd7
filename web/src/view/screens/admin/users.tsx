/* users.tsx - all users of the server, and what an administrator does about one: bans, a new name, a
 * link for a new password, the end of their sessions, the administration, the end of the account. */
import { useState } from "preact/hooks";
import { rightsOverUser, userRow } from "../../../model/admin_rows.js";
import type { UserRow } from "../../../model/admin_rows.js";
import { resetLink } from "../../../model/links.js";
import { screens } from "../../../text/english_screens.js";
import { admin } from "../../../text/english_admin.js";
import type { Shared } from "../../shared.js";
import { useChange } from "../change.js";
import type { Change } from "../change.js";
import { Choice, Confirm, Copyable, Field, PersonName, Rows, Switch, Time } from "../kit.js";
import { useList } from "../task.js";
import { optionsOf } from "./options.js";

const words = admin.users;
type Question = keyof typeof words.sure;
const EXTENTS = ["account", "messages"] as const;

interface ManageProps {
  readonly user: UserRow;
  readonly change: Change;
  /** The link of a reset, which is shown once. */
  readonly onLink: (link: string) => void;
}

/** What is asked before the act, and what the act needs beside the name. */
function Asked(props: ManageProps & { question: Question; onNo: () => void }) {
  const { user: { name }, change, question } = props;
  const [seconds, setSeconds] = useState("0");
  const [reason, setReason] = useState("");
  const [newName, setNewName] = useState(name);
  const [extent, setExtent] = useState<(typeof EXTENTS)[number]>("account");
  const [keep, setKeep] = useState(true);
  const act = async (): Promise<void> => {
    const said = words.done[question](name);
    switch (question) {
      case "ban": return void await change.set("ban_from_server", [`@${name}`, Number(seconds), reason.trim()], said);
      case "makeAdmin": return void await change.set("set_admin", [name, "admin"], said);
      case "makeUser": return void await change.set("set_admin", [name, "user"], said);
      case "remove": return void await change.set("remove_user", [name, extent], said);
      case "rename": return void await change.set("rename_user", [name, newName.trim()], said);
      case "reset": {
        const answer = await change.set("reset_password", [name, keep ? "keep" : "end"], said);
        if (answer) props.onLink(resetLink(location.origin, String(answer.fields["link"])));
      }
    }
  };
  return (
    <Confirm question={words.sure[question](name)} yes={words[question]} busy={change.busy} onYes={() => void act()} onNo={props.onNo}>
      {question === "ban" && <Choice label={admin.howLong} value={seconds} options={optionsOf(admin.lengths)} onValue={setSeconds} />}
      {question === "ban" && <Field label={admin.reason} hint={admin.reasonHint} value={reason} onValue={setReason} />}
      {question === "rename" && <Field label={words.newName} value={newName} onValue={setNewName} />}
      {question === "reset" && <Switch label={words.keep} on={keep} onValue={setKeep} />}
      {question === "remove" && <Choice label={words.extent} value={extent} options={EXTENTS.map((value) => ({ value, label: words.extents[value] }))} onValue={setExtent} />}
    </Confirm>
  );
}

function Manage(props: ManageProps) {
  const { user, change } = props;
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  if (question) return <Asked {...props} question={question} onNo={() => setQuestion(undefined)} />;
  const rights = rightsOverUser(user);
  const ask = (what: Question, danger = false) =>
    <button type="button" class={danger ? "danger" : undefined} disabled={change.busy} onClick={() => setQuestion(what)}>{words[what]}</button>;
  return (
    <div class="manage" role="group" aria-label={admin.manageOf(user.name)}>
      <button type="button" disabled={change.busy} onClick={() => void change.set("end_sessions", [user.name], words.done.logout(user.name))}>{words.logout}</button>
      {ask("rename")}
      {rights.reset && ask("reset")}
      {rights.makeAdmin && ask("makeAdmin")}
      {rights.makeUser && ask("makeUser")}
      {rights.unban && <button type="button" disabled={change.busy} onClick={() => void change.set("unban_from_server", [`@${user.name}`], words.done.unban(user.name))}>{words.unban}</button>}
      {rights.ban && ask("ban", true)}
      {rights.remove && ask("remove", true)}
    </div>
  );
}

function User(props: ManageProps & { open: boolean; onToggle: () => void }) {
  const { user, open } = props;
  return (
    <>
      <div class="row-main">
        <span class={`presence presence-${user.presence}`} role="img" aria-label={screens.common.presence[user.presence]} />
        <div class="row-text">
          <span>
            <PersonName name={user.name} />
            {user.role !== "user" && <> <span class="badge">{words.roles[user.role]}</span></>}
            {user.banned && <> <span class="badge badge-warn">{words.banned}</span></>}
          </span>
          <span class="quiet">{user.presence === "online" ? screens.common.presence.online : user.seen === undefined ? words.never : <>{words.seen} <Time at={user.seen} ago /></>}</span>
        </div>
        <button type="button" class="row-action" aria-expanded={open} aria-label={admin.manageOf(user.name)} onClick={props.onToggle}>{admin.manage}</button>
      </div>
      {open && <Manage {...props} />}
    </>
  );
}

export function Users(props: { shared: Shared; find: string }) {
  const [letters, setLetters] = useState(props.find);
  const [query, setQuery] = useState(props.find);
  const [open, setOpen] = useState<string | undefined>(props.find || undefined);
  const [link, setLink] = useState<{ readonly name: string; readonly link: string } | undefined>(undefined);
  const pages = useList(props.shared.actions, { action: "users", fields: [query], pageKey: "after", parse: userRow });
  const change = useChange(props.shared, () => {
    setOpen(undefined);
    setLink(undefined);
    return pages.reload();
  });
  return (
    <>
      <form class="bar" role="search" onSubmit={(event) => { event.preventDefault(); setQuery(letters.trim()); }}>
        <Field label={words.words} type="search" value={letters} onValue={setLetters} />
        <button type="submit">{words.find}</button>
      </form>
      {change.lines}
      {link && <Copyable label={words.resetLink(link.name)} value={link.link} hint={words.resetHint} />}
      <Rows pages={pages} empty={words.empty} label={words.label} keyOf={(row) => row.id}
            row={(row) => (
              <User user={row} change={change} open={open === row.name} onToggle={() => setOpen(open === row.name ? undefined : row.name)}
                    onLink={(made) => setLink({ name: row.name, link: made })} />
            )} />
    </>
  );
}
