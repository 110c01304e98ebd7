/* shell.ts - what the service worker does with a request, decided without a browser: pure, so that
 * tests run it in node. sw.ts does it. */

/** All caches of this client have names that begin so; the build's name follows. */
export const CACHE_PREFIX = "chinwag-";

/** Addresses at which the server answers with the one page (src/web/page.c). */
const PAGE_PATHS = new Set(["/", "/join", "/share"]);

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly navigates: boolean;
}

/** The path under which the cache has the answer; undefined: the browser asks the network, as without
 * a worker. Links to files (/f/) are secrets with an end and are never kept, nor is anything else
 * that the build does not name. */
export function cachedPath(asked: Asked, origin: string, files: readonly string[]): string | undefined {
  const url = new URL(asked.url);
  if (asked.method !== "GET" || url.origin !== origin)
    return undefined;
  if (asked.navigates && PAGE_PATHS.has(url.pathname))
    return "/";
  return url.search === "" && files.includes(url.pathname) ? url.pathname : undefined;
}

/** Caches of other builds. */
export const outdated = (names: readonly string[], current: string): string[] =>
  names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== current);

/** Does the text of the page belong to this build? The server may have been replaced between the
 * request for the worker and the one for the page. */
export const isPageOf = (page: string, build: string): boolean => page.includes(`content="${build}"`);
