// Calls, recorder and player as people use them, in Chromium with a microphone that speaks, without a
// server: clicks, keys and what is heard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { PATIENCE, launchChromium, person } from "./harness.mjs";
import { servePage, writeSpeech } from "./voice_page_server.mjs";

let served, browser, page;

before(async () => {
  served = await servePage("voice_views_page.tsx");
  browser = await launchChromium({ arguments_: [`--use-file-for-fake-audio-capture=${writeSpeech(join(served.folder, "speech.wav"), 6)}`] });
});

after(async () => {
  await browser.close();
  served.finish();
});

beforeEach(async () => { page = await person(browser, served.url); });

afterEach(async () => {
  assert.deepEqual(page.faults.filter((text) => !/favicon|404/.test(text)), []);
  await page.context().close();
});

const facts = () => page.evaluate("facts()");
const until = (condition, value) => page.waitForFunction(condition, value, { timeout: PATIENCE });

async function join_() {
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("button", { name: "Join now" }).click();
  await until(() => facts().status.microphone === "on" && facts().status.speakers.some((one) => one.played > 50));
}

// axe-core runs in a world of its own: the page's policy lets no other script in.
async function assertAccessible() {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  await session.send("Runtime.evaluate", { expression: axe, contextId });
  const { result } = await session.send("Runtime.evaluate", { contextId, awaitPromise: true, returnByValue: true,
    expression: `axe.run().then(({ violations }) => violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" | ")))` });
  assert.deepEqual(result.value, []);
}

test("the first call begins with a check: the level moves, one hears oneself, then one is in", async () => {
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await until(() => Number(document.querySelector("[role=meter]")?.ariaValueNow) > 20);
  await page.getByLabel("Hear yourself", { exact: false }).check();
  await assertAccessible();
  await page.getByRole("button", { name: "Join now" }).click();
  await until(() => facts().status.speakers.some((one) => one.name === "bob" && one.played > 50 && one.level > -60));
  assert.equal(await page.locator(".call-person.speaking").count(), 1);
  await assertAccessible();
  // Once checked, a click joins.
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await until(() => facts().call !== undefined);
});

test("mute sends nothing and warns who speaks; the key unmutes", async () => {
  await join_();
  await page.getByRole("button", { name: "Mute", exact: true }).click();
  await page.getByText("You are muted: nobody hears you.").waitFor();
  await until(() => !facts().status.sending);
  const { packets } = await facts();
  await page.waitForTimeout(300);
  assert.ok((await facts()).packets <= packets + 1);
  await page.keyboard.press("Control+Shift+M");
  await until((before) => facts().packets > before + 20, packets);
});

test("the screen stays awake in a call, also when the page was hidden meanwhile, and not behind it", async () => {
  await page.evaluate(() => {
    globalThis.locks = { held: [], released: 0 };
    const request = async (kind) => { locks.held.push(kind); return { release: async () => { locks.released++; } }; };
    Object.defineProperty(navigator, "wakeLock", { value: { request } });
  });
  await join_();
  assert.deepEqual(await page.evaluate("locks"), { held: ["screen"], released: 0 });
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))); // the browser has dropped it
  assert.deepEqual(await page.evaluate("locks"), { held: ["screen", "screen"], released: 0 });
  await page.getByRole("button", { name: "Leave" }).click();
  await until(() => locks.released === 1);
});

test("deafened one hears nobody, and is not heard", async () => {
  await join_();
  await page.getByRole("button", { name: "Deafen" }).click();
  await until(() => !facts().status.sending);
  assert.equal(await page.getByRole("button", { name: "Mute", exact: true }).getAttribute("aria-pressed"), "true");
});

test("push to talk: the key is chosen, and sends while it is held", async () => {
  await join_();
  await page.getByRole("button", { name: "Sound settings" }).click();
  await page.getByLabel("while I hold a key").check();
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByRole("button", { name: "Press a key …" }).press("F9");
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("Hold F9 to talk, while this page has the focus.").waitFor();
  await until(() => !facts().status.sending);
  await page.keyboard.down("F9");
  await until(() => facts().status.sending);
  await page.keyboard.up("F9");
  await until(() => !facts().status.sending);
});

test("one person louder or not at all; statistics", async () => {
  await join_();
  await page.getByRole("button", { name: "bob" }).click();
  await page.getByLabel("Volume", { exact: true }).fill("150");
  await page.getByRole("button", { name: "Mute for me" }).click();
  const { call } = await facts();
  assert.deepEqual(call.participants.find(({ name }) => name === "bob"), { name: "bob", speaking: true, muted: true, volume: 1.5 });
  await page.getByRole("button", { name: "Statistics" }).click();
  await page.getByRole("row", { name: /^bob 0/ }).waitFor();
  await assertAccessible();
});

test("over a lost connection the sound stays open, and says that it joins again", async () => {
  await join_();
  await page.evaluate("call({ state: 'rejoining' })");
  await page.getByText("Your seat is held", { exact: false }).waitFor();
  await page.evaluate("call({ state: 'in' })");
  const { packets, status } = await facts();
  assert.equal(status.microphone, "on");
  await until((before) => facts().packets > before + 20, packets);
});

test("a ring is answered or refused", async () => {
  await page.evaluate("ring('dora')");
  await page.getByText("dora calls you").waitFor();
  await assertAccessible();
  await page.getByRole("button", { name: "Refuse" }).click();
  assert.deepEqual((await facts()).done, ["refused"]);
});

test("hold, speak, let go: it is sent; it is played, and the next after it", async () => {
  const button = page.getByRole("button", { name: /^Record a voice message/ });
  const box = await button.boundingBox();
  for (let i = 1; i <= 2; i++) {
    await page.mouse.move(box.x + 10, box.y + 10);
    await button.hover();
    await page.mouse.down();
    await until(() => document.querySelector(".voice-record [role=timer]")?.textContent >= "0:01");
    await page.mouse.up();
    await until((n) => facts().files === n, i);
  }
  await page.getByRole("button", { name: "Play" }).first().click();
  await until(() => facts().done.length === 2);
  assert.deepEqual((await facts()).done, ["played 1", "played 2"]);
  await until(() => document.querySelector("button[aria-label=Pause]") === null);
  await page.getByRole("button", { name: "Speed: 1x" }).first().click();
  await page.getByRole("button", { name: "Speed: 1.5x" }).first().waitFor();
  await page.getByRole("slider", { name: "Position" }).first().press("Home");
  await assertAccessible();
});

test("sliding away and Esc cancel", async () => {
  const button = page.getByRole("button", { name: /^Record a voice message/ });
  const box = await button.boundingBox();
  await button.hover();
  await page.mouse.down();
  await until(() => document.querySelector(".voice-record [role=timer]") !== null);
  await page.mouse.move(box.x - 100, box.y + 10);
  await page.getByText("Let go to cancel").waitFor();
  await page.mouse.up();
  await until(() => document.querySelector(".voice-record [role=timer]") === null);
  await button.press("Enter"); // hands free
  await until(() => document.querySelector(".voice-record [role=timer]") !== null);
  await page.keyboard.press("Escape");
  await until(() => document.querySelector(".voice-record [role=timer]") === null);
  assert.equal((await facts()).files, 0);
});

test("hands free: listened to before it is sent", async () => {
  await page.getByRole("button", { name: /^Record a voice message/ }).press("Enter");
  await until(() => document.querySelector(".voice-record [role=timer]")?.textContent >= "0:01");
  await page.getByRole("button", { name: "Stop and listen" }).click();
  await Promise.all([ // it can be paused only as long as it is played
    page.getByRole("button", { name: "Pause" }).waitFor(), page.getByRole("button", { name: "Play" }).click()]);
  assert.equal((await facts()).files, 0);
  await page.getByRole("button", { name: "Send" }).click();
  await until(() => facts().files === 1);
});
