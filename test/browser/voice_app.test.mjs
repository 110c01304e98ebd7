// Voice in the client as chinwagd serves it, by clicks alone: a person is called, answers, and both
// are heard; a recording is sent and played; the policies of the site let all of it through.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server, launchChromium, person } from "./harness.mjs";
import { writeSpeech } from "./voice_page_server.mjs";

let server, browser, folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "chinwag-voice-"));
  server = await new Server().start();
  browser = await launchChromium({ arguments_: [`--use-file-for-fake-audio-capture=${writeSpeech(join(folder, "speech.wav"), 6)}`] });
});
after(async () => {
  await browser.close();
  await server.finish();
  rmSync(folder, { recursive: true, force: true });
});

async function user(name) {
  const page = await person(browser, server.url);
  await page.getByRole("tab", { name: "Create account" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").first().fill("correct horse");
  await page.locator("form button[type=submit]").click();
  await page.getByRole("button", { name: "Menu" }).waitFor();
  return page;
}

async function open(page, name) {
  await page.evaluate((to) => { location.hash = `#@${to}`; }, name);
  await page.getByRole("button", { name: /^Record a voice message/ }).waitFor();
}

test("a person is called, answers, and is heard; a recording is sent and played", async () => {
  const bob = await user("bob"), alice = await user("alice");
  await open(alice, "bob");
  await open(bob, "alice");
  await alice.getByRole("button", { name: "Call", exact: true }).click();
  await alice.getByRole("button", { name: "Join now" }).click();
  // The first account is asked to make a group: it can be called all the same.
  await bob.getByRole("button", { name: "Not now" }).waitFor();
  await bob.getByText("alice calls you").waitFor();
  await bob.getByRole("button", { name: "Answer" }).click();
  await bob.getByRole("button", { name: "Answer now" }).click();
  await bob.locator(".screen-welcome").getByRole("button", { name: "Close" }).click();
  // Two who both speak into the same recording hear each other.
  await alice.locator(".call-person.speaking", { hasText: "bob" }).waitFor();
  await bob.locator(".call-person.speaking", { hasText: "alice" }).waitFor();
  await bob.getByRole("button", { name: "Statistics" }).click();
  await bob.getByRole("row", { name: /^alice 0/ }).waitFor();
  if (process.env.CHINWAG_SHOTS) {
    await bob.screenshot({ path: join(process.env.CHINWAG_SHOTS, "call.png") });
    await bob.setViewportSize({ width: 360, height: 640 });
    await bob.screenshot({ path: join(process.env.CHINWAG_SHOTS, "call-360.png") });
    await bob.setViewportSize({ width: 1280, height: 800 });
  }
  await alice.getByRole("button", { name: "Leave" }).click();
  await bob.locator(".call-bar").waitFor({ state: "detached" });

  await alice.getByRole("button", { name: /^Record a voice message/ }).press("Enter");
  await alice.locator(".voice-record [role=timer]", { hasText: /[1-9]$/ }).waitFor();
  if (process.env.CHINWAG_SHOTS)
    await alice.screenshot({ path: join(process.env.CHINWAG_SHOTS, "record.png") });
  await alice.locator(".voice-recording").getByRole("button", { name: "Send" }).click();
  await Promise.all([ // it can be paused only as long as it is played
    bob.getByRole("button", { name: "Pause" }).waitFor(), bob.getByRole("button", { name: "Play" }).click()]);
  await alice.getByTitle("played", { exact: true }).waitFor();
  if (process.env.CHINWAG_SHOTS)
    await bob.screenshot({ path: join(process.env.CHINWAG_SHOTS, "player.png") });
  assert.deepEqual(alice.faults, []);
  assert.deepEqual(bob.faults, []);
});
