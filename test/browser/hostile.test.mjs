// What hostile people and a hostile server send does nothing in the page: it opens nothing, asks no
// other place for anything, breaks no policy, fits the screen; and the site refuses foreign pages.
import assert from "node:assert/strict";
import { randomFillSync } from "node:crypto";
import { after, before, test } from "node:test";
import { Fast, WebSocket, bytesOf, decodeMulti } from "./fast.mjs";
import { Server, launchChromium, person } from "./harness.mjs";
import { ELSEWHERE, HOMOGRAPHS, PAYLOADS } from "./payloads.mjs";
import { PASSWORD, choose, composer, go, logIn, message, press, say, stored } from "./people.mjs";

let server, browser, mallory, alice;
const happened = []; // what must not happen

async function guarded(page) {
  const own = new URL(server.url).host;
  page.on("dialog", (dialog) => { happened.push(`dialog ${dialog.message()}`); void dialog.dismiss(); });
  page.on("popup", (popup) => happened.push(`popup ${popup.url()}`));
  page.on("request", (request) => {
    const { host, protocol } = new URL(request.url());
    if (host !== own && protocol !== "blob:" && protocol !== "data:") happened.push(`request ${request.url()}`);
  });
  await page.exposeFunction("report", (text) => happened.push(text));
  await page.evaluate(() => document.addEventListener("securitypolicyviolation", (event) => globalThis.report(`${event.violatedDirective} ${event.blockedURI}`)));
  return page;
}

before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
  mallory = await (await new Fast(server.url).start()).enter("mallory", PASSWORD);
  await mallory.own("create_group", "trap");
  const member = await (await new Fast(server.url).start()).enter("alice", PASSWORD);
  await member.own("join_group", "trap");
  member.finish();
  alice = await guarded(await logIn(browser, server.url, "alice", { viewport: { width: 360, height: 640 } }));
});

after(async () => {
  mallory?.finish();
  await browser?.close();
  await server?.finish();
});

/** Nothing is wider than the page. */
const overflow = (page) => page.evaluate(() => [document.documentElement, document.body, document.querySelector(".messages-box"), document.querySelector("nav.list")]
  .filter((element) => element && element.scrollWidth > element.clientWidth).map((element) => `${element.className || element.tagName} ${element.scrollWidth} > ${element.clientWidth}`));

test("200 hostile texts are shown as texts and do nothing", async () => {
  assert.equal(PAYLOADS.length, 200);
  for (const text of PAYLOADS) {
    const answer = await mallory.ask("msg_group", "mallory", mallory.token, "trap", text);
    assert.ok([0, 1023].includes(answer[1]), JSON.stringify([text.slice(0, 40), answer])); // 1023: not sendable at all
  }
  await mallory.say("#trap", "the last one");
  await go(alice, "#trap");
  await alice.locator(".to-present").click();
  await message(alice, "the last one").waitFor();
  let shown = 0;
  for (let pages = 0; pages < 12; pages++) {
    const found = await alice.evaluate(() => {
      const bodies = [...document.querySelectorAll("article.message .message-body")];
      const bad = bodies.flatMap((body) => [...body.querySelectorAll("script, iframe, object, embed, link, style, base, meta, form, img, svg:not(.icon), video, audio, [onclick], [onerror], [onload], [style]")]);
      return { count: bodies.length, bad: bad.map((element) => element.outerHTML.slice(0, 200)),
        links: [...document.querySelectorAll("article.message a[href]")].map((link) => ({ href: link.href, rel: link.rel, target: link.target })) };
    });
    assert.deepEqual(found.bad, []);
    for (const { href, rel } of found.links) {
      assert.match(href, /^(https?|mailto|chinwag):/);
      assert.match(rel, /noopener|noreferrer/);
    }
    shown = Math.max(shown, found.count);
    assert.deepEqual(await overflow(alice), []);
    await alice.locator(".messages-box").evaluate((box) => { box.scrollTop = box.scrollHeight * 0.02; });
    if (await alice.locator(".messages-begin").count()) break;
  }
  assert.ok(shown >= 190, String(shown));
  assert.deepEqual(happened, []);
});

test("letters of another script in an address are shown as punycode", async () => {
  for (const [address, plain] of HOMOGRAPHS) {
    await mallory.say("#trap", address);
    await mallory.say("#trap", `[my bank](${address})`);
    await alice.waitForFunction((wanted) => [...document.querySelectorAll("article.message")].filter((each) => each.textContent.includes(wanted)).length >= 2, plain);
    assert.equal(await message(alice, address).count(), 0);
  }
  assert.deepEqual(happened, []);
});

test("hostile names of people, groups and files are cut to one line and do nothing", async () => {
  const name = `<img/src=x/onerror=alert(1)>${"\u0300".repeat(10)}`;
  const answer = await mallory.ask("create_group", "mallory", mallory.token, name);
  if (answer[1] === 0) await mallory.say(`#${name}`, "hello");
  const bytes = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><image href='http://elsewhere.invalid/x'/></svg>");
  const chooser = alice.waitForEvent("filechooser");
  await press(alice, "Attach a file");
  await (await chooser).setFiles({ name: "evil\u202egnp.svg", mimeType: "image/svg+xml", buffer: bytes });
  await composer(alice).press("Enter");
  await alice.locator("article.message:not(.message-pending) .file-card", { hasText: "evilgnp.svg" }).waitFor();
  assert.deepEqual(await overflow(alice), []);
  assert.deepEqual(happened, []);
});

/** What a server says with hostile texts in the place of all that people have written. */
function twisted(bytes, next) {
  const texts = new Set(["display", "topic", "status", "heading", "quote", "file_name", "reason", "client", "device", "content", "zone", "address", "value"]);
  const twist = (value) => (Array.isArray(value) ? value.map(twist)
    : value === null || typeof value !== "object" || value instanceof Uint8Array || "data" in value ? value
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, texts.has(key) && typeof inner === "string" ? next() : twist(inner)])));
  return bytesOf(...[...decodeMulti(bytes)].map(twist));
}

test("hostile texts do nothing on any screen", async () => {
  let at = 0;
  const page = await guarded(await person(browser, server.url, { viewport: { width: 360, height: 640 } }));
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const far = socket.connectToServer();
    far.onMessage((bytes) => socket.send(twisted(bytes, () => Array.from({ length: 10 }, () => PAYLOADS[at++ % PAYLOADS.length]).join(" "))));
  });
  await page.reload();
  await page.getByRole("tab", { name: "Create account" }).click();
  await page.getByLabel("Name", { exact: true }).fill("victim");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await press(page, "Create account");
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
  const other = await (await new Fast(server.url).start()).enter("screens", PASSWORD, { features: [] });
  await other.own("create_group", "stage", {});
  await other.own("set_topic", "stage", "a topic", {});
  await other.own("set_profile", "display", "A name", {});
  await other.own("set_profile", "status", "a status", {});
  const look = async (what) => {
    const bad = await page.evaluate(() => ({
      elements: [...document.querySelectorAll("body script, iframe, object, embed, base, form[action], img:not([src^='blob:']):not([src^='/']), [onclick], [onerror], [onload]")].map((each) => each.outerHTML.slice(0, 200)),
      controls: /[\u202a-\u202e\u2066-\u2069]/u.exec(document.body.innerText)?.input.slice(0, 80),
      wide: [document.documentElement, ...document.querySelectorAll("dialog[open], dialog[open] *")].filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1 && getComputedStyle(each).overflowX !== "hidden")
        .map((each) => `${each.className || each.tagName} ${each.scrollWidth} > ${each.clientWidth}`),
    }));
    assert.deepEqual(bad, { elements: [], controls: undefined, wide: [] }, what);
    assert.deepEqual(happened, [], what);
  };
  for (let round = 0; round < 3; round++) {
    await page.locator(".side-me").getByRole("button", { name: "Find groups and people" }).click();
    await page.getByRole("dialog").locator("li").first().waitFor();
    await look("directory");
    if (round === 0) await page.getByRole("dialog").getByRole("button", { name: "Join stage" }).click();
    else await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await other.say("#stage", "hello @victim");
    await other.say("victim", "hello");
    await go(page, "#stage");
    await page.locator("article.message").first().waitFor();
    await look("conversation");
    for (const button of ["Members", "Search here"]) {
      await page.locator(".conversation-head").getByRole("button", { name: button, exact: true }).click();
      await page.getByRole("dialog").waitFor();
      await look(button);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await go(page, "screens");
    await page.locator(".conversation-title").click();
    await page.getByRole("dialog").waitFor();
    await look("profile");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator(".narrow-only").first().click();
    for (const item of ["Settings", "Mentions"]) {
      await choose(page, item);
      await page.getByRole("dialog").waitFor();
      await look(item);
      const parts = page.locator("dialog[open] .parts-list button");
      for (let part = 0; part < await parts.count(); part++) {
        await parts.nth(part).evaluate((button) => button.click());
        await look(`${item}, ${await page.locator("dialog[open] .part h3").first().innerText()}`);
      }
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  }
  assert.ok(at >= PAYLOADS.length, `${at} texts`);
  other.finish();
  await page.context().close();
});

test("a server that sends random bytes, wrong types and 100,000 marks does not break the page", async () => {
  const page = await person(browser, "about:blank");
  const sockets = [];
  await page.routeWebSocket(/\/ws$/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await page.goto(server.url);
  await page.getByRole("tab", { name: "Create account" }).click();
  await page.getByLabel("Name", { exact: true }).fill("bob");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await press(page, "Create account");
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
  await go(page, "mallory");
  const wrong = [null, true, -1, 1e300, "text", Buffer.from([0xff, 0xfe]), [], [[[[[[[[[[1]]]]]]]]]], {}, { list: 7, id: "x", seq: -1, time: {}, of: [], user: 3 }];
  const actions = ["whisper", "msg_group", "voice_msg", "edit", "delete", "mark_read", "delivered", "typing", "presence", "profile", "group_event", "react", "unreact", "settings", "notify", "quiet_hours", "ring", "call_left", "call_data", "__proto__"];
  const hostile = [
    ...Array.from({ length: 50 }, (_none, at) => randomFillSync(Buffer.alloc(1 + at * 7))),
    Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]), Buffer.from([0xc6, 0xff, 0xff, 0xff, 0xff]), Buffer.alloc(20_000, 0x91), Buffer.alloc(0),
    ...actions.flatMap((action) => wrong.flatMap((value) => [bytesOf("update", action, value), bytesOf("update", action, value, value, value, value, { id: value, seq: value, time: value })])),
    ...wrong.map((value) => bytesOf("response", value, value, value)), bytesOf("response", "history", 0, { list: [null, 1, {}, { seq: "x" }], n: 12345 }),
    bytesOf("update", "whisper", "stranger", `a${"\u0300".repeat(100_000)}`, { seq: 1, time: Date.now() }),
  ];
  for (const bytes of hostile) sockets.at(-1).send(bytes);
  await say(page, "still here");
  await stored(page, "still here");
  await page.reload();
  await message(page, "still here").waitFor();
  await mallory.say("bob", "welcome back");
  await message(page, "welcome back").waitFor();
  assert.deepEqual(await overflow(page), []);
  assert.deepEqual(page.faults, []);
});

test("a page of another origin is refused, and a link of a file ends with the session", async () => {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}ws`, "chinwag.1", { origin: ELSEWHERE });
  const status = await new Promise((done) => {
    socket.on("unexpected-response", (_request, answer) => done(answer.statusCode));
    socket.on("open", () => done("opened"));
    socket.on("error", () => {});
  });
  assert.equal(status, 403);
  const chooser = alice.waitForEvent("filechooser");
  await press(alice, "Attach a file");
  await (await chooser).setFiles({ name: "secret.txt", mimeType: "text/plain", buffer: Buffer.from("secret") });
  await composer(alice).press("Enter");
  await message(alice, "secret.txt").waitFor();
  const download = alice.waitForEvent("download");
  await press(alice, "Download secret.txt");
  const link = (await download).url();
  const get = async () => (await fetch(link)).status;
  assert.equal(await get(), 200);
  await alice.locator(".narrow-only").first().click();
  await choose(alice, "Log out");
  await alice.getByRole("tab", { name: "Create account" }).waitFor();
  assert.equal(await get(), 404);
  assert.deepEqual(happened, []);
});
