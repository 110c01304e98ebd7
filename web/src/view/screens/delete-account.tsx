/* delete-account.tsx - deletes the account, at once and for good. */
import { useState } from "preact/hooks";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { Field, Form, useProof } from "./kit.js";
import { closeScreen } from "./open.js";
import { useTask } from "./task.js";

const words = screens.deleteAccount;
type Extent = "account" | "messages";

export function DeleteAccount(props: { shared: Shared }) {
  const { actions, state } = props.shared;
  const username = state.value.account?.username ?? "";
  const task = useTask();
  const proof = useProof(task.trouble);
  const [extent, setExtent] = useState<Extent>("account");
  const [typed, setTyped] = useState("");
  const remove = (): void => {
    void task.run(() => actions.ask("delete_account", [proof.password, extent], proof.extras)).then((deleted) => {
      if (!deleted) return;
      closeScreen();
      void actions.logout();
    });
  };
  return (
    <Form submit={words.remove} danger busy={task.busy} trouble={task.trouble} disabled={typed.trim() !== username || !proof.password} onSubmit={remove}>
      <p>{words.hint}</p>
      <fieldset>
        <legend>{words.extent}</legend>
        {(["account", "messages"] as const).map((each) => (
          <label key={each} class="radio">
            <input type="radio" name="extent" value={each} checked={extent === each} onChange={() => setExtent(each)} />
            <span>{words.extents[each]}<span class="hint">{words.extentHints[each]}</span></span>
          </label>
        ))}
      </fieldset>
      <Field label={words.typeName(username)} value={typed} onValue={setTyped} />
      {proof.fields}
    </Form>
  );
}
