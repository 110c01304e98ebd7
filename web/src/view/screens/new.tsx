/* new.tsx - begins a conversation: with a person, a group, or a talk of a few people. */
import { useState } from "preact/hooks";
import { personRow } from "../../model/rows.js";
import type { Access, PersonRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { goTo } from "./found.js";
import { Choice, Dialog, Field, Form, PersonName, Rows } from "./kit.js";
import { closeScreen, openScreen } from "./open.js";
import type { RequestOf } from "./open.js";
import { useList, useTask } from "./task.js";

const words = screens.newConversation;
type Kind = "person" | "group" | "talk";
const TALK_MIN = 2;
const TALK_MAX = 8;

function useContacts(shared: Shared) {
  const pages = useList(shared.actions, { action: "contacts", fields: [], parse: personRow });
  return { ...pages, rows: pages.rows.filter((row) => row.contact && !row.blocked) };
}

function WithPerson(props: { shared: Shared }) {
  const { shared } = props;
  const [name, setName] = useState("");
  const task = useTask();
  const contacts = useContacts(shared);
  const begin = (): void => {
    const wanted = name.trim().replace(/^@/, "");
    void task.run(() => shared.actions.ask("history", [wanted], { limit: 1 })).then((known) => { if (known) goTo(wanted); });
  };
  return (
    <>
      <Form submit={words.write} busy={task.busy} trouble={task.trouble} disabled={!name.trim()} onSubmit={begin}>
        <Field label={words.name} value={name} onValue={setName} hint={words.nameHint} autoFocus />
      </Form>
      <h4>{words.contacts}</h4>
      <Rows pages={contacts} empty={words.noContacts} label={words.contacts} keyOf={(row) => row.name}
            row={(row) => <Contact row={row} onChoose={() => goTo(row.name)} />} />
      <button type="button" onClick={() => openScreen({ screen: "directory" })}>{words.directory}</button>
    </>
  );
}

function Contact(props: { row: PersonRow; onChoose: () => void; chosen?: boolean }) {
  const { row, chosen } = props;
  return (
    <button type="button" class="row-main row-button" aria-pressed={chosen} onClick={props.onChoose}>
      <span class={`presence presence-${row.presence}`} role="img" aria-label={screens.common.presence[row.presence]} />
      <PersonName name={row.name} display={row.display} bot={row.bot} />
      {chosen && <span aria-hidden="true" class="row-mark">✓</span>}
    </button>
  );
}

function NewGroup(props: { shared: Shared }) {
  const { actions } = props.shared;
  const [name, setName] = useState("");
  const [topic, setTopic] = useState("");
  const [access, setAccess] = useState<Access>("open");
  const task = useTask();
  const create = async (): Promise<void> => {
    const wanted = name.trim().replace(/^#/, "");
    if (!(await task.run(() => actions.ask("create_group", [wanted])))) return;
    if (topic.trim()) await task.run(() => actions.ask("set_topic", [wanted, topic.trim()]));
    if (access !== "open") await task.run(() => actions.ask("set_access", [wanted, access]));
    goTo(`#${wanted}`);
  };
  return (
    <Form submit={words.create} busy={task.busy} trouble={task.trouble} disabled={!name.trim()} onSubmit={() => void create()}>
      <Field label={words.groupName} value={name} onValue={setName} hint={words.groupHint} autoFocus />
      <Field label={screens.groupSettings.topic} value={topic} onValue={setTopic} />
      <Choice label={screens.groupSettings.access} value={access} onValue={setAccess} hint={screens.groupSettings.accessHint[access]}
              options={(["open", "unlisted", "invited"] as const).map((value) => ({ value, label: screens.groupSettings.accessLabels[value] }))} />
    </Form>
  );
}

/** Names as people type them: with blanks or commas between, perhaps with @ before them. */
export function namesOf(typed: string): string[] {
  return typed.split(/[\s,;]+/).map((name) => name.replace(/^@/, "")).filter((name) => name !== "");
}

function NewTalk(props: { shared: Shared }) {
  const { shared } = props;
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const task = useTask();
  const contacts = useContacts(shared);
  const names = [...new Set([...chosen, ...namesOf(typed)])];
  const toggle = (name: string): void => setChosen(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
  const create = (): void => {
    void task.run(() => shared.actions.ask("create_talk", [names.join(" ")])).then((made) => {
      const group = made?.value.fields["groupName"];
      if (typeof group === "string") goTo(`#${group}`);
    });
  };
  return (
    <Form submit={words.createTalk} busy={task.busy} trouble={task.trouble} onSubmit={create}
          disabled={names.length < TALK_MIN || names.length > TALK_MAX}>
      <p class="hint">{words.talkHint(TALK_MIN, TALK_MAX)}</p>
      <Field label={words.names} value={typed} onValue={setTyped} hint={words.namesHint} autoFocus />
      <Rows pages={contacts} empty={words.noContacts} label={words.contacts} keyOf={(row) => row.name}
            row={(row) => <Contact row={row} chosen={chosen.includes(row.name)} onChoose={() => toggle(row.name)} />} />
      <p class="quiet" role="status">{words.chosen(names.length)}</p>
    </Form>
  );
}

export function NewScreen(props: { shared: Shared; request: RequestOf<"new"> }) {
  const [kind, setKind] = useState<Kind>(props.request.kind ?? "person");
  return (
    <Dialog title={words.title} kind="new" onClose={closeScreen}>
      <div class="segments" role="group" aria-label={words.title}>
        {(["person", "talk", "group"] as const).map((which) => (
          <button key={which} type="button" aria-pressed={kind === which} onClick={() => setKind(which)}>{words.kinds[which]}</button>
        ))}
      </div>
      {kind === "person" && <WithPerson shared={props.shared} />}
      {kind === "talk" && <NewTalk shared={props.shared} />}
      {kind === "group" && <NewGroup shared={props.shared} />}
    </Dialog>
  );
}
