/* new_password.tsx - who has a link of `reset_password` chooses another password, and is logged in with
 * it. A part of by_link.tsx, loaded with it. */
import { useState } from "preact/hooks";
import { askOnce } from "../link/once.js";
import { socketUrl } from "../link/socket.js";
import { outcomeOf } from "../model/refusal.js";
import { first } from "../text/english.js";
import { over } from "../text/english_late.js";
import { Code } from "../wire/table.js";
import { Field, Password, sentenceOf } from "./first.js";
import { Icon } from "./icons.js";
import { forgetInvitation } from "./route.js";
import type { Shared } from "./shared.js";

const words = over.newPassword;

export function NewPassword({ shared, link }: { readonly shared: Shared; readonly link: string }) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [name, setName] = useState<string | undefined>(undefined); /* whose password is set */
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const logIn = async (username: string): Promise<string | undefined> => {
    const outcome = await shared.actions.login({ username, password, temporary: false, ...(code.trim() === "" ? {} : { code: code.trim() }) });
    if (!outcome.ok && "refusal" in outcome && outcome.refusal.code === Code.userCodeMissing) setAsksCode(true);
    return sentenceOf(outcome);
  };
  const perform = async (): Promise<string | undefined> => {
    if (name !== undefined) return logIn(name);
    const set = outcomeOf(await askOnce(socketUrl(location), { action: "set_password", fields: [link, password] }), (answer) => String(answer.fields["username"]));
    if (!set.ok) return sentenceOf(set);
    forgetInvitation();
    setName(set.value);
    return logIn(set.value);
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    setTrouble(await perform());
    setBusy(false);
  };
  return (
    <form class="form" onSubmit={(event) => { event.preventDefault(); if (!busy) void submit(); }}>
      <p>{name === undefined ? words.hint : words.done}</p>
      {name === undefined && <Password label={words.password} value={password} onValue={setPassword} isNew />}
      {asksCode && <Field label={first.code} value={code} onValue={setCode} autocomplete="one-time-code" hint={first.codeHint} focus />}
      {trouble && <p class="trouble" role="alert"><Icon name="warn" />{trouble}</p>}
      <button type="submit" class="primary" aria-busy={busy} disabled={busy || password === ""}>{name === undefined ? words.set : first.login}</button>
    </form>
  );
}
