// The service worker in both browsers: the client starts without a server, nothing but the build is
// kept, and another build is loaded when nobody is writing. The site here is the test's own, with the
// files of web/dist, so that it can become another build.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { PATIENCE, launchChromium, launchFirefox } from "./harness.mjs";

const DIST = fileURLToPath(new URL("../../web/dist/", import.meta.url));
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", svg: "image/svg+xml", png: "image/png",
  webmanifest: "application/manifest+json" };
const BUILD = /chinwag-build" content="([0-9a-f]{16})"/.exec(readFileSync(`${DIST}index.html`, "utf8"))[1];
const OTHER = "0123456789abcdef";

class Site {
  build = BUILD;
  asked = [];

  async start() {
    this.listener = http.createServer((request, answer) => {
      const path = request.url.split("?")[0];
      this.asked.push(path);
      const name = ["/", "/join", "/share"].includes(path) ? "index.html" : path.slice(1);
      if (!readdirSync(DIST).includes(name)) {
        answer.writeHead(404).end();
        return;
      }
      const text = ["index.html", "sw.js"].includes(name)
        ? readFileSync(DIST + name, "utf8").replaceAll(BUILD, this.build) : readFileSync(DIST + name);
      answer.writeHead(200, { "Content-Type": TYPES[name.split(".").pop()], "Cache-Control": "no-cache" }).end(text);
    });
    await new Promise((done) => this.listener.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.listener.address().port}/`;
    return this;
  }

  /** Nothing listens there any more. */
  async stop() {
    this.listener.closeAllConnections();
    await new Promise((done) => this.listener.close(done));
  }
}

const shownBuild = () => document.querySelector('meta[name="chinwag-build"]')?.content;
const kept = async () => {
  await navigator.serviceWorker.ready;
  const names = await caches.keys();
  const paths = [];
  for (const name of names)
    for (const request of await (await caches.open(name)).keys())
      paths.push(new URL(request.url).pathname);
  return { names, paths: paths.sort() };
};

async function startsWithoutServer(page, site) {
  await page.goto(site.url);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, { timeout: PATIENCE });
  const found = await page.evaluate(kept);
  assert.deepEqual(found.names, [`chinwag-${BUILD}`]);
  assert.deepEqual(found.paths,
    ["/", ...readdirSync(DIST).filter((name) => name !== "index.html" && name !== "sw.js").map((name) => `/${name}`)].sort());
  await page.evaluate(() => fetch("/f/17?m=secret").then(() => undefined));
  assert.ok(site.asked.includes("/f/17"));
  assert.equal((await page.evaluate(kept)).paths.length, found.paths.length);
  await site.stop();
  await page.goto(`${site.url}join#CODE`);
  assert.equal(await page.evaluate(shownBuild), BUILD);
  assert.equal(await page.evaluate(() => fetch("/healthz").then(() => "answered", () => "unreachable")), "unreachable");
}

async function takesOtherBuild(page, site) {
  await page.goto(site.url);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, { timeout: PATIENCE });
  await page.evaluate(() => {
    const field = document.body.appendChild(document.createElement("textarea"));
    field.id = "writing";
    field.value = "half a sentence";
    field.focus();
    navigator.serviceWorker.addEventListener("controllerchange", () => { window.changed = true; });
  });
  site.build = OTHER;
  await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).waiting !== null, { timeout: PATIENCE });
  assert.equal(await page.evaluate(shownBuild), BUILD);
  assert.equal(await page.evaluate(() => window.changed), undefined);
  await page.evaluate(() => { document.getElementById("writing").value = ""; });
  await page.waitForFunction((other) => document.querySelector('meta[name="chinwag-build"]')?.content === other,
    ...(page.browserContext ? [{ timeout: PATIENCE }, OTHER] : [OTHER, { timeout: PATIENCE }]));
  await page.waitForFunction(async (other) => (await caches.keys()).join() === `chinwag-${other}`,
    ...(page.browserContext ? [{ timeout: PATIENCE }, OTHER] : [OTHER, { timeout: PATIENCE }]));
}

/** Playwright wants an argument before the options, puppeteer has it behind them. */
const alike = (page) => {
  if (page.browserContext)
    return page;
  const wait = page.waitForFunction.bind(page);
  page.waitForFunction = (what, ...rest) => (rest.length === 1 ? wait(what, undefined, rest[0]) : wait(what, ...rest));
  return page;
};

for (const [name, launch] of [["chromium", launchChromium], ["firefox", launchFirefox]])
  test(name, async (t) => {
    const browser = await launch();
    try {
      for (const [what, act] of [["it starts without a server", startsWithoutServer], ["it takes another build", takesOtherBuild]])
        await t.test(what, async () => {
          const site = await new Site().start();
          const page = alike(await browser.newPage());
          await act(page, site);
          await page.close();
          await site.stop().catch(() => undefined);
        });
    } finally {
      await browser.close();
    }
  });
