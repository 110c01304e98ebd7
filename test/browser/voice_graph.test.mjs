// The audio of the browser client in real browsers, without a server: a microphone that plays a
// file (Chromium) or a tone (Firefox), encoded, decoded and heard; and recordings, which the
// reader of the C side accepts.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launchChromium, launchFirefox } from "./harness.mjs";
import { Sound } from "./sound.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const web = resolve(here, "../../web");
const build = resolve(process.env.CHINWAG_BUILD ?? "build");
// The policy of the real site (src/web/web.c), as far as it matters here.
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; media-src 'self' blob:; trusted-types chinwag-voice; require-trusted-types-for 'script'";

let folder, server, url;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "chinwag-voice-"));
  const { build: bundle } = createRequire(join(web, "package.json"))("esbuild");
  const { buildParts } = await import(pathToFileURL(join(web, "parts.mjs")));
  const define = await buildParts(folder, web);
  await bundle({ entryPoints: [join(here, "voice_page.ts")], outfile: join(folder, "page.js"), bundle: true,
    format: "esm", target: "es2022", define, logLevel: "warning" });
  writeFileSync(join(folder, "speech.wav"), speech(6));
  server = createServer((request, response) => {
    const name = request.url.slice(1);
    response.setHeader("Content-Security-Policy", POLICY);
    if (name === "") {
      response.setHeader("Content-Type", "text/html");
      return response.end('<!doctype html><title>Voice</title><script type="module" src="page.js"></script>');
    }
    if (!/^[\w.-]+\.js$/.test(name))
      return response.writeHead(404).end();
    response.setHeader("Content-Type", "text/javascript");
    response.end(readFileSync(join(folder, name)));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${server.address().port}/`;
});

after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

// A voice whose pitch never stands still, so that a correlation has one best lag: 16 bit, 48 kHz.
function speech(seconds) {
  const n = seconds * 48000, wav = Buffer.alloc(44 + 2 * n);
  wav.write("RIFF", 0); wav.writeUInt32LE(36 + 2 * n, 4); wav.write("WAVEfmt ", 8); wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(48000, 24); wav.writeUInt32LE(96000, 28);
  wav.writeUInt16LE(2, 32); wav.writeUInt16LE(16, 34); wav.write("data", 36); wav.writeUInt32LE(2 * n, 40);
  for (let i = 0, phase = 0; i < n; i++) {
    const t = i / 48000;
    phase += (2 * Math.PI * (150 + 40 * Math.sin(4.1 * t) + 15 * Math.sin(17 * t))) / 48000;
    let sum = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic++)
      sum += Math.sin(harmonic * phase) / (1 + Math.abs(harmonic - 4));
    wav.writeInt16LE(Math.round(5000 * sum * (0.6 + 0.4 * Math.sin(23 * t))), 44 + 2 * i);
  }
  return wav;
}

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

test("chromium", async () => {
  const browser = await launchChromium({ arguments_: [`--use-file-for-fake-audio-capture=${join(folder, "speech.wav")}`] });
  try {
    const page = await browser.newPage();
    const faults = [];
    page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
    await page.goto(url);
    const heard = await page.evaluate("loop()");
    assert.equal(heard.failure, undefined);
    assert.ok(heard.correlation > 0.8, JSON.stringify(heard));
    assert.ok(Math.abs(heard.heard - heard.said) < 3, JSON.stringify(heard));
    assert.equal(heard.stats.lost, 0);
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
    assertRecorded(await page.evaluate("record(1500)"));
  } finally {
    await browser.close();
    await sound.finish();
  }
});
