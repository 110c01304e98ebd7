// curve_pipe.js ENDPOINT KEY DEALER|REQ - a socket of npm's zeromq with CURVE, worked from outside:
// each line of hexadecimal digits on standard input is a message to send, each message that comes
// is printed as such a line. KEY is the server's, in Z85. Started by test/e2e/test_curve_clients.py.
"use strict";
const { createInterface } = require("readline");
const { curveKeyPair, Dealer, Request } = require("zeromq");

async function print(socket) {
  const frames = await socket.receive();
  console.log(frames.map((frame) => frame.toString("hex")).join(" "));
}

async function main([endpoint, curveServerKey, kind]) {
  const { publicKey, secretKey } = curveKeyPair();
  const options = { linger: 0, curveServerKey, curvePublicKey: publicKey,
                    curveSecretKey: secretKey };
  const socket = kind === "REQ" ? new Request(options) : new Dealer(options);
  socket.connect(endpoint);
  const lines = createInterface({ input: process.stdin });
  if (kind === "DEALER") {
    (async () => { for (;;) await print(socket); })();
  }
  for await (const line of lines) {
    await socket.send(Buffer.from(line, "hex"));
    if (kind === "REQ") await print(socket);
  }
  process.exit(0);
}

main(process.argv.slice(2));
