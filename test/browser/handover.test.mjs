// Several tabs of one browser in real Chromium: how fast the connection and a call pass to the next
// one, and that exactly one has it also where there are no Web Locks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, launchChromium } from "./harness.mjs";
import { go, makeGroup, press, say, signUp, signUpFirst, stored } from "./people.mjs";

// The aim is 1 s, which a loaded machine may miss: the figure is printed. What is asserted is that no
// timer of the server (10 s for a seat) has to end first.
const LIMIT = 5_000; /* ms */

let server, browser;
before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
  await (await signUpFirst(browser, server.url, "zoe")).context().close(); // to whom others write
});
after(async () => {
  await browser.close();
  await server.finish();
});

/** Notes when this page was closed, and when the server answered its first request: attach. Both by
 * performance.now(), from the same origin of time. */
function watchTimes() {
  const now = () => performance.timeOrigin + performance.now();
  addEventListener("pagehide", () => localStorage.setItem("closed", String(now())));
  const Real = WebSocket;
  globalThis.sockets = 0;
  globalThis.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      globalThis.sockets++;
      this.addEventListener("message", () => { globalThis.attached ??= now(); }, { once: true });
    }
  };
}

async function tab(context) {
  const page = await context.newPage();
  await page.goto(server.url);
  await page.locator(".shell").waitFor();
  return page;
}

const sockets = (page) => page.evaluate(() => globalThis.sockets);

async function handOver(closing, next) {
  await closing.close({ runBeforeUnload: true }); // as a user does it: with pagehide
  await next.waitForFunction(() => globalThis.attached !== undefined);
  return next.evaluate(() => globalThis.attached - Number(localStorage.getItem("closed")));
}

test("when the leading tab is closed the next one is attached soon", async (t) => {
  const first = await signUp(browser, server.url, "ada");
  const context = first.context();
  await context.addInitScript(watchTimes);
  await first.reload();
  await first.locator(".shell").waitFor();
  const second = await tab(context), third = await tab(context);
  assert.deepEqual([await sockets(second), await sockets(third)], [0, 0]);
  const took = await handOver(first, second);
  t.diagnostic(`${Math.round(took)} ms`);
  assert.ok(took > 0 && took < LIMIT, `${took} ms`);
  assert.equal(await sockets(third), 0);
  await context.close();
});

test("without Web Locks one of three tabs has the connection, and the next one soon after it", async (t) => {
  const first = await signUp(browser, server.url, "bob");
  const context = first.context();
  await context.addInitScript(watchTimes);
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined }));
  await first.reload();
  await first.locator(".shell").waitFor();
  const second = await tab(context), third = await tab(context);
  assert.deepEqual([await sockets(first), await sockets(second), await sockets(third)], [1, 0, 0]);
  await first.close({ runBeforeUnload: true });
  await Promise.any([second, third].map((page) => page.waitForFunction(() => globalThis.attached !== undefined)));
  const times = await Promise.all([second, third].map((page) =>
    page.evaluate(() => (globalThis.attached === undefined ? [] : [globalThis.attached - Number(localStorage.getItem("closed"))]))));
  t.diagnostic(`${times.flat().map(Math.round)} ms`);
  assert.equal(times.flat().length, 1);
  assert.ok(times.flat()[0] < LIMIT, `${times.flat()[0]} ms`);
  await context.close();
});

test("a call is shown in all tabs, and goes on in the next one when its tab is closed", async () => {
  const first = await signUp(browser, server.url, "cyd");
  const context = first.context();
  await makeGroup(first, "cooks");
  const second = await tab(context);
  await go(second, "#cooks");
  await second.getByRole("button", { name: "Call", exact: true }).click(); // a tab that does not lead
  await second.getByRole("button", { name: "Join now" }).click();
  await second.locator(".call-bar .call-person").first().waitFor();
  await first.locator(".call-bar").getByText("In another tab").waitFor();
  await second.close({ runBeforeUnload: true });
  await first.locator(".call-bar .call-person").first().waitFor();
  await first.getByText("The call goes on in this tab").waitFor();
  await first.locator(".call-bar").getByText("Your seat is held").waitFor({ state: "detached" });
  await press(first, "Leave");
  await first.locator(".call-bar").waitFor({ state: "detached" });
  await context.close();
});

test("back closes a screen and stays in the conversation; closed by its button it leaves no entry", async () => {
  const page = await signUp(browser, server.url, "eve", { viewport: { width: 360, height: 640 } });
  await go(page, "bob");
  await go(page, "cyd");
  const settings = page.getByRole("dialog", { name: "Settings" });
  const open = async () => {
    await page.evaluate(() => document.querySelector(".me-button").click());
    await page.getByRole("menuitem", { name: "Settings" }).click();
    await settings.waitFor();
  };
  const hash = () => page.evaluate(() => location.hash);
  await open();
  await page.goBack();
  await settings.waitFor({ state: "detached" });
  assert.equal(await hash(), "#@cyd");
  await open();
  await settings.getByRole("button", { name: "Close" }).click();
  await settings.waitFor({ state: "detached" });
  await page.waitForFunction(() => history.state === null);
  await page.goBack();
  await page.waitForFunction(() => location.hash === "#@bob");
  await page.context().close();
});

test("what is shared to the client becomes a draft of the conversation that is chosen", async () => {
  const page = await signUp(browser, server.url, "fay");
  await go(page, "zoe");
  await say(page, "hello"); // an empty conversation is not kept
  await stored(page, "hello");
  await page.goto(`${server.url}share?title=Soup&url=https://example.org/soup`);
  const asked = page.getByRole("dialog", { name: "Share to" });
  await asked.getByRole("option", { name: "zoe" }).click();
  await page.locator("form.composer textarea").waitFor();
  assert.equal(await page.locator("form.composer textarea").inputValue(), "Soup\nhttps://example.org/soup");
  assert.equal(await page.evaluate(() => location.pathname + location.hash), "/#@zoe");
  await page.context().close();
});

test("messages that are written faster than they are stored stay in order", async (t) => {
  const page = await signUp(browser, server.url, "gil");
  await go(page, "zoe");
  const took = await page.evaluate(async () => {
    const field = document.querySelector("form.composer textarea");
    const begin = performance.now();
    for (let i = 0; i < 60; i++) {
      field.value = `m${i}`;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      await new Promise((done) => setTimeout(done));
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      await new Promise((done) => setTimeout(done));
    }
    while (document.querySelector(".message-pending") !== null || document.querySelectorAll("article.message").length < 60)
      await new Promise((done) => requestAnimationFrame(done));
    return performance.now() - begin;
  });
  t.diagnostic(`${Math.round(took)} ms`);
  const shown = await page.locator("article.message .message-body").allInnerTexts();
  assert.deepEqual(shown, Array.from({ length: 60 }, (_none, i) => `m${i}`));
  await page.context().close();
});
