/* kit.tsx - what all screens are made of: the dialog, fields, buttons, refusals, lists.
 *
 * A screen is a <dialog> that showModal opens: the browser keeps the focus inside, makes the page
 * behind it inert, and closes it with Escape; we put the focus back to where it was. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { screens } from "../../text/english_screens.js";
import { dateAndTime, machineTime, relative } from "../../text/when.js";
import { cleanName } from "../../text/safe.js";
import type { Pages, Trouble } from "./task.js";
import { Code } from "../../wire/table.js";

const words = screens.common;

export function Dialog(props: {
  title: string; kind: string; onClose: () => void; children: ComponentChildren; wide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal?.();
    return () => {
      element?.close?.();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class={`screen screen-${props.kind}${props.wide ? " screen-wide" : ""}`} aria-labelledby={heading}
            onCancel={(event) => { event.preventDefault(); props.onClose(); }}>
      <header class="screen-head">
        <h2 id={heading} dir="auto">{cleanName(props.title)}</h2>
        <button type="button" class="icon-button" aria-label={words.close} onClick={props.onClose}>✕</button>
      </header>
      <div class="screen-body">{props.children}</div>
    </dialog>
  );
}

/** A refusal as the server words it, with its time or number where they are not in the sentence. */
export function sentenceOf(trouble: Trouble): string {
  if (trouble === "unreachable") return words.unreachable;
  const { code, until, limit } = trouble;
  const reason = cleanName(trouble.reason) || words.codes[code] || words.refused(code);
  const sentence = reason.charAt(0).toLocaleUpperCase() + reason.slice(1);
  if (until !== undefined) return `${sentence.replace(String(until), dateAndTime(until))} ${words.until(dateAndTime(until))}`;
  if (limit !== undefined && !reason.includes(String(limit))) return `${sentence} ${words.limit(limit)}`;
  return sentence;
}

export function TroubleLine(props: { trouble: Trouble | undefined }) {
  return props.trouble ? <p role="alert" class="trouble">{sentenceOf(props.trouble)}</p> : null;
}

export function Done(props: { text: string | undefined }) {
  return <p role="status" class="done">{props.text ?? ""}</p>;
}

type InputType = "text" | "search" | "password" | "number" | "date" | "time";

export function Field(props: {
  label: string; value: string; onValue: (value: string) => void; hint?: string; type?: InputType; maxLength?: number;
  autoComplete?: "off" | "name" | "current-password" | "new-password" | "one-time-code"; inputMode?: "numeric" | "text"; pattern?: string; required?: boolean; min?: string; max?: string;
  placeholder?: string; autoFocus?: boolean; list?: string;
}) {
  const id = useId();
  const { label, value, onValue, hint, autoFocus, autoComplete, type, ...rest } = props;
  const kind = (type ?? "text") as "text"; /* the types know no element of several kinds */
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => { if (autoFocus) input.current?.focus?.(); }, []);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} ref={input} {...rest} type={kind} value={value} dir="auto"
             autocomplete={autoComplete ?? "off"}
             aria-describedby={hint ? `${id}-hint` : undefined}
             onInput={(event) => onValue(event.currentTarget.value)} />
      {hint && <p id={`${id}-hint`} class="hint">{hint}</p>}
    </div>
  );
}

/** What the user has chosen shows at once, and what is so when it was answered. In a layout effect:
 * a later one could come after the next click, and undo it. */
function useShown<T>(value: T, disabled: boolean | undefined): readonly [T, (shown: T) => void] {
  const [shown, setShown] = useState(value);
  useLayoutEffect(() => { if (!disabled) setShown(value); }, [value, disabled]);
  return [shown, setShown];
}

export interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
}

export function Choice<T extends string>(props: {
  label: string; value: T; options: readonly Option<T>[]; onValue: (value: T) => void; hint?: string; disabled?: boolean;
  /** The label is for screen readers only: the place says the same. */
  quiet?: boolean;
}) {
  const id = useId();
  const [shown, setShown] = useShown(props.value, props.disabled);
  const choose = (value: T): void => {
    setShown(value);
    props.onValue(value);
  };
  return (
    <div class="field">
      <label for={id} class={props.quiet ? "unseen" : undefined}>{props.label}</label>
      <select id={id} value={shown} disabled={props.disabled} aria-describedby={props.hint ? `${id}-hint` : undefined}
              onChange={(event) => choose(event.currentTarget.value as T)}>
        {props.options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === shown}>{option.label}</option>
        ))}
      </select>
      {props.hint && <p id={`${id}-hint`} class="hint">{props.hint}</p>}
    </div>
  );
}

export function Switch(props: { label: string; on: boolean; onValue: (on: boolean) => void; hint?: string; disabled?: boolean }) {
  const id = useId();
  const [shown, setShown] = useShown(props.on, props.disabled);
  const turn = (on: boolean): void => {
    setShown(on);
    props.onValue(on);
  };
  return (
    <div class="switch">
      <input id={id} type="checkbox" role="switch" checked={shown} disabled={props.disabled}
             aria-describedby={props.hint ? `${id}-hint` : undefined}
             onChange={(event) => turn(event.currentTarget.checked)} />
      <label for={id}>{props.label}</label>
      {props.hint && <p id={`${id}-hint`} class="hint">{props.hint}</p>}
    </div>
  );
}

export function Form(props: {
  onSubmit: () => void; submit: string; busy: boolean; trouble?: Trouble | undefined; children: ComponentChildren;
  disabled?: boolean; danger?: boolean; onCancel?: () => void; cancel?: string;
}) {
  return (
    <form class="form" onSubmit={(event) => { event.preventDefault(); if (!props.busy) props.onSubmit(); }}>
      {props.children}
      <TroubleLine trouble={props.trouble} />
      <div class="buttons">
        <button type="submit" class={props.danger ? "danger" : "primary"} disabled={props.disabled || props.busy}
                aria-busy={props.busy}>
          {props.submit}
        </button>
        {props.onCancel && <button type="button" onClick={props.onCancel}>{props.cancel ?? words.cancel}</button>}
      </div>
    </form>
  );
}

/** A question in place, before something that cannot be taken back. */
export function Confirm(props: {
  question: string; yes: string; busy: boolean; onYes: () => void; onNo: () => void; children?: ComponentChildren;
}) {
  const no = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => no.current?.focus?.(), []);
  return (
    <div class="confirm" role="group" aria-labelledby={id}>
      <p id={id}>{props.question}</p>
      {props.children}
      <div class="buttons">
        <button type="button" class="danger" disabled={props.busy} onClick={props.onYes}>{props.yes}</button>
        <button type="button" ref={no} onClick={props.onNo}>{words.cancel}</button>
      </div>
    </div>
  );
}

/** A text that is to be copied: a link, a secret. */
export function Copyable(props: { label: string; value: string; hint?: string }) {
  const id = useId();
  const [copied, setCopied] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const copy = (): void => {
    input.current?.select?.();
    const copying = navigator.clipboard?.writeText(props.value);
    if (copying) copying.then(() => setCopied(true), () => setCopied(false));
    else setCopied(document.execCommand("copy"));
  };
  return (
    <div class="field copyable">
      <label for={id}>{props.label}</label>
      <div class="copy-row">
        <input id={id} ref={input} readOnly value={props.value} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" onClick={copy}>{copied ? words.copied : words.copy}</button>
      </div>
      {props.hint && <p class="hint">{props.hint}</p>}
    </div>
  );
}

/** The display name never stands without the name: it is not unique. */
export function PersonName(props: { name: string; display?: string | undefined; bot?: boolean }) {
  return (
    <span class="person-name">
      {props.display && <><bdi class="display">{cleanName(props.display)}</bdi>{" "}</>}
      <bdi class={props.display ? "username" : "display"}>{props.display ? `(${cleanName(props.name)})` : cleanName(props.name)}</bdi>
      {props.bot && <span class="badge">{words.bot}</span>}
    </span>
  );
}

/** A time; or how long ago it was, with the time as its title. */
export function Time(props: { at: number; ago?: boolean }) {
  const whole = dateAndTime(props.at);
  return <time dateTime={machineTime(props.at)} title={whole}>{props.ago ? relative(props.at, Date.now()) : whole}</time>;
}

/** Rows, or what stands in their place: nothing yet, nothing at all, a refusal. */
export function Rows<T>(props: {
  pages: Pages<T>; empty: string; label: string; row: (row: T) => ComponentChildren; keyOf: (row: T) => string | number;
}) {
  const { pages } = props;
  return (
    <div aria-busy={pages.loading}>
      {pages.rows.length > 0 && (
        <ul class="rows" aria-label={props.label}>
          {pages.rows.map((row) => <li key={props.keyOf(row)} class="row">{props.row(row)}</li>)}
        </ul>
      )}
      {pages.loading && <p class="quiet" role="status">{words.loading}</p>}
      <TroubleLine trouble={pages.trouble} />
      {!pages.loading && !pages.trouble && pages.rows.length === 0 && !pages.more && <p class="quiet">{props.empty}</p>}
      {pages.trouble && <button type="button" onClick={pages.reload}>{words.again}</button>}
      {pages.more && !pages.loading && <button type="button" class="more" onClick={pages.loadMore}>{words.more}</button>}
    </div>
  );
}

export interface Part<T extends string> {
  readonly id: T;
  readonly label: string;
}

/** The parts of a screen: a list at the side; on a narrow page the list comes first, alone. */
export function Parts<T extends string>(props: {
  label: string; parts: readonly Part<T>[]; part: T; chosen: boolean; onPart: (part: T | undefined) => void;
  children: ComponentChildren;
}) {
  const title = props.parts.find((part) => part.id === props.part)?.label ?? "";
  const heading = useId();
  return (
    <div class={`parts${props.chosen ? " parts-chosen" : ""}`}>
      <nav aria-label={props.label} class="parts-list">
        {props.parts.map((part) => (
          <button key={part.id} type="button" aria-current={part.id === props.part ? "page" : undefined}
                  onClick={() => props.onPart(part.id)}>
            {part.label}
          </button>
        ))}
      </nav>
      <section class="part" aria-labelledby={heading}>
        <button type="button" class="part-back" onClick={() => props.onPart(undefined)}>‹ {words.back}</button>
        <h3 id={heading}>{title}</h3>
        {props.children}
      </section>
    </div>
  );
}

export interface Proof {
  readonly password: string;
  /** The map with the code, if there is one. */
  readonly extras: { readonly code?: string };
  readonly fields: ComponentChildren;
  clear(): void;
}

/** The password was right, and a code of the second factor is missing, or was wrong. */
function codeWanted(trouble: Trouble | undefined): boolean {
  return trouble !== undefined && trouble !== "unreachable" && (trouble.code === Code.userCodeMissing || trouble.rule === "wrong_code");
}

/** The password once more, and the code where the second factor is on: asked for before what a
 * stolen device must not do. The field of the code appears when the server asks for it. */
export function useProof(trouble: Trouble | undefined): Proof {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [wanted, setWanted] = useState(false);
  useEffect(() => { if (codeWanted(trouble)) setWanted(true); }, [trouble]);
  const fields = (
    <>
      <Field label={words.password} type="password" autoComplete="current-password" value={password}
             onValue={setPassword} required />
      {wanted && <Field label={words.code} value={code} onValue={setCode} autoComplete="one-time-code" hint={words.codeHint} autoFocus required />}
    </>
  );
  const extras = code.trim() ? { code: code.trim() } : {};
  return { password, extras, fields, clear: () => { setPassword(""); setCode(""); setWanted(false); } };
}
