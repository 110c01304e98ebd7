// websocket.js - npm's ws as both ends of a WebSocket. Started by
// test/websocket/test_counterparts.py.
//
// websocket.js client PORT - sends what must come back, and closes; prints "ok" and the close code.
// websocket.js serve - echoes for one connection; prints its port, then the close code.
"use strict";
const assert = require("assert");
const { once } = require("events");
const { WebSocket, WebSocketServer } = require("ws");

const LENGTHS = [0, 1, 125, 126, 127, 65535, 65536, 1 << 20];

async function client(port) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, "chinwag.1");
  await once(socket, "open");
  assert.strictEqual(socket.protocol, "chinwag.1");
  assert.strictEqual(socket.extensions, "");
  for (const length of LENGTHS) {
    const body = Buffer.alloc(length, "\x00\xfe#");
    socket.send(body);
    const [echo, isBinary] = await once(socket, "message");
    assert(isBinary && body.equals(echo), `length ${length}`);
  }
  const answers = Promise.all([once(socket, "pong"), once(socket, "message")]);
  for (const piece of ["in ", "three ", "pieces"]) {
    socket.send(Buffer.from(piece), { fin: piece === "pieces" });
    if (piece === "three ") socket.ping("between");
  }
  const [[pong], [message]] = await answers;
  assert.deepStrictEqual([String(pong), String(message)], ["between", "in three pieces"]);
  socket.close(1000);
  console.log("ok", (await once(socket, "close"))[0]);
}

async function serve() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/ws" });
  await once(server, "listening");
  console.log(server.address().port);
  const [socket] = await once(server, "connection");
  assert.strictEqual(socket.protocol, "chinwag.1");
  socket.on("message", (body, isBinary) => socket.send(body, { binary: isBinary }));
  console.log("closed", (await once(socket, "close"))[0]);
  server.close();
}

const [mode, port] = process.argv.slice(2);
(mode === "serve" ? serve() : client(port)).catch((error) => {
  console.log(`failed: ${error.stack}`);
  process.exit(1);
});
