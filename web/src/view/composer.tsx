/* composer.tsx - where one writes: text with completion and commands, files by picker, paste and drop,
 * answers and changes of messages. The draft is the model's; the focus is only taken when a person
 * opens a conversation, answers or edits. */
import type { RefObject } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation, Message } from "../model/state.js";
import { composer as words, lateScreen } from "../text/english.js";
import { complete, completionAt, completionByTab } from "../text/complete.js";
import type { Completion } from "../text/complete.js";
import { cleanName } from "../text/safe.js";
import { bytes } from "../text/when.js";
import { Icon, IconButton } from "./icons.js";
import type { Said } from "./perform.js";
import { EmojiPicker } from "./late.js";
import type { Shared } from "./shared.js";
import { slot } from "./slots.js";
import { Suggestions, useSuggestions } from "./suggestions.js";
import type { Suggestion } from "./suggestions.js";

export interface Writing {
  readonly replyTo?: Message | undefined;
  readonly editing?: Message | undefined;
}

interface Props {
  readonly shared: Shared;
  readonly conversation: Conversation;
  readonly names: readonly string[];
  readonly writing: Writing;
  readonly files: readonly File[];
  readonly setFiles: (files: readonly File[]) => void;
  readonly done: () => void; /* the answer or the change is over */
  readonly editLast: () => void;
  readonly join: () => void;
  readonly help: () => void;
}

export function Composer(props: Props) {
  const { conversation, writing, shared } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(conversation.draft);
  const [said, setSaid] = useState<Said>(undefined);
  const [picking, setPicking] = useState(false);
  const completing = useCompletion(area, text, change, props.names);
  useEditedText(area, writing, conversation, setText);
  useGrowth(area, text);

  function change(next: string, caret?: number): void {
    setText(next);
    setSaid(undefined);
    if (!writing.editing) shared.actions.draft(conversation.id, next);
    if (next !== "" && !next.startsWith("/") && !writing.editing) shared.actions.typing(conversation.id);
    if (caret !== undefined) queueMicrotask(() => area.current?.setSelectionRange(caret, caret));
  }

  const finish = (): void => {
    setText("");
    shared.actions.draft(conversation.id, "");
    props.done();
  };
  const send = (): void => {
    if (writing.editing) return saveEdit(props, text, finishEdit);
    if (text.startsWith("/")) return command();
    if (sendAll(props, text)) finish();
  };
  const command = (): void => {
    const place = { actions: shared.actions, conversation: conversation.id, join: props.join, help: props.help };
    const taken = (plain?: string): void => { if (plain === undefined || sendAll(props, plain)) finish(); };
    import("./perform.js").then(({ performLine }) => performLine(place, text, taken))
      .then(setSaid, () => setSaid({ text: lateScreen.partNotLoaded, failed: true }));
  };
  const finishEdit = (): void => {
    setText(conversation.draft);
    props.done();
  };
  const insert = (emoji: string): void => {
    const at = area.current?.selectionStart ?? text.length;
    change(text.slice(0, at) + emoji + text.slice(at), at + emoji.length);
    area.current?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.isComposing || completing.pressed(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && text === "" && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      props.editLast();
    } else if (event.key === "Escape" && (writing.editing || writing.replyTo)) {
      event.stopPropagation();
      if (writing.editing) finishEdit();
      else props.done();
    }
  };
  const Record = slot("RecordButton");
  const sendable = text.trim() !== "" || props.files.length > 0;
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      {completing.list.length > 0 && <Suggestions id={completing.id} list={completing.list} at={completing.at} choose={completing.choose} />}
      {said && <p class={said.failed ? "composer-said trouble" : "composer-said"} role={said.failed ? "alert" : "status"}>{said.text}</p>}
      <Purpose writing={writing} cancel={writing.editing ? finishEdit : props.done} />
      <Staged files={props.files} setFiles={props.setFiles} />
      <div class="composer-row">
        <Attach add={(files) => props.setFiles([...props.files, ...files])} />
        <textarea ref={area} rows={1} value={text} dir="auto" placeholder={words.placeholder(cleanName(conversation.title))} aria-label={words.label(cleanName(conversation.title))}
                  aria-autocomplete="list" aria-controls={completing.list.length > 0 ? completing.id : undefined}
                  aria-activedescendant={completing.list.length > 0 ? `${completing.id}-${completing.at}` : undefined}
                  onInput={(event) => change(event.currentTarget.value)} onKeyDown={pressed} onKeyUp={completing.look} onClick={completing.look}
                  onPaste={(event) => pasted(event, (files) => props.setFiles([...props.files, ...files]))} />
        <IconButton icon="smile" label={words.emoji} onClick={() => setPicking(true)} />
        {Record && !sendable && !writing.editing && <Record shared={shared} conversation={conversation.id} />}
        {(sendable || !Record) && <button type="submit" class="icon-button send" aria-label={writing.editing ? words.save : words.send} title={words.send} disabled={!sendable}><Icon name={writing.editing ? "check" : "send"} /></button>}
      </div>
      {picking && <EmojiPicker onPick={insert} onClose={() => setPicking(false)} />}
    </form>
  );
}

function saveEdit(props: Props, text: string, finish: () => void): void {
  const { editing } = props.writing;
  if (editing && text.trim() !== "" && text !== editing.content) props.shared.actions.edit(props.conversation.id, editing.seq, text);
  finish();
}

/** The text goes with the first file as its caption. */
function sendAll(props: Props, text: string): boolean {
  const { shared, conversation, files, writing } = props;
  if (files.length === 0 && text.trim() === "") return false;
  if (files.length === 0) shared.actions.send(conversation.id, text, writing.replyTo ? { replyTo: writing.replyTo.seq } : undefined);
  for (const [at, file] of files.entries()) shared.actions.sendFile(conversation.id, file, at === 0 ? text : "");
  props.setFiles([]);
  return true;
}

/** A changed message is put into the field; afterwards the draft is back. */
function useEditedText(area: RefObject<HTMLTextAreaElement | null>, writing: Writing, conversation: Conversation, setText: (text: string) => void): void {
  const first = useRef(true);
  useEffect(() => {
    const wasFirst = first.current;
    first.current = false;
    if (writing.editing) setText(writing.editing.content);
    const touch = matchMedia("(pointer: coarse)").matches;
    if (writing.editing || writing.replyTo || (wasFirst && !touch)) area.current?.focus();
  }, [writing.editing?.key, writing.replyTo?.key, conversation.id]);
}

function useGrowth(area: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, Math.round(innerHeight * 0.4))}px`;
  }, [text]);
}

function useCompletion(area: RefObject<HTMLTextAreaElement | null>, text: string, change: (text: string, caret: number) => void, names: readonly string[]) {
  const id = useId();
  const [asked, setAsked] = useState<Completion | undefined>(undefined);
  const [at, setAt] = useState(0);
  const list = useSuggestions(asked, names);
  const ask = (next: Completion | undefined): void => {
    if (next?.written !== asked?.written || next?.kind !== asked?.kind) setAt(0);
    setAsked(next);
  };
  useEffect(() => { if (area.current && asked) ask(completionAt(text, area.current.selectionStart)); }, [text]);
  const choose = (suggestion: Suggestion): void => {
    if (!asked) return;
    const done = complete(text, asked, suggestion.chosen);
    ask(undefined);
    change(done.text, done.caret);
  };
  const look = (event: Event): void => {
    if (event instanceof KeyboardEvent && ["Escape", "Tab", "ArrowUp", "ArrowDown", "Enter"].includes(event.key)) return;
    const caret = area.current?.selectionStart ?? 0;
    ask(caret === area.current?.selectionEnd ? completionAt(area.current?.value ?? "", caret) : undefined);
  };
  const pressed = (event: KeyboardEvent): boolean => {
    const taken = list.length > 0 ? keyInList(event, list, at, setAt, choose, () => ask(undefined)) : keyTab(event, text, area.current?.selectionStart ?? 0, names, change);
    if (taken) {
      event.preventDefault();
      event.stopPropagation();
    }
    return taken;
  };
  return { id, list, at: Math.min(at, Math.max(0, list.length - 1)), choose, look, pressed };
}

function keyInList(event: KeyboardEvent, list: readonly Suggestion[], at: number, setAt: (at: number) => void, choose: (one: Suggestion) => void, close: () => void): boolean {
  const chosen = list[Math.min(at, list.length - 1)];
  if (event.key === "ArrowDown" || event.key === "ArrowUp") setAt((at + (event.key === "ArrowDown" ? 1 : -1) + list.length) % list.length);
  else if ((event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) && chosen) choose(chosen);
  else if (event.key === "Escape") close();
  else return false;
  return true;
}

/** Without a list Tab completes a name, if it completes anything: else it goes on as everywhere. */
function keyTab(event: KeyboardEvent, text: string, caret: number, names: readonly string[], change: (text: string, caret: number) => void): boolean {
  if (event.key !== "Tab" || event.shiftKey || event.altKey || event.ctrlKey) return false;
  const asked = completionByTab(text, caret);
  if (asked?.kind !== "name") return false;
  const name = asked.written === "" ? undefined : names.find((each) => each.toLowerCase().startsWith(asked.written.toLowerCase()));
  if (name === undefined) return false;
  const done = complete(text, asked, name);
  change(done.text, done.caret);
  return true;
}

function pasted(event: ClipboardEvent, add: (files: readonly File[]) => void): void {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length === 0) return;
  event.preventDefault();
  add(files);
}

function Purpose(props: { writing: Writing; cancel: () => void }) {
  const { replyTo, editing } = props.writing;
  if (!replyTo && !editing) return null;
  return (
    <div class="composer-purpose">
      <Icon name={editing ? "edit" : "reply"} /><bdi>{editing ? words.editing : words.replying(cleanName(replyTo?.sender ?? ""))}</bdi>
      <IconButton icon="close" label={words.cancel} onClick={props.cancel} />
    </div>
  );
}

function Staged(props: { files: readonly File[]; setFiles: (files: readonly File[]) => void }) {
  if (props.files.length === 0) return null;
  return (
    <ul class="staged">
      {props.files.map((file) => (
        <li key={`${file.name}-${file.lastModified}-${file.size}`}><Icon name="file" /><bdi>{cleanName(file.name)}</bdi><small>{bytes(file.size)}</small>
          <IconButton icon="close" label={words.removeFile(cleanName(file.name))} onClick={() => props.setFiles(props.files.filter((each) => each !== file))} />
        </li>
      ))}
    </ul>
  );
}

function Attach(props: { add: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input ref={input} type="file" multiple hidden onChange={(event) => { props.add([...(event.currentTarget.files ?? [])]); event.currentTarget.value = ""; }} />
      <IconButton icon="attach" label={words.attach} onClick={() => input.current?.click()} />
    </>
  );
}
