// Calls of a user with one browser: a page that is loaded anew has its seat again, and a ring is in
// all tabs until one of them takes or refuses it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Fast, bytesOf } from "./fast.mjs";
import { Network, Server, launchChromium } from "./harness.mjs";
import { PASSWORD, blameless, go, inCall, joinCall, joinGroup, makeGroup, press, signUp, signUpFirst } from "./people.mjs";

let server, browser, alice, bob;

before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
  alice = await signUpFirst(browser, server.url, "alice");
  bob = await signUp(browser, server.url, "bob");
  await makeGroup(alice, "cooks");
  await joinGroup(bob, "cooks");
});

after(async () => {
  await browser?.close();
  await server?.finish();
});

const speaks = (page, name) => page.locator(".call-person.speaking", { hasText: name }).waitFor();
const noCall = (page) => page.locator(".call-bar").waitFor({ state: "detached" });
const rings = (page, name) => page.getByRole("alertdialog", { name: `${name} calls you` });

/** Counts from now on how often somebody is missing from the call. */
const watchSeat = (page, name) => page.evaluate((wanted) => {
  globalThis.gone = 0;
  new MutationObserver(() => {
    if (![...document.querySelectorAll(".call-person bdi")].some((each) => each.textContent === wanted)) globalThis.gone++;
  }).observe(document.querySelector(".call-people"), { subtree: true, childList: true, characterData: true });
}, name);

async function another(page, hash) {
  const next = await page.context().newPage();
  next.faults = page.faults;
  next.on("pageerror", (error) => next.faults.push(String(error)));
  await next.goto(`${server.url}${hash}`);
  await next.locator("form.composer textarea").waitFor();
  return next;
}

test("a page that is loaded anew is in its call again, muted as it was; nobody is told of it", async () => {
  await go(alice, "#cooks");
  await go(bob, "#cooks");
  await joinCall(alice);
  await joinCall(bob);
  await inCall(bob, ["alice", "bob"]);
  await speaks(bob, "alice");
  await watchSeat(bob, "alice");
  const events = await bob.locator(".event-line").count();
  await alice.reload();
  await inCall(alice, ["alice", "bob"]);
  await speaks(alice, "bob"); // who speaks is heard from the server again
  await speaks(bob, "alice"); // and the microphone is open again
  await press(alice, "Mute");
  await alice.reload();
  await inCall(alice, ["alice", "bob"]);
  await alice.locator(".call-hints").getByText("joining again").waitFor({ state: "detached" });
  assert.equal(await alice.getByRole("button", { name: "Mute", exact: true }).getAttribute("aria-pressed"), "true");
  assert.equal(await bob.evaluate(() => globalThis.gone), 0);
  assert.equal(await bob.locator(".event-line").count(), events);
  // Who has left before is in no call after it.
  await press(alice, "Leave");
  await noCall(alice);
  await alice.reload();
  await inCall(bob, ["bob"]);
  await alice.getByRole("button", { name: "Join the call" }).waitFor();
  await noCall(alice);
  await press(bob, "Leave");
  blameless(alice, bob);
});

test("a call of two goes on when both have loaded their pages anew, one after the other", async () => {
  await go(alice, "bob");
  await go(bob, "alice");
  await press(alice, "Call");
  await press(rings(bob, "alice"), "Answer");
  await speaks(bob, "alice");
  await alice.reload();
  await speaks(alice, "bob");
  await bob.reload();
  await speaks(bob, "alice");
  await press(bob, "Leave");
  await Promise.all([noCall(alice), noCall(bob)]);
  blameless(alice, bob);
});

test("the tab that has the call is loaded anew: it takes the call back from the one that went on with it", async () => {
  const second = await another(alice, "#cooks");
  await go(alice, "#cooks");
  await joinCallAgain(alice);
  await second.locator(".call-bar").getByText("In another tab").waitFor();
  await alice.reload();
  await inCall(alice, ["alice"]);
  await second.locator(".call-bar").getByText("In another tab").waitFor();
  await press(alice, "Leave");
  await noCall(second);
  await second.close();
  blameless(alice);
});

/** The devices were checked. */
async function joinCallAgain(page) {
  await page.locator("header.conversation-head").getByRole("button", { name: /^(Call|Join the call)$/ }).click();
  await inCall(page, []);
}

test("a call of two rings in every tab, and stops in all when one refuses or takes it", async () => {
  const tabs = [alice, await another(alice, "#cooks"), await another(alice, "#@bob")];
  const all = (what) => Promise.all(tabs.map(what));
  await go(bob, "alice");
  for (const at of [0, 2]) { // the tab that holds the connection, and one that does not
    await press(bob, "Call");
    await all((page) => rings(page, "bob").waitFor());
    await press(rings(tabs[at], "bob"), "Refuse");
    await all((page) => rings(page, "bob").waitFor({ state: "detached" }));
    await noCall(bob);
  }
  await press(bob, "Call");
  await all((page) => rings(page, "bob").waitFor());
  await press(rings(tabs[1], "bob"), "Answer");
  await all((page) => rings(page, "bob").waitFor({ state: "detached" }));
  await speaks(bob, "alice");
  await speaks(tabs[1], "bob");
  await tabs[0].locator(".call-bar").getByText("In another tab").waitFor();
  await press(bob, "Leave");
  await all(noCall);
  // Nobody takes it: it ends with the caller.
  const callees = [bob, await another(bob, "#@alice")];
  await press(tabs[2], "Call");
  await Promise.all(callees.map((page) => rings(page, "alice").waitFor()));
  await press(tabs[2], "Leave");
  await Promise.all(callees.map((page) => rings(page, "alice").waitFor({ state: "detached" })));
  blameless(alice, bob);
});

test("how one is heard is in the statistics, and said when it is bad", async () => {
  const zed = await (await new Fast(server.url).start()).enter("zed", PASSWORD, {});
  await zed.own("join_group", "cooks");
  await zed.own("join_call", "cooks", { reports: 1 });
  const tell = (lost) => zed.socket.send(bytesOf("update", "call_report", "zed", zed.token, "alice", lost));
  await go(alice, "#cooks");
  await joinCallAgain(alice);
  await press(alice, "Statistics");
  const statistics = alice.locator(".call-statistics"), hint = alice.locator(".call-hints").getByText("do not hear 40 %");
  await statistics.getByText("nobody has told yet").waitFor();
  const until = async (what, lost) => { // a report holds for some seconds
    const telling = setInterval(() => tell(lost), 500);
    await Promise.all(what.map((each) => each.waitFor()));
    clearInterval(telling);
  };
  await until([hint, statistics.getByText("40 % of what you say does not arrive")], 40);
  await until([statistics.getByText(" 3 % of what you say")], 3);
  await hint.waitFor({ state: "detached" });
  await statistics.getByText("nobody has told yet").waitFor();
  await press(alice, "Leave");
  zed.finish();
  blameless(alice);
});

test("a dead network is said within 3 s and left within 8 s; the seat is taken again when it is back", async () => {
  const far = await new Server({}, "127.0.0.2").start(), network = await new Network(far).start();
  const eve = await signUpFirst(browser, network.url, "eve");
  await makeGroup(eve, "millers");
  await eve.clock.install();
  await joinCall(eve);
  await eve.evaluate(() => {
    globalThis.said = [];
    new MutationObserver(() => {
      const words = [".call-hints", ".banner-link"].map((place) => document.querySelector(place)?.textContent ?? "").join(" ");
      for (const each of ["does not answer", "Your seat is held"])
        if (words.includes(each) && !globalThis.said.includes(each)) globalThis.said.push(each);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  network.cut();
  await eve.clock.runFor(3_000);
  assert.equal((await eve.evaluate(() => globalThis.said))[0], "does not answer");
  await eve.clock.runFor(5_000);
  assert.deepEqual(await eve.evaluate(() => globalThis.said), ["does not answer", "Your seat is held"]);
  network.mend();
  await eve.clock.runFor(4_000);
  await eve.locator(".banner-link").waitFor({ state: "detached" });
  await inCall(eve, ["eve"]);
  await eve.locator(".call-hints").getByText("Your seat is held").waitFor({ state: "detached" });
  blameless(eve);
  await eve.context().close();
  network.finish();
  await far.finish();
});
