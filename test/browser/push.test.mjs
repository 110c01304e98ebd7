// Push messages in both browsers: from what somebody writes to the notification, with a push service of
// the test's own. Debian's Chromium has none, so there the subscription is the test's, and what comes to
// its service is given to the browser by DevTools; Firefox has the test's service as its own.
import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { open } from "../push/unseal.mjs";
import { Fast } from "./fast.mjs";
import { PATIENCE, Server, launchChromium, launchFirefox } from "./harness.mjs";
import { PASSWORD, PREFERENCES, joinGroup, kept, message, press, signUp } from "./people.mjs";
import { PushService } from "./push_service.mjs";

let service, server, chromium, firefox;

before(async () => {
  service = await new PushService().start();
  process.env.CHINWAG_PASSWORD = PASSWORD;
  process.env.SSL_CERT_FILE = service.certificate;
  server = await new Server({ push_hosts: "localhost", push_private: "yes" }).start();
  delete process.env.SSL_CERT_FILE;
  chromium = await launchChromium();
  const made = await server.command("alice", ["register", "alice"]);
  assert.equal(made.status, 0, made.err);
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await server?.finish();
  service?.finish();
});

/** Alice is there all the time: by the command, so that no page of hers does anything else. */
const whisper = async (to, text) => {
  const sent = await server.command("alice", ["--as", "alice", "send", `@${to}`, text]);
  assert.equal(sent.status, 0, sent.err);
};

const openNotifications = async (page) => {
  await page.locator(".me-button").click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("button", { name: "Notifications" }).click();
  return dialog;
};

/** What the worker has shown, in a page or in the worker itself. */
const shown = () => navigator.serviceWorker.getRegistration().then((registration) => registration.getNotifications())
  .then((all) => all.map(({ title, body, tag, data }) => ({ title, body, tag, data })));

/** The worker's list of windows: who looks at the client is not told, and a page that has closed is in it
 * for a moment. */
const windowsCome = (worker, wanted) => until(async () => {
  const count = await worker.evaluate(() => clients.matchAll({ type: "window", includeUncontrolled: true }).then((all) => all.length));
  return count === wanted || `${count} windows`;
});

/** Ends when it is true; it fails with what was found last. */
async function until(ask) {
  for (const end = Date.now() + PATIENCE; ;) {
    const found = await ask();
    if (found === true) return;
    assert.ok(Date.now() < end, found);
  }
}

const workerReady = () => navigator.serviceWorker.ready.then((registration) => registration.active.state === "activated");

test("Chromium: after the first mention one is asked, once, and told from then on if one wants", async () => {
  const dora = await new Fast(server.url).start();
  await dora.enter("dora", PASSWORD);
  await dora.own("create_group", "cooks");
  const question = (page) => page.getByRole("region", { name: "Notifications" });
  for (const [name, answer, on] of [["carol", "Tell me", true], ["dan", "Not now", false]]) {
    const page = await signUp(chromium, server.url, name, { permissions: ["notifications"] });
    await page.context().addInitScript(([endpoint, p256dh]) => {
      const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
      PushManager.prototype.subscribe = async () => ({ endpoint, getKey: (key) => (key === "auth" ? new Uint8Array(16).buffer : bytes(p256dh)), unsubscribe: async () => true });
    }, [new URL(name, service.url).href, createECDH("prime256v1").generateKeys("base64")]);
    await page.reload();
    await page.waitForFunction(workerReady);
    await joinGroup(page, "cooks");
    await dora.say("#cooks", `${name} is here`);
    await message(page, `${name} is here`).waitFor();
    assert.equal(await question(page).count(), 0);
    await dora.say("#cooks", `@${name} soup is ready`);
    await question(page).getByText("Somebody has mentioned you.").waitFor();
    await press(question(page), answer);
    await question(page).waitFor({ state: "detached" });
    await kept(page, PREFERENCES, { asked: true });
    await page.reload();
    await page.getByRole("navigation", { name: "Conversations" }).waitFor();
    await dora.say("#cooks", `@${name} and bread`);
    await message(page, `@${name} and bread`).waitFor();
    const dialog = await openNotifications(page);
    await dialog.getByRole("group", { name: "While this page is closed" }).waitFor();
    await page.waitForFunction((wanted) => document.querySelector('dialog [role="switch"]')?.checked === wanted, on);
    assert.equal(await page.locator(".notes").count(), 0);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
  dora.finish();
});

test("Chromium: switched on in the settings, sealed by the server, shown by the worker", async () => {
  const browser = createECDH("prime256v1");
  browser.generateKeys();
  const auth = randomBytes(16);
  const bob = await signUp(chromium, server.url, "bob", { permissions: ["notifications"] });
  const context = bob.context();
  await context.addInitScript(([endpoint, p256dh, secret]) => {
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
    PushManager.prototype.subscribe = async function (options) {
      globalThis.askedFor = options;
      return { endpoint, getKey: (name) => bytes(name === "auth" ? secret : p256dh), unsubscribe: async () => true };
    };
  }, [new URL("bob", service.url).href, browser.getPublicKey("base64"), auth.toString("base64")]);
  await bob.reload();
  await bob.waitForFunction(workerReady);
  const dialog = await openNotifications(bob);
  const on = dialog.getByRole("switch", { name: "Tell me of new messages on this device" });
  await on.click();
  const withText = dialog.getByRole("switch", { name: "Show who wrote, and what" });
  await withText.waitFor();
  assert.equal(await on.isChecked(), true);
  assert.equal(await withText.isChecked(), false);
  const asked = await bob.evaluate(() => globalThis.askedFor);
  assert.equal(asked.userVisibleOnly, true);
  assert.equal(Buffer.from(asked.applicationServerKey, "base64url").length, 65);
  assert.deepEqual(bob.faults, []);

  // The page is closed; its session stays.
  const watch = await context.newPage();
  await watch.goto("about:blank");
  const devtools = await context.newCDPSession(watch);
  const registration = new Promise((done) => devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    const own = registrations.find(({ scopeURL }) => scopeURL === server.url);
    if (own) done(own.registrationId);
  }));
  await devtools.send("ServiceWorker.enable");
  const registrationId = await registration;
  const [worker] = context.serviceWorkers();
  await bob.close();
  await windowsCome(worker, 0);

  const deliver = async () => {
    const { path, body } = await service.post();
    assert.equal(path, "/bob");
    const data = open(body, browser, auth);
    await devtools.send("ServiceWorker.deliverPushMessage", { origin: new URL(server.url).origin, registrationId, data });
    return JSON.parse(data);
  };
  const notifications = () => worker.evaluate(() => registration.getNotifications()
    .then((all) => all.map(({ title, body, tag, data }) => ({ title, body, tag, data }))));
  // Chromium forgets one that is asked for while it comes up: they are counted as they are shown.
  await worker.evaluate(() => {
    globalThis.shown = 0;
    const show = registration.showNotification.bind(registration);
    registration.showNotification = (...all) => show(...all).then(() => { globalThis.shown++; });
  });
  const expectShown = async (count, wanted) => {
    await until(async () => await worker.evaluate(() => globalThis.shown) === count || "no notification came up");
    assert.deepEqual(await notifications(), [wanted]);
  };
  await whisper("bob", "a secret");
  const said = await deliver();
  assert.deepEqual(Object.keys(said), ["new"]);
  await expectShown(1, { title: "Chinwag", body: "There is a new message.", tag: String(said.new), data: "" });

  // With the text, and where a click leads: to the page that is open by then.
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
  const again = await openNotifications(page);
  await again.getByRole("switch", { name: "Show who wrote, and what" }).click();
  await kept(page, ["chinwag", "account", "push"], { withText: true });
  await page.close();
  await windowsCome(worker, 0);
  await whisper("bob", "soup is **ready**");
  const { new: tag } = await deliver();
  assert.equal(tag, said.new); // one conversation
  await expectShown(2, { title: "alice", body: "soup is **ready**", tag: String(tag), data: "#@alice" });
  const back = await context.newPage();
  await back.goto(server.url, { waitUntil: "commit" }); // it does not listen yet, and is told again
  await windowsCome(worker, 1);
  await worker.evaluate(async () => {
    const [notification] = await registration.getNotifications();
    dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  });
  await back.waitForFunction(() => location.hash === "#@alice");
  await until(async () => (await notifications()).length === 0 || "the notification stays");

  // After logout there is neither a worker nor anything kept, and nothing comes.
  await back.locator(".me-button").click();
  await back.getByRole("menuitem", { name: "Log out" }).click();
  await back.getByRole("button", { name: "Log in" }).first().waitFor();
  await back.waitForFunction(() => navigator.serviceWorker.getRegistration().then((found) => found === undefined));
  await whisper("bob", "bob has gone");
  assert.deepEqual(service.posts, []);
  await context.close();
});

test("Firefox: the whole way, with its own keys", async () => {
  firefox = await launchFirefox({ "dom.push.serverURL": service.autopush, "dom.push.testing.allowInsecureServerURL": true,
    "dom.push.connection.enabled": true, "dom.push.alwaysConnect": true, "permissions.default.desktop-notification": 1,
    "alerts.useSystemBackend": false }); // there is no desktop that shows them
  const page = await firefox.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(server.url);
  await page.waitForSelector("input[autocomplete=username]");
  await page.evaluate(() => [...document.querySelectorAll("[role=tab]")].find((tab) => tab.textContent === "Create account").click());
  await page.waitForSelector("input[autocomplete=new-password]");
  await page.type("input[autocomplete=username]", "fox");
  await page.type("input[autocomplete=new-password]", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForSelector("nav.list");
  await page.waitForFunction(workerReady);
  const click = async (selector, text) => {
    await page.waitForFunction((wanted, label) => {
      const found = [...document.querySelectorAll(wanted)].find((each) => label === undefined || each.textContent.trim() === label);
      found?.click();
      return found !== undefined;
    }, {}, selector, text);
  };
  await click(".me-button");
  await click("[role=menuitem]", "Settings");
  await click("dialog .parts-list button", "Notifications");
  await click("dialog .switch label", "Tell me of new messages on this device");
  await click("dialog .switch label", "Show who wrote, and what");
  await page.waitForFunction(() => [...document.querySelectorAll("[role=switch]")].slice(0, 2).every((each) => each.checked && !each.disabled));
  // Not the client itself, and not seen: who looks at the client is not told.
  await page.goto(`${server.url}healthz`);
  await (await firefox.newPage()).bringToFront();
  await page.waitForFunction(() => document.visibilityState === "hidden", { polling: 100 });
  await whisper("fox", "Grüße, 你好");
  const { path, headers } = await service.post();
  assert.ok(service.channels.has(path));
  assert.match(headers.authorization, /^vapid t=/);
  await page.waitForFunction(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/");
    return (await registration.getNotifications()).length === 1;
  }, { polling: 100 });
  const [{ title, body, data }] = await page.evaluate(shown);
  assert.deepEqual({ title, body, data }, { title: "alice", body: "Grüße, 你好", data: "#@alice" });
});
