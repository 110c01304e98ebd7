/* message.tsx - one message: who, what, when, how far it has got, and what can be done with it. */
import { useRef, useState } from "preact/hooks";
import type { ConversationId, Message, Person } from "../model/state.js";
import { message as words } from "../text/english.js";
import { clean, cleanName, hueOf } from "../text/safe.js";
import { clock, dateAndTime, machineTime } from "../text/when.js";
import { Attachment } from "./attachment.js";
import { Body } from "./body.js";
import { Icon, IconButton } from "./icons.js";
import type { IconName } from "./icons.js";
import { memo } from "./memo.js";
import { Picture } from "./person.js";
import type { Shared } from "./shared.js";
import { slot } from "./slots.js";

/** What a message can ask of the conversation around it. */
export interface Tools {
  reply(message: Message): void;
  edit(message: Message): void;
  remove(message: Message): void;
  react(message: Message): void;
  jump(seq: number): void;
  menu(message: Message, x: number, y: number): void;
  person(name: string): void;
  call(): void;
}

interface Props {
  readonly message: Message;
  readonly head: boolean;
  readonly person: Person | undefined;
  readonly quoted: string | undefined;
  readonly me: string;
  readonly conversation: ConversationId;
  readonly oneToOne: boolean;
  readonly shared: Shared;
  readonly tools: Tools;
}

const LONG_PRESS = 500; /* ms */
const POINTER = 1, FOCUS = 2; /* what is in a message: its buttons stay while one of them is */

export const MessageView = memo(function MessageView(props: Props) {
  const { message, head, tools } = props;
  const [hot, setHot] = useState(0);
  const comes = (what: number) => () => setHot((now) => now | what);
  const goes = (what: number) => ({ currentTarget, relatedTarget }: MouseEvent | FocusEvent) => {
    if (!(currentTarget as Element).contains(relatedTarget as Node | null)) setHot((now) => now & ~what);
  };
  const own = useRef<HTMLElement>(null);
  const press = useLongPress((x, y) => tools.menu(message, x, y));
  const name = cleanName(props.person?.display || message.sender);
  return (
    <article ref={own} class={classOf(props)} data-key={message.key} tabIndex={-1} {...press}
             onPointerEnter={comes(POINTER)} onPointerLeave={goes(POINTER)} onFocusIn={comes(FOCUS)} onFocusOut={goes(FOCUS)}
             onContextMenu={(event) => menuAt(event, props)} onKeyDown={(event) => pressed(event, own.current, props)}>
      {message.replyTo !== undefined && <Quote message={message} name={props.quoted} jump={tools.jump} />}
      {head && <Picture actions={props.shared.actions} id={message.sender} person={props.person} />}
      <span class={head ? "message-author" : "unseen"}>
        <button type="button" tabIndex={-1} class={`name hue-${hueOf(message.sender)}`} title={cleanName(message.sender)} onClick={() => tools.person(message.sender)}><bdi>{name}</bdi></button>
        {message.bot && <span class="badge">{words.bot}</span>}
      </span>
      <div class="message-body"><Content {...props} name={name} /></div>
      <DeliveryMark {...props} />
      <time class="message-time" dateTime={machineTime(message.time)} title={dateAndTime(message.time)}>{clock(message.time)}</time>
      {hot > 0 && message.seq > 0 && message.deleted === undefined && <Bar {...props} />}
    </article>
  );
});

function classOf({ message, head }: Props): string {
  return [
    "message", head ? "message-head" : "", message.mentioned ? "message-mention" : "", message.own ? "message-own" : "",
    message.delivery === "pending" || message.editing ? "message-pending" : "", message.delivery === "failed" ? "message-failed" : "",
  ].filter((each) => each !== "").join(" ");
}

function menuAt(event: MouseEvent, props: Props): void {
  const chosen = getSelection();
  if ((event.target as Element).closest("a, img") || (chosen && !chosen.isCollapsed && event.clientX > 0)) return; /* the browser's own menu */
  event.preventDefault();
  if (event.clientX > 0 || event.clientY > 0) props.tools.menu(props.message, event.clientX, event.clientY);
}

function pressed(event: KeyboardEvent, own: HTMLElement | null, { message, tools }: Props): void {
  if (event.target !== own || event.ctrlKey || event.metaKey || event.altKey) return;
  const place = own?.getBoundingClientRect();
  const act = {
    ContextMenu: () => tools.menu(message, (place?.left ?? 0) + 56, (place?.top ?? 0) + 24), Enter: () => tools.menu(message, (place?.left ?? 0) + 56, (place?.top ?? 0) + 24),
    r: () => tools.reply(message), e: () => { if (message.own) tools.edit(message); }, Delete: () => tools.remove(message), "+": () => tools.react(message),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** Browsers of some phones have no context menu. */
function useLongPress(run: (x: number, y: number) => void) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const end = (): void => clearTimeout(timer.current);
  return {
    onTouchStart: (event: TouchEvent) => {
      const touch = event.touches[0];
      end();
      if (touch) timer.current = setTimeout(() => run(touch.clientX, touch.clientY), LONG_PRESS);
    },
    onTouchMove: end, onTouchEnd: end, onTouchCancel: end,
  };
}

function Quote(props: { message: Message; name: string | undefined; jump: (seq: number) => void }) {
  const { message, name } = props;
  const text = name === undefined ? words.quoteGone : message.quote === undefined ? words.quoteRecording : clean(message.quote).replace(/\s+/g, " ");
  return (
    <button type="button" tabIndex={-1} class="message-quote" onClick={() => props.jump(message.replyTo ?? 0)}>
      <Icon name="reply" />
      {name !== undefined && <bdi class={`name hue-${hueOf(message.quoteSender ?? "")}`}>{cleanName(name)}</bdi>} <bdi class="quote-text">{text}</bdi>
    </button>
  );
}

function Content(props: Props & { name: string }) {
  const { message, shared, conversation } = props;
  if (message.deleted !== undefined)
    return <p class="message-gone"><Icon name="trash" />{message.deletedBy && message.deletedBy !== message.sender ? words.deletedBy(cleanName(message.deletedBy)) : words.deleted}</p>;
  if (message.kind === "call") return <MissedCall {...props} />;
  const Player = slot("RecordingPlayer");
  return (
    <>
      {message.kind === "voice" ? Player ? <Player shared={shared} conversation={conversation} message={message} /> : <p>{words.recording}</p>
        : message.content !== "" && <Body content={message.editing?.content ?? message.content} me={props.me} />}
      {message.file && <Attachment shared={shared} conversation={conversation} message={message} file={message.file} />}
      <Marks {...props} />
      {message.reactions.length > 0 && <Reactions {...props} />}
      {message.delivery === "failed" && <Failed {...props} />}
    </>
  );
}

function MissedCall({ message, tools, name, oneToOne }: Props & { name: string }) {
  return (
    <p class="message-call"><Icon name="missed" /><bdi>{message.own ? words.missedOwn : words.missed(name)}</bdi>
      {oneToOne && <button type="button" class="small" onClick={tools.call}>{words.callBack}</button>}
    </p>
  );
}

function Marks({ message }: Props) {
  return (
    <span class="marks">
      {message.edited !== undefined && <span title={words.editedAt(dateAndTime(message.edited))}>({words.edited})</span>}
      {message.editing && <span>{message.editing.failed ? `${words.editFailed} ${cleanName(message.editing.failed.reason)}` : words.editPending}</span>}
      {message.pinned && <span><Icon name="pin" />{words.pinned}</span>}
      {message.damaged && <span class="mark-warn"><Icon name="warn" />{words.damaged}</span>}
    </span>
  );
}

/** How far it has got, at the edge of the line. */
function DeliveryMark({ message, oneToOne }: Props) {
  const delivery: IconName | undefined = message.delivery === "pending" ? "clock" : !oneToOne || !message.own || message.deleted !== undefined ? undefined
    : message.delivery === "read" || message.delivery === "delivered" ? "checks" : message.delivery === "stored" ? "check" : undefined;
  if (!delivery) return null;
  return <span class={`delivery delivery-${message.delivery}`} role="img" aria-label={words.delivery[message.delivery]} title={words.delivery[message.delivery]}><Icon name={delivery} /></span>;
}

function Reactions({ message, conversation, shared, tools }: Props) {
  return (
    <div class="reactions">
      {message.reactions.map((each) => (
        <button key={each.emoji} type="button" class="reaction" aria-pressed={each.mine} aria-label={words.reactionLabel(each.emoji, each.count, each.mine)}
                onClick={() => shared.actions.react(conversation, message.seq, each.emoji, !each.mine)}>
          <span>{each.emoji}</span> {each.count}
        </button>
      ))}
      <IconButton icon="smile" label={words.react} class="reaction-add" onClick={() => tools.react(message)} />
    </div>
  );
}

function Failed({ message, conversation, shared }: Props) {
  return (
    <p class="failed" role="alert"><Icon name="warn" />
      <span>{message.refusal?.reason ? words.failedWhy(cleanName(message.refusal.reason)) : words.delivery.failed}</span>
      <button type="button" class="small" onClick={() => shared.actions.retry(conversation, message.key)}>{words.retry}</button>
      <button type="button" class="small" onClick={() => shared.actions.discard(conversation, message.key)}>{words.discard}</button>
    </p>
  );
}

function Bar({ message, tools }: Props) {
  return (
    <div class="message-bar" role="toolbar" aria-label={words.actions}>
      <IconButton icon="smile" label={words.react} onClick={() => tools.react(message)} />
      <IconButton icon="reply" label={words.reply} onClick={() => tools.reply(message)} />
      {message.own && message.kind === "text" && <IconButton icon="edit" label={words.edit} onClick={() => tools.edit(message)} />}
      <IconButton icon="more" label={words.more} onClick={(event) => {
        const place = (event.currentTarget as Element).getBoundingClientRect();
        tools.menu(message, place.left - 160, place.bottom + 4);
      }} />
    </div>
  );
}
