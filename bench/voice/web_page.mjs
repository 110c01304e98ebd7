// web_page.mjs - a browser with the devices that PulseAudio has by default, for web.py: what is said
// into the microphone comes out of the loudspeaker, straight (floor) or by the client's own path
// through encoder, buffer and decoder (voice). It runs until stdin ends, then prints what it measured.
//
//   node web_page.mjs chromium|firefox floor|voice [echo]
import { existsSync } from "node:fs";
import { servePage } from "../../test/browser/voice_page_server.mjs";

const [, , name, what, echo] = process.argv;
const chromiums = ["/usr/bin/chromium", "/usr/bin/google-chrome"], firefoxes = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

// Playwright mutes Chromium unless it is told not to.
async function launch() {
  if (name === "chromium") {
    const { chromium } = await import("../../test/browser/node_modules/playwright-core/index.mjs");
    return chromium.launch({ executablePath: chromiums.find(existsSync), headless: true, ignoreDefaultArgs: ["--mute-audio"],
      args: ["--no-sandbox", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"] });
  }
  const { default: puppeteer } = await import("../../test/browser/node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js");
  return puppeteer.launch({ browser: "firefox", executablePath: firefoxes.find(existsSync), headless: true,
    extraPrefsFirefox: { "media.navigator.permission.disabled": true, "media.autoplay.default": 0 } });
}

const served = await servePage("voice_page.ts");
const browser = await launch();
const page = await browser.newPage();
await page.goto(served.url);
await page.evaluate(`${what}(${echo === "echo"})`);
console.log("ready");
process.stdin.resume();
await new Promise((done) => process.stdin.once("end", done));
console.log(JSON.stringify(await page.evaluate("measured()")));
await browser.close();
served.finish();
