// Hundreds of unread messages in one conversation: where it opens, the "new" line, the way back to it,
// the marks, and that never more than 300 messages are in the page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Fast, lines } from "./fast.mjs";
import { Server, launchChromium } from "./harness.mjs";
import { PASSWORD, blameless, go, logIn, message } from "./people.mjs";

const COUNT = 400;
let server, browser, bob, alice;

before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
  bob = await (await new Fast(server.url).start()).enter("bob", PASSWORD); // administers: nobody else is led through the first steps
  const joins = await (await new Fast(server.url).start()).enter("alice", PASSWORD);
  for (const group of ["cooks", "bakers"]) {
    await bob.own("create_group", group);
    await joins.own("join_group", group);
  }
  joins.finish();
  await bob.sayAll("#cooks", lines(20));
  alice = await logIn(browser, server.url, "alice");
});

after(async () => {
  bob?.finish();
  await browser?.close();
  await server?.finish();
});

const countOf = (page, group) => page.locator(".list-item", { hasText: group }).locator(".count");
const counted = (group, count) => countOf(alice, group).getByText(`${count} unread`).waitFor({ state: "attached" });
const nothingIn = (group) => countOf(alice, group).waitFor({ state: "detached" });
/** What stands under the "new" line, when the line is in sight. */
async function underNew() {
  await alice.waitForFunction(() => {
    const line = document.querySelector(".new-line"), box = document.querySelector(".messages-box").getBoundingClientRect();
    const own = line?.getBoundingClientRect();
    return own !== undefined && own.top >= box.top && own.bottom <= box.bottom;
  });
  return (await alice.locator(".new-line + article .message-body").innerText()).split(".")[0];
}
const inPage = () => alice.locator("article.message").count();

/** Goes down as far as it goes; gives the most messages that were in the page. */
const toTheEnd = (last) => alice.evaluate(async (wanted) => {
  const box = document.querySelector(".messages-box");
  let most = 0;
  for (;;) {
    const articles = [...document.querySelectorAll("article.message")];
    most = Math.max(most, articles.length);
    if (articles.at(-1)?.textContent.includes(wanted) && box.scrollHeight - box.clientHeight - box.scrollTop <= 4) return most;
    box.scrollTop += 600;
    await new Promise((done) => { requestAnimationFrame(() => done()); });
  }
}, last);

test("it opens at the first unread message; going down to the end marks all read, and not before", async () => {
  await bob.sayAll("#bakers", lines(COUNT));
  await counted("bakers", COUNT);
  await go(alice, "#bakers");
  assert.equal(await underNew(), "line 1");
  await alice.getByRole("button", { name: `${COUNT} new messages` }).waitFor();
  const most = await toTheEnd(`line ${COUNT}.`);
  assert.ok(most <= 300, `${most} in the page`);
  await nothingIn("bakers");
  // The line is far above now, outside of the page: the way back.
  assert.equal(await alice.locator(".new-line").count(), 0);
  await alice.getByRole("button", { name: "Jump to first unread" }).click();
  assert.equal(await underNew(), "line 1");
  await nothingIn("bakers");
  await alice.getByRole("button", { name: "Jump to present" }).click();
  await message(alice, `line ${COUNT}.`).waitFor();
  assert.ok(await inPage() <= 300);
  blameless(alice);
});

test("what comes while one is elsewhere is under the line when one is back, however much it is", async () => {
  await go(alice, "#cooks");
  await message(alice, "line 20.").waitFor({ state: "attached" });
  await toTheEnd("line 20.");
  await nothingIn("cooks");
  await go(alice, "#bakers");
  await bob.sayAll("#cooks", lines(COUNT, 1_001));
  await counted("cooks", COUNT);
  await go(alice, "#cooks");
  assert.equal(await underNew(), "line 1001");
  assert.ok(await inPage() <= 300);
  await counted("cooks", COUNT);
  // The present, and back.
  await alice.getByRole("button", { name: `${COUNT} new messages` }).click();
  await message(alice, `line ${1_000 + COUNT}.`).waitFor();
  await nothingIn("cooks");
  await alice.getByRole("button", { name: "Jump to first unread" }).click();
  assert.equal(await underNew(), "line 1001");
  blameless(alice);
});

test("Esc marks all read also when the end is not in the page; the server knows it", async () => {
  await go(alice, "#bakers");
  await bob.sayAll("#cooks", lines(COUNT, 2_001));
  await counted("cooks", COUNT);
  await go(alice, "#cooks");
  assert.equal(await underNew(), "line 2001");
  await alice.locator(".messages-box").focus();
  await alice.keyboard.press("Escape");
  await nothingIn("cooks");
  await alice.reload();
  await message(alice, "line").first().waitFor();
  await bob.say("#cooks", "one more");
  await counted("cooks", 1);
  blameless(alice);
});
