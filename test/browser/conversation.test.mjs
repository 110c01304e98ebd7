// Three people talk in Chromium: the whole client, from the site of a real chinwagd.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lines, seed } from "./fast.mjs";
import { Server, launchChromium } from "./harness.mjs";
import { PASSWORD, blameless, composer, go, joinGroup, logIn, makeGroup, message, prepend, press, say, signUp, signUpFirst, stored, texts } from "./people.mjs";

let server, browser, alice, bob, carol;

before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
  alice = await signUpFirst(browser, server.url, "alice");
  [bob, carol] = await Promise.all([signUp(browser, server.url, "bob"), signUp(browser, server.url, "carol")]);
});

after(async () => {
  await browser?.close();
  await server?.finish();
});

test("a group is made and found, and everybody reads what one says", async () => {
  await makeGroup(alice, "cooks");
  await Promise.all([joinGroup(bob, "cooks"), joinGroup(carol, "cooks")]);
  await Promise.all([alice, bob, carol].map((page) => go(page, "#cooks")));
  await say(alice, "Soup at **noon**");
  await stored(alice, "Soup at noon");
  await Promise.all([bob, carol].map((page) => message(page, "Soup at noon").waitFor()));
  assert.equal(await message(bob, "Soup at noon").locator("strong").innerText(), "noon");
  blameless(alice, bob, carol);
});

test("reply, reaction, edit and deletion reach the others", async () => {
  await message(bob, "Soup at noon").hover();
  await press(message(bob, "Soup at noon"), "Reply");
  await say(bob, "I bring bread");
  await message(alice, "I bring bread").locator(".message-quote").waitFor();
  await stored(bob, "I bring bread"); /* before that it has no number, and cannot be edited */
  await composer(bob).press("ArrowUp");
  await composer(bob).fill("I bring bread and salt");
  await composer(bob).press("Enter");
  await message(alice, "I bring bread and salt").getByText("edited").waitFor();
  await say(carol, "nonsense");
  await message(alice, "nonsense").waitFor();
  await stored(carol, "nonsense");
  await carol.locator("article.message", { hasText: "nonsense" }).focus();
  await carol.keyboard.press("Delete");
  await press(carol.getByRole("dialog"), "Delete");
  await message(alice, "This message was deleted.").waitFor();
  blameless(alice, bob, carol);
});

test("a mention is counted apart in the list", async () => {
  await go(carol, "carol");
  await say(alice, "@carol, are you there?");
  await carol.locator(".list-item", { hasText: "cooks" }).getByText("1 mention").first().waitFor();
  await go(carol, "#cooks");
  await carol.waitForFunction(() => document.querySelector(".list-item.unread") === null);
  blameless(alice, bob, carol);
});

test("a server that is killed loses nothing and doubles nothing, also over a reload", async () => {
  await go(alice, "#cooks");
  await server.kill();
  await say(alice, "written while nobody listens");
  assert.equal(await message(alice, "written while nobody listens").getAttribute("class").then((names) => names.includes("message-pending")), true);
  await alice.locator(".banner").waitFor();
  await server.start();
  await stored(alice, "written while nobody listens");
  await message(bob, "written while nobody listens").waitFor();
  await alice.reload();
  await message(alice, "written while nobody listens").waitFor();
  const seen = await texts(bob);
  assert.equal(seen.filter((text) => text.includes("written while nobody listens")).length, 1);
  assert.deepEqual((await texts(alice)).filter((text) => text.includes("written while")), ["written while nobody listens"]);
  blameless(alice, bob);
});

test("a file and a picture arrive", async () => {
  const chooser = alice.waitForEvent("filechooser");
  await alice.getByRole("button", { name: "Attach a file" }).click();
  await (await chooser).setFiles({ name: "recipe.txt", mimeType: "text/plain", buffer: Buffer.from("Boil water.\n") });
  await say(alice, "the recipe");
  await message(bob, "recipe.txt").waitFor();
  const download = bob.waitForEvent("download");
  await bob.getByRole("button", { name: /Download recipe.txt/ }).or(bob.getByRole("link", { name: /Download recipe.txt/ })).first().click();
  assert.equal((await download).suggestedFilename(), "recipe.txt");
  blameless(alice, bob);
});

test("a picture arrives with a thumbnail and opens in the viewer", async () => {
  const png = await alice.evaluate(async () => {
    const canvas = new OffscreenCanvas(640, 480);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "teal";
    pen.fillRect(0, 0, 640, 480);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer())];
  });
  const choose = async (...names) => {
    const chooser = alice.waitForEvent("filechooser");
    await alice.getByRole("button", { name: "Attach a file" }).click();
    await (await chooser).setFiles(names.map((name) => ({ name, mimeType: "image/png", buffer: Buffer.from(png) })));
  };
  const staged = (name) => alice.locator(".staged").getByRole("img", { name: `Picture ${name}`, exact: true });
  // It is seen before it is sent, and may be taken back.
  await choose("sea.png", "lake.png");
  await staged("lake.png").waitFor();
  await alice.waitForFunction(() => [...document.querySelectorAll(".staged img")].filter((each) => each.naturalWidth === 640).length === 2);
  await press(alice, "Remove lake.png");
  await staged("lake.png").waitFor({ state: "detached" });
  await composer(alice).fill("by the sea");
  assert.equal(await bob.getByText("by the sea").count(), 0);
  await composer(alice).press("Enter");
  await alice.locator(".staged").waitFor({ state: "detached" });
  await message(bob, "by the sea").getByRole("button", { name: "Open the picture sea.png" }).waitFor();
  await bob.getByRole("button", { name: "Open the picture sea.png" }).click();
  await bob.waitForFunction(() => [...document.querySelectorAll("dialog img")].some((each) => each.naturalWidth === 640));
  await bob.keyboard.press("Escape");
  blameless(alice, bob);
});

test("2,400 messages are paged through with at most 300 in the page, and nothing jumps", async () => {
  const COUNT = 2_400;
  const writer = await seed(server, { group: "long", readers: ["dora"], texts: lines(COUNT), password: PASSWORD });
  const dora = await logIn(browser, server.url, "dora");
  await go(dora, "#long");
  await press(dora, `${COUNT} new messages`);
  await message(dora, `line ${COUNT}.`).waitFor();
  let most = 0;
  for (const top of [300, 0, 150, 0]) {
    const { jump, most: elements, grown } = await prepend(dora, top);
    assert.equal(grown, true);
    assert.ok(jump <= 1, `from ${top}: ${jump} px`);
    most = Math.max(most, elements);
  }
  for (let pages = 0; pages < 6; pages++)
    most = Math.max(most, (await prepend(dora, 0)).most);
  assert.equal(await message(dora, `line ${COUNT}.`).count(), 0); // the other end has left the page
  await go(dora, "#long", 3);
  await message(dora, "line 3.").waitFor();
  assert.equal((await texts(dora))[0], "line 1. and more words");
  assert.ok(most <= 300 && most > 100, `${most} messages in the page`);
  await press(dora, "Jump to present");
  await message(dora, `line ${COUNT}.`).waitFor();
  assert.ok(await dora.locator("article.message").count() <= 300);
  blameless(dora);
  writer.finish();
});
