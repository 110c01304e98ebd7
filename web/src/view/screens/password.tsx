/* password.tsx - changes the user's password, which ends all other sessions. */
import { useState } from "preact/hooks";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { Done, Field, Form } from "./kit.js";
import { useTask } from "./task.js";

const words = screens.password;
const SHORTEST = 8;

export function ChangePassword(props: { shared: Shared }) {
  const task = useTask();
  const [old, setOld] = useState("");
  const [wanted, setWanted] = useState("");
  const [repeated, setRepeated] = useState("");
  const [done, setDone] = useState<string | undefined>(undefined);
  const differ = repeated !== "" && repeated !== wanted;
  const change = (): void => {
    setDone(undefined);
    void task.run(() => props.shared.actions.ask("change_password", [old, wanted])).then((changed) => {
      if (!changed) return;
      setDone(words.done);
      setOld("");
      setWanted("");
      setRepeated("");
    });
  };
  return (
    <Form submit={words.change} busy={task.busy} trouble={task.trouble} onSubmit={change}
          disabled={!old || new TextEncoder().encode(wanted).length < SHORTEST || wanted !== repeated}>
      <p class="hint">{words.hint}</p>
      <Field label={words.old} type="password" autoComplete="current-password" value={old} onValue={setOld} required />
      <Field label={words.wanted} type="password" autoComplete="new-password" value={wanted} onValue={setWanted} hint={words.wantedHint(SHORTEST)} required />
      <Field label={words.repeated} type="password" autoComplete="new-password" value={repeated} onValue={setRepeated} required />
      {differ && <p role="alert" class="trouble">{words.differ}</p>}
      <Done text={done} />
    </Form>
  );
}
