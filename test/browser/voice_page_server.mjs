// voice_page_server.mjs - serves one of the pages of the voice tests, built with the parts of voice,
// under the policy of the real site. For voice_graph.test.mjs and voice_views.test.mjs.
import { mkdtempSync, readFileSync, rmSync, existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const web = resolve(here, "../../web");
// As src/web/web.c has it, as far as it matters here.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:; " +
  "trusted-types chinwag-voice; require-trusted-types-for 'script'";
const TYPES = { js: "text/javascript", css: "text/css" };

/** What answers requests with the page and the files in the folder, below `base`. */
export function answerFrom(folder, base) {
  const style = existsSync(join(folder, "page.css")) ? '<link rel="stylesheet" href="page.css">' : "";
  return (request, response) => {
    const name = request.url.startsWith(base) ? request.url.slice(base.length) : undefined;
    response.setHeader("Content-Security-Policy", POLICY);
    if (name === "") {
      response.setHeader("Content-Type", "text/html");
      return response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Voice</title>${style}<div id="page"></div>` +
        '<script type="module" src="page.js"></script></html>');
    }
    const [, ending] = /^[\w.-]+\.(js|css)$/.exec(name ?? "") ?? [];
    if (ending === undefined || !existsSync(join(folder, name)))
      return response.writeHead(404).end();
    response.setHeader("Content-Type", TYPES[ending]);
    response.end(readFileSync(join(folder, name)));
  };
}

/** page: a file beside this one. Gives its address, a folder that goes at the end, and finish(). */
export async function servePage(page) {
  const folder = mkdtempSync(join(tmpdir(), "chinwag-voice-"));
  const { build } = createRequire(join(web, "package.json"))("esbuild");
  const { buildParts } = await import(pathToFileURL(join(web, "parts.mjs")));
  const define = await buildParts(folder, web);
  await build({ entryPoints: { page: join(here, page) }, outdir: folder, bundle: true, splitting: true, format: "esm", target: "es2022", define,
    jsx: "automatic", jsxImportSource: "preact", nodePaths: [join(web, "node_modules")], logLevel: "warning" });
  const server = createServer(answerFrom(folder, "/"));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    folder, url: `http://127.0.0.1:${server.address().port}/`,
    finish() {
      server.close();
      server.closeAllConnections?.();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A voice whose pitch never stands still, so that a correlation has one best lag, as a WAV file for
 * Chromium's microphone: 16 bit, 48 kHz. */
export function writeSpeech(file, seconds) {
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
  writeFileSync(file, wav);
  return file;
}

/** The level of a WAV file of 16 bit, as the command writes it, in dB. */
export function levelOf(wav) {
  const bytes = readFileSync(wav);
  let sum = 0;
  for (let i = 44; i + 1 < bytes.length; i += 2)
    sum += (bytes.readInt16LE(i) / 32768) ** 2;
  return 10 * Math.log10(sum / ((bytes.length - 44) / 2) + 1e-10);
}
