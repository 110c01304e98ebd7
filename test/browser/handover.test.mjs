// Several tabs of one browser in real Chromium: how fast the connection and a call pass to the next
// one, and that exactly one has it also where there are no Web Locks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, launchChromium } from "./harness.mjs";
import { go, makeGroup, press, signUp, signUpFirst } from "./people.mjs";

let server, browser;
before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
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

test("when the leading tab is closed the next one is attached within 1 s", async (t) => {
  const first = await signUpFirst(browser, server.url, "ada");
  const context = first.context();
  await context.addInitScript(watchTimes);
  await first.reload();
  await first.locator(".shell").waitFor();
  const second = await tab(context), third = await tab(context);
  assert.deepEqual([await sockets(second), await sockets(third)], [0, 0]);
  const took = await handOver(first, second);
  t.diagnostic(`${Math.round(took)} ms`);
  assert.ok(took > 0 && took < 1_000, `${took} ms`);
  assert.equal(await sockets(third), 0);
  await context.close();
});

test("without Web Locks one of three tabs has the connection, and the next one within 1 s", async (t) => {
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
  assert.ok(times.flat()[0] < 1_000, `${times.flat()[0]} ms`);
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
