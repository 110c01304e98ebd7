// Whoever sees little, has no mouse or a small screen can use the client: axe-core finds nothing serious
// in any screen, in both colours, on a phone's width and a desk's; and the keyboard goes from the first
// screen to a sent message. CHINWAG_SHOTS=FOLDER leaves a picture of each screen in each look.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Fast, lines, seed } from "./fast.mjs";
import { Server, launchChromium, person } from "./harness.mjs";
import { PASSWORD, blameless, choose, composer, go, logIn, makeGroup, message, press, say, signUpFirst, stored } from "./people.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.CHINWAG_SHOTS;
const LOOKS = [["light", 360, 740], ["dark", 360, 740], ["light", 1280, 800], ["dark", 1280, 800]];
const BOTH = SHOTS ? LOOKS : [LOOKS[0], LOOKS[3]];
let server, browser, writer, operator, token, page, bob, zoe;

before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
  writer = await seed(server, { group: "cooks", readers: ["alice", "bob"], texts: ["Soup at **noon**, `salt` ready?", "> who brings bread\nI do: https://example.org/bread", ...lines(12)], password: PASSWORD });
  await writer.own("create_group", "empty");
  operator = await new Fast(server.url).start();
  token = (await operator.must("login", "zoe", PASSWORD, { client: "test" }))[3];
});

/** As the first user, who is the administrator. */
const admin = (action, ...fields) => operator.must(action, "zoe", token, ...fields, {});

after(async () => {
  writer?.finish();
  operator?.finish();
  await browser?.close();
  await server?.finish();
});

/** axe-core is put in by the debugger: the page's policy lets in no script but its own. The page is at a
 * desk's width again at the end. */
async function examine(at, name, looks = BOTH) {
  for (const [colorScheme, width, height] of looks) {
    await at.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await at.setViewportSize({ width, height });
    if (SHOTS) await at.screenshot({ path: join(SHOTS, `${name}-${colorScheme}-${width}.png`) });
    if (!await at.evaluate(() => "axe" in globalThis)) await at.evaluate(axe);
    const found = await at.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
    });
    assert.deepEqual(found, [], `${name}, ${colorScheme}, ${width}`);
    assert.ok(await at.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than ${width}`);
  }
}

const dialog = (at) => at.getByRole("dialog");
const close = async (at) => {
  await at.keyboard.press("Escape");
  await dialog(at).waitFor({ state: "detached" });
};
/** Each part of the screen that is open. */
async function examineParts(at, name) {
  const parts = dialog(at).getByRole("navigation").getByRole("button");
  for (const label of await parts.allInnerTexts()) {
    await parts.getByText(label, { exact: true }).click();
    await at.waitForFunction((wanted) => document.querySelector("dialog h3")?.textContent === wanted && !document.querySelector('dialog [aria-busy="true"]'), label);
    await examine(at, `${name}-${label.toLowerCase().replaceAll(" ", "-")}`);
  }
}
const messageMenu = async (at, text) => {
  await message(at, text).click({ button: "right" });
  await at.getByRole("menu").waitFor();
};
/** A picture with something in it. */
const drawn = (at) => at.evaluate(async () => {
  const canvas = new OffscreenCanvas(640, 400);
  const pen = canvas.getContext("2d");
  const sky = pen.createLinearGradient(0, 0, 0, 400);
  for (const [stop, colour] of [[0, "#27408b"], [0.55, "#f2a65a"], [0.56, "#1f6f78"], [1, "#0b3037"]]) sky.addColorStop(stop, colour);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, 640, 400);
  pen.fillStyle = "#ffe9b0";
  pen.arc(430, 190, 42, 0, 7);
  pen.fill();
  return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer())];
});

test("the first screen: log in, an account, a link of another device, a new password", async () => {
  page = await person(browser, server.url);
  await page.getByLabel("Name", { exact: true }).waitFor();
  await examine(page, "first", LOOKS);
  await page.getByRole("tab", { name: "Create account" }).click();
  await examine(page, "first-account");
  await press(page, "Log in with a link of another device");
  await page.getByLabel("Link").waitFor();
  await examine(page, "first-link");
  await page.goto(`${server.url}#/reset/c2Vjcm3QgbGluayBmb3IgYm9i`);
  await page.reload();
  await page.getByLabel("New password").waitFor();
  await examine(page, "first-reset");
  await page.context().close();
});

test("an empty server: the first steps, and what stands where nothing is yet", async () => {
  const empty = await new Server().start();
  try {
    const first = await signUpFirst(browser, empty.url, "ada", { viewport: { width: 1280, height: 800 } });
    await examine(first, "empty", LOOKS);
    await first.getByRole("button", { name: "New conversation" }).first().click();
    for (const kind of ["One person", "A few people", "A group"]) {
      await press(dialog(first), kind);
      await examine(first, `new-${kind.toLowerCase().replaceAll(" ", "-")}`);
    }
    await close(first);
    await makeGroup(first, "lobby");
    await examine(first, "conversation-empty");
    blameless(first);
    await first.context().close();
  } finally {
    await empty.finish();
  }
});

/** The side of its place at which the text of a message stands. */
const sideOf = (page, text) => message(page, text).evaluate((found) => {
  const range = document.createRange(), place = found.querySelector(".body").getBoundingClientRect();
  range.selectNodeContents(found.querySelector(".body p"));
  const { left, right } = range.getBoundingClientRect();
  return Math.abs(left - place.left) <= 1 ? "left" : Math.abs(right - place.right) <= 1 ? "right" : `${left - place.left} px from the left`;
});

test("the list, a conversation, what stands above it, and the menus", async () => {
  page = await logIn(browser, server.url, "alice");
  await page.locator(".list-item").waitFor();
  await examine(page, "list", LOOKS);
  await go(page, "#cooks");
  for (const text of ["אני מביאה לחם", "I bring salt"]) {
    await say(page, text);
    await stored(page, text);
  }
  await examine(page, "conversation", LOOKS);
  await examine(page, "conversation-4k", [["dark", 3840, 2160]]);
  await page.evaluate(() => { document.documentElement.dir = "rtl"; });
  await examine(page, "conversation-rtl");
  await composer(page).fill("salt"); // the button that sends is there
  assert.ok(await page.evaluate(() => {
    const place = (selector) => document.querySelector(selector).getBoundingClientRect();
    return getComputedStyle(document.querySelector(".send .icon")).transform === "matrix(-1, 0, 0, 1, 0, 0)"
      && place(".side").left >= place("main.conversation").right && place(".message-head .picture").left > place(".message-head .message-body").left;
  }), "right-to-left does not turn the page");
  assert.deepEqual([await sideOf(page, "I bring salt"), await sideOf(page, "אני מביאה לחם")], ["left", "right"]);
  await composer(page).fill("");
  await page.evaluate(() => { document.documentElement.dir = ""; });
  assert.deepEqual([await sideOf(page, "I bring salt"), await sideOf(page, "אני מביאה לחם")], ["left", "right"]);
  await admin("announce", "The server is away for ten minutes at noon.", 0);
  await page.getByRole("region", { name: "Announcement" }).waitFor();
  await examine(page, "announcement");
  await press(page, "Dismiss");
  for (const look of BOTH) { /* a menu stands where it was opened */
    await page.setViewportSize({ width: look[1], height: look[2] });
    await messageMenu(page, "I bring salt");
    await examine(page, "message-menu", [look]);
    await page.keyboard.press("Escape");
  }
  await page.locator(".me-button").click();
  await examine(page, "menu", [LOOKS[2], LOOKS[3]]);
  await page.keyboard.press("Escape");
  await messageMenu(page, "I bring salt");
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog(page).waitFor();
  await examine(page, "delete");
  await close(page);
  await messageMenu(page, "line 12.");
  await page.getByRole("menuitem", { name: "Forward" }).click();
  await dialog(page).waitFor();
  await examine(page, "forward");
  await close(page);
  await messageMenu(page, "line 12.");
  await page.getByRole("menuitem", { name: "Report" }).click();
  await dialog(page).getByLabel("What is wrong with it").fill("It is off the topic.");
  await examine(page, "report");
  await press(dialog(page), "Report");
  await dialog(page).getByText("Thank you.").waitFor();
  await close(page);
});

test("what stands over the page: emoji, suggestions, the switcher, the keys, a picture, a recording", async () => {
  await page.getByRole("button", { name: "Emoji", exact: true }).click();
  await dialog(page).getByRole("button").nth(20).waitFor();
  await examine(page, "emoji");
  await close(page);
  await composer(page).fill("");
  await composer(page).pressSequentially(":brea");
  await page.getByRole("listbox").waitFor();
  await examine(page, "suggestions");
  await composer(page).fill("");
  for (const [keys, name] of [["Control+k", "switcher"], ["Control+/", "keys"]]) {
    await page.keyboard.press(keys);
    await dialog(page).waitFor();
    await examine(page, name);
    await close(page);
  }
  const chooser = page.waitForEvent("filechooser");
  await press(page, "Attach a file");
  await (await chooser).setFiles({ name: "harbour.png", mimeType: "image/png", buffer: Buffer.from(await drawn(page)) });
  await examine(page, "attaching");
  await composer(page).press("Enter");
  await page.getByRole("button", { name: "Open the picture harbour.png" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("dialog img")].some((each) => each.naturalWidth === 640));
  await examine(page, "picture", LOOKS);
  await close(page);
  await page.getByRole("button", { name: /^Record a voice message/ }).press("Enter");
  await page.waitForFunction(() => /0:0[1-9]/.test(document.querySelector(".voice-record")?.textContent ?? ""));
  await examine(page, "recording");
  await press(page, "Stop and listen");
  await page.getByRole("button", { name: "Discard" }).waitFor();
  await examine(page, "recording-ready");
  await page.locator(".voice-record").getByRole("button", { name: "Send" }).click();
  await page.locator("article.message:not(.message-pending)").getByRole("button", { name: "Play" }).waitFor();
  await examine(page, "conversation-files", LOOKS);
});

test("the group, the directory, search, mentions, a profile, earlier texts", async () => {
  await press(page, "Members");
  await dialog(page).getByText("zoe").first().waitFor();
  await examineParts(page, "group");
  await close(page);
  await press(page, "Find groups and people");
  await dialog(page).getByText("empty").waitFor();
  await examine(page, "directory");
  await press(dialog(page), "People");
  await examine(page, "directory-people");
  await close(page);
  await press(page, "Search here");
  await dialog(page).getByLabel("Words").fill("salt");
  await press(dialog(page), "Search");
  await dialog(page).getByText("salt").first().waitFor();
  await examine(page, "search");
  await close(page);
  await press(page, "Mentions");
  await dialog(page).waitFor();
  await examine(page, "mentions");
  await close(page);
  await page.locator("article.message-head").first().getByRole("button", { name: "zoe" }).click();
  await dialog(page).getByText("zoe").first().waitFor();
  await examine(page, "profile");
  await close(page);
});

test("the settings", async () => {
  await choose(page, "Settings");
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  await examine(page, "settings", LOOKS);
  await examineParts(page, "settings");
  await close(page);
});

test("the page of administrators", async () => {
  await admin("ban_from_server", "192.0.2.0/24", 604_800, "a network of spammers");
  await admin("invite_user");
  zoe = await logIn(browser, server.url, "zoe");
  await zoe.getByRole("region", { name: "Announcement" }).waitFor();
  await choose(zoe, "Administration");
  await dialog(zoe).getByText("Connections", { exact: true }).waitFor();
  await examine(zoe, "admin", LOOKS);
  await examineParts(zoe, "admin");
  await dialog(zoe).getByRole("navigation").getByRole("button", { name: "Users" }).click();
  for (const act of ["", "Ban", "Rename", "Reset the password", "Delete"]) {
    await dialog(zoe).getByRole("button", { name: "Manage bob" }).click();
    if (act) await press(dialog(zoe), act);
    await examine(zoe, `admin-user-${act.toLowerCase().replaceAll(" ", "-") || "manage"}`);
    await dialog(zoe).getByRole("button", { name: "Manage bob" }).click();
  }
  await dialog(zoe).getByRole("navigation").getByRole("button", { name: "Groups" }).click();
  await dialog(zoe).getByRole("button", { name: "Manage cooks" }).click();
  await examine(zoe, "admin-group-manage");
  await close(zoe);
  blameless(zoe);
});

test("a call, its dialogs, and one that rings", async () => {
  await page.locator("header.conversation-head").getByRole("button", { name: "Call" }).click();
  await page.getByRole("button", { name: "Join now" }).waitFor();
  await examine(page, "call-devices");
  await press(page, "Join now");
  await page.locator(".call-person").waitFor();
  await examine(page, "call", LOOKS);
  await press(page, "Statistics");
  await examine(page, "call-statistics");
  await press(page, "Leave");
  await page.locator(".call-person").waitFor({ state: "detached" });
  bob = await logIn(browser, server.url, "bob");
  await go(bob, "alice");
  await bob.locator("header.conversation-head").getByRole("button", { name: "Call" }).click();
  await press(bob, "Join now");
  await page.getByRole("alertdialog").waitFor();
  await examine(page, "ring", LOOKS);
  await page.getByRole("alertdialog").getByRole("button", { name: "Refuse" }).click();
  blameless(page, bob);
});

test("without a connection, and after the end of the session", async () => {
  await page.context().setOffline(true);
  await page.locator(".banner-link").waitFor();
  await examine(page, "offline");
  await page.context().setOffline(false);
  await page.locator(".banner-link").waitFor({ state: "detached" });
  await admin("end_sessions", "bob");
  await bob.getByRole("alert").waitFor();
  await examine(bob, "logged-out");
});

test("the keyboard alone: from the first screen to a message that is sent and answered", async () => {
  const keys = await person(browser, server.url);
  await keys.getByLabel("Name", { exact: true }).waitFor();
  await keys.waitForFunction(() => document.activeElement?.tagName === "INPUT");
  await keys.keyboard.type("alice");
  await keys.keyboard.press("Tab");
  await keys.keyboard.type(PASSWORD);
  await keys.keyboard.press("Enter");
  await keys.getByRole("navigation", { name: "Conversations" }).waitFor();
  await keys.keyboard.press("Control+k");
  await keys.getByRole("dialog").waitFor();
  await keys.keyboard.type("cook");
  await keys.keyboard.press("Enter");
  await composer(keys).waitFor();
  await keys.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await keys.keyboard.type("by keys only");
  await keys.keyboard.press("Enter");
  await stored(keys, "by keys only");
  await keys.keyboard.press("Shift+Tab");
  await keys.getByRole("log").focus();
  await keys.keyboard.press("ArrowUp");
  await keys.keyboard.press("r");
  await keys.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await keys.keyboard.type("and an answer");
  await keys.keyboard.press("Enter");
  await message(keys, "and an answer").locator(".message-quote").waitFor();
  await keys.keyboard.press("Control+/");
  await keys.getByRole("dialog", { name: "Keyboard" }).waitFor();
  blameless(keys);
});
