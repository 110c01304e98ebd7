/* welcome.tsx - the first steps of a fresh server's administrator: the first group, and a link for
 * somebody else. Whoever does not want to be led leaves both. */
import { useEffect, useState } from "preact/hooks";
import { setPreferences } from "../../keep/preferences.js";
import { invitationLink } from "../../model/links.js";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { goTo } from "./found.js";
import { Copyable, Dialog, Field, Form, Switch, TroubleLine } from "./kit.js";
import { closeScreen } from "./open.js";
import { useTask } from "./task.js";

const words = screens.welcome;
const WEEK = 7 * 86_400;
const USES = 10;

function MakeGroup(props: { shared: Shared; onMade: (group: string) => void; onSkip: () => void }) {
  const { actions } = props.shared;
  const task = useTask();
  const [name, setName] = useState("");
  const [newcomers, setNewcomers] = useState(true);
  const make = async (): Promise<void> => {
    const group = name.trim().replace(/^#/, "");
    if (!(await task.run(() => actions.ask("create_group", [group])))) return;
    if (newcomers && !(await task.run(() => actions.ask("set_newcomers", [group, 1])))) return;
    props.onMade(group);
  };
  return (
    <Form submit={words.makeGroup} busy={task.busy} trouble={task.trouble} disabled={!name.trim()} onSubmit={() => void make()}
          onCancel={props.onSkip} cancel={words.skip}>
      <p>{words.groupHint}</p>
      <Field label={words.groupName} value={name} onValue={setName} placeholder={words.groupExample} autoFocus />
      <Switch label={words.newcomers} hint={words.newcomersHint} on={newcomers} onValue={setNewcomers} />
    </Form>
  );
}

function Invite(props: { shared: Shared; onDone: () => void }) {
  const task = useTask();
  const [link, setLink] = useState<string | undefined>(undefined);
  const make = (): void => {
    void task.run(() => props.shared.actions.ask("invite_user", [], { uses: USES, expires: WEEK })).then((answer) => {
      if (answer) setLink(invitationLink(location.origin, String(answer.value.fields["invitation"])));
    });
  };
  useEffect(make, []);
  return (
    <>
      <p>{words.inviteHint}</p>
      {link && <Copyable label={words.link} value={link} hint={words.linkHint(USES)} />}
      <TroubleLine trouble={task.trouble} />
      <div class="buttons"><button type="button" class="primary" onClick={props.onDone}>{words.done}</button></div>
    </>
  );
}

export function WelcomeScreen(props: { shared: Shared }) {
  const [step, setStep] = useState<"group" | "invite">("group");
  const [group, setGroup] = useState<string | undefined>(undefined);
  const end = (): void => {
    void setPreferences({ welcomed: true });
    if (group === undefined) closeScreen();
    else goTo(`#${group}`);
  };
  return (
    <Dialog title={words.title} kind="welcome" onClose={end}>
      <p class="quiet">{step === "group" ? words.stepOne : words.stepTwo}</p>
      {step === "group"
        ? <MakeGroup shared={props.shared} onMade={(made) => { setGroup(made); setStep("invite"); }} onSkip={end} />
        : <Invite shared={props.shared} onDone={end} />}
    </Dialog>
  );
}
