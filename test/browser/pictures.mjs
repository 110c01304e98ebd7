// pictures.mjs - takes the three pictures of README.md, of people who talk on a server of its own, and
// makes them small with ffmpeg: node test/browser/pictures.mjs docs. Called by hand after a change of
// what they show; a font with emoji has to be there (Debian: fonts-noto-color-emoji). No test.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fast } from "./fast.mjs";
import { Server, launchChromium } from "./harness.mjs";
import { PASSWORD, composer, go, inCall, joinCall, logIn, message, say, stored } from "./people.mjs";
import { writeSpeech } from "./voice_page_server.mjs";

const out = process.argv[2] ?? "docs";
const folder = mkdtempSync(join(tmpdir(), "chinwag-pictures-"));
const server = await new Server({ registrations_per_hour: 0 }).start();
const browser = await launchChromium({ arguments_: [`--use-file-for-fake-audio-capture=${writeSpeech(join(folder, "speech.wav"), 6)}`] });

async function take(page, name, { colorScheme, width, height }) {
  const raw = join(folder, "raw.png"), made = join(out, `browser-${name}.png`);
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height });
  await page.evaluate(() => document.querySelector(".messages-box").scrollTo(0, 1e6));
  await page.screenshot({ path: raw });
  const { status, stderr } = spawnSync("ffmpeg", ["-v", "error", "-y", "-i", raw, "-vf", "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=dither=none", made]);
  if (status !== 0) throw new Error(String(stderr));
}

/** A harbour in the evening. */
const drawn = (page) => page.evaluate(async () => {
  const canvas = new OffscreenCanvas(480, 220), pen = canvas.getContext("2d");
  const fill = (colour, ...points) => {
    pen.fillStyle = colour;
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.fill();
  };
  for (const [at, colour] of ["#33457a", "#6a5b8c", "#b8727f", "#f0a068", "#f7c583"].entries()) fill(colour, [0, at * 28], [480, at * 28], [480, 220], [0, 220]);
  pen.fillStyle = "#fff0c4";
  pen.arc(340, 118, 24, 0, 7);
  pen.fill();
  fill("#3a4a63", [0, 110], [60, 84], [110, 104], [170, 70], [260, 128], [0, 140]);
  fill("#24536b", [0, 130], [480, 126], [480, 220], [0, 220]);
  fill("#1b4158", [0, 176], [480, 168], [480, 220], [0, 220]);
  fill("#22262e", [150, 166], [262, 166], [244, 186], [168, 186]);
  fill("#e9e4d8", [202, 160], [202, 82], [252, 160]);
  fill("#c9523f", [196, 160], [196, 96], [160, 160]);
  return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer())];
});

const people = {};
for (const name of ["zoe", "alice", "bob", "carol", "dora"]) people[name] = await (await new Fast(server.url).start()).enter(name, PASSWORD, { client: "pictures" });
const { zoe, alice, bob, carol, dora } = people;
for (const group of ["kitchen", "garden", "music"]) {
  await zoe.own("create_group", group);
  for (const each of [alice, bob, carol, dora]) await each.own("join_group", group);
}
await zoe.own("set_topic", "kitchen", "Friday dinners: who cooks, who brings what");
await bob.say("#music", "Rehearsal is on Sunday");
await carol.say("alice", "See you on Friday!");
await dora.say("#garden", "The tomatoes are ripe 🍅");
await bob.say("#garden", "@alice, can you water on Saturday?");
alice.finish(); // she has a page

const page = await logIn(browser, server.url, "alice");
const others = await Promise.all(["bob", "carol"].map((name) => logIn(browser, server.url, name)));
await go(page, "#kitchen");
await Promise.all(others.map((each) => go(each, "#kitchen")));
await bob.say("#kitchen", "Who cooks on Friday?");
await carol.say("#kitchen", "I do: **leek soup**, and `sourdough` if it rises.\nStill to buy:\n- leeks, 3\n- potatoes, 1 kg");
await message(page, "potatoes").waitFor();
await message(page, "Who cooks").click({ button: "right" });
await page.getByRole("menuitem", { name: "Reply" }).or(page.locator(".message-bar").getByRole("button", { name: "Reply" })).first().click();
await say(page, "I bring cheese and the big pot");
await stored(page, "big pot");
const theirs = others[1].waitForEvent("filechooser");
await others[1].getByRole("button", { name: "Attach a file" }).click();
await (await theirs).setFiles({ name: "harbour.png", mimeType: "image/png", buffer: Buffer.from(await drawn(page)) });
await say(others[1], "We could eat out here");
await page.getByRole("button", { name: "Open the picture harbour.png" }).waitFor();
const seqs = (await page.locator("article.message").count());
await bob.own("react", "#kitchen", seqs, "😍");
await dora.own("react", "#kitchen", seqs, "😍");
await bob.own("react", "#kitchen", seqs, "👍");
await bob.say("#kitchen", "@alice, shall we call at seven?");
await message(page, "at seven").waitFor();
await page.locator(".reaction").nth(1).waitFor();
await page.getByRole("button", { name: "Not now" }).click();
await page.mouse.move(700, 20); // no message has its buttons
await composer(page).focus();
await take(page, "group", { colorScheme: "light", width: 1280, height: 800 });
await take(page, "phone", { colorScheme: "dark", width: 360, height: 640 });
await page.setViewportSize({ width: 1280, height: 800 });
await Promise.all([page, ...others].map((each) => joinCall(each)));
await inCall(page, ["alice", "bob", "carol"]);
await Promise.all(["bob", "carol"].map((name) => page.locator(".call-person.speaking", { hasText: name }).waitFor()));
await page.mouse.move(700, 20);
await take(page, "call", { colorScheme: "dark", width: 1280, height: 800 });
await browser.close();
for (const each of [zoe, bob, carol, dora]) each.finish();
await server.finish();
rmSync(folder, { recursive: true, force: true });
