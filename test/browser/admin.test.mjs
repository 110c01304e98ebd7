// The page of administrators in Chromium, by what is seen and pressed, beside the pages of those whom it
// concerns: what one does there is what the others meet. The audit log has all of it at the end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Fast } from "./fast.mjs";
import { PATIENCE, Server, launchChromium, person } from "./harness.mjs";
import { PASSWORD, PREFERENCES, blameless, choose, go, joinGroup, kept, logIn, makeGroup, message, press, say, signUp, signUpFirst, stored } from "./people.mjs";

let server, browser, ada, bob, mallory;

before(async () => {
  server = await new Server().start();
  browser = await launchChromium();
  ada = await signUpFirst(browser, server.url, "ada");
  bob = await signUp(browser, server.url, "bob");
  mallory = await signUp(browser, server.url, "mallory");
  await makeGroup(bob, "cooks");
  await joinGroup(mallory, "cooks");
});

after(async () => {
  await browser?.close();
  await server?.finish();
});

const dialog = (page) => page.getByRole("dialog", { name: "Administration" });
const part = async (name) => {
  if (await dialog(ada).count() === 0) await choose(ada, "Administration");
  await dialog(ada).getByRole("navigation").getByRole("button", { name, exact: true }).click();
  await ada.waitForFunction((wanted) => document.querySelector(".screen-admin h3")?.textContent === wanted && !document.querySelector('.screen-admin [aria-busy="true"]'), name);
};
const rows = (label) => dialog(ada).getByRole("list", { name: label }).getByRole("listitem");
const row = (label, text) => rows(label).filter({ hasText: text });
const says = (text) => dialog(ada).getByRole("status").getByText(text, { exact: true }).waitFor();
const manage = async (name) => {
  await row("Users", name).getByRole("button", { name: `Manage ${name}` }).click();
  return row("Users", name);
};
/** The names of the list, with what stands beside each. */
const users = () => rows("Users").locator(".row-text > span:first-child").allInnerTexts().then((all) => all.map((each) => each.replace(/\s+/g, " ").trim()));
/** The page is where somebody logs in, and says why. */
const isOut = async (page, words) => {
  await page.getByRole("tab", { name: "Log in" }).waitFor();
  if (words) await page.getByText(words).waitFor();
};
const refused = async (page, name, password = PASSWORD) => {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await press(page, "Log in");
  return page.getByRole("alert").innerText();
};
const enter = async (page, name, password) => {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await press(page, "Log in");
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
};

test("only administrators have the page", async () => {
  await bob.locator(".me-button").click();
  await bob.getByRole("menuitem", { name: "Settings" }).waitFor();
  assert.equal(await bob.getByRole("menuitem", { name: "Administration" }).count(), 0);
  await bob.keyboard.press("Escape");
  await part("Users");
  assert.deepEqual(await users(), ["ada administrator", "bob", "mallory"]);
  const dotsInRows = await rows("Users").evaluateAll((all) => all.map((each) => {
    const [place, dot] = [each, each.querySelector(".presence")].map((element) => element.getBoundingClientRect());
    return dot.width > 0 && dot.left >= place.left && dot.right <= place.right && dot.top >= place.top && dot.bottom <= place.bottom;
  }));
  assert.deepEqual(dotsInRows, [true, true, true]);
});

test("a message is reported from its menu; its writer is seen to, banned, told why, and let in again", async () => {
  await go(mallory, "#cooks");
  await say(mallory, "buy now");
  await stored(mallory, "buy now");
  await go(bob, "#cooks");
  await message(bob, "buy now").click({ button: "right" });
  await bob.getByRole("menuitem", { name: "Report" }).click();
  const report = bob.getByRole("dialog", { name: "Report a message" });
  await report.getByLabel("What is wrong with it").fill("spam");
  await press(report, "Report");
  await report.getByText("Thank you. The administrators will look at it.").waitFor();
  await bob.keyboard.press("Escape");

  await part("Reports");
  assert.deepEqual(await rows("Reports").locator("blockquote").allInnerTexts(), ["buy now"]);
  await row("Reports", "bob reported it: spam").getByRole("button", { name: "See to mallory" }).click();
  await press(row("Users", "mallory"), "Ban");
  await row("Users", "mallory").getByLabel("For how long").selectOption("86400");
  await row("Users", "mallory").getByLabel("Reason").fill("spam in #cooks");
  await press(row("Users", "mallory"), "Ban");
  await says("mallory is banned.");
  assert.deepEqual(await users(), ["mallory banned"]);
  await isOut(mallory, "An administrator has banned you from this server.");
  assert.match(await refused(mallory, "mallory"), /^An administrator has banned you from this server until .*spam in #cooks/);

  await part("Bans");
  await press(row("Bans", "mallory"), "End the ban");
  await says("mallory is not banned any more.");
  await dialog(ada).getByText("Nobody is banned from this server.").waitFor();
  await enter(mallory, "mallory", PASSWORD);
  await part("Reports");
  await press(rows("Reports"), "Done with it");
  await says("The report is removed.");
  await dialog(ada).getByText("Nobody has reported a message.").waitFor();
});

test("a user is logged out everywhere, renamed, and logs in under the new name", async () => {
  await part("Users");
  await press(await manage("mallory"), "Log out everywhere");
  await says("mallory is logged out everywhere.");
  await isOut(mallory);
  await enter(mallory, "mallory", PASSWORD);
  const of = await manage("mallory");
  await press(of, "Rename");
  await of.getByRole("textbox", { name: "New name" }).fill("bob");
  await press(of, "Rename");
  await dialog(ada).getByRole("alert").waitFor();
  assert.deepEqual(await users(), ["ada administrator", "bob", "mallory"]);
  await of.getByRole("textbox", { name: "New name" }).fill("melon");
  await press(of, "Rename");
  await says("mallory is renamed.");
  assert.deepEqual(await users(), ["ada administrator", "bob", "melon"]);
  await isOut(mallory, "An administrator has renamed you: log in with the new name.");
  assert.equal(await refused(mallory, "mallory"), "The name or the password is wrong.");
  await enter(mallory, "melon", PASSWORD);
});

test("a link for a new password: the old one is worth nothing, the new one logs in; the link is good once", async () => {
  await part("Users");
  const of = await manage("melon");
  await press(of, "Reset the password");
  await press(of, "Reset the password");
  await says("melon needs a new password now.");
  const link = await dialog(ada).getByLabel("Link for melon").inputValue();
  assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/#\/reset\/[\w-]{43}$/);
  await isOut(mallory, "An administrator has reset your password: ask for the link.");
  assert.equal(await refused(mallory, "melon"), "The name or the password is wrong.");

  const tablet = await person(browser, link);
  await tablet.getByLabel("New password").fill("short");
  await press(tablet, "Set the password and log in");
  assert.match(await tablet.getByRole("alert").innerText(), /password/i);
  await tablet.getByLabel("New password").fill("battery staple");
  await press(tablet, "Set the password and log in");
  await tablet.getByRole("navigation", { name: "Conversations" }).waitFor();
  assert.equal(await tablet.locator(".me-name").innerText(), "melon");
  assert.equal(await tablet.evaluate(() => location.hash), "");
  const again = await person(browser, link);
  await again.getByLabel("New password").fill("another staple");
  await press(again, "Set the password and log in");
  assert.match(await again.getByRole("alert").innerText(), /^This link is not good, or not any more/);
  await enter(mallory, "melon", "battery staple");
  blameless(tablet, again);
  await tablet.context().close();
  await again.context().close();
});

test("administration is given, shows at the next login, and is taken away; administrators are not banned", async () => {
  await part("Users");
  let of = await manage("bob");
  await press(of, "Make administrator");
  await press(of, "Make administrator");
  await says("bob is an administrator now.");
  assert.deepEqual(await users(), ["ada administrator", "bob administrator", "melon"]);
  of = await manage("bob");
  assert.equal(await of.getByRole("button", { name: "Ban", exact: true }).count(), 0);
  assert.equal(await of.getByRole("button", { name: "Delete", exact: true }).count(), 0);
  await press(of, "No longer administrator");
  await press(of, "No longer administrator");
  await says("bob is no administrator any more.");
  of = await manage("ada");
  await press(of, "No longer administrator");
  await press(of, "No longer administrator");
  assert.match(await dialog(ada).getByRole("alert").innerText(), /^This server has no other administrator: name one first/);
  assert.deepEqual(await users(), ["ada administrator", "bob", "melon"]);
});

test("a network is banned and let in again; one's own is not banned", async () => {
  await part("Bans");
  const form = dialog(ada).locator("form");
  await form.getByLabel("Whom").selectOption("network");
  await form.getByLabel("Address or network").fill("127.0.0.0/8");
  await press(form, "Ban");
  await dialog(ada).getByRole("alert").waitFor();
  assert.equal(await rows("Bans").count(), 0);
  await form.getByLabel("Address or network").fill("192.0.2.0/24");
  await press(form, "Ban");
  await says("192.0.2.0/24 is banned.");
  assert.match(await rows("Bans").innerText(), /^192\.0\.2\.0\/24\s+for good · by ada\s+End the ban$/);
  await press(rows("Bans"), "End the ban");
  await says("192.0.2.0/24 is not banned any more.");
  await dialog(ada).getByText("Nobody is banned from this server.").waitFor();
});

test("another's invitation is withdrawn: it is gone for its maker, too", async () => {
  await choose(bob, "Settings");
  const own = bob.getByRole("dialog", { name: "Settings" });
  await press(own, "Invitations");
  await press(own, "Make an invitation");
  await own.getByLabel("Link to send").waitFor();
  await bob.keyboard.press("Escape");
  await part("Invitations");
  assert.match(await rows("Invitations").innerText(), /^For 1 more person\s+by bob/);
  await press(rows("Invitations"), "Withdraw");
  await dialog(ada).getByText("No invitation is open.").waitFor();
  await choose(bob, "Settings");
  await press(own, "Invitations");
  await own.getByText("No invitation is open.").waitFor();
  await bob.keyboard.press("Escape");
});

test("a group of others is placed, and newcomers become its members", async () => {
  await part("Groups");
  const cooks = row("Groups", "#cooks");
  assert.match(await cooks.innerText(), /^#cooks\s+2 members · of bob\s+Manage$/);
  await cooks.getByRole("button", { name: "Manage cooks" }).click();
  await cooks.getByLabel("Heading", { exact: true }).fill("At home");
  await press(cooks, "Place it");
  await says("cooks is placed.");
  await cooks.getByRole("button", { name: "Manage cooks" }).click();
  await press(cooks, "Put newcomers into it");
  await says("Newcomers become members of cooks.");
  const carol = await signUp(browser, server.url, "carol");
  await carol.getByRole("heading", { name: "At home" }).waitFor();
  assert.deepEqual(await carol.locator(".list-title").allInnerTexts(), ["cooks"]);
  blameless(carol);
  await carol.context().close();
});

test("status counts who is here; a setting holds at once, and goes back to what the file says", async () => {
  await part("Status");
  const said = await rows("Status of the server").allInnerTexts().then((all) => Object.fromEntries(all.map((each) => each.split("\n").filter((line) => line !== ""))));
  assert.deepEqual([said["Users"], said["Groups"], said["Calls"]], ["4", "1", "0"]);
  await part("Settings");
  const registration = row("Settings", "registration").first();
  const save = async (value) => {
    await registration.getByRole("textbox").fill(value);
    await press(registration, "Save");
  };
  assert.equal(await registration.getByRole("textbox").inputValue(), "open");
  await save("sometimes");
  await dialog(ada).getByRole("alert").waitFor();
  await save("closed");
  await says("registration is set.");
  await dialog(ada).getByLabel("registration (set here)").waitFor();
  const dave = await person(browser, server.url);
  await dave.getByRole("tab", { name: "Create account" }).click();
  await dave.getByLabel("Name", { exact: true }).fill("dave");
  await dave.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await press(dave, "Create account");
  assert.equal(await dave.getByRole("alert").innerText(), "Nobody may register here: ask whoever runs the server");
  await save("");
  await dialog(ada).getByLabel("registration", { exact: true }).waitFor();
  assert.equal(await registration.getByRole("textbox").inputValue(), "open");
  await press(dave, "Create account");
  await dave.getByRole("navigation", { name: "Conversations" }).waitFor();
  blameless(dave);
  await dave.context().close();
});

test("an announcement stands above everybody's conversations, also at the next start, until it ends or is put away", async () => {
  const above = (page) => page.getByRole("region", { name: "Announcement" });
  await part("Announcements");
  await dialog(ada).getByLabel("What everybody is to know").fill("Down at noon");
  await dialog(ada).getByLabel("For how long").selectOption("86400");
  await press(dialog(ada), "Announce");
  await says("It is announced.");
  assert.match(await rows("Announcements that stand").innerText(), /^Down at noon\s+by ada · until /);
  assert.equal(await above(bob).getByRole("status").innerText(), "ada: Down at noon");
  await mallory.reload();
  assert.equal(await above(mallory).getByRole("status").innerText(), "ada: Down at noon");
  await press(above(mallory), "Dismiss");
  await above(mallory).waitFor({ state: "detached" });
  await kept(mallory, PREFERENCES, { putAway: [1] });
  await mallory.reload();
  await mallory.getByRole("navigation", { name: "Conversations" }).waitFor();
  assert.equal(await above(bob).count(), 1);
  await press(rows("Announcements that stand"), "End");
  await dialog(ada).getByText("None stands now.").waitFor();
  await above(bob).waitFor({ state: "detached" });
  assert.equal(await above(mallory).count(), 0);
});

test("a group whose owner is banned gets another; a closed one is gone for its members", async () => {
  await part("Bans");
  const form = dialog(ada).locator("form");
  await form.getByLabel("Whom").selectOption("user");
  await form.getByLabel("Name of the user").fill("bob");
  await press(form, "Ban");
  await says("bob is banned.");
  await isOut(bob);
  await part("Groups");
  const cooks = row("Groups", "#cooks");
  assert.match(await cooks.innerText(), /^#cooks without an owner who comes/);
  await cooks.getByRole("button", { name: "Manage cooks" }).click();
  await press(cooks, "Give it an owner");
  await cooks.getByLabel("New owner").fill("melon");
  await press(cooks, "Give it an owner");
  await says("melon owns cooks now.");
  assert.match(await cooks.innerText(), /^#cooks\s+4 members · of melon/);
  await part("Bans");
  await press(rows("Bans"), "End the ban");
  await says("bob is not banned any more.");
  await enter(bob, "bob", PASSWORD);

  await makeGroup(bob, "idlers");
  await joinGroup(mallory, "idlers");
  await part("Groups");
  const idlers = row("Groups", "#idlers");
  await idlers.getByRole("button", { name: "Manage idlers" }).click();
  await press(idlers, "Close the group");
  await press(idlers, "Close the group");
  await says("idlers is closed.");
  await idlers.waitFor({ state: "detached" });
  for (const page of [bob, mallory]) {
    await page.getByText("#idlers was closed.").waitFor();
    await page.waitForFunction(() => ![...document.querySelectorAll(".list-title")].some((each) => each.textContent === "idlers"));
  }
});

test("an account is deleted with what it has sent", async () => {
  await part("Users");
  const of = await manage("melon");
  await press(of, "Delete");
  await of.getByLabel("What goes").selectOption("messages");
  await press(of, "Delete");
  await says("melon is deleted.");
  assert.deepEqual(await users(), ["ada administrator", "bob", "carol", "dave"]);
  await isOut(mallory, "The account was deleted.");
  /* It goes within seconds, and no page that shows it is told. */
  const fast = await new Fast(server.url).start();
  const [, , , token] = await fast.must("login", "carol", PASSWORD, { client: "test" });
  const texts = () => fast.must("history", "carol", token, "#cooks", {}).then(([, , { list }]) => list.map(({ content }) => content));
  for (const end = Date.now() + PATIENCE; (await texts()).includes("buy now");) assert.ok(Date.now() < end, "it is still there");
  fast.finish();
});

test("the audit log is whole, and has each act", async () => {
  await part("Audit log");
  await rows("Audit log").first().waitFor();
  const acts = await rows("Audit log").locator(".row-text > span:first-child").allInnerTexts();
  assert.deepEqual(acts.reverse().map((each) => each.replace(/\s+/g, " ").trim()), [
    "ada banned deleted/3", "ada ended the ban of deleted/3", "ada removed the report 1", "ada logged out deleted/3", "ada renamed deleted/3",
    "ada reset the password of deleted/3", "deleted/3 chose a new password: deleted/3", "ada made administrator: bob",
    "ada took the administration from bob", "ada banned the network 192.0.2.0/24", "ada ended the ban of the network 192.0.2.0/24",
    "ada withdrew the invitation 1", "ada set registration = closed", "ada set registration =", "ada made the announcement 1",
    "ada ended the announcement 1", "ada banned bob", "ada gave an owner to the group cooks · user 3", "ada ended the ban of bob",
    "ada closed the group 2 · idlers", "ada deleted the user deleted/3",
  ]);
  await says(`Checked: all ${acts.length} entries are as they were written.`);
});

test("no page has logged an error", () => blameless(ada, bob, mallory));
