/* conversation.tsx - one conversation: its head, its messages, who types, and the composer. It is made
 * anew for each conversation (its key), so nothing of one is left in another. */
import { createRef } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Conversation, Message, State } from "../model/state.js";
import { isGroup } from "../model/sections.js";
import { composer, conversation as words, list, message as messageWords, shell } from "../text/english.js";
import { cleanName } from "../text/safe.js";
import { Composer } from "./composer.js";
import type { Writing } from "./composer.js";
import { Icon, IconButton } from "./icons.js";
import { EmojiPicker, RemoveQuestion, Switcher } from "./late.js";
import { Messages } from "./messages.js";
import type { Tools } from "./message.js";
import { Picture, shownName } from "./person.js";
import { go } from "./route.js";
import { openScreen } from "./screens/open.js";
import type { Shared } from "./shared.js";
import { slot } from "./slots.js";

interface Props {
  readonly shared: Shared;
  readonly conversation: Conversation;
  readonly help: () => void;
}

/** What is asked over the conversation. */
export type Question =
  | { readonly what: "remove" | "forward" | "react"; readonly message: Message };

export function joinCall(shared: Shared, conversation: string): void {
  const join = slot("join");
  if (join) join(shared, conversation);
  else void shared.actions.join(conversation);
}

export function ConversationView(props: Props) {
  const { shared, conversation } = props;
  const state = shared.state.value;
  const me = state.account?.username ?? "";
  const list_ = useRef(createRef<Messages>()).current;
  const [writing, setWriting] = useState<Writing>({});
  const [files, setFiles] = useState<readonly File[]>([]);
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const latest = useRef(conversation);
  latest.current = conversation;
  const tools = useMemo(() => makeTools(shared, latest, list_, setWriting, setQuestion), [conversation.id]);
  const names = useMemo(() => namesHere(state, conversation, me), [conversation.messages, state.people]);
  const CallBar = slot("CallBar");
  return (
    <main class="conversation" aria-label={cleanName(conversation.title)} {...useDrop((dropped) => setFiles([...files, ...dropped]))}>
      <Head shared={shared} conversation={conversation} state={state} />
      {CallBar && <CallBar shared={shared} />}
      <Messages key={conversation.id} ref={list_} shared={shared} conversation={conversation} people={state.people} me={me}
                target={state.current === conversation.id ? state.target : undefined} tools={tools} />
      <Below conversation={conversation} people={state.people} />
      {mayWrite(conversation) && (
        <Composer shared={shared} conversation={conversation} names={names} writing={writing} files={files} setFiles={setFiles}
                  done={() => setWriting({})} editLast={() => setWriting({ editing: lastOwn(conversation) })} join={() => joinCall(shared, conversation.id)}
                  help={props.help} />
      )}
      {question && <Asked question={question} shared={shared} conversation={conversation} close={() => setQuestion(undefined)} />}
      <p class="drop-hint" aria-hidden="true">{composer.drop}</p>
    </main>
  );
}

function mayWrite(conversation: Conversation): boolean {
  return !conversation.announcements || conversation.role === "owner" || conversation.role === "moderator";
}

function lastOwn(conversation: Conversation): Message | undefined {
  return conversation.messages.findLast((message) => message.own && message.seq > 0 && message.kind === "text" && message.deleted === undefined);
}

/** Whom one may mean: who wrote last stands first. */
function namesHere(state: State, conversation: Conversation, me: string): readonly string[] {
  const writers = conversation.messages.map((message) => message.sender).reverse();
  const others = isGroup(conversation.id) ? [...state.people.keys()] : [conversation.id];
  return [...new Set([...writers, ...others])].filter((name) => name !== me);
}

function makeTools(shared: Shared, latest: { readonly current: Conversation }, list_: { readonly current: Messages | null }, write: (writing: Writing) => void, ask: (question: Question) => void): Tools {
  const id = latest.current.id;
  const tools: Tools = {
    reply: (message) => write({ replyTo: message }),
    edit: (message) => write({ editing: message }),
    remove: (message) => { if (mayRemove(latest.current, message)) ask({ what: "remove", message }); },
    react: (message) => ask({ what: "react", message }),
    jump: (seq) => {
      const message = latest.current.messages.find((each) => each.seq === seq);
      if (!message || !list_.current?.jumpTo(message.key)) go(id, seq);
    },
    person: (name) => openScreen({ screen: "profile", name }),
    call: () => joinCall(shared, id),
    menu: (message, x, y) => {
      if (message.seq === 0) return;
      void import("./over.js").then(({ openMessageMenu }) => openMessageMenu(message, latest.current, shared, tools, ask, x, y), () => undefined);
    },
  };
  return tools;
}

export function isModerator(conversation: Conversation): boolean {
  return conversation.role === "owner" || conversation.role === "moderator";
}

export function mayRemove(conversation: Conversation, message: Message): boolean {
  return message.seq > 0 && message.deleted === undefined && (message.own || isModerator(conversation));
}

function Head(props: { shared: Shared; conversation: Conversation; state: State }) {
  const { shared, conversation, state } = props;
  const group = isGroup(conversation.id);
  const person = state.people.get(conversation.id);
  const below = conversation.topic ?? (group ? conversation.members === undefined ? "" : words.memberCount(conversation.members)
    : person?.status ?? shell.presence[person?.presence ?? "unknown"]);
  const here = state.call?.conversation === conversation.id;
  const about = (part?: "members" | "pins"): void => {
    if (group) openScreen({ screen: "group", group: conversation.id.slice(1), ...(part ? { part } : {}) });
    else openScreen({ screen: "profile", name: conversation.id });
  };
  return (
    <header class="conversation-head">
      <IconButton icon="back" class="narrow-only" label={shell.back} onClick={() => go(undefined)} />
      <button type="button" class="conversation-title" onClick={() => about()} title={group ? words.group : words.person}>
        <Picture actions={shared.actions} id={conversation.id} person={person} presence />
        <span><h1><bdi>{titleOf(conversation, state)}</bdi></h1>{below !== "" && <small><bdi>{cleanName(below)}</bdi></small>}</span>
      </button>
      {conversation.inCall > 0 && !here
        ? <button type="button" class="join-call primary" aria-label={words.joinCall} title={words.inCall(conversation.inCall)} onClick={() => joinCall(shared, conversation.id)}><Icon name="call" /><span class="join-call-words">{words.joinCall} ·</span> {conversation.inCall}</button>
        : !here && conversation.id !== state.account?.username && <IconButton icon="call" label={words.call} onClick={() => joinCall(shared, conversation.id)} />}
      <IconButton icon="search" label={words.search} onClick={() => openScreen({ screen: "search", conversation: conversation.id })} />
      {group && <IconButton icon="pin" class="wide-only" label={words.pins} onClick={() => about("pins")} />}
      {group && <IconButton icon="members" label={words.members} onClick={() => about("members")} />}
    </header>
  );
}

export function titleOf(conversation: Conversation, state: State): string {
  if (conversation.id === state.account?.username) return list.notes;
  return isGroup(conversation.id) ? cleanName(conversation.title) : shownName(state.people, conversation.id);
}

function Below(props: { conversation: Conversation; people: State["people"] }) {
  const { conversation, people } = props;
  const rule = !mayWrite(conversation) ? words.announcements : conversation.slowSeconds > 0 ? words.slow(conversation.slowSeconds) : "";
  return <p class="below" aria-live="off"><bdi>{words.typing(conversation.typing.map((name) => shownName(people, name))) || rule}</bdi></p>;
}

function Asked(props: { question: Question; shared: Shared; conversation: Conversation; close: () => void }) {
  const { question, shared, conversation, close } = props;
  const { message } = question;
  switch (question.what) {
    case "react": return <EmojiPicker onClose={close} onPick={(emoji) => shared.actions.react(conversation.id, message.seq, emoji, true)} />;
    case "forward": return <Switcher shared={shared} title={messageWords.forwardTo} onClose={close} onPick={(to) => shared.actions.forward(conversation.id, message.seq, to)} />;
    case "remove": return <RemoveQuestion message={message} close={close} remove={() => shared.actions.remove(conversation.id, message.seq)} />;
  }
}

/** Files that are dragged over the conversation. */
function useDrop(add: (files: readonly File[]) => void) {
  const [over, setOver] = useState(false);
  useEffect(() => { document.body.classList.toggle("dropping", over); return () => document.body.classList.remove("dropping"); }, [over]);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  return {
    onDragOver: (event: DragEvent) => { if (hasFiles(event)) { event.preventDefault(); setOver(true); } },
    onDragLeave: (event: DragEvent) => { if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) setOver(false); },
    onDrop: (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      add([...(event.dataTransfer?.files ?? [])]);
    },
  };
}
