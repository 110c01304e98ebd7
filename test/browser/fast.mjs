// fast.mjs - a client without a page, over the WebSocket of the site: it fills a server with messages
// faster than a page can write, and speaks as somebody whom no browser shows. Not here: a server of
// the test's own (fake.mjs). Called by the tests.
import { createRequire } from "node:module";

const require = createRequire(new URL("../node/package.json", import.meta.url));
export const { WebSocket, WebSocketServer } = require("ws");
export const { decodeMulti, encode } = require("@msgpack/msgpack");

/** The objects of one message, one after the other (docs/protocol.md, "Messages"). */
export const bytesOf = (...objects) => Buffer.concat(objects.map((object) => encode(object)));

export class Fast {
  constructor(url) {
    this.url = url;
    this.waiting = [];
    this.updates = [];
  }

  async start() {
    this.socket = new WebSocket(`${this.url.replace(/^http/, "ws")}ws`, "chinwag.1");
    this.socket.on("message", (data) => {
      const objects = [...decodeMulti(data)];
      if (objects[0] === "response") this.waiting.shift()?.(objects.slice(1));
      else this.updates.push(objects);
    });
    await new Promise((done, fail) => { this.socket.once("open", done); this.socket.once("error", fail); });
    return this;
  }

  /** The answer: action, code, fields. Answers come in the order of the requests. */
  ask(action, ...objects) {
    this.socket.send(bytesOf("request", action, ...objects));
    return new Promise((done) => this.waiting.push(done));
  }

  async must(action, ...objects) {
    const answer = await this.ask(action, ...objects);
    if (answer[1] !== 0) throw new Error(`${action}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** `map` makes it an extended client. */
  async enter(name, password, ...map) {
    await this.must("register", name, password);
    const answer = await this.must("login", name, password, ...map);
    this.name = name;
    this.token = answer[3];
    return this;
  }

  /** A request of this user. */
  own(action, ...objects) { return this.must(action, this.name, this.token, ...objects); }

  say(conversation, text) {
    return conversation.startsWith("#") ? this.own("msg_group", conversation.slice(1), text) : this.own("whisper", conversation, text);
  }

  /** Many texts; a few hundred are under way at a time. */
  async sayAll(conversation, texts, { atOnce = 200 } = {}) {
    for (let at = 0; at < texts.length; at += atOnce)
      await Promise.all(texts.slice(at, at + atOnce).map((text) => this.say(conversation, text)));
  }

  finish() { this.socket.terminate(); }
}

/** A group with many messages of `writer`, in which `readers` are; their passwords are the same. */
export async function seed(server, { group, writer = "zoe", readers, texts, password }) {
  const fast = await new Fast(server.url).start();
  await fast.enter(writer, password);
  await fast.own("create_group", group);
  for (const reader of readers) {
    const other = await new Fast(server.url).start();
    await other.enter(reader, password);
    await other.own("join_group", group);
    other.finish();
  }
  await fast.sayAll(`#${group}`, texts);
  return fast;
}

/** Lines of different heights, each found by its number. */
export const lines = (count, from = 1) => Array.from({ length: count }, (_none, at) => `line ${from + at}.${" and more words".repeat((from + at) % 23)}`);
