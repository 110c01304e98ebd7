// Three people talk in Chromium: the whole client, from the site of a real chinwagd.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, launchChromium } from "./harness.mjs";
import { blameless, composer, go, joinGroup, log, makeGroup, message, press, say, signUp, signUpFirst, stored, texts } from "./people.mjs";

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
  await composer(bob).press("ArrowUp");
  await composer(bob).fill("I bring bread and salt");
  await composer(bob).press("Enter");
  await message(alice, "I bring bread and salt").getByText("edited").waitFor();
  await say(carol, "nonsense");
  await message(alice, "nonsense").waitFor();
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
