/* bots.tsx - the user's bots; and those of a group, with its hooks. A secret is told once: it stands
 * there until the screen is left. */
import { useState } from "preact/hooks";
import { botRow, hookRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { cleanName } from "../../text/safe.js";
import type { Shared } from "../shared.js";
import type { GroupProps } from "./group.js";
import { Choice, Confirm, Copyable, Done, Field, Form, Rows, Time, TroubleLine } from "./kit.js";
import { useList, useTask } from "./task.js";

const words = screens.bots;

interface Secret {
  readonly bot: string;
  readonly secret: string;
}

type Question = { readonly bot: string; readonly action: "renew_bot" | "delete_bot" };

export function OwnBots(props: { shared: Shared }) {
  const { actions } = props.shared;
  const task = useTask();
  const [name, setName] = useState("");
  const [secret, setSecret] = useState<Secret | undefined>(undefined);
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const pages = useList(actions, { action: "bots", fields: [], parse: botRow });
  const ask = (action: string, bot: string): void => {
    setSecret(undefined);
    void task.run(() => actions.ask(action, [bot])).then((answer) => {
      setQuestion(undefined);
      if (!answer) return;
      const told = answer.value.fields["secret"];
      if (typeof told === "string") setSecret({ bot, secret: told });
      setName("");
      pages.reload();
    });
  };
  return (
    <>
      <p class="hint">{words.hint}</p>
      {secret && <Copyable label={words.secretOf(secret.bot)} value={secret.secret} hint={words.once} />}
      <Rows pages={pages} empty={words.none} label={words.label} keyOf={(row) => row.name}
            row={(row) => (question?.bot === row.name
              ? <Confirm question={words.sure[question.action](row.name)} yes={words[question.action]} busy={task.busy}
                         onYes={() => ask(question.action, row.name)} onNo={() => setQuestion(undefined)} />
              : (
                <div class="row-main">
                  <div class="row-text">
                    <bdi class="display">{row.name}</bdi>
                    <span class="quiet">{row.seen === undefined ? words.never : <>{words.seen} <Time at={row.seen} ago /></>}</span>
                  </div>
                  <button type="button" class="row-action" onClick={() => setQuestion({ bot: row.name, action: "renew_bot" })}>{words.renew_bot}</button>
                  <button type="button" class="row-action danger" onClick={() => setQuestion({ bot: row.name, action: "delete_bot" })}>{words.delete_bot}</button>
                </div>
              ))} />
      <Form submit={words.create} busy={task.busy} trouble={task.trouble} disabled={!name.trim()} onSubmit={() => ask("create_bot", name.trim())}>
        <Field label={words.name} value={name} onValue={setName} />
      </Form>
    </>
  );
}

interface MadeHook {
  readonly url: string | undefined;
  readonly secret: string;
}

function Hooks(props: GroupProps & { bots: readonly string[] }) {
  const { shared, group, bots } = props;
  const task = useTask();
  const [bot, setBot] = useState("");
  const [made, setMade] = useState<MadeHook | undefined>(undefined);
  const pages = useList(shared.actions, { action: "hooks", fields: [group], parse: hookRow });
  const chosen = bot || bots[0] || "";
  const make = (): void => {
    void task.run(() => shared.actions.ask("create_hook", [group, chosen])).then((answer) => {
      if (!answer) return;
      const url = answer.value.extras["url"];
      setMade({ url: typeof url === "string" ? url : undefined, secret: String(answer.value.fields["secret"]) });
      pages.reload();
    });
  };
  const remove = (id: number): void => {
    void task.run(() => shared.actions.ask("remove_hook", [id])).then(() => pages.reload());
  };
  return (
    <fieldset>
      <legend>{words.hooks}</legend>
      <p class="hint">{words.hooksHint}</p>
      {made && <Copyable label={made.url ? words.hookUrl : words.hookSecret} value={made.url ?? made.secret} hint={words.once} />}
      <Rows pages={pages} empty={words.noHooks} label={words.hooks} keyOf={(row) => row.id}
            row={(row) => (
              <div class="row-main">
                <div class="row-text">
                  <span class="display">{words.hookOf(row.id)} <bdi>{cleanName(row.bot)}</bdi></span>
                  {row.created !== undefined && <span class="quiet">{words.made} <Time at={row.created} /></span>}
                </div>
                <button type="button" class="row-action danger" disabled={task.busy} onClick={() => remove(row.id)}>{words.removeHook}</button>
              </div>
            )} />
      <TroubleLine trouble={task.trouble} />
      {bots.length > 0 && (
        <div class="joined">
          <Choice label={words.as} value={chosen} options={bots.map((value) => ({ value, label: value }))} onValue={setBot} />
          <button type="button" disabled={task.busy} onClick={make}>{words.makeHook}</button>
        </div>
      )}
    </fieldset>
  );
}

export function Bots(props: GroupProps) {
  const { shared, group } = props;
  const task = useTask();
  const [bot, setBot] = useState("");
  const [done, setDone] = useState<string | undefined>(undefined);
  const pages = useList(shared.actions, { action: "bots", fields: [], parse: botRow });
  const bots = pages.rows.map((row) => row.name);
  const chosen = bot || bots[0] || "";
  const add = (): void => {
    setDone(undefined);
    void task.run(() => shared.actions.ask("add_bot", [group, chosen])).then((added) => { if (added) setDone(words.added(chosen)); });
  };
  return (
    <>
      <p class="hint">{words.groupHint}</p>
      <TroubleLine trouble={task.trouble} />
      <Done text={done} />
      {bots.length === 0
        ? !pages.loading && <p class="quiet">{words.noneYet}</p>
        : (
          <div class="joined">
            <Choice label={words.bot} value={chosen} options={bots.map((value) => ({ value, label: value }))} onValue={setBot} />
            <button type="button" disabled={task.busy} onClick={add}>{words.add}</button>
          </div>
        )}
      <Hooks {...props} bots={bots} />
    </>
  );
}
