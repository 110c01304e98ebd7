// Firefox, driven over WebDriver BiDi, talks with a person in Chromium: logs in, writes, reads, pages,
// and comes back after the server was killed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lines, seed } from "./fast.mjs";
import { PATIENCE, Server, launchChromium, launchFirefox } from "./harness.mjs";
import { PASSWORD, fling, go, message, prepend, say, signUp, stored } from "./people.mjs";

const COUNT = 500;
let server, writer, chromium, firefox, page, alice;

before(async () => {
  server = await new Server().start();
  writer = await seed(server, { group: "long", readers: ["fox"], texts: lines(COUNT), password: PASSWORD });
  [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox({ "general.smoothScroll": false })]);
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
  assert.deepEqual(await fling(page, (by) => page.mouse.wheel({ deltaY: by })), []);
  for (const top of [300, 0]) {
    const { jump, grown } = await prepend(page, top);
    assert.equal(grown, true);
    assert.ok(jump <= 1, `from ${top}: ${jump} px`);
  }
});

const toAlice = async () => {
  await page.evaluate(() => { location.hash = "#@alice"; });
  await page.waitForFunction(() => document.querySelector(".list-row[aria-current]")?.getAttribute("href") === "#@alice");
};

test("in Firefox, too, one replies, edits, reacts and deletes", async () => {
  await toAlice();
  await say(alice, "soup at noon?");
  await shown("soup at noon?");
  const act = async (text, name) => {
    const found = await page.evaluateHandle((wanted) => [...document.querySelectorAll("article.message")].find((each) => each.textContent.includes(wanted)), text);
    await found.evaluate((each) => each.focus());
    const button = await page.waitForFunction((each, label) => each.querySelector(`button[aria-label="${label}"]`), {}, found, name);
    await button.evaluate((each) => each.click());
  };
  await act("soup at noon?", "Reply");
  await page.waitForSelector(".composer-purpose");
  await write("with bread");
  await shown("with bread");
  await message(alice, "with bread").locator(".message-quote").waitFor();
  await page.focus("form.composer textarea");
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => document.querySelector("form.composer textarea").value === "with bread");
  await page.type("form.composer textarea", " and salt");
  await page.keyboard.press("Enter");
  await message(alice, "with bread and salt").getByText("edited").waitFor();
  await act("soup at noon?", "Add a reaction");
  const thumb = () => [...document.querySelectorAll("dialog.modal-picker button")].find((each) => each.textContent === "👍");
  await page.waitForFunction(thumb);
  await page.evaluate(() => [...document.querySelectorAll("dialog.modal-picker button")].find((each) => each.textContent === "👍").click());
  await message(alice, "soup at noon?").getByText("👍").waitFor();
  await write("nonsense");
  await shown("nonsense");
  await page.evaluate(() => [...document.querySelectorAll("article.message")].find((each) => each.textContent.includes("nonsense")).focus());
  await page.keyboard.press("Delete");
  await page.waitForSelector("dialog[open]");
  await page.evaluate(() => [...document.querySelectorAll("dialog[open] button")].find((each) => each.textContent.includes("Delete")).click());
  await message(alice, "This message was deleted.").waitFor();
});

test("in Firefox, too, a picture is seen before it is sent, and opens for the other one", async () => {
  const png = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(640, 480), pen = canvas.getContext("2d");
    pen.fillStyle = "teal";
    pen.fillRect(0, 0, 640, 480);
    const data = new DataTransfer();
    data.items.add(new File([await canvas.convertToBlob({ type: "image/png" })], "sea.png", { type: "image/png" }));
    const input = document.querySelector("form.composer input[type=file]");
    input.files = data.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  });
  assert.ok(png);
  await page.waitForFunction(() => document.querySelector(".staged img")?.naturalWidth === 640);
  await write("by the sea");
  await message(alice, "by the sea").getByRole("button", { name: "Open the picture sea.png" }).waitFor();
});

test("in Firefox, too, what is written without a server waits over a reload, and is sent once", async () => {
  await toAlice();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined)); // it has the page
  await server.kill();
  await page.waitForSelector(".banner-link");
  await write("before the reload");
  await shown("before the reload", "pending");
  await page.reload({ waitUntil: "domcontentloaded" });
  await shown("before the reload", "pending");
  await write("after the reload");
  await server.start();
  await shown("before the reload");
  await shown("after the reload");
  for (const text of ["before the reload", "after the reload"]) {
    await stored(alice, text);
    assert.equal(await message(alice, text).count(), 1, text);
  }
});

test("a server that is killed loses nothing and doubles nothing in Firefox", async () => {
  await toAlice();
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

test("a Firefox without WebCodecs says why there are no calls and recordings; everything else works", async () => {
  const bare = await launchFirefox({ "dom.media.webcodecs.enabled": false });
  try {
    const other = await bare.newPage();
    other.setDefaultTimeout(PATIENCE);
    await other.goto(server.url);
    await other.waitForSelector("input[autocomplete=username]");
    assert.equal(await other.evaluate(() => "AudioEncoder" in globalThis), false);
    await other.type("input[autocomplete=username]", "fox");
    await other.type("input[autocomplete=current-password]", PASSWORD);
    await other.click("button[type=submit]");
    await other.waitForSelector("nav.list");
    await other.evaluate(() => { location.hash = "#@alice"; });
    const button = await other.waitForSelector(".voice-record-button");
    assert.deepEqual(await button.evaluate((each) => [each.disabled, /lacks WebCodecs/.test(each.title)]), [true, true]);
    await other.type("form.composer textarea", "text goes");
    await other.keyboard.press("Enter");
    await message(alice, "text goes").waitFor();
    await other.evaluate(() => [...document.querySelectorAll("header.conversation-head button")].find((each) => each.getAttribute("aria-label") === "Call").click());
    await other.waitForFunction(() => /lacks WebCodecs/.test(document.querySelector("dialog[open], .call-hints")?.textContent ?? ""));
  } finally {
    await bare.close();
  }
});
