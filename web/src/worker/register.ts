/* register.ts - the page's side of the service worker: registers it, lets a new build take over when
 * nobody is writing, removes everything at logout, and shows the number of unread messages on the
 * icon. Called by join.ts. Pages work without all of it. */
import { CACHE_PREFIX } from "./shell.js";

/** Why there is no service worker, for the settings' screen. */
export type Missing =
  | "no_https" /* plain http beyond loopback */
  | "certificate" /* the browser does not trust the certificate: it is self-signed, or has expired */
  | "browser"; /* it has none, or a private window forbids it */

export interface ShellOptions {
  /** Is nothing half-written, no call and no upload under way? */
  readonly isIdle: () => boolean;
  readonly onMissing: (why: Missing) => void;
}

export interface Shell {
  /** What the server said at login or attach (`build`): another one means that this page is old. */
  serverBuild(build: string): void;
  /** The server refuses this page (rule `web_too_old`): takes the new build at once. */
  refused(): void;
  /** After logout, revocation or code 512: no cache and no worker is left. */
  forget(): Promise<void>;
}

const IDLE_CHECK_MS = 2_000;
const ONE_RELOAD_KEY = "chinwag-reloaded-for";

/** The build that this page belongs to (site.mjs puts it there). */
export const ownBuild = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="chinwag-build"]')?.content ?? "";

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** Trusted Types let a worker begin only with an address that a policy has made: there is one. */
function workerUrl(): string {
  const rules = { createScriptURL: () => "/sw.js" };
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  return (trustedTypes?.createPolicy("chinwag-worker", rules) ?? rules).createScriptURL("");
}

async function register(missing: (why: Missing) => void): Promise<ServiceWorkerRegistration | undefined> {
  if (!window.isSecureContext)
    missing("no_https");
  else if (!("serviceWorker" in navigator))
    missing("browser");
  else
    try {
      return await navigator.serviceWorker.register(workerUrl(), { scope: "/", updateViaCache: "none" });
    } catch {
      missing(location.protocol === "https:" ? "certificate" : "browser");
    }
  return undefined;
}

/** Reloads at most once for each build, so that a cache that is always old does not make a circle. */
function reloadOnce(build: string): void {
  if (sessionStorage.getItem(ONE_RELOAD_KEY) === build)
    return;
  sessionStorage.setItem(ONE_RELOAD_KEY, build);
  location.reload();
}

class RunningShell implements Shell {
  #wanted: string | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #options: ShellOptions;
  readonly #registered: Promise<ServiceWorkerRegistration | undefined>;

  constructor(options: ShellOptions, registered: Promise<ServiceWorkerRegistration | undefined>) {
    this.#options = options;
    this.#registered = registered;
    void registered.then((registration) => registration && this.#watch(registration));
  }

  /** Another tab may have let the new worker take over: this page's chunks are gone then. */
  #watch(registration: ServiceWorkerRegistration): void {
    let hasNone = navigator.serviceWorker.controller === null;
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      if (hasNone)
        hasNone = false; /* the first worker of this browser has the page's own build */
      else
        this.#reloadWhenIdle(this.#wanted ?? `after ${ownBuild()}`);
    });
    registration.addEventListener("updatefound", () => this.#takeOverWhenIdle(registration));
    this.#takeOverWhenIdle(registration);
  }

  #takeOverWhenIdle(registration: ServiceWorkerRegistration): void {
    const worker = registration.waiting ?? registration.installing;
    if (worker === null || registration.active === null)
      return;
    const ask = (): void => { if (worker.state === "installed") this.#whenIdle(() => worker.postMessage("take-over")); };
    worker.addEventListener("statechange", ask);
    ask();
  }

  #whenIdle(act: () => void): void {
    clearInterval(this.#timer);
    const look = (): void => {
      if (!this.#options.isIdle())
        return;
      clearInterval(this.#timer);
      act();
    };
    this.#timer = setInterval(look, IDLE_CHECK_MS);
    look();
  }

  #reloadWhenIdle(build: string): void { this.#whenIdle(() => reloadOnce(build)); }

  serverBuild(build: string): void {
    if (build === ownBuild() || build === "" || build === this.#wanted)
      return;
    this.#wanted = build;
    void this.#registered.then(async (registration) => {
      if (registration?.active)
        await registration.update();
      else
        this.#reloadWhenIdle(build);
    }).catch(() => undefined); /* offline again: the next login says it again */
  }

  refused(): void {
    void this.forget().then(() => reloadOnce(`refused ${ownBuild()}`));
  }

  async forget(): Promise<void> {
    if (typeof caches !== "undefined")
      for (const name of await caches.keys())
        if (name.startsWith(CACHE_PREFIX))
          await caches.delete(name);
    await (await this.#registered)?.unregister();
    setBadge(0);
  }
}

export const startShell = (options: ShellOptions): Shell =>
  new RunningShell(options, register(options.onMissing));

/** The number on the icon of the installed client; 0 takes it away. */
export function setBadge(unread: number): void {
  if (navigator.setAppBadge !== undefined)
    void (unread > 0 ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => undefined);
}
