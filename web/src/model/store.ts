/* store.ts - the state while it changes: parts of the model write here, and views get one immutable
 * State for all that changed in a turn (publish). No rule of the protocol is here.
 * Called by the rest of model/. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { type Kept, newConversation } from "./kept.js";
import type { Conversation, ConversationId, Participant, Person, State } from "./state.js";

const START: State = {
  phase: "starting", link: { state: "connecting" }, conversations: new Map(), people: new Map(), calls: new Map(),
  quiet: false, outboxLength: 0,
};

/** Headings and their order first, then the newest. */
const inOrder = (a: Conversation, b: Conversation): number => a.order - b.order || b.lastTime - a.lastTime;

/** Is nothing in it another value? Views, other tabs and what is kept look at the object. */
function isSame<T extends object>(a: T, b: T): boolean {
  const before = a as { readonly [key: string]: unknown }, after = b as { readonly [key: string]: unknown };
  const keys = Object.keys(before);
  return a === b || (keys.length === Object.keys(after).length && keys.every((key) => before[key] === after[key]));
}

const STRANGER: Omit<Person, "name"> = { presence: "unknown", bot: false, contact: false, blocked: false };

export class Store {
  readonly #published = signal<State>(START);
  #state: State = START;
  #kept = new Map<ConversationId, Kept>();
  #people = new Map<string, Person>();
  #calls = new Map<ConversationId, readonly Participant[]>();
  #changed = { conversations: false, people: false, calls: false };
  #planned = false;
  #listeners: ((state: State) => void)[] = [];

  /** `soon`: when what has changed becomes visible. */
  readonly #soon: (call: () => void) => void;

  constructor(soon: (call: () => void) => void = (call) => queueMicrotask(call)) {
    this.#soon = soon;
  }

  get signal(): ReadonlySignal<State> { return this.#published; }
  /** As it is now; the three maps are those of the last publish: ask with conversation() and so on. */
  get now(): State { return this.#state; }
  get me(): string { return this.#state.account?.username ?? ""; }

  /** Hears of each published state, in this turn; gives what ends it. */
  listen(listener: (state: State) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => { this.#listeners = this.#listeners.filter((each) => each !== listener); };
  }

  set(change: Partial<{ [K in keyof State]: State[K] | undefined }>): void {
    const next = { ...this.#state, ...change };
    for (const key of Object.keys(change) as (keyof State)[])
      if (change[key] === undefined)
        delete (next as { [key: string]: unknown })[key];
    this.#state = next as State;
    this.#plan();
  }

  /* --- conversations ------------------------------------------------------------------- */

  conversation(id: ConversationId): Kept | undefined { return this.#kept.get(id); }
  conversations(): IterableIterator<Kept> { return this.#kept.values(); }

  put(conversation: Kept): void {
    this.#kept.set(conversation.id, conversation);
    this.#changed.conversations = true;
    this.#plan();
  }

  /** Changes one, which begins to exist if it did not. */
  change(id: ConversationId, change: (conversation: Kept) => Kept): Kept {
    const old = this.#kept.get(id) ?? this.#begun(id);
    const next = change(old);
    if (isSame(old, next) && this.#kept.has(id))
      return old;
    this.put(next);
    return next;
  }

  #begun(id: ConversationId): Kept {
    const display = this.#people.get(id)?.display;
    return { ...newConversation(id), ...(display === undefined ? {} : { title: `${display} (${id})` }) };
  }

  remove(id: ConversationId): void {
    if (this.#kept.delete(id)) {
      this.#changed.conversations = true;
      this.#plan();
    }
  }

  /* --- people and calls ------------------------------------------------------------------ */

  person(name: string): Person { return this.#people.get(name) ?? { name, ...STRANGER }; }

  changePerson(name: string, change: (person: Person) => Person): void {
    const old = this.#people.get(name);
    const next = change(old ?? { name, ...STRANGER });
    if (old !== undefined && isSame(old, next))
      return;
    this.#people.set(name, next);
    this.#changed.people = true;
    this.#plan();
  }

  knownPeople(): IterableIterator<Person> { return this.#people.values(); }

  call(id: ConversationId): readonly Participant[] { return this.#calls.get(id) ?? []; }

  setCall(id: ConversationId, participants: readonly Participant[]): void {
    if (participants.length === 0) {
      if (!this.#calls.delete(id))
        return;
    } else {
      this.#calls.set(id, participants);
    }
    this.#changed.calls = true;
    this.#plan();
  }

  /** Nobody is known to speak: what lights a ring is what the server relays. */
  silence(): void {
    for (const [id, participants] of this.#calls)
      if (participants.some((each) => each.speaking))
        this.setCall(id, participants.map((each) => ({ ...each, speaking: false })));
  }

  /* --- all of it -------------------------------------------------------------------------- */

  /** Forgets everything but the phase and the link. */
  clear(): void {
    this.#kept = new Map();
    this.#people = new Map();
    this.#calls = new Map();
    this.#changed = { conversations: true, people: true, calls: true };
    this.#state = { ...START, phase: this.#state.phase, link: this.#state.link };
    this.#plan();
  }

  /** Begins with what another tab knew, or what was kept. */
  adopt(state: State): void {
    this.#state = state;
    this.#kept = new Map(state.conversations as ReadonlyMap<ConversationId, Kept>);
    this.#people = new Map(state.people);
    this.#calls = new Map(state.calls);
    this.#changed = { conversations: true, people: true, calls: true };
    this.#plan();
  }

  #plan(): void {
    if (this.#planned)
      return;
    this.#planned = true;
    this.#soon(() => this.publish());
  }

  /** What changed since the last time becomes visible at once. */
  publish(): void {
    this.#planned = false;
    const changed = this.#changed;
    this.#state = {
      ...this.#state,
      conversations: changed.conversations
        ? new Map([...this.#kept.values()].sort(inOrder).map((each) => [each.id, each])) : this.#state.conversations,
      people: changed.people ? new Map(this.#people) : this.#state.people,
      calls: changed.calls ? new Map(this.#calls) : this.#state.calls,
    };
    this.#changed = { conversations: false, people: false, calls: false };
    this.#published.value = this.#state;
    for (const listener of this.#listeners)
      listener(this.#state);
  }
}
