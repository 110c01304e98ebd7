/* push_keep.ts - what this browser keeps of its subscription to push messages: beside the account in
 * IndexedDB (keep/keep.ts), so that it goes with that. Called by the service worker, which compares the
 * session, and by the settings (subscribe.ts). */

export interface KeptPush {
  readonly session: number;
  readonly withText: boolean;
}

const STORE = "account";
const KEY = "push";

const promise = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error as DOMException);
  });

/** That of keep.ts; it is not made here. */
function open(): Promise<IDBDatabase> {
  const request = indexedDB.open("chinwag");
  request.onupgradeneeded = () => request.transaction?.abort();
  return promise(request);
}

async function act<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await promise(ask(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

export const keptPush = (): Promise<KeptPush | undefined> =>
  act<KeptPush | undefined>("readonly", (store) => store.get(KEY)).catch(() => undefined);

export const keepPush = async (kept: KeptPush): Promise<void> => { await act("readwrite", (store) => store.put(kept, KEY)); };
export const forgetPush = async (): Promise<void> => { await act("readwrite", (store) => store.delete(KEY)).catch(() => undefined); };
