// A client with 500 conversations and 5,000 messages does little at a time. What it does is counted
// (elements, layouts, what is copied for other tabs, what is written), since times say little on a busy
// machine; bench.mjs has the times.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Fast, lines, seed } from "./fast.mjs";
import { Server, launchChromium } from "./harness.mjs";
import { PASSWORD, blameless, composer, go, logIn, message, prepend } from "./people.mjs";

const CONVERSATIONS = 500, MESSAGES = 5_000;
const FRAME_MESSAGES = 20, FRAME_ROWS = 30; // that begin to be in the page in one task

let server, browser, writer, page, session;
before(async () => {
  server = await new Server({ registrations_per_hour: 0 }).start();
  browser = await launchChromium();
  writer = await seed(server, { group: "long", readers: ["alice"], texts: lines(MESSAGES), password: PASSWORD });
  const people = Array.from({ length: CONVERSATIONS - 1 }, (_none, at) => `person-${at}`);
  for (let at = 0; at < people.length; at += 20)
    await Promise.all(people.slice(at, at + 20).map(async (name) => {
      const one = await (await new Fast(server.url).start()).enter(name, PASSWORD);
      await one.say("alice", "welcome");
      one.finish();
    }));
  page = await logIn(browser, server.url, "alice", { prepare: (context) => context.addInitScript(count) });
  session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await page.locator(".list-item").nth(CONVERSATIONS - 1).waitFor({ state: "attached" });
  await quiet();
});
after(async () => {
  writer?.finish();
  await browser?.close();
  await server?.finish();
});

/** Runs in the page before its scripts. */
function count() {
  const counts = globalThis.counts = { formatters: 0, posts: 0, puts: 0, articles: 0, rows: 0, added: 0, removed: 0, changed: 0 };
  const wrap = (object, name, key) => {
    const old = object[name];
    object[name] = function (...given) { counts[key]++; return old.apply(this, given); };
  };
  globalThis.Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
    construct: (target, given) => { counts.formatters++; return new target(...given); },
  });
  wrap(BroadcastChannel.prototype, "postMessage", "posts");
  wrap(IDBObjectStore.prototype, "put", "puts");
  const known = new WeakSet(); // what is only moved is no new element
  const inside = (nodes, selector) => [...nodes].flatMap((node) => [...(node.matches?.(selector) ? [node] : []), ...(node.querySelectorAll?.(selector) ?? [])])
    .filter((element) => !known.has(element) && known.add(element)).length;
  // One call of an observer has all that a task has changed.
  new MutationObserver((records) => {
    let articles = 0, rows = 0;
    for (const { type, addedNodes, removedNodes } of records) {
      articles += inside(addedNodes, "article.message");
      rows += inside(addedNodes, ".list-item");
      counts.added += addedNodes.length;
      counts.removed += removedNodes.length;
      counts.changed += type === "childList" ? 0 : 1;
    }
    counts.articles = Math.max(counts.articles, articles);
    counts.rows = Math.max(counts.rows, rows);
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
}

/** Until what was begun is done: two times a second passes without a change of the page or a request. */
const quiet = () => page.waitForFunction(() => {
  const now = JSON.stringify(globalThis.counts), last = globalThis.lastCounts;
  if (last?.now !== now) globalThis.lastCounts = { now, at: performance.now() };
  return performance.now() - globalThis.lastCounts.at > 1_500;
}, undefined, { polling: 100 });

/** What the page does meanwhile. */
async function during(act) {
  await page.evaluate(() => { for (const key in globalThis.counts) globalThis.counts[key] = 0; });
  const layouts = async () => (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "LayoutCount").value;
  const before = await layouts();
  await act();
  await quiet();
  return { ...await page.evaluate(() => ({ ...globalThis.counts })), layouts: await layouts() - before };
}

/** No step of these may do more than so much at once or in all. */
function assertLittle(done, most) {
  for (const [what, limit] of Object.entries({ articles: FRAME_MESSAGES, rows: FRAME_ROWS, formatters: 4, posts: 0, ...most }))
    assert.ok(done[what] <= limit, `${what}: ${done[what]}, more than ${limit} (${JSON.stringify(done)})`);
}

test("the begin: 500 rows come in several frames, and 5,000 messages that came meanwhile are no 5,000 changes", async () => {
  const done = await page.evaluate(() => ({ ...globalThis.counts }));
  assert.equal(await page.locator(".list-item").count(), CONVERSATIONS);
  assertLittle(done, { posts: 2, changed: 3_000, added: 3_000, puts: 3 * CONVERSATIONS });
});

test("a conversation is opened, and left, and opened again with 300 messages", async () => {
  assertLittle(await during(() => go(page, "#long")), { layouts: 12 });
  assertLittle(await during(async () => {
    await page.locator(".to-present").click();
    await message(page, `line ${MESSAGES}.`).waitFor();
  }), { layouts: 20 });
  const older = async () => assertLittle(await during(() => prepend(page, 0)), { added: 60, layouts: 12 });
  for (let pages = 0; pages < 2; pages++) await older();
  const count = await page.locator("article.message").count();
  assert.ok(count > 2 * FRAME_MESSAGES, `${count} messages`);
  assertLittle(await during(() => go(page, "person-3")), { layouts: 12 });
  assertLittle(await during(() => go(page, "#long")), { layouts: 20 });
  assert.equal(await page.locator("article.message").count(), count);
  for (let pages = 0; pages < 4; pages++) await older();
  assert.equal(await page.locator("article.message").count(), 300);
});

test("all messages are paged through up to the first one: never more than 300, and none of them jumps", async () => {
  const done = await during(async () => {
    while (await page.locator(".messages-begin").count() === 0) {
      const { jump, most, grown } = await prepend(page, 0);
      assert.ok(grown && jump <= 1 && most <= 300, `${grown}, ${jump} px, ${most} messages`);
    }
  });
  assertLittle(done, {});
  assert.match(await page.locator("article.message").first().innerText(), /line 1\./);
});

test("a message, a key: what is not concerned is not drawn", async () => {
  assertLittle(await during(() => writer.say("alice", "hello alice")), { rows: 1, articles: 0, added: 4, layouts: 3, puts: 4 });
  await during(() => page.locator(".to-present").click());
  await message(page, `line ${MESSAGES}.`).waitFor();
  assertLittle(await during(() => writer.say("#long", "one more")), { rows: 1, articles: 1, added: 6, layouts: 6, puts: 4 });
  await composer(page).press("a");
  assertLittle(await during(() => composer(page).press("b")), { rows: 0, articles: 0, added: 3, layouts: 6, puts: 4 });
});

test("a connection that comes back draws and writes nothing that is the same", async () => {
  const done = await during(async () => {
    await server.kill();
    await page.locator(".banner").waitFor();
    await server.start();
    await page.locator(".banner").waitFor({ state: "detached" });
  });
  assertLittle(done, { rows: 0, articles: 0, added: 12, puts: 30 });
  blameless(page);
});
