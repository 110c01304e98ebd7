// Whoever sees little, has no mouse or a small screen can use the client: axe-core finds nothing serious
// in what one meets first, in both colours, on a phone's width and a desk's; and the keyboard goes from
// the first screen to a sent message. The other screens: screens.test.mjs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { lines, seed } from "./fast.mjs";
import { Server, launchChromium, person } from "./harness.mjs";
import { PASSWORD, blameless, choose, composer, go, joinCall, logIn, message, press, say, stored } from "./people.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.CHINWAG_SHOTS; // a folder: screenshots are left there
const LOOKS = [["light", 360, 740], ["dark", 360, 740], ["light", 1280, 800], ["dark", 1280, 800]];
let server, browser, writer, page;

before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
  writer = await seed(server, { group: "cooks", readers: ["alice"], texts: ["Soup at **noon**, `salt` ready?", "> who brings bread\nI do: https://example.org/bread", ...lines(12)], password: PASSWORD });
  await writer.own("create_group", "empty");
});

after(async () => {
  writer?.finish();
  await browser?.close();
  await server?.finish();
});

/** axe-core is put in by the debugger: the page's policy lets in no script but its own. */
async function examine(at, name) {
  for (const [colorScheme, width, height] of LOOKS) {
    await at.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await at.setViewportSize({ width, height });
    if (SHOTS) await at.screenshot({ path: join(SHOTS, `${name}-${colorScheme}-${width}.png`) });
    await at.evaluate(axe);
    const found = await at.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
    });
    assert.deepEqual(found, [], `${name}, ${colorScheme}, ${width}`);
    assert.ok(await at.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than ${width}`);
  }
}

test("the first screen", async () => {
  page = await person(browser, server.url);
  await page.getByLabel("Name", { exact: true }).waitFor();
  await examine(page, "first");
  await page.context().close();
});

test("the list, a conversation, and its members", async () => {
  page = await logIn(browser, server.url, "alice");
  await page.locator(".list-item").waitFor();
  await examine(page, "list");
  await go(page, "#cooks");
  await say(page, "I bring salt");
  await stored(page, "I bring salt");
  await examine(page, "conversation");
  await press(page, "Members");
  await page.getByRole("dialog").getByText("zoe").first().waitFor();
  await examine(page, "members");
  await page.keyboard.press("Escape");
});

test("the settings", async () => {
  await choose(page, "Settings");
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  await examine(page, "settings");
  await page.keyboard.press("Escape");
});

test("a call", async () => {
  await joinCall(page);
  await examine(page, "call");
  await press(page, "Leave");
  blameless(page);
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
