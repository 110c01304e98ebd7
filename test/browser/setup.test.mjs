// The set-up link that a fresh server prints, opened in Chromium: whoever comes first is led to the
// first group and to a link for others. Only who is invited may register here, as on a server that
// others reach.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, launchChromium, person } from "./harness.mjs";
import { blameless, createAccount, fillIn, message, press, say, stored } from "./people.mjs";

let server, browser, ada, link, invitation;

before(async () => {
  server = await new Server({ registration: "invited" }).start();
  [[link], browser] = await Promise.all([server.printed(/http:\/\/\S+\/join#[0-9a-f]{64}$/), launchChromium()]);
});
after(async () => {
  await browser?.close();
  await server?.finish();
});

const opened = async (address) => {
  const page = await person(browser, address);
  await page.getByText("You are invited.").waitFor();
  return page;
};

const mayAdminister = async (page) => {
  await page.locator(".me-button").click();
  await page.getByRole("menuitem", { name: "Settings" }).waitFor();
  const found = await page.getByRole("menuitem", { name: "Administration" }).count();
  await page.keyboard.press("Escape");
  return found === 1;
};

test("its user administers the server, makes the first group, and gets a link for others", async () => {
  ada = await createAccount(await opened(link), "ada");
  assert.ok(!ada.url().includes("#"), "the secret stays in the address");
  const steps = ada.getByRole("dialog", { name: "Your server is ready" });
  await steps.getByLabel("Name of the first group").fill("lobby");
  await press(steps, "Make the group");
  invitation = await steps.getByLabel("Invitation link").inputValue();
  await press(steps, "Begin to talk");
  await steps.waitFor({ state: "detached" });
  await ada.waitForFunction(() => location.hash === "#lobby");
  await say(ada, "Welcome here");
  await stored(ada, "Welcome here");
  assert.equal(await mayAdminister(ada), true);
  blameless(ada);
});

test("who opens that link is a user, and lands in the group with what was said there", async () => {
  const bob = await createAccount(await opened(invitation), "bob");
  await message(bob, "Welcome here").waitFor();
  await bob.waitForFunction(() => location.hash === "#lobby");
  await say(bob, "Hello");
  await message(ada, "Hello").waitFor();
  assert.equal(await mayAdminister(bob), false);
  blameless(ada, bob);
});

test("it is good once: the next one reads why, and makes no account", async () => {
  const eve = await opened(link);
  await fillIn(eve, "eve");
  await press(eve, "Create account");
  await eve.getByRole("alert").getByText("This set-up link is not good, or not any more").waitFor();
  blameless(eve);
});
