/* real.ts - clients without a page, at a real chinwagd: for tests that run where Node has WebSocket
 * (22 and later; 20 with --experimental-websocket). */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memory } from "../src/keep/memory.js";
import { Socket } from "../src/link/socket.js";
import { Client } from "../src/model/client.js";
import { ClientActions } from "../src/model/client_actions.js";
import type { KeepPort } from "../src/model/ports.js";
import type { State } from "../src/model/state.js";
import { browserWorld } from "../src/link/world.js";

const PROGRAM = join(process.env["CHINWAG_BUILD"] ?? join(process.cwd(), "..", "build"), "chinwagd");
const PATIENCE = 20_000;

export const canRun = typeof WebSocket === "function" && existsSync(PROGRAM);

export class Server {
  readonly home = mkdtempSync(join(tmpdir(), "chinwag-web-"));
  port = 0;
  private process: ChildProcess | undefined;

  async start(): Promise<this> {
    writeFileSync(join(this.home, "config"), ["password_cost = minimum", "requests_per_s = 0", "texts_per_s = 0",
      "strangers_per_minute = 0", "registration = open", ""].join("\n"));
    const server = spawn(PROGRAM, ["--listen", `127.0.0.1:${this.port}`, "--data", join(this.home, "data"), "--config", join(this.home, "config")],
      { stdio: ["ignore", "pipe", "ignore"] });
    this.process = server;
    await new Promise<void>((done) => {
      let said = "";
      server.stdout?.on("data", (data) => {
        said += String(data);
        const port = /127\.0\.0\.1:(\d+)/.exec(said);
        if (port) {
          this.port = Number(port[1]);
          done();
        }
      });
    });
    return this;
  }

  /** As a power cut. */
  async kill(): Promise<void> {
    const gone = new Promise((done) => this.process?.once("exit", done));
    this.process?.kill("SIGKILL");
    await gone;
  }

  async finish(): Promise<void> {
    await this.kill();
    rmSync(this.home, { recursive: true, force: true });
  }
}

export interface Person {
  readonly client: Client;
  readonly actions: ClientActions;
  now(): State;
  until<T>(what: string, find: (state: State) => T | undefined | false): Promise<T>;
  end(): void;
}

export async function person(server: Server, keep: KeepPort = memory()): Promise<Person> {
  const world = { ...browserWorld, put: (url: string, piece: Blob, first: number, size: number) =>
    browserWorld.put(`http://127.0.0.1:${server.port}${url}`, piece, first, size) };
  const client = new Client(keep, world);
  const socket = new Socket(`ws://127.0.0.1:${server.port}/ws`, "test", {
    changed: (link) => client.changed(link), attached: (session, extras) => client.attached(session, extras),
    update: (message) => client.update(message), ended: (reason) => client.ended(reason), position: () => client.position(),
  });
  await client.begin();
  client.lead(socket.port());
  return {
    client, actions: new ClientActions(client), now: () => client.state.value,
    until: (what, find) => until(client, what, find), end: () => client.follow(),
  };
}

function until<T>(client: Client, what: string, find: (state: State) => T | undefined | false): Promise<T> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`did not happen: ${what}`)), PATIENCE);
    let over = false;
    const look = (): void => {
      const found = over ? undefined : find(client.state.value);
      if (found === undefined || found === false)
        return;
      over = true;
      clearTimeout(timer);
      done(found);
    };
    client.store.listen(look);
    look();
  });
}
