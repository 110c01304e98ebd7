// listener.js ENDPOINT NAME PASSWORD - a client that only listens, written with npm's
// zeromq and @msgpack/msgpack: logs in, says "ready", then prints the content of each
// whisper. Started by test/e2e/test_counterparts.py.
"use strict";
const { Dealer } = require("zeromq");
const { encode, decodeMulti } = require("@msgpack/msgpack");

async function main([endpoint, name, password]) {
  const socket = new Dealer({ linger: 0 });
  socket.connect(endpoint);
  const login = ["request", "login", name, password];
  await socket.send(Buffer.concat(login.map((object) => encode(object))));
  for await (const [frame] of socket) {
    const [kind, action, third, content] = decodeMulti(frame);
    if (kind === "response" && action === "login") {
      console.log(third === 0 ? "ready" : `refused: ${third}`);
    } else if (kind === "update" && action === "whisper") {
      console.log(content);
    }
  }
}

main(process.argv.slice(2));
