// look.mjs - builds test/look.tsx, serves it under the policy that chinwagd sends, and takes pictures
// of its scenes into the folder that is its argument. Run: node test/look.mjs /tmp/pictures
// Needs playwright-core (test/browser) and Debian's Chromium.
import { build } from "esbuild";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { emojiList } from "../emoji_list.mjs";

const out = process.argv[2] ?? "build/look";
const only = process.argv[3];
mkdirSync(out, { recursive: true });
const { chromium } = createRequire(process.env.BROWSER_PACKAGES ?? new URL("../../test/browser/", import.meta.url))("playwright-core");
await build({ entryPoints: ["test/look.tsx"], outdir: "build/look", bundle: true, splitting: true, format: "esm", target: "es2022", jsx: "automatic", jsxImportSource: "preact", plugins: [emojiList], logLevel: "warning" });

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; require-trusted-types-for 'script'; trusted-types 'none'";
const PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,viewport-fit=cover"><link rel="stylesheet" href="/look.css"><script type="module" src="/look.js"></script><body></body></html>';
const server = createServer((request, response) => {
  const path = new URL(request.url, "http://x").pathname;
  const type = path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : path.endsWith(".svg") ? "image/svg+xml" : "text/html";
  response.writeHead(200, { "content-type": type, "content-security-policy": POLICY });
  response.end(type === "text/html" ? PAGE : readFileSync(path === "/icon.svg" ? "../web/dist/icon.svg" : `build/look${path}`));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };
const scenes = [
  ["dark", "?theme=dark#cooks", WIDE], ["light", "?theme=light#cooks", WIDE], ["narrow", "?theme=dark#cooks", NARROW], ["narrow-list", "?theme=light", NARROW],
  ["first", "?theme=light&first", WIDE], ["first-narrow", "?theme=dark&first#5c0e8f2a-6b1d-4a77-9e30-c4d2a8b1f605", NARROW], ["lost", "?theme=dark&lost#@bob", WIDE],
  ["empty", "?theme=light&empty", WIDE], ["rtl", "?theme=light&rtl#cooks", WIDE], ["4k", "?theme=dark#cooks", { width: 3840, height: 2160 }],
  ["switcher", "?theme=dark#cooks", WIDE, (page) => page.keyboard.press("Control+k")],
  ["menu", "?theme=light#cooks", WIDE, async (page) => { await page.locator(".message").nth(6).hover(); await page.locator(".message").nth(6).click({ button: "right" }); }],
  ["complete", "?theme=dark#cooks", WIDE, async (page) => { await page.locator("textarea").fill(""); await page.locator("textarea").pressSequentially(":brea"); }],
  ["picker", "?theme=light#cooks", NARROW, (page) => page.getByRole("button", { name: "Emoji", exact: true }).click()],
  ["viewer", "?theme=light#cooks", WIDE, async (page) => { await page.locator(".picture-button").scrollIntoViewIfNeeded(); await page.locator(".picture-button").click(); }],
  ["sheet", "?theme=light#cooks", WIDE, (page) => page.keyboard.press("Control+/")],
  ["top", "?theme=light#cooks", WIDE, (page) => page.locator(".messages-box").evaluate((box) => { box.scrollTop = 0; })],
];
for (const [name, address, viewport, act] of scenes) {
  if (only !== undefined && !only.split(",").includes(name)) continue;
  const page = await browser.newPage({ viewport, hasTouch: viewport === NARROW, isMobile: viewport === NARROW });
  page.on("pageerror", (error) => console.log(name, "page error:", error.message));
  page.on("console", (line) => { if (line.type() === "error") console.log(name, "console:", line.text()); });
  await page.goto(base + address);
  await page.waitForSelector(".shell, .first");
  await act?.(page);
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${out}/${name}.png` });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) console.log(name, "is wider than the window by", wide);
  await page.close();
}
await browser.close();
server.close();
