// Three people talk in Chromium: the whole client, from the site of a real chinwagd.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lines, seed } from "./fast.mjs";
import { Server, launchChromium } from "./harness.mjs";
import { PASSWORD, blameless, composer, fling, go, joinGroup, logIn, makeGroup, message, prepend, press, say, signUp, signUpFirst, stored, texts } from "./people.mjs";

let server, browser, alice, bob, carol;

before(async () => {
  server = await new Server().start();
  browser = await launchChromium({ arguments_: ["--disable-smooth-scrolling"] }); // a turn of the wheel is one step
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

test("the buttons of a message stay while the pointer or the focus is there", async () => {
  const soup = message(bob, "Soup at noon").first(), bar = soup.locator(".message-bar");
  const drawn = () => bob.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  await soup.hover();
  await soup.focus();
  await bob.keyboard.press("Tab");
  assert.equal(await bar.locator(":focus").getAttribute("aria-label"), "Add a reaction");
  await composer(bob).focus(); // the pointer stays
  await drawn();
  assert.equal(await bar.count(), 1);
  await soup.focus();
  await composer(bob).hover(); // the focus stays
  await drawn();
  assert.equal(await bar.count(), 1);
  await composer(bob).focus();
  await bar.waitFor({ state: "detached" });
  blameless(bob);
});

test("a block of code is copied by its button, as it was written", async () => {
  await bob.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await say(alice, "```\nboil  2 l of *water*\n\tadd salt\n```");
  const block = message(bob, "add salt").locator(".code-block");
  await block.hover();
  await press(block, "Copy");
  await block.getByText("Copied").waitFor();
  assert.equal((await bob.evaluate(() => navigator.clipboard.readText())).trimEnd(), "boil  2 l of *water*\n\tadd salt");
  blameless(alice, bob);
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

const groupSettings = async (page, part) => {
  await press(page, "Members");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("navigation").getByRole("button", { name: part }).click();
  return dialog;
};

test("who makes an account lands in the group for newcomers, with what was said there, and may write", async () => {
  const settings = await groupSettings(alice, "Settings");
  await settings.getByLabel("Newcomers become members").check();
  await settings.getByText("Saved.").first().waitFor();
  await alice.keyboard.press("Escape");
  const frank = await signUp(browser, server.url, "frank");
  await message(frank, "written while nobody listens").waitFor();
  assert.equal(await frank.evaluate(() => location.hash), "#cooks");
  await frank.waitForFunction(() => document.activeElement?.matches("form.composer textarea"));
  blameless(frank);
  await frank.context().close();
});

test("a link invites to a closed group: it asks first, also who has to make an account before", async () => {
  await makeGroup(alice, "club");
  const settings = await groupSettings(alice, "Settings");
  await settings.getByLabel("Who may join", { exact: true }).selectOption("invited");
  await settings.getByText("Saved.").first().waitFor();
  await settings.getByRole("navigation").getByRole("button", { name: "Invitations" }).click();
  await settings.getByLabel("For", { exact: true }).selectOption("5");
  await press(settings, "Make an invitation");
  const link = await settings.getByLabel("Link to send").inputValue();
  await alice.keyboard.press("Escape");
  await bob.goto(link);
  await bob.getByText("You are invited to the group club.").waitFor();
  assert.equal(await bob.locator(".list-item", { hasText: "club" }).count(), 0);
  await press(bob.getByRole("dialog"), "Join");
  await bob.waitForFunction(() => location.hash === "#club");
  const gina = await signUp(browser, link, "gina");
  await press(gina.getByRole("dialog"), "Join");
  await gina.waitForFunction(() => location.hash === "#club");
  await composer(gina).waitFor();
  await gina.goto(`${link}x`);
  await gina.getByRole("dialog").waitFor();
  await press(gina.getByRole("dialog"), "Join"); // already a member: the code does not matter
  await gina.waitForFunction(() => location.hash === "#club");
  await carol.goto(`${link}x`);
  await press(carol.getByRole("dialog"), "Join");
  await carol.getByRole("dialog").getByRole("alert").waitFor();
  await press(carol, "Cancel");
  await carol.getByRole("dialog").waitFor({ state: "detached" });
  blameless(alice, bob, carol, gina);
  await gina.context().close();
});

test("a file and a picture arrive", async () => {
  await Promise.all([alice, bob, carol].map((page) => go(page, "#cooks")));
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

test("files that are pasted or dropped are sent with what is written", async () => {
  const give = (selector, event, name) => alice.evaluate(([to, kind, file]) => {
    const data = new DataTransfer();
    data.items.add(new File(["Boil water.\n"], file, { type: "text/plain" }));
    const how = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
    const given = kind === "paste" ? new ClipboardEvent(kind, how) : new DragEvent(kind, how);
    return !document.querySelector(to).dispatchEvent(given);
  }, [selector, event, name]);
  assert.equal(await give("form.composer textarea", "paste", "pasted.txt"), true);
  assert.equal(await give("main.conversation", "dragover", "dropped.txt"), true);
  await alice.getByText("Drop files here to send them").waitFor();
  assert.equal(await give("main.conversation", "drop", "dropped.txt"), true);
  await alice.getByText("Drop files here to send them").waitFor({ state: "hidden" });
  await alice.locator(".staged", { hasText: "pasted.txt" }).getByText("dropped.txt").waitFor();
  await composer(alice).press("Enter");
  await alice.locator(".staged").waitFor({ state: "detached" });
  for (const name of ["pasted.txt", "dropped.txt"]) await message(bob, name).waitFor();
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
  assert.deepEqual(await fling(dora, (by) => dora.mouse.wheel(0, by)), []);
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
