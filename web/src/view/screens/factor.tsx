/* factor.tsx - the second factor: on, with the secret for an app and recovery codes; or off. */
import { useEffect, useState } from "preact/hooks";
import { totpLink } from "../../model/links.js";
import { recoveryCode, rowsOf } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { Copyable, Done, Field, Form, TroubleLine, useProof } from "./kit.js";
import { QrCode } from "./qr-code.js";
import { useTask } from "./task.js";

const words = screens.factor;

interface Begun {
  readonly secret: string;
  readonly codes: readonly string[];
}

/** Groups of four are easier to type from the screen. */
function grouped(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, "$1 ");
}

function saveCodes(username: string, codes: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([codes.join("\n") + "\n"], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `chinwag-recovery-codes-${username}.txt`;
  link.click();
  URL.revokeObjectURL(url);
}

function Begin(props: { shared: Shared; onBegun: (begun: Begun) => void }) {
  const task = useTask();
  const proof = useProof(task.trouble);
  const begin = (): void => {
    void task.run(() => props.shared.actions.ask("begin_totp", [proof.password])).then((answer) => {
      if (answer) props.onBegun({ secret: String(answer.value.fields["secret"]), codes: rowsOf(answer.value.list, recoveryCode) });
    });
  };
  return (
    <Form submit={words.begin} busy={task.busy} trouble={task.trouble} disabled={!proof.password} onSubmit={begin}>
      <p>{words.offHint}</p>
      {proof.fields}
    </Form>
  );
}

function Finish(props: { shared: Shared; begun: Begun; onOn: () => void; onCancel: () => void }) {
  const { begun, shared } = props;
  const username = shared.state.value.account?.username ?? "";
  const task = useTask();
  const [digits, setDigits] = useState("");
  const link = totpLink(username, location.hostname, begun.secret);
  const confirm = (): void => {
    void task.run(() => shared.actions.ask("confirm_totp", [digits.trim()])).then((on) => { if (on) props.onOn(); });
  };
  return (
    <>
      <ol class="steps">
        <li>
          <p>{words.stepApp}</p>
          <QrCode text={link} label={words.qr} />
          <Copyable label={words.secret} value={grouped(begun.secret)} />
          <a href={link} class="button">{words.openApp}</a>
        </li>
        <li>
          <RecoveryCodes username={username} codes={begun.codes} />
        </li>
        <li>
          <Form submit={words.confirm} busy={task.busy} trouble={task.trouble} disabled={!/^\d{6}$/.test(digits.trim())} onSubmit={confirm} onCancel={props.onCancel}>
            <Field label={words.digits} value={digits} onValue={setDigits} inputMode="numeric" autoComplete="one-time-code" maxLength={6} hint={words.digitsHint} />
          </Form>
        </li>
      </ol>
    </>
  );
}

function RecoveryCodes(props: { username: string; codes: readonly string[] }) {
  return (
    <>
      <p>{words.stepCodes}</p>
      <ul class="codes">{props.codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
      <button type="button" onClick={() => saveCodes(props.username, props.codes)}>{words.saveCodes}</button>
    </>
  );
}

/** While it is on: new recovery codes, or off. Both need the password and a code. */
function WhileOn(props: { shared: Shared; codesLeft: number; onOff: () => void }) {
  const task = useTask();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const renew = (): void => {
    void task.run(() => props.shared.actions.ask("renew_codes", [password], { code: code.trim() })).then((answer) => {
      if (!answer) return;
      setCodes(rowsOf(answer.value.list, recoveryCode));
      setCode("");
    });
  };
  const end = (): void => {
    void task.run(() => props.shared.actions.ask("end_totp", [password], { code: code.trim() })).then((off) => { if (off) props.onOff(); });
  };
  return (
    <>
      <p>{words.isOn} {!codes && words.codesLeft(props.codesLeft)}</p>
      {codes && <RecoveryCodes username={props.shared.state.value.account?.username ?? ""} codes={codes} />}
      <Form submit={words.end} danger busy={task.busy} trouble={task.trouble} disabled={!password || !code.trim()} onSubmit={end}>
        <Field label={screens.common.password} type="password" autoComplete="current-password" value={password} onValue={setPassword} required />
        <Field label={screens.common.code} value={code} onValue={setCode} autoComplete="one-time-code" hint={screens.common.codeHint} required />
        <p class="hint">{words.renewHint}</p>
        <button type="button" disabled={task.busy || !password || !code.trim()} onClick={renew}>{words.renew}</button>
      </Form>
    </>
  );
}

export function Factor(props: { shared: Shared }) {
  const { shared } = props;
  const task = useTask();
  const [state, setState] = useState<{ readonly on: boolean; readonly codesLeft: number } | undefined>(undefined);
  const [begun, setBegun] = useState<Begun | undefined>(undefined);
  const [done, setDone] = useState<string | undefined>(undefined);
  const load = (said?: string): void => {
    setBegun(undefined);
    setDone(said);
    void task.run(() => shared.actions.ask("second_factor", [])).then((answer) => {
      if (answer) setState({ on: answer.value.fields["state"] === "on", codesLeft: Number(answer.value.fields["codesLeft"] ?? 0) });
    });
  };
  useEffect(() => load(), []);
  return (
    <>
      <TroubleLine trouble={task.trouble} />
      <Done text={done} />
      {!state && task.busy && <p class="quiet" role="status">{screens.common.loading}</p>}
      {state?.on && <WhileOn shared={shared} codesLeft={state.codesLeft} onOff={() => load(words.nowOff)} />}
      {state && !state.on && !begun && <Begin shared={shared} onBegun={setBegun} />}
      {state && !state.on && begun && <Finish shared={shared} begun={begun} onOn={() => load(words.nowOn)} onCancel={() => setBegun(undefined)} />}
    </>
  );
}
