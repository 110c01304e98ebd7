/* bans.tsx - who is kept out of the server: users, addresses, networks. */
import { useState } from "preact/hooks";
import { banRow } from "../../../model/admin_rows.js";
import type { BanRow } from "../../../model/admin_rows.js";
import { admin } from "../../../text/english_admin.js";
import { cleanName } from "../../../text/safe.js";
import type { Shared } from "../../shared.js";
import { useChange } from "../change.js";
import type { Change } from "../change.js";
import { Choice, Field, Form, Rows, Time } from "../kit.js";
import { useList } from "../task.js";
import { optionsOf } from "./options.js";

const words = admin.bans;
type Kind = "user" | "network";

function AddBan(props: { change: Change }) {
  const { change } = props;
  const [kind, setKind] = useState<Kind>("user");
  const [whom, setWhom] = useState("");
  const [seconds, setSeconds] = useState("0");
  const [reason, setReason] = useState("");
  const subject = kind === "user" ? `@${whom.trim().replace(/^@/, "")}` : whom.trim();
  const ban = async (): Promise<void> => {
    const done = await change.set("ban_from_server", [subject, Number(seconds), reason.trim()], words.banned(subject.replace(/^@/, "")));
    if (!done) return;
    setWhom("");
    setReason("");
  };
  return (
    <Form submit={words.add} danger busy={change.busy} disabled={!whom.trim()} onSubmit={() => void ban()}>
      <div class="pair">
        <Choice label={words.kind} value={kind} options={(["user", "network"] as const).map((value) => ({ value, label: words.kinds[value] }))} onValue={setKind} />
        <Choice label={admin.howLong} value={seconds} options={optionsOf(admin.lengths)} onValue={setSeconds} />
      </div>
      <Field label={words[kind]} value={whom} onValue={setWhom} {...(kind === "network" ? { hint: words.networkHint } : {})} />
      <Field label={admin.reason} hint={admin.reasonHint} value={reason} onValue={setReason} />
    </Form>
  );
}

function Ban(props: { ban: BanRow; change: Change }) {
  const { ban, change } = props;
  const name = ban.subject.replace(/^@/, "");
  return (
    <div class="row-main">
      <div class="row-text">
        <bdi class="display">{cleanName(name)}</bdi>
        <span class="quiet">
          {ban.until === undefined ? admin.forGood : <>{admin.until} <Time at={ban.until} /></>} · {admin.by} <bdi>{cleanName(ban.by ?? admin.operator)}</bdi>
          {ban.reason && <> · <bdi>{cleanName(ban.reason)}</bdi></>}
        </span>
      </div>
      <button type="button" class="row-action" disabled={change.busy} onClick={() => void change.set("unban_from_server", [ban.subject], words.unbanned(name))}>{words.unban}</button>
    </div>
  );
}

export function Bans(props: { shared: Shared }) {
  const pages = useList(props.shared.actions, { action: "server_bans", fields: [], pageKey: "after", parse: banRow });
  const change = useChange(props.shared, pages.reload);
  return (
    <>
      {change.lines}
      <Rows pages={pages} empty={words.empty} label={words.label} keyOf={(row) => row.subject} row={(row) => <Ban ban={row} change={change} />} />
      <AddBan change={change} />
    </>
  );
}
