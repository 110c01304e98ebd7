/* first.tsx - the first screen: log in, or create an account; by an invitation, by a link of another
 * device. A wrong password and a server that does not answer are told apart. */
import { useId, useState } from "preact/hooks";
import type { Outcome } from "../model/actions.js";
import { first as words } from "../text/english.js";
import { Icon } from "./icons.js";
import { ByLink } from "./late.js";
import { forgetInvitation, landing, readRoute } from "./route.js";
import type { Shared } from "./shared.js";
import { Code } from "../wire/table.js";

/** The server does not say which of the two is wrong. */
const WRONG = new Set<number>([Code.userDoesNotExist, Code.userWrongPassword]);
/** By the server's rule for names: nothing is asked here that it does not want. */
const NAME_LENGTH = 64;

type Way = "login" | "register" | "link" | "reset";

interface Opened {
  readonly way: Way;
  readonly invitation: string;
  readonly link: string;
}

/** What the address has brought: an invitation, a link with a secret, or nothing. */
export function openedBy(path: string, fragment: string): Opened {
  const route = readRoute(path, fragment);
  switch (route.at) {
    case "login": return { way: "link", invitation: "", link: route.link };
    case "reset": return { way: "reset", invitation: "", link: route.link };
    case "invitation": return { way: "register", invitation: route.code, link: "" };
    default: return { way: "login", invitation: "", link: "" };
  }
}

export function sentenceOf(outcome: Outcome<unknown>): string | undefined {
  if (outcome.ok) return undefined;
  if ("unreachable" in outcome) return words.unreachable;
  const { code, reason } = outcome.refusal;
  if (code === Code.userCodeMissing) return words.codeNeeded;
  if (WRONG.has(code)) return words.wrong;
  return reason === "" ? words.refused(code) : `${reason.charAt(0).toLocaleUpperCase()}${reason.slice(1)}`;
}

export function FirstScreen(props: { shared: Shared }) {
  const [opened] = useState(() => openedBy(location.pathname, location.hash));
  const [way, setWay] = useState<Way>(opened.way);
  const { notice } = props.shared.state.value;
  return (
    <main class="first">
      <div class="first-card">
        <header><img src="/icon.svg" alt="" width="48" height="48" /><h1>{words.title}</h1></header>
        {notice && <p class="trouble" role="alert"><Icon name="warn" />{notice.text}</p>}
        {way === "link" || way === "reset" ? <ByLink shared={props.shared} way={way} link={opened.link} back={() => setWay("login")} />
          : (
            <>
              <div class="first-ways" role="tablist">
                {(["login", "register"] as const).map((each) => <button key={each} type="button" role="tab" aria-selected={way === each} onClick={() => setWay(each)}>{words[each]}</button>)}
              </div>
              <Credentials key={way} shared={props.shared} way={way} invitation={opened.invitation} />
              <button type="button" class="link-button" onClick={() => setWay("link")}>{words.byLink}</button>
            </>
          )}
      </div>
    </main>
  );
}

function Credentials(props: { shared: Shared; way: "login" | "register"; invitation: string }) {
  const { way, shared } = props;
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [invitation, setInvitation] = useState(props.invitation);
  const [invited, setInvited] = useState(props.invitation !== "");
  const [asksCode, setAsksCode] = useState(false);
  const [temporary, setTemporary] = useState(false);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    shared.actions.dismissNotice();
    const who = { username: username.trim(), password, temporary, ...(asksCode && code !== "" ? { code: code.trim() } : {}), ...(way === "register" && invitation.trim() !== "" ? { invitation: codeOf(invitation) } : {}) };
    const outcome = await (way === "login" ? shared.actions.login(who) : shared.actions.register(who));
    setBusy(false);
    if (outcome.ok) landing.value = way === "register";
    if (outcome.ok && props.invitation !== "") forgetInvitation();
    if (!outcome.ok && "refusal" in outcome && outcome.refusal.code === Code.userCodeMissing) setAsksCode(true);
    setTrouble(sentenceOf(outcome));
  };
  return (
    <form class="form" onSubmit={(event) => { event.preventDefault(); if (!busy) void submit(); }}>
      {way === "register" && props.invitation !== "" && <p class="invited">{words.invited}</p>}
      <Field label={words.name} value={username} onValue={setUsername} autocomplete="username" hint={way === "register" ? words.nameHint : undefined} focus maxLength={NAME_LENGTH} />
      <Password value={password} onValue={setPassword} isNew={way === "register"} />
      {way === "register" && invited && <Field label={words.invitation} value={invitation} onValue={setInvitation} autocomplete="off" />}
      {way === "register" && !invited && <button type="button" class="link-button" onClick={() => setInvited(true)}>{words.haveInvitation}</button>}
      {asksCode && <Field label={words.code} value={code} onValue={setCode} autocomplete="one-time-code" hint={words.codeHint} focus />}
      <label class="check"><input type="checkbox" checked={temporary} onChange={(event) => setTemporary(event.currentTarget.checked)} /><span>{words.notMine}<small>{words.notMineHint}</small></span></label>
      {trouble && <p class="trouble" role="alert"><Icon name="warn" />{trouble}</p>}
      <button type="submit" class="primary" aria-busy={busy} disabled={busy || username.trim() === "" || password === ""}>{words[way]}</button>
    </form>
  );
}

/** An invitation may be put in as the whole link. */
export function codeOf(written: string): string {
  const fragment = written.trim().includes("#") ? written.trim().slice(written.trim().indexOf("#")) : written.trim();
  const route = readRoute("/join", fragment);
  return route.at === "invitation" ? route.code : written.trim();
}

export function Field(props: { label: string; value: string; onValue: (value: string) => void; autocomplete: "username" | "off" | "one-time-code"; hint?: string | undefined; focus?: boolean; maxLength?: number }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input id={id} type="text" value={props.value} autocomplete={props.autocomplete} autoFocus={props.focus} maxLength={props.maxLength} autocapitalize="none" spellcheck={false} dir="auto"
             aria-describedby={props.hint ? `${id}-hint` : undefined} onInput={(event) => props.onValue(event.currentTarget.value)} />
      {props.hint && <p id={`${id}-hint`} class="hint">{props.hint}</p>}
    </div>
  );
}

export function Password(props: { label?: string; value: string; onValue: (value: string) => void; isNew: boolean }) {
  const id = useId();
  const [seen, setSeen] = useState(false);
  const kind = (seen ? "text" : "password") as "password"; /* the types know no element of several kinds */
  return (
    <div class="field">
      <label for={id}>{props.label ?? words.password}</label>
      <div class="with-button">
        <input id={id} type={kind} value={props.value} autocomplete={props.isNew ? "new-password" : "current-password"} aria-describedby={props.isNew ? `${id}-hint` : undefined}
               onInput={(event) => props.onValue(event.currentTarget.value)} />
        <button type="button" class="icon-button" aria-label={seen ? words.hide : words.show} aria-pressed={seen} title={seen ? words.hide : words.show} onClick={() => setSeen(!seen)}><Icon name="eye" /></button>
      </div>
      {props.isNew && <p id={`${id}-hint`} class="hint">{words.passwordHint}</p>}
    </div>
  );
}
