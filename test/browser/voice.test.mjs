// Voice with a real server: two browsers and the command in one call, calls of two, a lost
// connection, and recordings that go from a browser to the command and back.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import net from "node:net";
import { join, resolve } from "node:path";
import { after, before, afterEach, test } from "node:test";
import { PATIENCE, Server, launchChromium, person } from "./harness.mjs";
import { answerFrom, levelOf, servePage, writeSpeech } from "./voice_page_server.mjs";

const build = resolve(process.env.CHINWAG_BUILD ?? "build");
let served, server, front, browser, speech;
process.env.CHINWAG_PASSWORD = "correct horse"; // of the command
const open = [];

before(async () => {
  served = await servePage("voice_page_client.tsx");
  speech = writeSpeech(join(served.folder, "speech.wav"), 6);
  server = await new Server({}, "127.0.0.2").start();
  front = await new Front(server, served.folder).start();
  browser = await launchChromium({ arguments_: [`--use-file-for-fake-audio-capture=${speech}`] });
});

// One direction of a connection: at once, or so many bytes a second, the rest waits.
class Line {
  constructor(front_, to, bytesPerS) {
    Object.assign(this, { front_, to, chunks: [], waiting: 0, bytesPerS });
  }

  write(data) {
    if (this.bytesPerS === Infinity)
      return this.to.write(data);
    this.chunks.push(data);
    this.waiting += data.length;
    this.front_.most = Math.max(this.front_.most, this.waiting);
    if (this.waiting === data.length)
      this.pass();
  }

  pass() {
    const [first] = this.chunks;
    setTimeout(() => {
      this.chunks.shift();
      this.waiting -= first.length;
      this.to.write(first);
      if (this.waiting > 0)
        return this.pass();
      this.front_.emptied?.();
    }, (1000 * first.length) / this.bytesPerS);
  }
}

// The server's own address, with the page of this test below /voice/: other origins may not open its
// socket. The socket can be cut as a cable that is pulled: nothing is closed, nothing passes.
class Front {
  constructor(server_, folder) {
    this.server = server_;
    this.pairs = new Set();
    this.bytesPerS = { up: Infinity, down: Infinity };
    this.most = 0;
    this.listener = createServer(answerFrom(folder, "/voice/"));
    this.listener.on("upgrade", (request, near, head) => this.upgrade(request, near, head));
  }

  async start() {
    await this.server.beside(this.listener, "127.0.0.1");
    this.url = `http://127.0.0.1:${this.server.port}/`;
    return this;
  }

  upgrade(request, near, head) {
    const far = net.connect(this.server.port, this.server.address), pair = { silent: this.silent, near, far, lines: [] };
    this.pairs.add(pair);
    const lines = request.rawHeaders.reduce((text, part, i) => text + part + (i % 2 === 0 ? ": " : "\r\n"), "");
    far.write(`GET ${request.url} HTTP/1.1\r\n${lines}\r\n`);
    far.write(head);
    for (const [from, to] of [[near, far], [far, near]]) {
      const line = new Line(this, to, from === near ? this.bytesPerS.up : this.bytesPerS.down);
      pair.lines.push(line);
      from.on("data", (data) => { if (!pair.silent && !this.silent) line.write(data); });
      from.on("error", () => {});
      from.on("close", () => { if (!pair.silent) to.destroy(); this.pairs.delete(pair); });
    }
  }

  cut() {
    this.silent = true;
    for (const pair of this.pairs) pair.silent = true;
  }

  mend() { this.silent = false; }

  /** Connections from now on take so many bytes a second. */
  narrow({ up = Infinity, down = Infinity }) { this.bytesPerS = { up, down }; }

  /** Closes all connections. */
  drop() { for (const { near, far } of this.pairs) { near.destroy(); far.destroy(); } }

  /** Ends when nothing waits on a line. */
  async isEmptier() {
    while ([...this.pairs].some(({ lines }) => lines.some((line) => line.waiting > 0)))
      await new Promise((done) => { this.emptied = done; });
  }

  finish() {
    this.listener.close();
    this.listener.closeAllConnections();
  }
}

after(async () => {
  await browser.close();
  front.finish();
  await server.finish();
  served.finish();
});

afterEach(async () => {
  for (const page of open.splice(0))
    await page.context().close();
});

const facts = (page) => page.evaluate("facts()");
// What the page knew when it took too long is worth more than the time.
const until = (page, condition, value) => page.waitForFunction(condition, value, { timeout: PATIENCE })
  .catch(async (error) => { throw new Error(`${error.message} ${condition}\n${JSON.stringify(await facts(page))}\n${page.faults.join("\n")}`); });
const act = async (page, action, ...parameters) => {
  const outcome = await page.evaluate(([name, values]) => actions[name](...values), [action, parameters]);
  assert.ok(outcome === undefined || outcome === null || outcome.ok, `${action}: ${JSON.stringify(outcome)}`);
};

async function user(name, { muted = false } = {}) {
  const page = await person(browser, `${front.url}voice/`);
  open.push(page);
  await until(page, () => window.facts?.().phase === "out");
  await act(page, "register", { username: name, password: "correct horse", temporary: true });
  await until(page, () => facts().phase === "in");
  page.muted = muted;
  return page;
}

async function join_(page, conversation) {
  await act(page, "join", conversation);
  if (page.muted)
    await act(page, "setMuted", true);
  await until(page, () => facts().status.microphone === "on");
}

// The page connects anew, by a line of so many bytes a second; those after it are wide again.
async function again(page, bytesPerS) {
  front.narrow(bytesPerS);
  const reconnected = page.waitForEvent("websocket");
  front.drop();
  await reconnected;
  await until(page, () => facts().link === "up");
  front.narrow({});
}

const hears = (page, name) => until(page, (who) => facts().status.speakers.some((one) => one.name === who && one.played > 50 && one.level > -40), name);

function judge(file) {
  const { status, stdout } = spawnSync(join(build, "test/e2e/opus_tool"), ["check"], { input: readFileSync(file) });
  assert.equal(status, 0, String(stdout));
  return String(stdout).trim().split(" ").map(Number);
}

test("two browsers and the command in one call", async () => {
  const alice = await user("alice"), bob = await user("bob", { muted: true });
  await act(alice, "ask", "create_group", ["cooks"]);
  await act(bob, "ask", "join_group", ["cooks"]);
  await join_(alice, "#cooks");
  await join_(bob, "#cooks");
  await hears(bob, "alice");
  await until(bob, () => facts().call.participants.find(({ name }) => name === "alice")?.speaking === true);
  // The command speaks and hears.
  for (const args of [["register", "carol"], ["--as", "carol", "group", "join", "cooks"]])
    assert.equal((await server.command("carol", args)).status, 0);
  const out = join(served.folder, "carol.wav");
  const carol = server.command("carol", ["--as", "carol", "call", "cooks", "--wav", speech, "--out", out]);
  await hears(alice, "carol");
  await hears(bob, "carol");
  assert.equal((await carol).status, 0);
  assert.ok(levelOf(out) > -40, String(levelOf(out)));
  // Bob tells; while the machine stands still the server leaves out what is too late, by a connection, too.
  await until(alice, () => facts().status.heardLost < 50);
  await until(alice, () => facts().call.participants.length === 2);
  assert.deepEqual(alice.faults, []);
  assert.deepEqual(bob.faults, []);
});

test("the command tells a browser how it is heard", async () => {
  const nora = await user("nora");
  await act(nora, "ask", "create_group", ["tailors"]);
  for (const args of [["register", "owen"], ["--as", "owen", "group", "join", "tailors"]])
    assert.equal((await server.command("owen", args)).status, 0);
  await join_(nora, "#tailors");
  let told = false;
  const owen = server.command("owen", ["--as", "owen", "call", "tailors", "--wav", speech, "--seconds", "120",
    "--stats", "--json"], { enough: () => told }); // each second it prints what may be enough
  await until(nora, () => facts().status.heardLost !== undefined);
  told = true;
  assert.equal((await owen).status, 0);
  assert.deepEqual(nora.faults, []);
});

test("a lost connection keeps the seat, and the sound comes back", async () => {
  const dora = await user("dora"), emil = await user("emil", { muted: true });
  await act(dora, "ask", "create_group", ["bakers"]);
  await act(emil, "ask", "join_group", ["bakers"]);
  await join_(dora, "#bakers");
  await join_(emil, "#bakers");
  await hears(emil, "dora");
  front.cut();
  await until(emil, () => facts().call?.state === "rejoining");
  front.mend();
  await until(dora, () => facts().call?.state === "in");
  await until(emil, () => facts().call?.state === "in");
  assert.deepEqual((await facts(emil)).call.participants.map(({ name }) => name).sort(), ["dora", "emil"]);
  const played = (await facts(emil)).status.speakers.find(({ name }) => name === "dora")?.played ?? 0;
  await until(emil, (before) => facts().status.speakers.find(({ name }) => name === "dora")?.played > before + 50, played);
});

test("on a line without room packets become longer and smaller, and what is said is still heard soon", async () => {
  const kim = await user("kim"), leo = await user("leo", { muted: true });
  await act(kim, "ask", "create_group", ["smiths"]);
  await act(leo, "ask", "join_group", ["smiths"]);
  await join_(leo, "#smiths");
  await again(kim, { up: 3_500 });
  assert.deepEqual((await facts(kim)).choices, []);
  await join_(kim, "#smiths");
  await until(kim, () => facts().status.choice.frames === 3 && facts().status.choice.bitrate <= 16_000);
  // It began in the middle, and what came first was not more.
  const { choices } = await facts(kim);
  assert.deepEqual(choices[0], { frames: 2, bitrate: 20_000 });
  // What waits on the line is not more and more: it is gone again, while the microphone goes on.
  const sent = (await facts(kim)).status.sent;
  await until(kim, (before) => facts().status.sent > before + 30, sent);
  await front.isEmptier();
  const played = (await facts(leo)).status.speakers.find(({ name }) => name === "kim")?.played ?? 0;
  await until(leo, (before) => facts().status.speakers.find(({ name }) => name === "kim")?.played > before + 50, played);
  assert.ok((await facts(kim)).status.roundTripMs >= 0);
  assert.ok(front.most < 4 * 3_500, `${front.most} bytes waited`);
});

test("where there is room packets are short and speech has all bits", async () => {
  const mary = await user("mary");
  await act(mary, "ask", "create_group", ["weavers"]);
  await join_(mary, "#weavers");
  await until(mary, () => facts().status.choice.frames === 1 && facts().status.choice.bitrate === 32_000);
});

test("a listener on a narrow line tells that a queue grows, and less is sent", async () => {
  const otto = await user("otto", { muted: true });
  await act(otto, "ask", "create_group", ["millers"]);
  await again(otto, { down: 4_500 });
  await join_(otto, "#millers");
  const paul = await user("paul");
  await act(paul, "ask", "join_group", ["millers"]);
  await join_(paul, "#millers");
  await until(paul, () => facts().status.heardLost >= 20);
  await until(paul, () => facts().status.choice.frames === 3);
});

test("a call of two rings, is answered, and ends for both", async () => {
  const fred = await user("fred"), gina = await user("gina", { muted: true });
  await act(fred, "join", "gina");
  await gina.getByText("fred calls you").waitFor();
  await gina.getByRole("button", { name: "Answer" }).click();
  await until(fred, () => facts().call?.state === "in");
  await hears(gina, "fred");
  await until(gina, () => facts().call.participants.find(({ name }) => name === "fred")?.speaking === true);
  await fred.getByRole("button", { name: "Leave" }).click();
  await until(gina, () => facts().call === undefined && facts().status.microphone === "off");
});

test("a recording goes to another browser and to the command, and theirs is played here", async () => {
  const hugo = await user("hugo"), ida = await user("ida");
  assert.equal((await server.command("jane", ["register", "jane"])).status, 0);
  for (const peer of ["jane", "ida"]) {
    await act(hugo, "open", peer);
    const button = hugo.getByRole("button", { name: /^Record a voice message/ });
    await button.press("Enter");
    await until(hugo, () => document.querySelector(".voice-record [role=timer]")?.textContent >= "0:01");
    await hugo.getByRole("button", { name: "Send" }).click();
    await until(hugo, (to) => facts().messages.some(({ id, kind, delivery }) => id === to && kind === "voice" && delivery !== "pending"), peer);
  }
  // The command fetches it; the C side and libopus accept and decode it.
  const file = join(served.folder, "hugo.opus");
  const fetched = await server.command("jane", ["--as", "jane", "fetch", "@hugo", "1", file]);
  assert.equal(fetched.status, 0, fetched.err);
  const [channels, samples, rms] = judge(file);
  assert.equal(channels, 1);
  assert.ok(samples >= 48000 && rms > -40, `${samples} ${rms}`);
  // The other browser plays it, and the sender is told.
  await act(ida, "open", "hugo");
  await ida.getByRole("button", { name: "Play" }).click();
  await until(hugo, () => facts().messages.some(({ id, played }) => id === "ida" && played));
  // What the command recorded is played in the browser.
  const sent = await server.command("jane", ["--as", "jane", "record", "@hugo", "--wav", speech]);
  assert.equal(sent.status, 0, sent.err);
  await act(hugo, "open", "jane");
  await Promise.all([ // it can be paused only as long as it is played
    hugo.getByRole("button", { name: "Pause" }).waitFor(), hugo.getByRole("button", { name: "Play" }).last().click()]);
  assert.deepEqual(hugo.faults, []);
});
