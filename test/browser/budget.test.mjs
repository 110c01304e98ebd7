// How much the client weighs, as gzip sends it, how many round trips it needs, and the headers that its
// site answers with.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Server, launchChromium, person } from "./harness.mjs";

const FIRST_SCREEN = 60_000, EVERYTHING = 150_000; // bytes
const DIST = fileURLToPath(new URL("../../web/dist/", import.meta.url));
const weigh = (names) => names.reduce((sum, name) => sum + gzipSync(readFileSync(DIST + name), { level: 9 }).length, 0);

let server;
before(async () => { server = await new Server().start(); });
after(async () => { await server?.finish(); });

/** What index.html names, without what is for pages without JavaScript. */
function firstScreen() {
  const page = readFileSync(`${DIST}index.html`, "utf8").replace(/<noscript>[^]*?<\/noscript>/g, "");
  const named = [...page.matchAll(/<(?:link rel="(?:stylesheet|modulepreload)"|script)[^>]* (?:href|src)="\/([^"]+)"/g)].map(([, name]) => name);
  assert.ok(named.some((name) => name.endsWith(".js")) && named.some((name) => name.endsWith(".css")), named.join(" "));
  return ["index.html", ...named];
}

test("the first usable screen is at most 60,000 bytes", () => {
  const bytes = weigh(firstScreen());
  assert.ok(bytes <= FIRST_SCREEN, `${bytes} bytes`);
});

test("all scripts, styles and the page are at most 150,000 bytes", () => {
  const bytes = weigh(readdirSync(DIST).filter((name) => /\.(js|css|html)$/.test(name)));
  assert.ok(bytes <= EVERYTHING, `${bytes} bytes`);
});

test("the first usable screen is the page and what the page names: two round trips, and one on the next day", async () => {
  const browser = await launchChromium();
  const wanted = new Set(["", ...firstScreen().slice(1)].map((name) => `/${name}`));
  const asked = [];
  try {
    const page = await person(browser, "about:blank", { serviceWorkers: "block" });
    await page.route(/./, (route) => {
      const { pathname } = new URL(route.request().url());
      if (!wanted.has(pathname)) return route.abort();
      asked.push(pathname);
      return route.continue();
    });
    await page.goto(server.url);
    await page.getByLabel("Name", { exact: true }).waitFor();
  } finally {
    await browser.close();
  }
  assert.deepEqual(asked.sort(), [...wanted].sort());
  for (const path of wanted) {
    const { headers } = await fetch(new URL(path, server.url), { headers: { "accept-encoding": "gzip" } });
    assert.equal(headers.get("cache-control"), path === "/" ? "no-cache" : "public, max-age=31536000, immutable");
    if (path !== "/") assert.equal(headers.get("content-encoding"), "gzip");
  }
});

test("the headers of the site are exactly these", async () => {
  const { headers } = await fetch(server.url);
  const expected = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; "
      + "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
      + "require-trusted-types-for 'script'; trusted-types chinwag-voice chinwag-worker",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(self)",
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, headers.get(name)])), expected);
  assert.equal(headers.get("access-control-allow-origin"), null);
});
