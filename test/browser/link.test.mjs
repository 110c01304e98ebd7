// The connection of the page in a real browser: talking, a network that is cut, a server that is
// killed, a page that is loaded again in the middle, and several tabs that are one client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Network, Server, launchChromium, person } from "./harness.mjs";
import { stored } from "./people.mjs";

let server, network, browser;
before(async () => {
  server = await new Server({}, "127.0.0.2").start();
  network = await new Network(server).start();
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  network.finish();
  await server.finish();
});

/** Somebody who has just registered, with the conversation with another one open. */
async function enter(name) {
  const page = await person(browser, network.url);
  await page.getByRole("tab", { name: "Create account" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill("correct horse");
  await page.locator("button[type=submit]").click();
  await page.locator(".shell").waitFor();
  return page;
}

const open = (page, name) => page.evaluate((fragment) => { location.hash = fragment; }, `#@${name}`);

async function say(page, text) {
  await page.locator("textarea").fill(text);
  await page.keyboard.press("Enter");
}

const shows = (page, text) => page.locator(".messages-box").getByText(text, { exact: true }).first().waitFor();
const count = (page, text) => page.locator(".messages-box").getByText(text, { exact: true }).count();
const up = (page) => page.locator(".banner-link").waitFor({ state: "detached" });
const down = (page) => page.locator(".banner-link").waitFor();

let ada, bob;

test("two people talk", async () => {
  ada = await enter("ada");
  bob = await enter("bob");
  await ada.keyboard.press("Escape"); // the first steps of an administrator
  await open(ada, "bob");
  await open(bob, "ada");
  await say(bob, "hello ada");
  await shows(ada, "hello ada");
  await say(ada, "hello bob");
  await shows(bob, "hello bob");
});

test("a cut network is noticed within 8 s; what was written meanwhile arrives once", async () => {
  await ada.clock.install();
  await say(ada, "by this clock");
  await stored(ada, "by this clock"); // from its answer on
  network.cut();
  await ada.clock.runFor(8_000);
  assert.ok(await ada.locator(".banner-link").isVisible());
  await say(ada, "written offline");
  await shows(ada, "written offline");
  network.mend();
  await shows(bob, "written offline");
  await up(ada);
  assert.equal(await count(ada, "written offline"), 1);
});

test("a killed server and a page that is loaded again lose and double nothing", async () => {
  await ada.evaluate(() => navigator.serviceWorker.ready.then(() => undefined)); // it has the page
  await server.kill();
  await down(ada);
  for (const text of ["one", "two", "three"]) {
    await say(ada, text);
    await shows(ada, text);
  }
  await ada.reload();
  await shows(ada, "three"); // the page starts without a server
  await server.start();
  await shows(bob, "three");
  await up(ada);
  await ada.locator(".delivery-pending").first().waitFor({ state: "detached" });
  for (const page of [ada, bob])
    for (const text of ["one", "two", "three"])
      assert.equal(await count(page, text), 1, text);
});

test("three tabs are one client; when the one with the connection is closed, another has it", async () => {
  const second = await ada.context().newPage(), third = await ada.context().newPage();
  for (const page of [second, third]) {
    await page.goto(network.url);
    await page.locator(".shell").waitFor();
    await open(page, "bob");
    await shows(page, "three");
  }
  await say(third, "from the third tab");
  await shows(bob, "from the third tab");
  await shows(second, "from the third tab");
  assert.equal(await count(third, "from the third tab"), 1);
  await ada.close();
  await say(second, "after the first was closed");
  await shows(bob, "after the first was closed");
  assert.equal(await count(third, "after the first was closed"), 1);
  await say(bob, "an answer");
  await shows(third, "an answer");
  assert.equal(await count(second, "an answer"), 1);
  ada = second;
});

test("logging out clears what was kept, in all tabs", async () => {
  await ada.getByRole("button", { name: "Menu" }).first().click();
  await ada.getByRole("menuitem", { name: "Log out" }).click();
  for (const page of ada.context().pages())
    await page.getByRole("tab", { name: "Create account" }).waitFor();
  const kept = await ada.evaluate(() => new Promise((done) => {
    const request = indexedDB.open("chinwag");
    request.onsuccess = () => {
      const names = [...request.result.objectStoreNames];
      const read = request.result.transaction(names);
      Promise.all(names.map((name) => new Promise((one) => { read.objectStore(name).count().onsuccess = (event) => one(event.target.result); }))).then(done);
    };
  }));
  assert.deepEqual(kept, kept.map(() => 0));
  assert.deepEqual([...ada.context().pages(), bob].flatMap((page) => page.faults ?? []), []);
});
