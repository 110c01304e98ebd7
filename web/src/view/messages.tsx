/* messages.tsx - the list of messages of one conversation, as plain elements: at most the 300 of the
 * model's window, of which the first come in one frame and the rest in the following ones (drawn.ts).
 * Where it stands is scroller.ts's; what one message looks like is message.tsx's.
 * Nothing counts as read but what stood at the end while the page was visible. */
import { Component, createRef } from "preact";
import { clock, dayTitle } from "../text/when.js";
import { conversation as words } from "../text/english.js";
import { cleanName } from "../text/safe.js";
import { newestSeq, timeline } from "../model/timeline.js";
import type { Line } from "../model/timeline.js";
import type { Conversation, Message, State } from "../model/state.js";
import { behindFrame } from "../idle.js";
import { nextSpan } from "./drawn.js";
import { Icon } from "./icons.js";
import { EventLine } from "./late.js";
import { MessageView } from "./message.js";
import type { Tools } from "./message.js";
import { Scroller, placeOf, rememberPlace } from "./scroller.js";
import type { Anchor } from "./scroller.js";
import type { Shared } from "./shared.js";

interface Props {
  readonly shared: Shared;
  readonly conversation: Conversation;
  readonly people: State["people"];
  readonly me: string;
  readonly target: number | undefined;
  readonly tools: Tools;
}

interface Shown {
  readonly atEnd: boolean;
  /** "new" stands behind this seq. */
  readonly newAfter: number | undefined;
}

/** More lines than one screen has. */
const FAR = 30;
/** So many lines begin to be in the page in one task. */
const LINES = 20;

export class Messages extends Component<Props, Shown> {
  readonly #box = createRef<HTMLDivElement>();
  readonly #content = createRef<HTMLDivElement>();
  #scroller: Scroller | undefined;
  #placed = false;
  #toNew = false; /* there, and not where one was */
  #shownTarget: number | undefined;
  #drawn: readonly Line[] = [];
  #wholly: "drawn" | "not yet" | "not to its end" = "drawn";
  #stopDrawing: (() => void) | undefined;
  #isTurn = true; /* for the next slice: other reasons to draw bring none */
  override state: Shown = { atEnd: true, newAfter: this.props.conversation.unread > 0 ? this.props.conversation.read : undefined };

  override componentDidMount(): void {
    const box = this.#box.current, content = this.#content.current;
    this.#drawRest();
    if (!box || !content || typeof ResizeObserver === "undefined") return;
    const { actions } = this.props.shared;
    this.#scroller = new Scroller(box, content, {
      older: () => actions.loadOlder(this.props.conversation.id),
      newer: () => actions.loadNewer(this.props.conversation.id),
      atEnd: (atEnd) => {
        this.setState({ atEnd });
        this.#tellSeen();
      },
    });
    document.addEventListener("visibilitychange", this.#visibilityChanged);
    addEventListener("pagehide", this.#remember);
    this.#afterChange(undefined);
  }

  override componentWillUnmount(): void {
    this.#remember();
    this.#stopDrawing?.();
    this.#scroller?.finish();
    document.removeEventListener("visibilitychange", this.#visibilityChanged);
    removeEventListener("pagehide", this.#remember);
  }

  /** The state changes often; the messages seldom. */
  override shouldComponentUpdate(next: Readonly<Props>, shown: Readonly<Shown>): boolean {
    const now = this.props;
    return shown !== this.state || next.conversation !== now.conversation || next.people !== now.people || next.target !== now.target || next.tools !== now.tools || next.me !== now.me;
  }

  override getSnapshotBeforeUpdate(): Anchor | undefined {
    return this.#scroller?.isAtEnd ? undefined : this.#scroller?.anchor();
  }

  override componentDidUpdate(before: Props, _shown: Shown, anchor: Anchor | undefined): void {
    this.#drawRest();
    this.#noteArrivals(before);
    this.#afterChange(anchor, before.conversation.messages);
  }

  #drawRest(): void {
    this.#stopDrawing?.();
    this.#stopDrawing = this.#wholly === "drawn" ? undefined : behindFrame(() => {
      this.#isTurn = true;
      this.setState({});
    });
  }

  /** Where one will look first. */
  #centreOf(lines: readonly Line[]): number {
    const { target, conversation } = this.props;
    const place = target === undefined && !this.#placed ? placeOf(conversation.id)?.key : undefined;
    const at = lines.findIndex((line) => (line.kind === "new" && target === undefined && place === undefined)
      || (line.kind === "message" && (target === undefined ? line.message.key === place : line.message.seq === target)));
    return at < 0 ? lines.length : at;
  }

  #nextLines(lines: readonly Line[]): readonly Line[] {
    /* Not the day and "new", which stand above what has come, too. */
    const before = new Set(this.#drawn.filter(({ kind }) => kind !== "day" && kind !== "new").map(({ key }) => key));
    const from = lines.findIndex((line) => before.has(line.key));
    const old = from < 0 ? undefined : { from, to: lines.findLastIndex((line) => before.has(line.key)) + 1 };
    const next = old && this.#wholly !== "drawn" && !this.#isTurn ? old : nextSpan(lines.length, old, this.#centreOf(lines), LINES);
    this.#isTurn = false;
    this.#wholly = next.to < lines.length ? "not to its end" : next.from > 0 ? "not yet" : "drawn";
    return this.#drawn = lines.slice(next.from, next.to);
  }

  #afterChange(anchor: Anchor | undefined, before: readonly Message[] = []): void {
    const { conversation } = this.props;
    const { messages } = conversation;
    this.#scroller?.changed({ olderLeft: conversation.olderLeft, newerLeft: conversation.newerLeft || this.#wholly === "not to its end",
      loading: conversation.loading !== "no" || this.#wholly !== "drawn" }, anchor);
    /* Another place of the conversation has taken the window; at its end one is by oneself. */
    if (this.#scroller?.isAtEnd === false && (this.#toNew || isApart(before, messages) || isApart(messages, before))) this.#placed = false;
    if (!this.#placed && messages.length > 0) this.#placeFirst();
    this.#showTarget();
    this.#tellSeen();
  }

  /** Where one was, or the "new" line when more is unread than one screen, else the end. */
  #placeFirst(): void {
    this.#placed = true;
    const before = this.#toNew ? undefined : placeOf(this.props.conversation.id);
    if (before && this.#scroller?.find(before.key)) {
      this.#placed = this.#scroller.place(before) || this.#wholly === "drawn"; /* else with the next slice */
      return;
    }
    const line = this.#box.current?.querySelector(".new-line");
    const box = this.#box.current;
    if (!line || !box) return;
    const place = line.getBoundingClientRect(), view = box.getBoundingClientRect();
    if (this.#toNew || this.#wholly === "not to its end" || place.top < view.top || place.bottom > view.bottom) this.#scroller?.showMiddle(line);
    this.#toNew = false;
  }

  #showTarget(): void {
    const { target, conversation } = this.props;
    if (target === undefined) this.#shownTarget = undefined;
    if (target === undefined || target === this.#shownTarget) return;
    const message = conversation.messages.find((each) => each.seq === target);
    if (message && this.jumpTo(message.key)) this.#shownTarget = target;
  }

  /** False: it is not in the window. */
  jumpTo(key: string): boolean {
    const element = this.#scroller?.find(key);
    if (!element) return false;
    this.#scroller?.showMiddle(element);
    element.classList.add("message-found");
    element.addEventListener("animationend", () => element.classList.remove("message-found"), { once: true });
    return true;
  }

  toPresent = (): void => {
    if (this.props.conversation.newerLeft) this.props.shared.actions.jumpToPresent(this.props.conversation.id);
    this.#scroller?.toEnd();
  };

  readonly #toFirstNew = (): void => {
    const line = this.#box.current?.querySelector(".new-line");
    this.#toNew = !line;
    if (line) this.#scroller?.showMiddle(line);
    else this.props.shared.actions.show(this.props.conversation.id, (this.state.newAfter ?? 0) + 1);
  };

  clearNew(): void {
    this.setState({ newAfter: undefined });
  }

  /** What comes while one looks elsewhere is below "new"; one's own message ends it. */
  #noteArrivals(before: Props): void {
    const { conversation } = this.props;
    if (before.conversation === conversation || before.conversation.messages.length === 0) return;
    const newest = conversation.messages.at(-1);
    const last = before.conversation.messages.at(-1);
    if (!newest || newest.key === last?.key || (newest.seq > 0 && newest.seq < (last?.seq ?? 0))) return; /* the window has moved, or nothing has come */
    if (newest.own && newest.delivery === "pending") {
      if (this.state.newAfter !== undefined) this.clearNew();
      this.#scroller?.toEnd();
    } else if (this.state.newAfter === undefined && !newest.own && !before.conversation.newerLeft && !this.#isWatched()) this.setState({ newAfter: before.conversation.read });
  }

  #isWatched(): boolean {
    return document.visibilityState === "visible" && this.#scroller?.isAtEnd === true;
  }

  #tellSeen(): void {
    const { conversation, shared } = this.props;
    const newest = newestSeq(conversation);
    if (this.#placed && this.#isWatched() && (newest > conversation.read || conversation.unread > 0)) shared.actions.seen(conversation.id, newest);
  }

  readonly #visibilityChanged = (): void => {
    const { conversation } = this.props;
    if (document.visibilityState === "hidden" && conversation.unread === 0) this.clearNew();
    this.#tellSeen();
  };

  readonly #remember = (): void => {
    if (this.#placed) rememberPlace(this.props.conversation.id, this.#scroller?.isAtEnd ? undefined : this.#scroller?.anchor());
  };

  /** Arrows go from message to message; the menu key and Enter open the actions of one. */
  readonly #pressed = (event: KeyboardEvent): void => {
    const messages = [...(this.#box.current?.querySelectorAll<HTMLElement>(".message") ?? [])];
    const at = messages.indexOf(document.activeElement as HTMLElement);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = { ArrowUp: at < 0 ? messages.length - 1 : at - 1, ArrowDown: at < 0 ? messages.length - 1 : at + 1, Home: 0, End: messages.length - 1 }[event.key];
    if (to === undefined || (at < 0 && document.activeElement !== this.#box.current)) return;
    event.preventDefault();
    messages[Math.max(0, Math.min(to, messages.length - 1))]?.focus();
  };

  override render(props: Props, shown: Shown) {
    const { conversation } = props;
    const lines = this.#nextLines(timeline(conversation, shown.newAfter));
    const newAt = lines.findIndex((line) => line.kind === "new");
    const newIsFar = shown.newAfter !== undefined && conversation.messages.length > 0 && (newAt < 0 || (shown.atEnd && lines.length - newAt > FAR));
    const empty = conversation.messages.length === 0 && conversation.loading === "no" && !conversation.olderLeft;
    return (
      <div class="messages">
        <div ref={this.#box} class="messages-box" role="log" aria-live="polite" aria-relevant="additions" aria-label={words.messages}
             aria-busy={conversation.loading !== "no"} tabIndex={0} onKeyDown={this.#pressed}>
          <div ref={this.#content} class="messages-content">
            {conversation.olderLeft || conversation.loading === "older" || conversation.loading === "around" || this.#wholly !== "drawn"
              ? <p class="messages-more">{words.loading}</p>
              : <p class="messages-begin"><Begin conversation={conversation} empty={empty} /></p>}
            {lines.map((line) => <LineView key={line.key} line={line} props={props} />)}
            {conversation.newerLeft && <p class="messages-more">{words.loading}</p>}
          </div>
        </div>
        {newIsFar && <button type="button" class="to-new" onClick={this.#toFirstNew}>{words.toNew}</button>}
        {(!shown.atEnd || conversation.newerLeft) && (
          <button type="button" class="to-present" onClick={this.toPresent}>
            <Icon name="down" />{conversation.unread > 0 ? words.toPresentCount(conversation.unread) : words.toPresent}
          </button>
        )}
      </div>
    );
  }
}

const isApart = (one: readonly Message[], other: readonly Message[]): boolean =>
  one.length > 0 && newestSeq({ messages: one }) < (other[0]?.seq ?? 0);

function Begin(props: { conversation: Conversation; empty: boolean }) {
  return <>{words.begin(cleanName(props.conversation.title))}{props.empty ? ` ${words.empty}` : ""}</>;
}

function LineView(given: { line: Line; props: Props }) {
  const { line, props } = given;
  switch (line.kind) {
    case "day": return <div class="day-line" role="separator"><span>{dayTitle(line.time, Date.now())}</span></div>;
    case "new": return <div class="new-line" role="separator"><span>{words.newLine}</span></div>;
    case "event": return <EventLine event={line.event} people={props.people} time={clock(line.event.time)} />;
    case "message": return <MessageLine message={line.message} head={line.head} props={props} />;
  }
}

function MessageLine(given: { message: Message; head: boolean; props: Props }) {
  const { message, head, props } = given;
  const quoted = message.quoteSender === undefined ? undefined : props.people.get(message.quoteSender)?.display || message.quoteSender;
  return (
    <MessageView message={message} head={head} person={props.people.get(message.sender)} quoted={quoted} me={props.me}
                 conversation={props.conversation.id} oneToOne={!props.conversation.id.startsWith("#")} shared={props.shared} tools={props.tools} />
  );
}
