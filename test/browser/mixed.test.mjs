// A browser, the command `chinwag` and a plain client of ZeroMQ and MessagePack, as in the first
// example of docs/protocol.md, talk in one group and in one call.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Server, launchChromium } from "./harness.mjs";
import { blameless, go, inCall, joinCall, joinGroup, makeGroup, message, say, signUpFirst, stored } from "./people.mjs";
import { levelOf, writeSpeech } from "./voice_page_server.mjs";

process.env.CHINWAG_PASSWORD = "correct horse"; // of the command
const PLAIN = `
import math, sys, time, zmq, msgpack
socket = zmq.Context().socket(zmq.DEALER)
socket.connect("tcp://127.0.0.1:%s" % sys.argv[1])
def ask(*objects):
    socket.send(b"".join(msgpack.packb(each) for each in ("request",) + objects))
    while True:
        got = read()
        if got[0] == "response": return got
def read():
    unpacker = msgpack.Unpacker(raw=False, strict_map_key=False)
    unpacker.feed(socket.recv())
    return list(unpacker)
ask("register", "paul", "correct horse")
token = ask("login", "paul", "correct horse")[4]
print("joined", ask("join_group", "paul", token, "cooks")[2], flush=True)
def call():
    """Speaks until somebody writes "enough"; tells once of each who is heard."""
    print("in the call", ask("join_call", "paul", token, "cooks")[2], flush=True)
    tone = [round(8000 * math.sin(2 * math.pi * i / 100)) for i in range(900)]
    heard, due = set(), time.monotonic()
    while True:
        if time.monotonic() >= due:
            socket.send(b"".join(map(msgpack.packb, ("update", "call_data", "paul", token, "cooks", tone))))
            due = time.monotonic() + 0.02
        if not socket.poll(5): continue
        got = read()
        if got[1] == "msg_group" and got[4] == "enough": return
        if got[1] == "call_data" and got[2] not in heard and max(map(abs, got[3])) > 1000:
            heard.add(got[2])
            print("hears", got[2], flush=True)
for line in sys.stdin:
    if line == "call\\n": call()
    elif line.startswith("say "):
        print("said", ask("msg_group", "paul", token, "cooks", line[4:].strip())[2], flush=True)
    else:
        while True:
            got = read()
            if got[0] == "update" and got[1] == "msg_group" and line.strip() in got[4]:
                print("heard", got[3], got[4], flush=True)
                break
`;
let server, browser, alice, plain, heard, folder, speech;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "chinwag-mixed-"));
  speech = writeSpeech(join(folder, "speech.wav"), 6);
  server = await new Server().start();
  browser = await launchChromium({ arguments_: [`--use-file-for-fake-audio-capture=${speech}`] });
  alice = await signUpFirst(browser, server.url, "alice");
  await makeGroup(alice, "cooks");
  plain = spawn("/usr/bin/python3", ["-c", PLAIN, String(server.port)], { stdio: ["pipe", "pipe", "inherit"] });
  heard = createInterface({ input: plain.stdout })[Symbol.asyncIterator]();
  assert.equal((await heard.next()).value, "joined 0");
  for (const args of [["register", "carol"], ["--as", "carol", "group", "join", "cooks"]])
    assert.equal((await server.command("carol", args)).status, 0);
});

after(async () => {
  plain?.kill();
  await browser?.close();
  await server?.finish();
  rmSync(folder, { recursive: true, force: true });
});

test("what each of the three says, the two others read", async () => {
  await go(alice, "#cooks");
  plain.stdin.write("soup\n");
  await say(alice, "soup, says the browser");
  assert.equal((await heard.next()).value, "heard alice soup, says the browser");
  plain.stdin.write("say salt, says the plain client\n");
  assert.equal((await heard.next()).value, "said 0");
  await message(alice, "salt, says the plain client").waitFor();
  plain.stdin.write("bread\n");
  const sent = await server.command("carol", ["--as", "carol", "send", "#cooks", "bread, says the command"]);
  assert.equal(sent.status, 0, sent.err);
  assert.equal((await heard.next()).value, "heard carol bread, says the command");
  await message(alice, "bread, says the command").waitFor();
  const read = await server.command("carol", ["--as", "carol", "history", "#cooks"]);
  assert.equal(read.status, 0, read.err);
  for (const text of ["soup, says the browser", "salt, says the plain client"])
    assert.ok(read.out.includes(text), read.out);
  await stored(alice, "soup, says the browser");
  blameless(alice);
});

const heardBy = async (lines) => {
  const read = [];
  while (read.length < lines) read.push((await heard.next()).value);
  return read.sort();
};

test("in one call each of the three hears the two others", async () => {
  await joinCall(alice);
  plain.stdin.write("call\n");
  assert.equal((await heard.next()).value, "in the call 0");
  const out = join(folder, "carol.wav");
  const carol = server.command("carol", ["--as", "carol", "call", "cooks", "--wav", speech, "--out", out]);
  const speaks = (name) => alice.locator(".call-person.speaking", { hasText: name }).waitFor();
  const [hears, , , , { status }] = await Promise.all([heardBy(2), inCall(alice, ["alice", "paul", "carol"]), speaks("paul"), speaks("carol"), carol]);
  assert.deepEqual(hears, ["hears alice", "hears carol"]);
  assert.equal(status, 0);
  assert.ok(levelOf(out) > -40, String(levelOf(out)));
  await say(alice, "enough");
  await inCall(alice, ["alice"]);
  blameless(alice);
});
