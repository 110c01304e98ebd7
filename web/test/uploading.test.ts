/* uploading.test.ts - files on their way to a server of the test's own, which loses answers. */
import assert from "node:assert/strict";
import test from "node:test";
import type { Ask, Result } from "../src/link/machine.js";
import type { Item } from "../src/model/outbox.js";
import type { World } from "../src/model/ports.js";
import { Sending } from "../src/model/sending.js";
import { Store } from "../src/model/store.js";
import { Uploading } from "../src/model/uploading.js";

interface Upload { readonly id: number; readonly n: unknown; readonly name: unknown; generation: number; bytes: number }

/** The uploads of one user, as docs/protocol.md describes them. `loses` says of which requests the answer
 * is lost; `refuses` which are refused, by which rule. */
class FileServer {
  uploads: Upload[] = [];
  readonly asked: Ask[] = [];
  loses = (_ask: Ask): boolean => false;
  refuses = (_ask: Ask): string | undefined => undefined;

  readonly request = (ask: Ask, done: (result: Result) => void): void => {
    this.asked.push(ask);
    const rule = this.refuses(ask);
    const fields = rule === undefined ? this.fieldsOf(ask) : {};
    const code = rule === undefined ? 0 : 1023;
    queueMicrotask(() => done(this.loses(ask) ? { unreachable: true }
      : { answer: { kind: "response", action: ask.action, code, fields, extras: rule === undefined ? {} : { rule, reason: rule } } }));
  };

  private fieldsOf({ action, fields, extras = {} }: Ask): { readonly [name: string]: unknown } {
    const [id] = fields;
    const found = this.uploads.find((each) => (action === "upload" ? each.n === extras["n"] : each.id === id));
    switch (action) {
    case "upload": {
      const upload = found ?? { id: this.uploads.length + 1, n: extras["n"], name: id, generation: 0, bytes: 0 };
      if (found === undefined)
        this.uploads.push(upload);
      return { fileId: upload.id, generation: ++upload.generation };
    }
    case "resume_upload": return { generation: ++(found as Upload).generation, offset: (found as Upload).bytes };
    case "link_file": return { link: `/f/${String(id)}` };
    case "drop_upload": this.uploads = this.uploads.filter((each) => each !== found); return {};
    default: return {};
    }
  }

  readonly put = async (url: string, piece: Blob, first: number): Promise<number> => {
    const upload = this.uploads.find((each) => `/f/${each.id}` === url) as Upload;
    if (first !== upload.bytes)
      return 409;
    upload.bytes += piece.size;
    return 204;
  };

  actions(): string[] { return this.asked.map((each) => each.action); }
  numbers(): unknown[] { return this.asked.filter((each) => each.action === "upload").map((each) => each.extras?.["n"]); }
}

function made() {
  const server = new FileServer(), store = new Store();
  const waits: (() => void)[] = [];
  const saved: Item[] = [];
  let random = 500;
  const world = {
    now: () => 0, later: (_ms: number, call: () => void) => { waits.push(call); return () => {}; }, randomNumber: () => ++random, put: server.put,
    sha256: async () => Uint8Array.from({ length: 32 }, (_, i) => i), thumbnail: async () => undefined,
  } as unknown as World;
  const begun: Promise<void>[] = [];
  const sending: Sending = new Sending({
    ...world, store, up: true, numbers: { part: 1, next: 1 }, request: server.request, save: async (item) => { saved.push(item); },
    drop: () => {}, upload: (item) => { begun.push(uploading.run(item)); }, gap: () => {}, describe: () => {},
  });
  const uploading = new Uploading({ store, world, sending, request: server.request, save: async (item) => { saved.push(item); } });
  /** Until nothing happens any more, over waits. */
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 200; i++) {
      await new Promise((done) => setImmediate(done));
      waits.splice(0).forEach((call) => call());
    }
  };
  return { server, sending, uploading, settle, saved };
}

const FILE = new File([new Uint8Array(10).fill(7)], "soup.bin");
const sendFile = (sending: Sending): void => sending.add("bob", { kind: "file", file: FILE, name: "soup.bin", caption: "" });

test("an upload after a lost answer is the same one", async () => {
  const { server, sending, settle } = made();
  let lost = 0;
  server.loses = ({ action }) => action === "upload" && lost++ === 0;
  sendFile(sending);
  await settle();
  assert.deepEqual(server.actions(), ["upload", "upload", "link_file", "end_upload", "whisper"]);
  assert.equal(server.uploads.length, 1);
  const [first, second] = server.numbers();
  assert.ok(Number(first) > 0);
  assert.equal(first, second);
});

test("after a reload, too, also when bytes are there of which this page knows nothing", async () => {
  const before = made();
  before.server.loses = ({ action }) => action === "link_file";
  sendFile(before.sending);
  await new Promise((done) => setImmediate(done));
  const { server, sending, settle } = made();
  sending.outbox.fill([before.saved[0] as Item]); /* as it was before the number of the upload was known */
  server.uploads = [{ ...before.server.uploads[0] as Upload, bytes: 4 }];
  sending.pump();
  await settle();
  assert.equal(server.uploads.length, 1);
  assert.equal(server.uploads[0]?.bytes, 10);
  assert.deepEqual(server.numbers(), before.server.numbers());
  assert.equal(server.actions().at(-1), "whisper");
});

test("each file has a number of its own", async () => {
  const { server, sending, settle } = made();
  sendFile(sending);
  sendFile(sending);
  await settle();
  assert.equal(new Set(server.numbers()).size, 2);
  assert.equal(server.uploads.length, 2);
});

test("bytes that were changed on the way are dropped and brought again", async () => {
  const { server, sending, settle } = made();
  let ends = 0;
  server.refuses = ({ action }) => (action === "end_upload" && ends++ === 0 ? "upload_hash" : undefined);
  sendFile(sending);
  await settle();
  assert.deepEqual(server.actions(), ["upload", "link_file", "end_upload", "drop_upload", "upload", "link_file", "end_upload", "whisper"]);
});

test("a file that is discarded does not keep a place on the server", async () => {
  const { server, sending, settle } = made();
  sendFile(sending);
  sending.discard(sending.outbox.all()[0]?.key ?? "");
  await settle();
  assert.deepEqual(server.uploads, []);
  assert.ok(!server.actions().includes("whisper"));
});

test("a picture of oneself: the same bytes are the same upload", async () => {
  const { server, uploading, settle } = made();
  server.loses = ({ action }) => action === "end_upload";
  assert.deepEqual(await uploading.keep("avatar.jpg", FILE), { ok: false, unreachable: true });
  server.loses = () => false;
  assert.deepEqual(await uploading.keep("avatar.jpg", FILE), { ok: true, value: 1 });
  assert.equal(server.uploads.length, 1);
  assert.deepEqual(server.numbers(), [0x102030405, 0x102030405]);
  server.refuses = ({ action }) => (action === "upload" ? "uploads_full" : undefined);
  const refused = await uploading.keep("avatar.jpg", FILE);
  assert.ok(!refused.ok && "refusal" in refused && refused.refusal.rule === "uploads_full");
  await settle();
});
