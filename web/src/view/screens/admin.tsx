/* admin.tsx - the page of administrators: who administers, where groups stand, where newcomers go,
 * invitations to the server. */
import { useState } from "preact/hooks";
import { groupRow } from "../../model/rows.js";
import type { GroupRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { cleanName } from "../../text/safe.js";
import type { Shared } from "../shared.js";
import { Invitations } from "./invitations.js";
import { Choice, Dialog, Done, Field, Form, Parts, Switch, TroubleLine } from "./kit.js";
import { closeScreen, openScreen } from "./open.js";
import { useList, useTask } from "./task.js";

const words = screens.admin;
type Part = "groups" | "administrators" | "invitations";
const PARTS: readonly Part[] = ["groups", "administrators", "invitations"];

type Set = (action: string, fields: readonly unknown[], said: string) => void;

/** Asks, says what was done, and lets the list be asked for again. */
function useChange(shared: Shared, changed: () => Promise<void>): { busy: boolean; lines: preact.ComponentChildren; set: Set } {
  const task = useTask();
  const [done, setDone] = useState<string | undefined>(undefined);
  const set: Set = (action, fields, said) => {
    setDone(undefined);
    void task.run(async () => {
      const outcome = await shared.actions.ask(action, fields);
      if (outcome.ok) await changed();
      return outcome;
    }).then((result) => { if (result) setDone(said); });
  };
  return { busy: task.busy, set, lines: <><TroubleLine trouble={task.trouble} /><Done text={done} /></> };
}

function Administrators(props: { shared: Shared }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<"admin" | "user">("admin");
  const { busy, set, lines } = useChange(props.shared, async () => setName(""));
  return (
    <Form submit={words.setRole} busy={busy} disabled={!name.trim()} danger={role === "user"}
          onSubmit={() => set("set_admin", [name.trim(), role], words.roleSet[role](name.trim()))}>
      <p class="hint">{words.administratorsHint}</p>
      <Field label={words.user} value={name} onValue={setName} />
      <Choice label={words.role} value={role} onValue={setRole} options={(["admin", "user"] as const).map((value) => ({ value, label: words.roles[value] }))} />
      {lines}
    </Form>
  );
}

function PlaceAnyGroup(props: { busy: boolean; set: Set }) {
  const [name, setName] = useState("");
  const [heading, setHeading] = useState("");
  const [place, setPlace] = useState("0");
  return (
    <details class="extra">
      <summary>{words.otherGroup}</summary>
      <Form submit={words.placeGroup} busy={props.busy} disabled={!name.trim()}
            onSubmit={() => props.set("place_group", [name.trim(), heading.trim(), Number(place) || 0], words.placed(name.trim()))}>
        <Field label={words.group} value={name} onValue={setName} />
        <Field label={words.heading} value={heading} onValue={setHeading} />
        <Field label={words.place} type="number" min="0" max="999" value={place} onValue={setPlace} />
      </Form>
      <div class="buttons">
        <button type="button" disabled={props.busy || !name.trim()} onClick={() => props.set("set_newcomers", [name.trim(), 1], words.newcomersOn(name.trim()))}>{words.newcomersIn}</button>
        <button type="button" disabled={props.busy || !name.trim()} onClick={() => props.set("set_newcomers", [name.trim(), 0], words.newcomersOff(name.trim()))}>{words.newcomersOut}</button>
      </div>
    </details>
  );
}

function Heading(props: { heading: string; busy: boolean; set: Set }) {
  const [place, setPlace] = useState("0");
  return (
    <div class="row-main">
      <bdi class="display">{props.heading}</bdi>
      <form class="joined" onSubmit={(event) => { event.preventDefault(); props.set("set_heading", [props.heading, Number(place) || 0], words.headingPlaced(props.heading)); }}>
        <Field label={words.headingPlace} type="number" min="0" max="999" value={place} onValue={setPlace} />
        <button type="submit" disabled={props.busy}>{words.move}</button>
      </form>
    </div>
  );
}

function GroupLine(props: { row: GroupRow; busy: boolean; set: Set }) {
  const { row, set } = props;
  return (
    <div class="row-main">
      <div class="row-text">
        <button type="button" class="link-button" onClick={() => openScreen({ screen: "group", group: row.name, part: "settings" })}><bdi>#{cleanName(row.name)}</bdi></button>
        <span class="quiet">{row.heading ? <bdi>{cleanName(row.heading)}</bdi> : words.noHeading}</span>
      </div>
      <Switch label={words.newcomers} on={row.newcomers} disabled={props.busy}
              onValue={(on) => set("set_newcomers", [row.name, on ? 1 : 0], (on ? words.newcomersOn : words.newcomersOff)(row.name))} />
    </div>
  );
}

function Groups(props: { shared: Shared }) {
  const pages = useList(props.shared.actions, { action: "groups", fields: [], parse: groupRow });
  const { busy, set, lines } = useChange(props.shared, pages.reload);
  const headings = [...new Set(pages.rows.map((row) => row.heading).filter((heading) => heading !== ""))];
  return (
    <>
      <p class="hint">{words.groupsHint}</p>
      {lines}
      <TroubleLine trouble={pages.trouble} />
      <ul class="rows" aria-label={words.parts.groups}>
        {pages.rows.map((row) => <li key={row.name} class="row"><GroupLine row={row} busy={busy} set={set} /></li>)}
      </ul>
      {headings.length > 0 && <h4>{words.headings}</h4>}
      <ul class="rows" aria-label={words.headings}>
        {headings.map((heading) => <li key={heading} class="row"><Heading heading={heading} busy={busy} set={set} /></li>)}
      </ul>
      <PlaceAnyGroup busy={busy} set={set} />
    </>
  );
}

export function AdminScreen(props: { shared: Shared }) {
  const { shared } = props;
  const [part, setPart] = useState<Part | undefined>(undefined);
  const shown = part ?? "groups";
  return (
    <Dialog title={words.title} kind="admin" wide onClose={closeScreen}>
      <Parts label={words.title} parts={PARTS.map((id) => ({ id, label: words.parts[id] }))} part={shown} chosen={part !== undefined} onPart={setPart}>
        {shown === "groups" && <Groups shared={shared} />}
        {shown === "administrators" && <Administrators shared={shared} />}
        {shown === "invitations" && <Invitations shared={shared} group={undefined} />}
      </Parts>
    </Dialog>
  );
}
