/* blocked.tsx - whom this user has blocked. */
import { useState } from "preact/hooks";
import { personRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { Done, Field, Form, PersonName, Rows } from "./kit.js";
import { useList, useTask } from "./task.js";

const words = screens.blocked;

export function Blocked(props: { shared: Shared }) {
  const { actions } = props.shared;
  const task = useTask();
  const [name, setName] = useState("");
  const [done, setDone] = useState<string | undefined>(undefined);
  const pages = useList(actions, { action: "contacts", fields: [], parse: personRow });
  const rows = pages.rows.filter((row) => row.blocked);
  const change = (action: string, who: string, said: string): void => {
    setDone(undefined);
    void task.run(() => actions.ask(action, [who])).then((changed) => {
      if (!changed) return;
      setDone(said);
      setName("");
      pages.reload();
    });
  };
  return (
    <>
      <p class="hint">{words.hint}</p>
      <Done text={done} />
      <Rows pages={{ ...pages, rows }} empty={words.empty} label={words.label} keyOf={(row) => row.name}
            row={(row) => (
              <div class="row-main">
                <PersonName name={row.name} display={row.display} bot={row.bot} />
                <button type="button" class="row-action" disabled={task.busy} onClick={() => change("unblock", row.name, words.unblocked(row.name))}>{words.unblock}</button>
              </div>
            )} />
      <Form submit={words.block} danger busy={task.busy} trouble={task.trouble} disabled={!name.trim()}
            onSubmit={() => change("block", name.trim(), words.blocked(name.trim()))}>
        <Field label={words.name} value={name} onValue={setName} />
      </Form>
    </>
  );
}
