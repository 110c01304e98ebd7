// The screens of lists and settings (web/src/view/screens) in Chromium against a real chinwagd, by
// what a user sees and does: labels and buttons. The page (web/test/pages/screens.tsx) has the real
// client and the screens alone. It is put in the place of the server's own under a stricter policy
// than the site's: whatever breaks it is logged as an error, which fails the test.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PATIENCE, Server, launchChromium, person } from "./harness.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const web = join(here, "../../web");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; "
  + "require-trusted-types-for 'script'; trusted-types 'none'";
const PASSWORD = "correct horse";
const SHOTS = process.env.CHINWAG_SHOTS; // a folder: screenshots of every screen are left there

let server, browser, files, ada, bob;

/** The page and its chunks, by path. */
async function bundle() {
  const { build } = await import(pathToFileURL(join(web, "node_modules/esbuild/lib/main.js")));
  const made = await build({
    entryPoints: { page: join(web, "test/pages/screens.tsx") }, outdir: "/page", bundle: true, splitting: true, format: "esm",
    write: false, jsx: "automatic", jsxImportSource: "preact", absWorkingDir: web, logLevel: "warning", target: "es2022",
  });
  const html = '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    + '<title>Screens</title><link rel="stylesheet" href="/page/page.css"><script type="module" src="/page/page.js"></script></head>'
    + '<body><main id="page"></main><button id="before">Before</button></body></html>';
  return new Map([["/", html], ...made.outputFiles.map((file) => [file.path, file.text])]);
}

const typeOf = (path) => (path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "text/html");

async function open(options) {
  // A page that the test has put there counts as one from elsewhere, which asks before it talks to this machine.
  const page = await person(browser, "about:blank", { permissions: ["local-network-access"], ...options });
  await page.route((url) => files.has(url.pathname) && url.origin === new URL(server.url).origin, (route) => {
    const path = new URL(route.request().url()).pathname;
    return route.fulfill({ body: files.get(path), headers: { "content-type": `${typeOf(path)}; charset=utf-8`, "content-security-policy": POLICY } });
  });
  await page.goto(server.url);
  await page.waitForFunction(() => globalThis.client !== undefined);
  return page;
}

/** Registers and waits until the lists have come. */
async function enter(name, options) {
  const page = await open(options);
  const outcome = await page.evaluate(([username, password]) => actions.register({ username, password, temporary: true }), [name, PASSWORD]);
  assert.equal(outcome.ok, true, JSON.stringify(outcome));
  await page.waitForFunction(() => client.state.value.phase === "in" && client.state.value.link.state === "up");
  return page;
}

const show = async (page, request) => {
  await page.evaluate((wanted) => openScreen(wanted), request);
  return page.getByRole("dialog");
};

const close = async (page) => {
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
};

const press = (place, name) => place.getByRole("button", { name, exact: true }).click();

/** Waits until the place says it. */
const says = (place, text) => place.getByText(text).first().waitFor();

/** RFC 6238 with SHA-1 and 30 s, `steps` from now. */
function totp(secret, steps = 0) {
  const bits = [...secret.replaceAll(" ", "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** axe-core finds nothing serious, all that is pressed is 44 px high, nothing is wider than the page. */
async function examine(page, name) {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  });
  assert.deepEqual(found, [], name);
  const misfits = await page.evaluate(() => [...document.querySelectorAll("dialog button, dialog select, dialog a.button, dialog .field input")]
    .filter((element) => element.getClientRects().length > 0)
    .map((element) => ({ box: element.getBoundingClientRect(), html: element.outerHTML.slice(0, 120) }))
    .filter(({ box }) => box.height < 44 || box.right > innerWidth + 1).map(({ html }) => html));
  assert.deepEqual(misfits, [], name);
}

before(async () => {
  [server, files, browser] = await Promise.all([new Server().start(), bundle(), launchChromium()]);
});
after(async () => {
  await browser?.close();
  await server?.finish();
});

test("the first user of a fresh server makes a group for newcomers and gets a link", async () => {
  ada = await enter("ada");
  const dialog = ada.getByRole("dialog", { name: "Your server is ready" });
  await dialog.waitFor();
  await dialog.getByLabel("Name of the first group").fill("kitchen");
  await press(dialog, "Make the group");
  assert.match(await dialog.getByLabel("Invitation link").inputValue(), /^http:\/\/127\.0\.0\.1:\d+\/join#[0-9a-f-]{36}$/);
  await press(dialog, "Begin to talk");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await ada.evaluate(() => client.state.value.current), "#kitchen");
});

test("who registers is a member; gets a role, is muted, removed, banned, and let in again", async () => {
  bob = await enter("bob");
  await bob.waitForFunction(() => client.state.value.conversations.has("#kitchen"));
  assert.equal(await bob.getByRole("dialog").count(), 0);
  const dialog = await show(ada, { screen: "group", group: "kitchen", part: "members" });
  const row = dialog.getByRole("listitem").filter({ hasText: "bob" });
  await press(row, "Manage bob");
  await press(row, "Make moderator");
  await says(row, "moderator");
  await press(row, "Manage bob");
  await row.getByLabel("For how long").selectOption("86400");
  await press(row, "Mute");
  await says(row, /muted until/);
  await press(row, "Manage bob");
  await press(row, "End the mute");
  await says(dialog, "bob may write again.");
  await press(row, "Manage bob");
  await press(row, "Remove");
  await press(row.getByRole("group"), "Remove");
  await row.waitFor({ state: "detached" });
  await bob.waitForFunction(() => !client.state.value.conversations.has("#kitchen"));
  await dialog.getByText("Ban somebody who is not a member").click();
  await dialog.getByLabel("Name", { exact: true }).fill("bob");
  await press(dialog, "Ban");
  await says(row, "banned");
  assert.equal((await bob.evaluate(() => actions.ask("join_group", ["kitchen"]))).refusal.code, 1027);
  await press(row, "Manage bob");
  await press(row, "End the ban");
  await row.waitFor({ state: "detached" });
});

test("settings of the group are kept by the server; a refusal is said", async () => {
  const dialog = await show(ada, { screen: "group", group: "kitchen", part: "settings" });
  await dialog.getByLabel("Topic").fill("What is for dinner");
  await dialog.getByRole("button", { name: "Save" }).first().click();
  await says(dialog, "Saved.");
  for (const [label, value] of [["Who may join", "invited"], ["Messages are kept", "90"], ["Slow mode", "10"], ["Earlier texts of edited messages", "7"]]) {
    const field = dialog.getByLabel(label, { exact: true });
    await field.selectOption(value);
    await ada.waitForFunction(() => [...document.querySelectorAll("select")].every((each) => !each.disabled));
  }
  await dialog.getByLabel("Announcements only").check();
  await says(dialog, "Saved.");
  await dialog.getByLabel("Topic").fill("x".repeat(300));
  await dialog.getByRole("button", { name: "Save" }).first().click();
  await says(dialog.getByRole("alert"), "A topic has at most 256 bytes");
  await close(ada);
  await show(ada, { screen: "group", group: "kitchen", part: "settings" });
  await dialog.getByLabel("Topic").waitFor();
  assert.equal(await dialog.getByLabel("Topic").inputValue(), "What is for dinner");
  assert.equal(await dialog.getByLabel("Who may join", { exact: true }).inputValue(), "invited");
  assert.equal(await dialog.getByLabel("Messages are kept", { exact: true }).inputValue(), "90");
  assert.equal(await dialog.getByLabel("Announcements only").isChecked(), true);
});

test("an invitation to the group is made, used, and another one withdrawn", async () => {
  const dialog = await show(ada, { screen: "group", group: "kitchen", part: "invitations" });
  await press(dialog, "Make an invitation");
  const link = await dialog.getByLabel("Link to send").inputValue();
  const joined = await bob.evaluate((invitation) => actions.ask("join_group", ["kitchen"], { invitation }), link.split("/").at(-1));
  assert.equal(joined.ok, true);
  await dialog.getByLabel("For", { exact: true }).selectOption("5");
  await press(dialog, "Make an invitation");
  await says(dialog, "For 5 more people");
  await press(dialog.getByRole("listitem").filter({ hasText: "For 5 more people" }), "Withdraw");
  await dialog.getByText("For 5 more people").waitFor({ state: "detached" });
});

test("messages are found, with context, and open in their place; pins and mentions are listed", async () => {
  await ada.evaluate(() => { actions.send("#kitchen", "pumpkin soup at noon"); actions.send("#kitchen", "@bob bring bread"); });
  await ada.waitForFunction(() => client.state.value.outboxLength === 0);
  const found = await show(ada, { screen: "search" });
  await found.getByLabel("Words").fill("pumpkin");
  const result = found.getByText("pumpkin soup at noon").first();
  for (let waited = 0; waited < PATIENCE && await result.count() === 0; waited += 250) {
    await press(found, "Search");
    await result.waitFor({ timeout: 250 }).catch(() => {});
  }
  await press(found, "Context");
  await says(found, "@bob bring bread");
  await examine(ada, "search");
  await result.click();
  await found.waitFor({ state: "detached" });
  assert.deepEqual(await ada.evaluate(() => [client.state.value.current, client.state.value.target]), ["#kitchen", 1]);
  assert.equal((await ada.evaluate(() => actions.ask("pin", ["kitchen", 1]))).ok, true);
  const pins = await show(ada, { screen: "group", group: "kitchen", part: "pins" });
  await says(pins, "pumpkin soup at noon");
  await press(pins, "Unpin");
  await says(pins, /No message is pinned here/);
  const mentions = await show(bob, { screen: "mentions" });
  await says(mentions, "@bob bring bread");
  assert.equal((await ada.evaluate(() => actions.ask("edit", ["#kitchen", 1, "pumpkin soup at one"]))).ok, true);
  const versions = await show(ada, { screen: "versions", group: "kitchen", seq: 1 });
  await says(versions, "pumpkin soup at noon");
});

test("a profile: name, status with an end, picture; others see the name beside the display name", async () => {
  const dialog = await show(ada, { screen: "settings", part: "profile" });
  await dialog.getByLabel("Display name").fill("Ada L.");
  await dialog.getByRole("button", { name: "Save" }).first().click();
  await says(dialog, "Ada L.");
  await dialog.getByLabel("Status").fill("At lunch");
  await dialog.getByLabel("It ends").selectOption("60");
  await dialog.getByRole("button", { name: "Save" }).nth(1).click();
  await says(dialog, /Shown until/);
  const png = await ada.screenshot({ clip: { x: 0, y: 0, width: 300, height: 200 } });
  await dialog.getByLabel("Choose a picture").setInputFiles({ name: "me.png", mimeType: "image/png", buffer: png });
  await dialog.locator("img.avatar").waitFor();
  await ada.waitForFunction(() => document.querySelector("img.avatar").naturalWidth === 256);
  await dialog.getByLabel("List me in the directory").check();
  await says(dialog, "Saved.");
  const seen = await show(bob, { screen: "profile", name: "ada" });
  await says(seen, "(ada)");
  await says(seen, "At lunch");
  await press(seen, "Add to contacts");
  await says(seen, "Added to your contacts.");
  await examine(bob, "profile");
  const directory = await show(bob, { screen: "directory" });
  await press(directory, "People");
  await says(directory, "Ada L.");
});

test("another device logs in by a link and six digits, is listed, renamed and ended", async () => {
  const dialog = await show(ada, { screen: "settings", part: "devices" });
  const part = dialog.getByRole("group", { name: "Log in on another device" });
  await part.getByLabel("Your password").fill("wrong horse");
  await press(part, "Make a link");
  await says(part.getByRole("alert"), /password/);
  await part.getByLabel("Your password").fill(PASSWORD);
  await press(part, "Make a link");
  const link = await part.getByLabel("Link", { exact: true }).inputValue();
  const tablet = await open();
  const entering = tablet.evaluate((secret) => actions.loginByLink(secret, "481516"), link.split("/").at(-1));
  for (let waited = 0; waited < PATIENCE && await part.getByLabel(/^Digits/).count() === 1; waited += 200) {
    await part.getByLabel(/^Digits/).fill("481516");
    await press(part, "Log that device in").catch(() => {});
    await says(dialog, "The other device is logged in.").catch(() => {});
  }
  assert.equal((await entering).ok, true);
  await show(ada, { screen: "settings" });
  await show(ada, { screen: "settings", part: "devices" });
  const list = dialog.getByRole("group", { name: "Logged in" }).getByRole("listitem");
  await list.nth(1).waitFor();
  const other = list.filter({ has: ada.getByRole("button", { name: "End", exact: true }) });
  await press(other, "Rename");
  await dialog.getByLabel("Your name for it").fill("kitchen tablet");
  await dialog.locator("form").filter({ has: ada.getByLabel("Your name for it") }).getByRole("button", { name: "Rename" }).click();
  await says(dialog, "kitchen tablet");
  await examine(ada, "devices");
  await press(dialog.getByRole("listitem").filter({ hasText: "kitchen tablet" }), "End");
  await tablet.waitForFunction(() => client.state.value.phase === "out");
  await tablet.context().close();
});

test("a second factor is turned on with the app's code, asked for, and turned off", async () => {
  const dialog = await show(bob, { screen: "settings", part: "factor" });
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await press(dialog, "Turn it on");
  const secret = await dialog.getByLabel("Secret", { exact: true }).inputValue();
  await dialog.getByRole("img", { name: "The secret as a QR code" }).waitFor();
  await examine(bob, "factor");
  await dialog.getByLabel("Code that the app shows now").fill(totp(secret));
  await press(dialog, "Confirm");
  await says(dialog, /10 recovery codes are left/);
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByLabel("Code of the second factor").fill(totp(secret, 1));
  await press(dialog, "Make new recovery codes");
  const recovery = await dialog.locator(".codes li").first().textContent();
  await dialog.getByLabel("Code of the second factor").fill("000000");
  await press(dialog, "Turn it off");
  await says(dialog.getByRole("alert"), /code is wrong/);
  await dialog.getByLabel("Code of the second factor").fill(recovery);
  await press(dialog, "Turn it off");
  await says(dialog, "The second factor is off.");
});

test("passwords of programs, bots and hooks: each secret is shown once", async () => {
  const dialog = await show(ada, { screen: "settings", part: "devices" });
  const part = dialog.getByRole("group", { name: "Passwords for programs" });
  await part.getByLabel("For which program").fill("backup script");
  await part.getByLabel("Your password").fill(PASSWORD);
  await press(part, "Make a password");
  assert.match(await part.getByLabel("Password of the program").inputValue(), /^dev-[a-z2-7]{32}$/);
  await press(part.getByRole("listitem"), "Remove");
  await says(part, "No program has a password of its own.");
  await show(ada, { screen: "settings", part: "bots" });
  await dialog.getByLabel("Name of the bot").fill("deploys");
  await press(dialog, "Make a bot");
  assert.equal((await dialog.getByLabel("Secret of deploys").inputValue()).length, 43);
  await show(ada, { screen: "group", group: "kitchen", part: "bots" });
  await press(dialog, "Put it into the group");
  await says(dialog, "deploys is in the group.");
  await press(dialog, "Make a hook");
  assert.match(await dialog.getByLabel("Address to POST to").inputValue(), /\/hook\/[\w-]{43}$/);
  await examine(ada, "bots");
  await press(dialog.getByRole("listitem"), "Remove");
  await says(dialog, "This group has no hooks.");
});

test("notifications: quiet hours, receipts and levels are kept by the server", async () => {
  const dialog = await show(bob, { screen: "settings", part: "notifications" });
  await dialog.getByLabel("Be told of nothing at certain hours").check();
  await dialog.getByLabel("From").fill("21:30");
  await dialog.getByLabel("Sunday").uncheck();
  await press(dialog, "Save");
  await says(dialog, "Saved.");
  await dialog.getByLabel("Tell others what I have read").uncheck();
  await dialog.getByLabel(/What you are told of in/).first().selectOption("all");
  await show(bob, { screen: "settings", part: "blocked" });
  await show(bob, { screen: "settings", part: "notifications" });
  await bob.waitForFunction(() => document.querySelector('input[type="time"]')?.value === "21:30");
  assert.equal(await dialog.getByLabel("Sunday").isChecked(), false);
  await bob.waitForFunction(() => document.querySelectorAll('[role="switch"]')[1].checked === false);
  await examine(bob, "notifications");
});

test("who is blocked is listed, and let in again; the password is changed", async () => {
  const dialog = await show(bob, { screen: "settings", part: "blocked" });
  await dialog.getByLabel("Name").fill("ada");
  await press(dialog, "Block");
  await says(dialog, "ada is blocked.");
  await press(dialog.getByRole("listitem"), "Unblock");
  await says(dialog, "You have blocked nobody.");
  await show(bob, { screen: "settings", part: "password" });
  await dialog.getByLabel("Present password").fill(PASSWORD);
  await dialog.getByLabel("New password", { exact: true }).fill("battery staple");
  await dialog.getByLabel("New password again").fill("battery staple");
  await press(dialog, "Change the password");
  await says(dialog, "The password is changed.");
});

test("colours are chosen, and last over a reload", async () => {
  const dialog = await show(bob, { screen: "settings", part: "appearance" });
  await dialog.getByLabel("Dark").check();
  assert.equal(await bob.evaluate(() => getComputedStyle(document.querySelector("dialog")).backgroundColor), "rgb(27, 29, 35)");
  await dialog.getByLabel("Light").check();
  assert.equal(await bob.evaluate(() => getComputedStyle(document.querySelector("dialog")).backgroundColor), "rgb(255, 255, 255)");
  const again = await bob.context().newPage();
  await again.route((url) => files.has(url.pathname), (route) => route.fulfill({ body: files.get(new URL(route.request().url()).pathname), contentType: typeOf(new URL(route.request().url()).pathname) }));
  await again.goto(server.url);
  await again.waitForFunction(() => document.documentElement.dataset.theme === "light");
  await again.close();
});

test("the keyboard: the focus stays in the dialog, Escape closes it and gives the focus back", async () => {
  await bob.getByRole("button", { name: "Close" }).click();
  await bob.locator("#before").focus();
  const dialog = await show(bob, { screen: "settings", part: "password" });
  await dialog.waitFor();
  for (let i = 0; i < 40; i++) {
    await bob.keyboard.press("Tab");
    assert.equal(await bob.evaluate(() => document.activeElement === document.body || document.querySelector("dialog").contains(document.activeElement)), true);
  }
  await bob.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await bob.evaluate(() => document.activeElement.id), "before");
});

test("every screen fits a narrow page in both colours, and axe-core finds nothing serious", async () => {
  const requests = {
    settings: { screen: "settings" }, newPerson: { screen: "new" }, newTalk: { screen: "new", kind: "talk" }, newGroup: { screen: "new", kind: "group" },
    directory: { screen: "directory" }, search: { screen: "search", conversation: "#kitchen" }, mentions: { screen: "mentions" }, report: { screen: "report", conversation: "#kitchen", seq: 1 },
    welcome: { screen: "welcome" }, person: { screen: "profile", name: "bob" },
    ...Object.fromEntries(["members", "settings", "pins", "invitations", "bots"].map((part) => [`group-${part}`, { screen: "group", group: "kitchen", part }])),
    ...Object.fromEntries(["profile", "notifications", "appearance", "devices", "factor", "password", "blocked", "invitations", "bots", "export", "delete"]
      .map((part) => [`own-${part}`, { screen: "settings", part }])),
    ...Object.fromEntries(["status", "users", "reports", "bans", "invitations", "groups", "announcements", "settings", "audit"].map((part) => [`admin-${part}`, { screen: "admin", part }])),
  };
  for (const [scheme, width] of [["light", 360], ["dark", 360], ["dark", 1280]]) {
    await ada.emulateMedia({ colorScheme: scheme });
    await ada.setViewportSize({ width, height: 740 });
    for (const [name, request] of Object.entries(requests)) {
      await show(ada, request);
      await ada.waitForFunction(() => document.querySelector("dialog") && !document.querySelector('dialog [aria-busy="true"]'));
      await examine(ada, `${scheme}-${width}-${name}`);
    }
  }
});

test("export: all lines are JSON, of the account and of every message", async () => {
  const dialog = await show(ada, { screen: "settings", part: "export" });
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await press(dialog, "Collect");
  const downloading = ada.waitForEvent("download");
  await dialog.getByRole("link", { name: "Save the file" }).click();
  const lines = readFileSync(await (await downloading).path(), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.filter(({ type }) => type === "account").map(({ name }) => name), ["ada"]);
  assert.deepEqual(lines.filter(({ kind, type }) => type === "message" && kind === "text").map(({ content }) => content).sort(), ["@bob bring bread", "pumpkin soup at one"]);
  assert.deepEqual(lines.filter(({ type }) => type === "group").map(({ name }) => name), ["kitchen"]);
});

test("an account is deleted only by its name, its password and a second thought", async () => {
  const refused = await show(ada, { screen: "settings", part: "delete" });
  await refused.getByLabel(/^Type your name/).fill("ada");
  await refused.getByLabel("Your password").fill(PASSWORD);
  await press(refused, "Delete my account");
  await says(refused.getByRole("alert"), /no other administrator/);
  const dialog = await show(bob, { screen: "settings", part: "delete" });
  await dialog.getByLabel(/The account, and all that I sent/).check();
  await dialog.getByLabel("Your password").fill("battery staple");
  await dialog.getByLabel(/^Type your name/).fill("bo");
  assert.equal(await dialog.getByRole("button", { name: "Delete my account" }).isDisabled(), true);
  await dialog.getByLabel(/^Type your name/).fill("bob");
  await press(dialog, "Delete my account");
  await bob.waitForFunction(() => client.state.value.phase === "out");
  const members = await show(ada, { screen: "group", group: "kitchen", part: "members" });
  await says(members, "ada");
  assert.equal(await members.getByRole("listitem").filter({ hasText: "bob" }).count(), 0);
});

test("no page has logged an error", () => {
  assert.deepEqual(ada.faults, []);
  assert.deepEqual(bob.faults, []);
});
