// harness.mjs - what the tests in real browsers share: a real chinwagd on a port that the system
// picks, Debian's Chromium (playwright-core) and Firefox (puppeteer-core over WebDriver BiDi), and
// an address between them that can be cut. Nothing here sleeps: a test waits for what it expects,
// and a time limit ends a test that would hang.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync, existsSync, openSync, closeSync, readFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** Milliseconds after which something that did not happen is taken to never happen. */
export const PATIENCE = 40_000;

const build = resolve(process.env.CHINWAG_BUILD ?? "build");

/** A chinwagd with an own data folder; settings go into its config file. Behind a Network it listens
 * at 127.0.0.2, since the site answers only under its own names and port. */
export class Server {
  constructor(settings = {}, address = "127.0.0.1") {
    this.address = address;
    this.home = mkdtempSync(join(tmpdir(), "chinwag-browser-"));
    this.settings = { password_cost: "minimum", requests_per_s: 0, texts_per_s: 0, strangers_per_minute: 0, group_texts_per_s: 0,
      registration: "open", ...settings };
    this.port = 0;
    this.listeners = [];
  }

  /** The port of the first start is kept for the following ones. */
  async start() {
    const config = join(this.home, "config");
    writeFileSync(config, Object.entries(this.settings).map(([key, value]) => `${key} = ${value}\n`).join(""));
    const log = openSync(join(this.home, "log"), "a");
    this.process = spawn(join(build, "chinwagd"),
      ["--listen", `${this.address}:${this.port}`, "--data", join(this.home, "data"), "--config", config],
      { stdio: ["ignore", "pipe", log] });
    closeSync(log);
    this.lines = [];
    this.gone = new Promise((done) => this.process.once("exit", done));
    this.reader = createInterface({ input: this.process.stdout });
    this.reader.on("line", (line) => this.lines.push(line));
    const [, port] = await Promise.race([this.printed(/127\.0\.0\.\d:(\d+)/), this.gone.then(() => { throw new Error(`chinwagd ended: ${this.log()}`); })]);
    this.port = Number(port);
    return this;
  }

  /** What the pattern finds in a line that the server has printed since its start, or will print. */
  async printed(pattern) {
    for (;;) {
      const found = this.lines.map((line) => pattern.exec(line)).find((each) => each);
      if (found) return found;
      await once(this.reader, "line");
    }
  }

  /** Lets the listener have this port at another address, too. Where somebody else has it, all go to
   * another port. */
  async beside(listener, address) {
    const all = [...this.listeners.filter(([each]) => each.listening), [listener, address]];
    this.listeners = all;
    for (;;) {
      try {
        for (const [each, at] of all.filter(([one]) => !one.listening))
          await once(each.listen(this.port, at), "listening");
        return;
      } catch (error) {
        if (error.code !== "EADDRINUSE") throw error;
        await Promise.all(all.filter(([each]) => each.listening).map(([each]) => new Promise((done) => each.close(done))));
        await this.kill();
        this.port = 0;
        await this.start();
      }
    }
  }

  get url() { return `http://${this.address}:${this.port}/`; }
  log() { return readFileSync(join(this.home, "log"), "utf8"); }

  /** As a power cut: SIGKILL. */
  async kill() {
    this.process.kill("SIGKILL");
    await this.gone;
  }

  async finish() {
    await this.kill();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Runs the command `chinwag` with a home of its own for each name; gives what it printed. It is
   * interrupted when `enough` says so of what it has printed so far. */
  command(home, args, { input, enough } = {}) {
    return new Promise((done) => {
      const process_ = spawn(join(build, "chinwag"), ["--server", `${this.address}:${this.port}`, ...args],
        { env: { ...process.env, HOME: join(this.home, home) } });
      let out = "", err = "";
      process_.stdout.on("data", (data) => {
        out += data;
        if (enough?.(out))
          process_.kill("SIGINT");
      });
      process_.stderr.on("data", (data) => { err += data; });
      process_.on("close", (status) => done({ status, out, err }));
      process_.stdin.on("error", () => {}); // a command that reads nothing may have ended already
      process_.stdin.end(input ?? "");
    });
  }
}

/** A TCP address in front of a server, as a network that can be cut: cut() makes it silent, as a
 * cable that is pulled (nothing is closed, nothing passes); mend() lets new connections pass. */
export class Network {
  constructor(server, address = "127.0.0.1") {
    this.server = server;
    this.address = address;
    this.pairs = new Set();
    this.silent = false;
  }

  async start() {
    this.listener = net.createServer((near) => {
      const far = net.connect(this.server.port, this.server.address);
      const pair = { near, far };
      this.pairs.add(pair);
      for (const [from, to] of [[near, far], [far, near]]) {
        from.on("data", (data) => { if (!pair.silent && !this.silent) to.write(data); });
        from.on("error", () => {});
        from.on("close", () => { if (!pair.silent) to.destroy(); this.pairs.delete(pair); });
      }
    });
    await this.server.beside(this.listener, this.address);
    return this;
  }

  get url() { return `http://${this.address.includes(":") ? `[${this.address}]` : this.address}:${this.server.port}/`; }

  cut() {
    this.silent = true;
    for (const pair of this.pairs) pair.silent = true;
  }

  mend() { this.silent = false; }

  /** Closes all connections, as a router that starts again; new ones pass. */
  drop() {
    for (const { near, far } of this.pairs) { near.destroy(); far.destroy(); }
  }

  finish() {
    this.drop();
    this.listener.close();
  }
}

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
const FIREFOX = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync);

/** Debian's Chromium with a microphone that beeps; `arguments_` are added. */
export async function launchChromium({ arguments_ = [], ...options } = {}) {
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath: CHROMIUM, headless: true, ...options,
    args: ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
      "--autoplay-policy=no-user-gesture-required", ...arguments_] });
}

/** A person with an own profile in Chromium: cookies, databases and pages of others are not seen.
 * What the page logs as an error fails the test: `page.faults` is empty at its end. `prepare` is given the
 * context before the page is opened. */
export async function person(browser, url, { prepare, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  await prepare?.(context);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    // A server that is away is what some tests want; the browser logs that by itself.
    if (message.type() === "error" && !/net::ERR_|WebSocket connection/.test(message.text()))
      page.faults.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** Debian's Firefox; it takes some seconds the first time. `preferences` are those of about:config. */
export async function launchFirefox(preferences = {}) {
  const puppeteer = (await import("puppeteer-core")).default;
  return puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true,
    extraPrefsFirefox: { "media.navigator.streams.fake": true, "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0, ...preferences } });
}
