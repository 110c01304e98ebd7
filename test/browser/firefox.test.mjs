// Firefox, driven over WebDriver BiDi, talks with a person in Chromium: logs in, writes, reads, pages,
// and comes back after the server was killed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lines, seed } from "./fast.mjs";
import { PATIENCE, Server, launchChromium, launchFirefox } from "./harness.mjs";
import { PASSWORD, go, message, prepend, say, signUp, stored } from "./people.mjs";

const COUNT = 300;
let server, writer, chromium, firefox, page, alice;

before(async () => {
  server = await new Server().start();
  writer = await seed(server, { group: "long", readers: ["fox"], texts: lines(COUNT), password: PASSWORD });
  [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox()]);
  [alice, page] = await Promise.all([signUp(chromium, server.url, "alice"), firefox.newPage()]);
  page.setDefaultTimeout(PATIENCE);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
});

after(async () => {
  writer?.finish();
  await Promise.all([chromium?.close(), firefox?.close()]);
  await server?.finish();
});

const write = async (text) => {
  await page.type("form.composer textarea", text);
  await page.keyboard.press("Enter");
};
const shown = (text, state = "stored") => page.waitForFunction((wanted, durable) => {
  const found = [...document.querySelectorAll("article.message")].filter((each) => each.textContent.includes(wanted));
  return found.length === 1 && (!durable || !found[0].matches(".message-pending, .message-failed"));
}, {}, text, state === "stored");

test("Firefox logs in, and what is written is read in both browsers", async () => {
  await page.goto(server.url);
  await page.waitForSelector("input[autocomplete=username]");
  await page.type("input[autocomplete=username]", "fox");
  await page.type("input[autocomplete=current-password]", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForSelector("nav.list");
  await page.evaluate(() => { location.hash = "#@alice"; });
  await page.waitForSelector("form.composer textarea");
  await go(alice, "fox");
  await write("hello from Firefox");
  await message(alice, "hello from Firefox").waitFor();
  await say(alice, "hello from **Chromium**");
  await shown("hello from Chromium");
  assert.equal(await page.$eval("article.message strong", (strong) => strong.textContent), "Chromium");
});

test("in Firefox, too, nothing jumps when older messages come above", async () => {
  await page.evaluate(() => { location.hash = "#long"; });
  await page.waitForSelector(".to-present");
  await page.click(".to-present");
  await shown(`line ${COUNT}.`);
  for (const top of [300, 0]) {
    const { jump, grown } = await prepend(page, top);
    assert.equal(grown, true);
    assert.ok(jump <= 1, `from ${top}: ${jump} px`);
  }
});

test("a server that is killed loses nothing and doubles nothing in Firefox", async () => {
  await page.evaluate(() => { location.hash = "#@alice"; });
  await page.waitForFunction(() => document.querySelector(".list-row[aria-current]")?.getAttribute("href") === "#@alice");
  await server.kill();
  await page.waitForSelector(".banner");
  await write("written while nobody listens");
  await shown("written while nobody listens", "pending");
  await server.start();
  await shown("written while nobody listens");
  await stored(alice, "written while nobody listens");
  assert.equal(await message(alice, "written while nobody listens").count(), 1);
  // It says so itself when nobody listened yet.
  assert.deepEqual(page.faults.filter((fault) => !fault.includes("establish a connection to the server at ws:")), []);
  assert.deepEqual(alice.faults, []);
});
