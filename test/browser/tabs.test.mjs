// Several tabs of one browser are one client: one of them holds the connection and hands it over with
// everything that waits; logging out leaves nothing in the browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Fast } from "./fast.mjs";
import { Server, launchChromium } from "./harness.mjs";
import { PASSWORD, blameless, choose, go, message, press, say, signUp, stored } from "./people.mjs";

let server, browser, bob, tabs;

/** Watches the WebSockets that are open in the tab. */
function counting(page) {
  page.sockets = new Set();
  page.on("websocket", (socket) => {
    page.sockets.add(socket);
    socket.on("close", () => page.sockets.delete(socket));
  });
  return page;
}

async function another(page) {
  const next = counting(await page.context().newPage());
  next.faults = page.faults;
  next.on("pageerror", (error) => next.faults.push(String(error)));
  await next.goto(`${server.url}#@bob`);
  await next.locator("form.composer textarea").waitFor();
  return next;
}

before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
  bob = await (await new Fast(server.url).start()).enter("bob", PASSWORD);
  const first = counting(await signUp(browser, server.url, "alice"));
  await first.reload();
  await go(first, "bob");
  tabs = [first, await another(first), await another(first)];
});

after(async () => {
  bob?.finish();
  await browser?.close();
  await server?.finish();
});

const sockets = () => tabs.reduce((sum, page) => sum + page.sockets.size, 0);
const everywhere = (text) => Promise.all(tabs.map((page) => message(page, text).waitFor()));

test("three tabs have one connection, and each shows what another writes", async () => {
  await say(tabs[2], "from the third");
  await everywhere("from the third");
  await Promise.all(tabs.map((page) => stored(page, "from the third")));
  await bob.say("alice", "an answer");
  await everywhere("an answer");
  assert.equal(sockets(), 1);
  assert.equal(tabs[0].sockets.size, 1);
});

test("the tab with the connection is closed: another has it, and what waited is sent once", async () => {
  await server.kill();
  await say(tabs[1], "waits in the outbox");
  await Promise.all(tabs.map((page) => page.locator(".message-pending", { hasText: "waits in the outbox" }).waitFor()));
  await tabs.shift().close();
  await server.start();
  await Promise.all(tabs.map((page) => stored(page, "waits in the outbox")));
  const leader = tabs.findIndex((page) => page.sockets.size > 0);
  assert.equal(sockets(), 1);
  const [closed] = tabs.splice(leader, 1);
  const taken = tabs[0].waitForEvent("websocket");
  await closed.close();
  await taken;
  assert.equal(await message(tabs[0], "waits in the outbox").count(), 1);
  tabs.push(await another(tabs[0]));
  assert.equal(await message(tabs[1], "waits in the outbox").count(), 1);
});

test("logging out leaves no account, no message and no cached file, in all tabs", async () => {
  await choose(tabs[0], "Log out");
  await Promise.all(tabs.map((page) => page.getByRole("tab", { name: "Create account" }).waitFor()));
  const left = await tabs[1].evaluate(async () => {
    const rows = await new Promise((done) => {
      indexedDB.open("chinwag").onsuccess = ({ target: { result: database } }) => {
        const names = [...database.objectStoreNames];
        const read = database.transaction(names);
        Promise.all(names.map((name) => new Promise((one) => { read.objectStore(name).getAll().onsuccess = ({ target }) => one(target.result); }))).then(done);
      };
    });
    const paths = [];
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname);
    return { rows: rows.flat(), private: paths.filter((path) => path.startsWith("/f/") || path === "/ws") };
  });
  assert.deepEqual(left, { rows: [], private: [] });
  blameless(...tabs);
});
