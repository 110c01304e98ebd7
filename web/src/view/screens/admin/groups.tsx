/* groups.tsx - all groups of the server: where they stand in everybody's list, which newcomers become
 * members of, and what is done about one that nobody looks after. */
import { useState } from "preact/hooks";
import { isOrphaned, serverGroupRow } from "../../../model/admin_rows.js";
import type { ServerGroupRow } from "../../../model/admin_rows.js";
import { groupRow } from "../../../model/rows.js";
import { admin } from "../../../text/english_admin.js";
import { clean, cleanName } from "../../../text/safe.js";
import type { Shared } from "../../shared.js";
import { useChange } from "../change.js";
import type { Change } from "../change.js";
import { Confirm, Field, Form, Rows } from "../kit.js";
import { openScreen } from "../open.js";
import { useList } from "../task.js";

const words = admin.groups;

interface GroupProps {
  readonly group: ServerGroupRow;
  readonly change: Change;
}

function Place({ group: { name }, change }: GroupProps) {
  const [heading, setHeading] = useState("");
  const [place, setPlace] = useState("0");
  return (
    <Form submit={words.placeGroup} busy={change.busy} onSubmit={() => void change.set("place_group", [name, heading.trim(), Number(place) || 0], words.placed(name))}>
      <div class="pair">
        <Field label={words.heading} value={heading} onValue={setHeading} />
        <Field label={words.place} type="number" min="0" max="999" value={place} onValue={setPlace} />
      </div>
    </Form>
  );
}

function Manage(props: GroupProps) {
  const { group, change } = props;
  const { name } = group;
  const [question, setQuestion] = useState<"close" | "take" | undefined>(undefined);
  const [owner, setOwner] = useState("");
  if (question === "close")
    return <Confirm question={words.closeSure(name)} yes={words.close} busy={change.busy} onYes={() => void change.set("close_group", [name], words.closed(name))} onNo={() => setQuestion(undefined)} />;
  if (question === "take")
    return (
      <Form submit={words.take} busy={change.busy} disabled={!owner.trim()} onCancel={() => setQuestion(undefined)}
            onSubmit={() => void change.set("take_group", [name, owner.trim()], words.taken(name, owner.trim()))}>
        <Field label={words.newOwner} value={owner} onValue={setOwner} autoFocus />
      </Form>
    );
  return (
    <div role="group" aria-label={admin.manageOf(name)}>
      <Place {...props} />
      <div class="manage">
        <button type="button" disabled={change.busy} onClick={() => void change.set("set_newcomers", [name, 1], words.newcomersOn(name))}>{words.newcomersIn}</button>
        <button type="button" disabled={change.busy} onClick={() => void change.set("set_newcomers", [name, 0], words.newcomersOff(name))}>{words.newcomersOut}</button>
        {isOrphaned(group, Date.now()) && <button type="button" disabled={change.busy} onClick={() => setQuestion("take")}>{words.take}</button>}
        <button type="button" class="danger" disabled={change.busy} onClick={() => setQuestion("close")}>{words.close}</button>
      </div>
    </div>
  );
}

function Group(props: GroupProps & { member: boolean; open: boolean; onToggle: () => void }) {
  const { group } = props;
  const title = <bdi class="display">#{cleanName(group.name)}</bdi>;
  return (
    <>
      <div class="row-main">
        <div class="row-text">
          <span>
            {props.member ? <button type="button" class="link-button" onClick={() => openScreen({ screen: "group", group: group.name, part: "settings" })}>{title}</button> : title}
            {group.access !== "open" && <> <span class="badge">{words.access[group.access]}</span></>}
            {isOrphaned(group, Date.now()) && <> <span class="badge badge-warn">{words.orphaned}</span></>}
          </span>
          <span class="quiet">{words.members(group.members)}{group.owner && <> · <bdi>{words.owner(cleanName(group.owner))}</bdi></>}{group.topic && <> · <bdi>{clean(group.topic)}</bdi></>}</span>
        </div>
        <button type="button" class="row-action" aria-expanded={props.open} aria-label={admin.manageOf(group.name)} onClick={props.onToggle}>{admin.manage}</button>
      </div>
      {props.open && <Manage {...props} />}
    </>
  );
}

function Heading(props: { heading: string; change: Change }) {
  const { heading, change } = props;
  const [place, setPlace] = useState("0");
  return (
    <div class="row-main">
      <bdi class="display">{cleanName(heading)}</bdi>
      <form class="joined" onSubmit={(event) => { event.preventDefault(); void change.set("set_heading", [heading, Number(place) || 0], words.headingPlaced(heading)); }}>
        <Field label={words.headingPlace} type="number" min="0" max="999" value={place} onValue={setPlace} />
        <button type="submit" disabled={change.busy}>{words.move}</button>
      </form>
    </div>
  );
}

export function Groups(props: { shared: Shared }) {
  const { actions, state } = props.shared;
  const [open, setOpen] = useState<string | undefined>(undefined);
  const pages = useList(actions, { action: "server_groups", fields: [], pageKey: "after", parse: serverGroupRow });
  const own = useList(actions, { action: "groups", fields: [], parse: groupRow });
  const change = useChange(props.shared, () => {
    setOpen(undefined);
    return Promise.all([pages.reload(), own.reload()]);
  });
  const headings = [...new Set(own.rows.map((row) => row.heading).filter((heading) => heading !== ""))];
  return (
    <>
      <p class="hint">{words.hint}</p>
      {change.lines}
      <Rows pages={pages} empty={words.empty} label={words.label} keyOf={(row) => row.id}
            row={(row) => (
              <Group group={row} change={change} member={state.value.conversations.has(`#${row.name}`)} open={open === row.name}
                     onToggle={() => setOpen(open === row.name ? undefined : row.name)} />
            )} />
      {headings.length > 0 && <h4>{words.headings}</h4>}
      <ul class="rows" aria-label={words.headings}>
        {headings.map((heading) => <li key={heading} class="row"><Heading heading={heading} change={change} /></li>)}
      </ul>
    </>
  );
}
