/* sw.ts - the service worker: keeps the files of one build, so that the client starts without a
 * network, and shows push messages. It becomes /sw.js, which site.mjs makes with the build's name and
 * its files in it, so a new build is a new worker. It has no token and asks the server for nothing but
 * those files.
 *
 * A new worker waits until a page tells it to take over (register.ts): a page never gets parts of
 * two builds. */
import { keptPush } from "./push_keep.js";
import { pushed } from "./pushed.js";
import { cachedPath, CACHE_PREFIX, isPageOf, outdated } from "./shell.js";

declare const BUILD: string;
declare const FILES: readonly string[];

const scope = globalThis as unknown as WorkerScope;
const CACHE = CACHE_PREFIX + BUILD;
/* A page that loads on a slow machine is told where a click leads until it listens. */
const TELL_AGAIN_MS = 200;
const TELL_MAX = 50;

async function keep(cache: Cache, path: string): Promise<void> {
  const answer = await fetch(new Request(path, { cache: "no-cache" }));
  if (!answer.ok)
    throw new Error(`${path}: ${answer.status}`);
  if (path === "/" && !isPageOf(await answer.clone().text(), BUILD))
    throw new Error("the server has another build by now");
  await cache.put(path, answer);
}

/** All or nothing: a worker without all chunks would fail later, without a network. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(["/", ...FILES].map((path) => keep(cache, path)));
}

async function activate(): Promise<void> {
  await Promise.all(outdated(await caches.keys(), CACHE).map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** A browser that is short of space may have dropped the cache. */
async function answer(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return await cache.match(path) ?? fetch(request);
}

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
scope.addEventListener("message", (event) => {
  if (event.data === "take-over")
    event.waitUntil(scope.skipWaiting());
});
scope.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  const path = cachedPath({ method, url, navigates: mode === "navigate" }, scope.location.origin, FILES);
  if (path !== undefined)
    event.respondWith(answer(event.request, path));
});

/* --- push messages ---------------------------------------------------------------------- */

const windows = (): Promise<readonly WindowClient[]> => scope.clients.matchAll({ type: "window", includeUncontrolled: true });

function readJson(data: PushEvent["data"]): unknown {
  try {
    return data?.json();
  } catch {
    return undefined;
  }
}

/** Browsers want each one to be shown, unless the user looks at the client. */
async function show(event: PushEvent): Promise<void> {
  if ((await windows()).some((client) => client.visibilityState === "visible"))
    return;
  const { title, body, tag, fragment } = pushed(readJson(event.data), (await keptPush())?.session);
  const options = { body, tag, renotify: true, icon: "/icon-192.png", badge: "/icon-192.png", data: fragment };
  await scope.registration.showNotification(title, options);
  await navigator.setAppBadge?.().catch(() => undefined); /* a dot: the page counts */
}

/** Has the page gone there? One that still loads does not listen yet (join.ts begins late). */
const tell = (client: WindowClient, fragment: string): Promise<boolean> => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => done(true);
  setTimeout(() => done(false), TELL_AGAIN_MS);
  client.postMessage({ open: fragment }, [port2]);
});

/** One window is told until it answers; another one, when it has gone. */
async function openAt(fragment: string): Promise<void> {
  let told: WindowClient | undefined;
  for (let asked = 0; asked < TELL_MAX; asked++) {
    const open = await windows();
    const client = open.find(({ id }) => id === told?.id) ?? open[0];
    if (client === undefined)
      break;
    if (client.id !== told?.id)
      await client.focus().catch(() => undefined); /* it may only point at itself */
    told = client;
    if (await tell(client, fragment))
      return;
  }
  await scope.clients.openWindow(`/${fragment}`);
}

scope.addEventListener("push", (event) => event.waitUntil(show(event)));
scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openAt(String(event.notification.data ?? "")));
});
