/* devices.tsx - the user's sessions, which are the devices that are logged in; a link for another
 * device; and passwords of programs. */
import { useState } from "preact/hooks";
import { deviceLink } from "../../model/links.js";
import { devicePasswordRow, numberOf, sessionRow } from "../../model/rows.js";
import type { SessionRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { dateAndTime } from "../../text/when.js";
import { cleanName } from "../../text/safe.js";
import type { Shared } from "../shared.js";
import { Copyable, Done, Field, Form, Rows, Time, TroubleLine, useProof } from "./kit.js";
import { QrCode } from "./qr-code.js";
import { useList, useTask } from "./task.js";

const words = screens.devices;

function nameOf(row: SessionRow): string {
  return row.name || row.client || words.unknownClient;
}

function Rename(props: { row: SessionRow; busy: boolean; onName: (name: string) => void; onCancel: () => void }) {
  const [name, setName] = useState(props.row.name ?? "");
  return (
    <Form submit={words.rename} busy={props.busy} onSubmit={() => props.onName(name.trim())} onCancel={props.onCancel}>
      <Field label={words.name} value={name} onValue={setName} hint={words.nameHint} autoFocus />
    </Form>
  );
}

function Session(props: { row: SessionRow; busy: boolean; onEnd: () => void; onRename: () => void }) {
  const { row } = props;
  return (
    <div class="row-main">
      <div class="row-text">
        <span class="display">
          <bdi>{cleanName(nameOf(row))}</bdi> {row.current && <span class="badge">{words.thisOne}</span>}
        </span>
        <span class="quiet">
          {row.name && <><bdi>{cleanName(row.client)}</bdi> · </>}<bdi>{cleanName(row.address)}</bdi> · {row.online ? words.connected : row.seen !== undefined && <>{words.used} <Time at={row.seen} ago /></>}
          {row.created !== undefined && <> · {words.since} <Time at={row.created} /></>}
        </span>
      </div>
      <button type="button" class="row-action" onClick={props.onRename}>{words.rename}</button>
      {!row.current && <button type="button" class="row-action danger" disabled={props.busy} onClick={props.onEnd}>{words.end}</button>}
    </div>
  );
}

function Sessions(props: { shared: Shared }) {
  const { actions } = props.shared;
  const task = useTask();
  const [done, setDone] = useState<string | undefined>(undefined);
  const pages = useList(actions, { action: "sessions", fields: [], parse: sessionRow });
  const [renaming, setRenaming] = useState<number | undefined>(undefined);
  const change = (action: string, fields: readonly unknown[], said: string): void => {
    void task.run(() => actions.ask(action, fields)).then((changed) => {
      if (!changed) return;
      setDone(said);
      setRenaming(undefined);
      pages.reload();
    });
  };
  return (
    <fieldset>
      <legend>{words.sessions}</legend>
      <TroubleLine trouble={task.trouble} />
      <Done text={done} />
      <Rows pages={pages} empty="" label={words.sessions} keyOf={(row) => row.session}
            row={(row) => (row.session === renaming
              ? <Rename row={row} busy={task.busy} onCancel={() => setRenaming(undefined)}
                        onName={(name) => change("rename_session", [row.session, name], words.renamed)} />
              : <Session row={row} busy={task.busy} onRename={() => setRenaming(row.session)}
                         onEnd={() => change("revoke_session", [row.session], words.ended(nameOf(row)))} />)} />
    </fieldset>
  );
}

interface MadeLink {
  readonly link: string;
  readonly expires: number | undefined;
}

function ConfirmLink(props: { shared: Shared; made: MadeLink; onDone: (done: string) => void; onCancel: () => void }) {
  const { made } = props;
  const task = useTask();
  const [digits, setDigits] = useState("");
  const confirm = (): void => {
    void task.run(() => props.shared.actions.ask("confirm_link", [digits.trim()])).then((done) => { if (done) props.onDone(words.linked); });
  };
  return (
    <>
      <p>{words.openThere} {made.expires !== undefined && words.linkUntil(dateAndTime(made.expires))}</p>
      <QrCode text={made.link} label={words.qr} />
      <Copyable label={words.link} value={made.link} hint={words.linkHint} />
      <Form submit={words.confirm} busy={task.busy} trouble={task.trouble} disabled={!/^\d{6}$/.test(digits.trim())} onSubmit={confirm} onCancel={props.onCancel}>
        <Field label={words.digits} value={digits} onValue={setDigits} inputMode="numeric" maxLength={6} hint={words.digitsHint} autoFocus />
      </Form>
    </>
  );
}

function NewDevice(props: { shared: Shared }) {
  const { actions } = props.shared;
  const task = useTask();
  const proof = useProof(task.trouble);
  const [made, setMade] = useState<MadeLink | undefined>(undefined);
  const [done, setDone] = useState<string | undefined>(undefined);
  const make = (): void => {
    setDone(undefined);
    void task.run(() => actions.ask("make_link", [proof.password], proof.extras)).then((answer) => {
      if (!answer) return;
      proof.clear();
      setMade({ link: deviceLink(location.origin, String(answer.value.fields["link"])), expires: numberOf(answer.value.extras, "expires") });
    });
  };
  return (
    <fieldset>
      <legend>{words.newDevice}</legend>
      <Done text={done} />
      {made
        ? <ConfirmLink shared={props.shared} made={made} onCancel={() => setMade(undefined)} onDone={(said) => { setMade(undefined); setDone(said); }} />
        : (
          <Form submit={words.makeLink} busy={task.busy} trouble={task.trouble} disabled={!proof.password} onSubmit={make}>
            <p class="hint">{words.newDeviceHint}</p>
            {proof.fields}
          </Form>
        )}
    </fieldset>
  );
}

function DevicePasswords(props: { shared: Shared }) {
  const { actions } = props.shared;
  const task = useTask();
  const proof = useProof(task.trouble);
  const [name, setName] = useState("");
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const pages = useList(actions, { action: "device_passwords", fields: [], parse: devicePasswordRow });
  const add = (): void => {
    void task.run(() => actions.ask("add_device_password", [proof.password, name.trim()], proof.extras)).then((answer) => {
      if (!answer) return;
      setSecret(String(answer.value.fields["secret"]));
      setName("");
      proof.clear();
      pages.reload();
    });
  };
  const remove = (device: string): void => {
    void task.run(() => actions.ask("remove_device_password", [device])).then(() => pages.reload());
  };
  return (
    <fieldset>
      <legend>{words.passwords}</legend>
      <p class="hint">{words.passwordsHint}</p>
      {secret && <Copyable label={words.secret} value={secret} hint={words.secretHint} />}
      <Rows pages={pages} empty={words.noPasswords} label={words.passwords} keyOf={(row) => row.name}
            row={(row) => (
              <div class="row-main">
                <div class="row-text">
                  <bdi class="display">{row.name}</bdi>
                  <span class="quiet">{row.used === undefined ? words.neverUsed : <>{words.used} <Time at={row.used} ago /></>}</span>
                </div>
                <button type="button" class="row-action danger" disabled={task.busy} onClick={() => remove(row.name)}>{words.remove}</button>
              </div>
            )} />
      <Form submit={words.addPassword} busy={task.busy} trouble={task.trouble} disabled={!name.trim() || !proof.password} onSubmit={add}>
        <Field label={words.passwordName} value={name} onValue={setName} hint={words.passwordNameHint} />
        {proof.fields}
      </Form>
    </fieldset>
  );
}

export function Devices(props: { shared: Shared }) {
  return (
    <>
      <Sessions shared={props.shared} />
      <NewDevice shared={props.shared} />
      <DevicePasswords shared={props.shared} />
    </>
  );
}
