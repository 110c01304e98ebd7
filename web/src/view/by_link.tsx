/* by_link.tsx - logging in by a link with a secret: of another device, or for a new password
 * (new_password.tsx). Loaded when it is asked for first (late.ts). */
import { useEffect, useState } from "preact/hooks";
import { over } from "../text/english_late.js";
import { Field, sentenceOf } from "./first.js";
import { Icon } from "./icons.js";
import { NewPassword } from "./new_password.js";
import { forgetInvitation, readRoute } from "./route.js";
import type { Shared } from "./shared.js";

const words = over.byLink;

function sixDigits(): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return String(random % 1_000_000).padStart(6, "0");
}

/** A link may be put in as a whole. */
function secretOf(written: string): string {
  const text = written.trim();
  const route = readRoute("/", text.slice(Math.max(0, text.indexOf("#"))));
  return route.at === "login" ? route.link : text;
}

export function ByLink(props: { shared: Shared; way: "link" | "reset"; link: string; back: () => void }) {
  return (
    <>
      {props.way === "reset" ? <NewPassword shared={props.shared} link={props.link} /> : <OfDevice {...props} />}
      <button type="button" class="link-button" onClick={props.back}>{words.back}</button>
    </>
  );
}

/** The other device's link is opened here; its user types the digits there. */
function OfDevice(props: { shared: Shared; link: string }) {
  const [link, setLink] = useState(props.link);
  const [digits, setDigits] = useState<string | undefined>(undefined);
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const begin = (): void => {
    const chosen = sixDigits();
    setDigits(chosen);
    setTrouble(undefined);
    void props.shared.actions.loginByLink(secretOf(link), chosen).then((outcome) => {
      setDigits(undefined);
      if (outcome.ok) forgetInvitation();
      setTrouble(sentenceOf(outcome));
    });
  };
  useEffect(() => { if (props.link !== "") begin(); }, []);
  return (
    <form class="form" onSubmit={(event) => { event.preventDefault(); begin(); }}>
      {digits === undefined ? <Field label={words.link} value={link} onValue={setLink} autocomplete="off" hint={words.hint} focus />
        : <div role="status"><p>{words.digits}</p><p class="digits">{digits.slice(0, 3)} {digits.slice(3)}</p><p class="quiet">{words.waiting}</p></div>}
      {trouble && <p class="trouble" role="alert"><Icon name="warn" />{trouble}</p>}
      {digits === undefined && <button type="submit" class="primary" disabled={link.trim() === ""}>{words.next}</button>}
    </form>
  );
}
