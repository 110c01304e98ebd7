// push_service.mjs - a push service of a test's own: HTTPS with a certificate that chinwagd is told to
// trust, and, for Firefox, the other side of it, by which the browser gets what was posted (the protocol
// of autopush over WebSocket).
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { PATIENCE } from "./harness.mjs";

export class PushService {
  posts = [];
  waiting = [];
  channels = new Map(); // by the path of the endpoint

  async start() {
    this.home = mkdtempSync(join(tmpdir(), "chinwag-push-"));
    this.certificate = join(this.home, "crt");
    const made = spawnSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost", "-keyout", join(this.home, "key"),
      "-out", this.certificate]);
    if (made.status !== 0)
      throw new Error(String(made.stderr));
    this.listener = https.createServer({ key: readFileSync(join(this.home, "key")), cert: readFileSync(this.certificate) },
      (request, answer) => {
        const pieces = [];
        request.on("data", (piece) => pieces.push(piece));
        request.on("end", () => {
          answer.writeHead(201, { "Content-Length": 0 }).end();
          this.take({ path: request.url, headers: request.headers, body: Buffer.concat(pieces) });
        });
      });
    await new Promise((done) => this.listener.listen(0, "127.0.0.1", done));
    this.url = `https://localhost:${this.listener.address().port}/`;
    await this.startAutopush();
    return this;
  }

  take(post) {
    const channel = this.channels.get(post.path);
    channel?.socket.send(JSON.stringify({ messageType: "notification", channelID: channel.id, version: randomUUID(),
      data: post.body.toString("base64url"), headers: { encoding: post.headers["content-encoding"] } }));
    const next = this.waiting.shift();
    if (next) next(post);
    else this.posts.push(post);
  }

  /** The next POST. */
  post() {
    const post = this.posts.shift();
    if (post) return Promise.resolve(post);
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error("nothing was posted")), PATIENCE);
      this.waiting.push((made) => { clearTimeout(timer); done(made); });
    });
  }

  async startAutopush() {
    this.plain = http.createServer();
    const sockets = new WebSocketServer({ server: this.plain, handleProtocols: (names) => [...names][0] });
    sockets.on("connection", (socket) => {
      socket.on("message", (text) => {
        const said = JSON.parse(text);
        const answer = this.answer(socket, said);
        if (answer) socket.send(JSON.stringify(answer));
      });
    });
    await new Promise((done) => this.plain.listen(0, "127.0.0.1", done));
    this.autopush = `ws://127.0.0.1:${this.plain.address().port}/`;
  }

  answer(socket, said) {
    switch (said.messageType) {
    case "hello":
      return { messageType: "hello", status: 200, uaid: said.uaid || randomUUID().replaceAll("-", ""), use_webpush: true, broadcasts: {} };
    case "register": {
      const path = `/${randomUUID()}`;
      this.channels.set(path, { socket, id: said.channelID });
      return { messageType: "register", status: 200, channelID: said.channelID, pushEndpoint: new URL(path, this.url).href };
    }
    case "unregister":
      for (const [path, { id }] of this.channels)
        if (id === said.channelID) this.channels.delete(path);
      return { messageType: "unregister", status: 200, channelID: said.channelID };
    default: /* ack, ping, broadcasts */
      return undefined;
    }
  }

  finish() {
    for (const each of [this.listener, this.plain]) {
      each?.closeAllConnections();
      each?.close();
    }
    for (const { socket } of this.channels.values()) socket.terminate();
    rmSync(this.home, { recursive: true, force: true });
  }
}
