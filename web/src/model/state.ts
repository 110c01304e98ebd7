/* state.ts - what the client knows, as data: the model makes it, views read it and never write it.
 * It holds what is live; lists that a screen asks for once (members, search, sessions) are answers
 * of requests (actions.ts) and belong to that screen.
 *
 * Not here: the rules by which it changes (model.ts), and anything of the browser. */

/** A username, or "#" and a group's name, as in docs/protocol.md. */
export type ConversationId = string;

export type Phase =
  | "starting" /* the account is being read from IndexedDB */
  | "out" /* nobody has logged in: the first screen */
  | "in"; /* logged in; the link may be up or down */

/** The connection to the server. A lost one is a banner, never another screen. */
export interface Link {
  readonly state: "up" | "connecting" | "waiting" | "elsewhere" /* another browser has taken the session */;
  /** When the next attempt begins, in milliseconds of the same clock as events; while waiting. */
  readonly retryAt?: number;
  /** In a call, while the connection seems to be up: the server has not answered for 2 s. */
  readonly silent?: boolean;
}

export interface Account {
  readonly username: string;
  readonly display?: string;
  readonly admin: boolean;
  /** The token stays in memory: this is not the user's computer. */
  readonly temporary: boolean;
}

export type Delivery =
  | "pending" /* in the outbox: shown pale */
  | "failed" /* refused: shown red, with `refusal` and "retry" */
  | "stored" /* durable on the server */
  | "delivered" /* one to one: the other user has it */
  | "read";

/** A refusal as the server words it; `rule` is for programs (src/base/rules.def). */
export interface Refusal {
  readonly code: number;
  readonly rule?: string;
  readonly reason: string;
  readonly until?: number;
  readonly limit?: number;
}

export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  readonly mine: boolean;
}

export interface FileInfo {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly width?: number;
  readonly height?: number;
  readonly hasThumbnail: boolean;
}

export interface Recording {
  readonly durationMs: number;
  /** Peaks from 0 to 1, in equal steps of time. */
  readonly waveform: readonly number[];
  readonly size: number;
  readonly played: boolean;
}

export interface Message {
  /** Unique in the conversation and stable from the outbox on: keys of lists. */
  readonly key: string;
  /** 0 while it is in the outbox. */
  readonly seq: number;
  readonly id: number;
  readonly time: number; /* ms since 1970 */
  readonly sender: string;
  readonly own: boolean;
  readonly kind: "text" | "voice" | "call" /* missed */;
  readonly content: string;
  readonly delivery: Delivery;
  readonly refusal?: Refusal;
  readonly edited?: number;
  /** An edit of it waits in the outbox, or was refused. */
  readonly editing?: { readonly content: string; readonly failed?: Refusal };
  readonly deleted?: number;
  readonly deletedBy?: string;
  readonly replyTo?: number;
  readonly quoteSender?: string;
  readonly quote?: string;
  readonly pinned: boolean;
  readonly mentioned: boolean;
  readonly reactions: readonly Reaction[];
  readonly file?: FileInfo;
  readonly recording?: Recording;
  readonly damaged: boolean;
  readonly bot: boolean;
  /** Of a file or recording in the outbox: from 0 to 1. */
  readonly progress?: number;
}

/** Something that is no message: "alice made bob a moderator". Kept only while the page lives. */
export interface Event {
  readonly key: string;
  readonly time: number;
  readonly event: string;
  readonly sender: string;
  readonly member?: string;
  readonly value?: string;
}

export type Level = "all" | "mentions" | "nothing";

export interface Conversation {
  readonly id: ConversationId;
  readonly title: string; /* of a group without a name: its members */
  readonly topic?: string;
  readonly role?: "owner" | "moderator" | "member"; /* of this user, in a group */
  readonly heading?: string;
  readonly order: number;
  readonly members?: number;
  /** How many are in its call. */
  readonly inCall: number;
  /** Only moderators write. */
  readonly announcements: boolean;
  readonly slowSeconds: number;
  readonly unread: number;
  readonly unreadMentions: number;
  /** seq up to which this user has read; "new" stands above the next one. */
  readonly read: number;
  readonly peerRead: number;
  readonly level: Level;
  readonly mutedUntil?: number;
  readonly draft: string;
  readonly lastTime: number;
  readonly preview: string;
  /** A window of at most 300 messages in order of seq; those in the outbox follow the newest. */
  readonly messages: readonly Message[];
  readonly events: readonly Event[];
  /** There are messages before or after the window. */
  readonly olderLeft: boolean;
  readonly newerLeft: boolean;
  readonly loading: "no" | "older" | "newer" | "around";
  readonly typing: readonly string[];
}

export interface Person {
  readonly name: string;
  readonly display?: string;
  readonly status?: string;
  readonly avatar?: number; /* a file's id */
  readonly presence: "online" | "away" | "offline" | "unknown";
  readonly seen?: number;
  readonly bot: boolean;
  readonly contact: boolean;
  readonly blocked: boolean;
}

export interface Participant {
  readonly name: string;
  readonly speaking: boolean; /* by what the server relayed, never by the local microphone */
  readonly muted: boolean; /* by this user, here */
  readonly volume: number; /* 0 to 2 */
}

export interface Call {
  readonly conversation: ConversationId;
  readonly state: "ringing" /* we call */ | "joining" | "in" | "rejoining";
  readonly participants: readonly Participant[];
  readonly muted: boolean;
  readonly deafened: boolean;
  /** A moderator has muted this user. */
  readonly mutedUntil?: number;
  readonly since: number;
  /** What packets name instead of user, token and call; missing: the server knows no such thing. */
  readonly id?: number | undefined;
}

/** What of a call outlives the page. */
export type Seat = Pick<Call, "muted" | "deafened">;

export interface Ring {
  readonly from: string;
  readonly since: number;
}

export interface State {
  readonly phase: Phase;
  readonly link: Link;
  readonly account?: Account;
  /** In the order of the list: by heading and order, then the newest first. */
  readonly conversations: ReadonlyMap<ConversationId, Conversation>;
  readonly current?: ConversationId;
  /** The message at which the current conversation opens, from a URL. */
  readonly target?: number;
  readonly people: ReadonlyMap<string, Person>;
  /** Who speaks in calls that this user is not in: by conversation. */
  readonly calls: ReadonlyMap<ConversationId, readonly Participant[]>;
  readonly call?: Call;
  readonly ring?: Ring;
  readonly quiet: boolean; /* do not disturb, now */
  readonly outboxLength: number;
  /** What administrators tell everybody, as it came: who shows it reads it (view/screens/notes.tsx). */
  readonly announcements?: readonly { readonly [key: string]: unknown }[];
  /** A sentence for the user, with what to do; replaced by the next. */
  readonly notice?: { readonly text: string; readonly urgent: boolean };
}
