/* keep.ts - what is kept in this browser, in IndexedDB and nowhere else (never localStorage, a URL
 * or a cache): the account with its token, the outbox, conversations with drafts. On a computer that
 * is not the user's nothing is written. Called by app.tsx through model/ports.ts.
 *
 * A browser without IndexedDB, or one that refuses it (private windows), loses it with the page. */
import type { Item } from "../model/outbox.js";
import type { KeepPort, KeptAccount, KeptAll } from "../model/ports.js";
import type { Conversation } from "../model/state.js";

const NAME = "chinwag";
const VERSION = 1;
const STORES = ["account", "outbox", "conversations"] as const;
const ACCOUNT = "account"; /* the key of the only row */

const promise = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error as DOMException);
  });

function open(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    for (const store of STORES)
      request.result.createObjectStore(store);
  };
  return promise(request);
}

/** Done when it is committed. */
function write(database: IDBDatabase, change: (store: (name: typeof STORES[number]) => IDBObjectStore) => void): Promise<void> {
  return new Promise((done, fail) => {
    const transaction = database.transaction([...STORES], "readwrite");
    transaction.oncomplete = () => done();
    transaction.onabort = transaction.onerror = () => fail(transaction.error as DOMException);
    change((name) => transaction.objectStore(name));
    transaction.commit?.(); /* at once: the page may be about to end */
  });
}

export class Keep implements KeepPort {
  #database: Promise<IDBDatabase | undefined>;
  #written = new Map<string, Conversation>();
  #temporary = false;

  constructor(factory: IDBFactory | undefined) {
    this.#database = factory === undefined ? Promise.resolve(undefined) : open(factory).catch(() => undefined);
  }

  async #change(change: (store: (name: typeof STORES[number]) => IDBObjectStore) => void): Promise<void> {
    const database = await this.#database;
    if (database !== undefined)
      await write(database, change).catch(() => {});
  }

  async load(): Promise<KeptAll | undefined> {
    const database = await this.#database;
    if (database === undefined)
      return undefined;
    const read = database.transaction([...STORES], "readonly");
    const account = await promise(read.objectStore("account").get(ACCOUNT) as IDBRequest<KeptAccount | undefined>).catch(() => undefined);
    if (account === undefined)
      return undefined;
    const outbox = await promise(read.objectStore("outbox").getAll() as IDBRequest<Item[]>);
    const conversations = await promise(read.objectStore("conversations").getAll() as IDBRequest<Conversation[]>);
    this.#written = new Map(conversations.map((each) => [each.id, each]));
    return { account, outbox, conversations };
  }

  async saveAccount(account: KeptAccount): Promise<void> {
    this.#temporary = account.temporary;
    if (!account.temporary)
      await this.#change((store) => store("account").put(account, ACCOUNT));
  }

  async saveItem(item: Item, account: KeptAccount): Promise<void> {
    if (!account.temporary)
      await this.#change((store) => {
        store("account").put(account, ACCOUNT);
        store("outbox").put(item, item.key);
      });
  }

  async dropItem(key: string): Promise<void> {
    if (!this.#temporary)
      await this.#change((store) => store("outbox").delete(key));
  }

  /** Those that have changed since the last time. */
  async saveConversations(conversations: readonly Conversation[]): Promise<void> {
    if (this.#temporary)
      return;
    const changed = conversations.filter((each) => this.#written.get(each.id) !== each);
    const gone = [...this.#written.keys()].filter((id) => !conversations.some((each) => each.id === id));
    if (changed.length === 0 && gone.length === 0)
      return;
    this.#written = new Map(conversations.map((each) => [each.id, each]));
    await this.#change((store) => {
      for (const each of changed)
        store("conversations").put(asKept(each), each.id);
      for (const id of gone)
        store("conversations").delete(id);
    });
  }

  async clear(): Promise<void> {
    this.#written = new Map();
    this.#temporary = false;
    await this.#change((store) => STORES.forEach((name) => store(name).clear()));
  }
}

/** What lives with the page only is left out; what waits is in the outbox. */
const asKept = (conversation: Conversation): Conversation => ({
  ...conversation, events: [], typing: [], loading: "no", messages: conversation.messages.filter((message) => message.seq > 0),
});
