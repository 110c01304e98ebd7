// The site comes up in both browsers, and nothing on it is an error.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, launchChromium, launchFirefox, person } from "./harness.mjs";

let server;
before(async () => { server = await new Server().start(); });
after(() => server.finish());

test("chromium", async () => {
  const browser = await launchChromium();
  try {
    const page = await person(browser, server.url);
    assert.match(await page.title(), /Chinwag/);
    assert.deepEqual(page.faults, []);
  } finally {
    await browser.close();
  }
});

test("firefox", async () => {
  const browser = await launchFirefox();
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    assert.match(await page.title(), /Chinwag/);
  } finally {
    await browser.close();
  }
});
