// The audio of the browser client in real browsers, without a server: a microphone that plays a
// file (Chromium) or a tone (Firefox), encoded, decoded and heard; and recordings, which the
// reader of the C side accepts.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { launchChromium, launchFirefox } from "./harness.mjs";
import { Sound } from "./sound.mjs";
import { servePage, writeSpeech } from "./voice_page_server.mjs";

const build = resolve(process.env.CHINWAG_BUILD ?? "build");
let served, url, speech;

before(async () => {
  served = await servePage("voice_page.ts");
  ({ url } = served);
  speech = writeSpeech(join(served.folder, "speech.wav"), 6);
});

after(() => served.finish());

// What src/audio/ogg_opus_read.c and libopus say of a file.
function judge(base64) {
  const { status, stdout } = spawnSync(join(build, "test/e2e/opus_tool"), ["check"], { input: Buffer.from(base64, "base64") });
  assert.equal(status, 0, String(stdout));
  const [channels, frames, rms] = String(stdout).trim().split(" ").map(Number);
  return { channels, frames, rms };
}

function assertRecorded(recorded) {
  assert.equal(recorded.failure, undefined);
  assert.ok(recorded.samples >= 48000 && recorded.samples % 960 === 0, String(recorded.samples));
  assert.equal(recorded.peaks, recorded.samples / 960);
  assert.ok(Math.abs(recorded.decoded - recorded.samples) <= 1, `${recorded.decoded} of ${recorded.samples}`);
  const { channels, frames, rms } = judge(recorded.file);
  assert.equal(channels, 1);
  assert.equal(frames, recorded.samples);
  assert.ok(recorded.level > -40 && Math.abs(rms - recorded.level) < 1, `${rms} ${recorded.level}`);
}

/* The same with packets of 60 ms at 16 kbit/s: a third as many, and heard as well. */
async function assertPacked(page, heard) {
  const packed = await page.evaluate("loop({ frames: 3, bitrate: 16000 })");
  assert.equal(packed.failure, undefined);
  assert.ok(Math.abs(packed.heard - packed.said) < 3, JSON.stringify(packed));
  assert.ok(packed.packets < heard.packets * 0.6 && packed.bytes < heard.bytes * 0.8, JSON.stringify([packed, heard]));
  return packed;
}

test("chromium", async () => {
  const browser = await launchChromium({ arguments_: [`--use-file-for-fake-audio-capture=${speech}`] });
  try {
    const page = await browser.newPage();
    const faults = [];
    page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
    await page.goto(url);
    const heard = await page.evaluate("loop()");
    assert.equal(heard.failure, undefined);
    assert.ok(heard.correlation > 0.8, JSON.stringify(heard));
    assert.ok(Math.abs(heard.heard - heard.said) < 3, JSON.stringify(heard));
    // A machine that is busy with other things loses some of the 150; sound that is right needs most.
    assert.ok(heard.stats.lost < 50, JSON.stringify(heard));
    const packed = await assertPacked(page, heard);
    assert.ok(packed.correlation > 0.7 && packed.stats.lost < 20, JSON.stringify(packed));
    assertRecorded(await page.evaluate("record(1500)"));
    assert.deepEqual(faults.filter((text) => !/favicon/.test(text)), []);
  } finally {
    await browser.close();
  }
});

// Without a loudspeaker Firefox' audio clock stands still.
test("firefox", async () => {
  const sound = await new Sound().start();
  const { HOME: _home, ...environment } = sound.environment;
  Object.assign(process.env, environment);
  const browser = await launchFirefox();
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const heard = await page.evaluate("loop()");
    assert.equal(heard.failure, undefined);
    assert.ok(heard.heard > -40 && Math.abs(heard.heard - heard.said) < 3, JSON.stringify(heard));
    await assertPacked(page, heard);
    assertRecorded(await page.evaluate("record(1500)"));
  } finally {
    await browser.close();
    await sound.finish();
  }
});
