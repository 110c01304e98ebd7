/* composer.tsx - where one writes: text with commands, files by picker, paste and drop,
 * answers and changes of messages. The draft is the model's; the focus is only taken when a person
 * opens a conversation, answers or edits. Completion is loaded when somebody begins to write
 * (completion.tsx). */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation, Message } from "../model/state.js";
import { composer as words, lateScreen } from "../text/english.js";
import { cleanName } from "../text/safe.js";
import { Icon, IconButton } from "./icons.js";
import type { Said } from "./perform.js";
import type { Completer } from "./completion.js";
import { Completion, EmojiPicker, Staged } from "./late.js";
import type { Shared } from "./shared.js";
import { slot } from "./slots.js";

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
  const completer = useRef<Completer>(null);
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
    import("./over.js").then(({ performLine }) => performLine(place, text, taken))
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
    if (event.isComposing || completer.current?.pressed(event)) return;
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
      {text !== "" && <Completion area={area} text={text} change={change} names={props.names} completer={completer} />}
      {said && <p class={said.failed ? "composer-said trouble" : "composer-said"} role={said.failed ? "alert" : "status"}>{said.text}</p>}
      <Purpose writing={writing} cancel={writing.editing ? finishEdit : props.done} />
      {props.files.length > 0 && <Staged files={props.files} setFiles={props.setFiles} />}
      <div class="composer-row">
        <Attach add={(files) => props.setFiles([...props.files, ...files])} />
        <textarea ref={area} rows={1} value={text} dir="auto" placeholder={words.placeholder(cleanName(conversation.title))} aria-label={words.label(cleanName(conversation.title))}
                  aria-autocomplete="list" onInput={(event) => change(event.currentTarget.value)} onKeyDown={pressed}
                  onKeyUp={(event) => completer.current?.look(event)} onClick={(event) => completer.current?.look(event)}
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

function Attach(props: { add: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input ref={input} type="file" multiple hidden onChange={(event) => { props.add([...(event.currentTarget.files ?? [])]); event.currentTarget.value = ""; }} />
      <IconButton icon="attach" label={words.attach} onClick={() => input.current?.click()} />
    </>
  );
}
