// What users of other web clients complain about, each as a test of ours; the addresses of the issues
// are beside. alice's network can be cut; carol's is another one; bob is a client without a page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Fast, decodeMulti, lines } from "./fast.mjs";
import { Network, Server, launchChromium } from "./harness.mjs";
import { PASSWORD, blameless, composer, go, inCall, joinCall, logIn, message, say, signUp, stored, texts } from "./people.mjs";

let server, network, other, browser, bob, alice, carol, joins;

before(async () => {
  server = await new Server({}, "127.0.0.2").start();
  network = await new Network(server).start();
  other = await new Network(server, "::1").start();
  browser = await launchChromium();
  bob = await (await new Fast(other.url).start()).enter("bob", PASSWORD); // administers, so that nobody here is led through the first steps
  await bob.own("create_group", "cooks");
  for (const name of ["alice", "carol"]) {
    const member = await (await new Fast(other.url).start()).enter(name, PASSWORD);
    await member.own("join_group", "cooks");
    if (name === "alice") joins = member;
    else member.finish();
  }
  await bob.say("#cooks", "welcome");
  [alice, carol] = await Promise.all([logIn(browser, network.url, "alice"), logIn(browser, other.url, "carol")]);
  await Promise.all([alice, carol].map((page) => go(page, "#cooks")));
  await Promise.all([alice, carol].map((page) => message(page, "welcome").waitFor()));
});

after(async () => {
  bob?.finish();
  joins?.finish();
  await browser?.close();
  network?.finish();
  other?.finish();
  await server?.finish();
});

const down = (page) => page.locator(".banner-link").waitFor();
const up = (page) => page.locator(".banner-link").waitFor({ state: "detached" });
const countOf = (page, group) => page.locator(".list-item", { hasText: group }).locator(".count");
const log = (page, run, value) => page.locator(".messages-box").evaluate(run, value);
const atEnd = (page) => page.waitForFunction(() => {
  const box = document.querySelector(".messages-box");
  return box !== null && box.scrollHeight - box.clientHeight - box.scrollTop <= 4;
});

/** Another group with so many messages that nobody of the pages has read. */
async function unread(group, count) {
  await bob.own("create_group", group);
  await joins.own("join_group", group);
  await bob.sayAll(`#${group}`, lines(count));
}

// mattermost/mattermost#30164, #28073: nothing is received after a network change until a restart.
test("1. a changed network is noticed within 8 s, although nothing is closed", async () => {
  const page = await signUp(browser, network.url, "dora");
  await page.clock.install();
  await page.reload();
  await go(page, "bob");
  await say(page, "are you there?");
  await stored(page, "are you there?");
  network.cut();
  await page.clock.runFor(7_900);
  await down(page);
  network.mend();
  await page.clock.runFor(3_000); // the first attempts
  await up(page);
  await bob.say("dora", "I am");
  await message(page, "I am").waitFor();
  blameless(page);
  await page.context().close();
});

// mattermost/mattermost#16505: a message is missing for ever after a reconnect.
test("2. what was said while the link was away is all there, once and in order", async () => {
  const said = lines(130);
  await up(alice);
  network.cut();
  await bob.sayAll("#cooks", said);
  network.drop();
  await down(alice);
  network.mend();
  await up(alice);
  await message(alice, "line 130.").waitFor();
  await alice.waitForFunction(() => document.querySelectorAll("article.message").length >= 131);
  assert.deepEqual((await texts(alice)).slice(-130).map((text) => text.split(".")[0]), said.map((text) => text.split(".")[0]));
});

// mattermost/mattermost#24038: edits fail on a poor link.
test("3. an edit without a link is kept and saved when it is back", async () => {
  await say(alice, "soup at noon");
  await message(carol, "soup at noon").waitFor();
  await stored(alice, "soup at noon");
  network.cut();
  network.drop();
  await down(alice);
  await composer(alice).press("ArrowUp");
  await composer(alice).fill("soup at one");
  await composer(alice).press("Enter");
  await message(alice, "soup at one").waitFor();
  network.mend();
  await message(carol, "soup at one").getByText("edited").waitFor();
  await stored(alice, "soup at one");
  assert.equal(await message(alice, "soup at noon").count(), 0);
});

// mattermost/desktop#773: a reload clears the draft.
test("4. a draft stays over a reload and in its conversation", async () => {
  await composer(alice).fill("half a senten");
  await composer(alice).press("c");
  await alice.reload();
  await alice.waitForFunction(() => document.querySelector("form.composer textarea")?.value === "half a sentenc");
  await go(alice, "bob");
  assert.equal(await composer(alice).inputValue(), "");
  await go(alice, "#cooks");
  assert.equal(await composer(alice).inputValue(), "half a sentenc");
  await composer(alice).fill("");
});

// element-hq/element-web#23541, #26076, #28522: scroll loops, thrown back, 1,500 errors a second.
test("5. scrolling up is not thrown back by what arrives, and ends when the hand ends", async () => {
  await up(alice);
  await log(alice, (box) => { box.scrollTop = box.scrollHeight - box.clientHeight - 700; });
  await alice.locator(".to-present").waitFor();
  const place = () => log(alice, (box) => {
    const upper = box.getBoundingClientRect().top;
    const read = [...box.querySelectorAll("article.message")].find((each) => each.getBoundingClientRect().bottom > upper);
    return [read.dataset.key, Math.round(read.getBoundingClientRect().top)];
  });
  const before = await place();
  await bob.sayAll("#cooks", lines(20, 200));
  await message(alice, "line 219.").waitFor({ state: "attached" });
  assert.deepEqual(await place(), before);
  const scrolls = await log(alice, async (box) => {
    let events = 0;
    box.addEventListener("scroll", () => events++);
    for (let frame = 0; frame < 30; frame++) await new Promise((done) => { requestAnimationFrame(() => done()); });
    return events;
  });
  assert.equal(scrolls, 0);
  await alice.locator(".to-present").click();
  await atEnd(alice);
  blameless(alice);
});

// element-hq/element-web#22989: "first unread" blanks and reloads for minutes.
test("6. the first unread message is there at once, by one or two requests, and nothing goes blank", async () => {
  await unread("bakers", 120);
  await countOf(alice, "bakers").waitFor();
  const requests = [];
  await alice.evaluate(() => {
    globalThis.blanks = 0;
    globalThis.filled = false;
    new MutationObserver(() => {
      const count = document.querySelectorAll("article.message").length;
      if (count === 0 && globalThis.filled) globalThis.blanks++;
      globalThis.filled ||= count > 0 && location.hash === "#bakers";
    }).observe(document.body, { subtree: true, childList: true });
  });
  const session = await alice.context().newCDPSession(alice);
  await session.send("Network.enable");
  session.on("Network.webSocketFrameSent", ({ response }) => {
    const objects = [...decodeMulti(Buffer.from(response.payloadData, "base64"))].map(String);
    if (objects.includes("history")) requests.push(objects);
  });
  await go(alice, "#bakers");
  await alice.locator(".new-line").waitFor();
  const next = await alice.locator(".new-line + article").innerText();
  assert.match(next, /line 1\./);
  assert.ok(await alice.locator(".new-line").evaluate((line) => {
    const box = document.querySelector(".messages-box").getBoundingClientRect(), own = line.getBoundingClientRect();
    return own.top >= box.top && own.bottom <= box.bottom;
  }));
  assert.equal(await alice.evaluate(() => globalThis.blanks), 0);
  assert.ok(requests.length <= 2, `${requests.length} requests`);
});

// zulip/zulip#10886, #4720: opening or scrolling marks things read unasked.
test("7. opening and a look upwards mark nothing read; the end, seen, does", async () => {
  assert.equal(await countOf(alice, "bakers").innerText(), "120\n120 unread");
  await log(alice, (box) => { box.scrollTop = 200; });
  await go(alice, "#cooks");
  await go(alice, "#bakers");
  assert.equal(await countOf(alice, "bakers").innerText(), "120\n120 unread");
  await alice.locator(".to-present").click();
  await countOf(alice, "bakers").waitFor({ state: "detached" });
  await alice.evaluate(() => { // another tab is in front
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await bob.say("#bakers", "nobody looks");
  await message(alice, "nobody looks").waitFor();
  assert.equal(await countOf(alice, "bakers").innerText(), "1\n1 unread");
  await alice.evaluate(() => {
    delete document.visibilityState;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await countOf(alice, "bakers").waitFor({ state: "detached" });
});

// zulip/zulip#31057, #18902: landed at the oldest unread, thousands of lines from now.
test("8. one lands where one was, or at the present; the present is one press away", async () => {
  await go(alice, "#cooks");
  await atEnd(alice);
  await alice.reload();
  await message(alice, "line 219.").waitFor();
  await atEnd(alice);
  await unread("diners", 1_500);
  await alice.locator(".list-item", { hasText: "diners" }).getByText("999+").waitFor();
  await go(alice, "#diners");
  await alice.locator(".new-line").waitFor();
  await alice.getByRole("button", { name: "1500 new messages" }).click();
  await message(alice, "line 1500.").waitFor();
  await atEnd(alice);
  await go(alice, "#cooks");
  await go(alice, "#diners");
  await message(alice, "line 1500.").waitFor();
  await atEnd(alice);
});

// livekit/livekit#4359: somebody is silent while the ring still lights.
test("9. the speaking ring is of what the server relayed, not of the own microphone", async () => {
  await go(alice, "#cooks");
  await joinCall(alice);
  await joinCall(carol);
  await inCall(carol, ["alice", "carol"]);
  await Promise.all([carol.locator(".call-person.speaking", { hasText: "alice" }).waitFor(), alice.locator(".call-person.speaking", { hasText: "carol" }).waitFor()]);
  assert.equal(await alice.locator(".call-person.speaking", { hasText: "alice" }).count(), 0); // her microphone beeps; the server tells nobody of themselves
  network.cut(); // her microphone goes on; nobody hears it, and she hears nobody
  await alice.waitForFunction(() => document.querySelector(".call-person.speaking") === null);
  await carol.waitForFunction(() => ![...document.querySelectorAll(".call-person.speaking bdi")].some((each) => each.textContent === "alice"));
  network.drop();
  network.mend();
  await up(alice);
  await inCall(alice, ["alice", "carol"]);
});

// ancsemi/Haven#5444: a blip throws one out of the call, with sounds of leaving and joining.
test("10. a blip of the network keeps the seat in the call, and nobody is told of it", async () => {
  await inCall(carol, ["alice", "carol"]);
  await carol.evaluate(() => {
    globalThis.gone = 0;
    new MutationObserver(() => {
      if (![...document.querySelectorAll(".call-person bdi")].some((each) => each.textContent === "alice")) globalThis.gone++;
    }).observe(document.querySelector(".call-people"), { subtree: true, childList: true });
  });
  const events = await carol.locator(".event-line").count();
  network.drop();
  await down(alice);
  await up(alice);
  await inCall(alice, ["alice", "carol"]);
  await carol.locator(".call-person.speaking", { hasText: "alice" }).waitFor();
  assert.equal(await carol.evaluate(() => globalThis.gone), 0);
  assert.equal(await carol.locator(".event-line").count(), events);
  blameless(alice, carol);
});
