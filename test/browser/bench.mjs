// bench.mjs - how fast the browser client is, by itself on a quiet machine: the time to the first usable
// screen on a 4G line as the browser's tools imitate it, and the longest frame while 500 conversations
// and 5,000 messages are gone through. Called by `make bench-web`; no test.
import { Fast, lines, seed } from "./fast.mjs";
import { Server, launchChromium, person } from "./harness.mjs";
import { PASSWORD, go, logIn, message, prepend } from "./people.mjs";

const CONVERSATIONS = 500, MESSAGES = 5_000, RUNS = 5;
const FOUR_G = { offline: false, latency: 60, downloadThroughput: 9e6 / 8, uploadThroughput: 9e6 / 8 }; // ms, bytes a second
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

async function firstScreen(browser, url) {
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const page = await person(browser, "about:blank");
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", FOUR_G);
    const begun = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.getByLabel("Name", { exact: true }).waitFor();
    times.push(performance.now() - begun);
    await page.context().close();
  }
  return median(times);
}

/** One group with all the messages; the other conversations are those with people who wrote once. */
async function fill(server) {
  const writer = await seed(server, { group: "long", readers: ["alice"], texts: lines(MESSAGES), password: PASSWORD });
  for (let at = 1; at < CONVERSATIONS; at++) {
    const one = await (await new Fast(server.url).start()).enter(`person-${at}`, PASSWORD);
    await one.say("alice", "welcome");
    one.finish();
  }
  writer.finish();
}

async function longestFrame(browser, url) {
  const page = await logIn(browser, url, "alice");
  await page.locator(".list-item").nth(CONVERSATIONS - 1).waitFor({ state: "attached" });
  await page.evaluate(() => {
    globalThis.longest = 0;
    let last = performance.now();
    const frame = (now) => { globalThis.longest = Math.max(globalThis.longest, now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
  });
  await go(page, "#long");
  await page.locator(".to-present").click();
  await message(page, `line ${MESSAGES}.`).waitFor();
  for (let pages = 0; pages < 30; pages++) await prepend(page, 0);
  for (let at = 1; at < 10; at++) await go(page, `person-${at}`);
  return page.evaluate(() => globalThis.longest);
}

const server = await new Server({ registrations_per_hour: 0 }).start();
const browser = await launchChromium();
try {
  console.log(`first usable screen on 4G (${FOUR_G.latency} ms, 9 Mbit/s): ${(await firstScreen(browser, server.url)).toFixed(0)} ms, median of ${RUNS}`);
  await fill(server);
  console.log(`longest frame with ${CONVERSATIONS} conversations and ${MESSAGES} messages: ${(await longestFrame(browser, server.url)).toFixed(1)} ms`);
} finally {
  await browser.close();
  await server.finish();
}
