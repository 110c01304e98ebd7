/* uploading.ts - brings the files of the outbox to the server, by HTTP (docs/protocol.md, "Files
 * over HTTP"). A lost connection continues where the server stands. Called by client.ts and
 * sending.ts. */
import type { Ask, Result } from "../link/machine.js";
import type { Message as Received } from "../wire/codec.js";
import type { Outcome } from "./actions.js";
import type { Item } from "./outbox.js";
import type { World } from "./ports.js";
import { refusalOf } from "./refusal.js";
import type { Refusal } from "./state.js";
import type { Sending } from "./sending.js";
import type { Store } from "./store.js";

export interface UploadingHost {
  readonly store: Store;
  readonly world: World;
  readonly sending: Sending;
  request(ask: Ask, done: (result: Result) => void): void;
  save(item: Item): Promise<void>;
}

/** One piece is in flight at a time: a short one during a call, so that no audio waits behind it. */
const PIECE = 1024 * 1024;
const PIECE_IN_CALL = 48 * 1024;
const NO_CONTENT = 204, CONFLICT = 409, NOT_FOUND = 404;
const TRIES = 3;
const AGAIN_MS = 2_000;

/** The number of an upload, by which it is the same when it is asked for again. */
const numberOf = (item: Item): number => Number(item.key.slice(1));

class Refused extends Error {
  constructor(readonly refusal: Refusal) { super(refusal.reason); }
}
/** The link is down, or the server has no use for the upload: it begins or continues later. */
class Interrupted extends Error {}

export class Uploading {
  readonly #host: UploadingHost;

  constructor(host: UploadingHost) {
    this.#host = host;
  }

  /** Brings one file to the server; then it is sent as a message in its turn. */
  async run(item: Item): Promise<void> {
    try {
      await this.#bring(item);
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Interrupted))
        throw error;
      if (error instanceof Refused)
        this.#refused(item, error.refusal);
      await new Promise<void>((done) => this.#host.world.later(AGAIN_MS, done));
    }
    this.#host.sending.outbox.giveBack(item.key);
    this.#host.sending.pump();
  }

  /** Brings a small file that no message carries, such as a picture of oneself. The same bytes are the
   * same upload, also when the answer to the first attempt was lost. */
  async keep(name: string, file: Blob): Promise<Outcome<number>> {
    try {
      const hash = await this.#host.world.sha256(file);
      const n = hash.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) || 1;
      const { fields } = await this.#ask({ action: "upload", fields: [name, file.size], extras: { n } });
      const id = Number(fields["fileId"]);
      const { generation, offset } = await this.#resume(id);
      await this.#write(file, id, generation, offset, () => undefined);
      await this.#ask({ action: "end_upload", fields: [id, generation, hash] });
      return { ok: true, value: id };
    } catch (error) {
      if (error instanceof Refused)
        return { ok: false, refusal: error.refusal };
      if (error instanceof Interrupted)
        return { ok: false, unreachable: true };
      throw error;
    }
  }

  /** An upload that the server has lost begins again. */
  #refused(item: Item, refusal: Refusal): void {
    const lost = refusal.rule === "no_upload" || refusal.rule === "upload_taken" || refusal.rule === "upload_hash";
    const now = this.#host.sending.outbox.get(item.key);
    if (now === undefined)
      return;
    const { upload, progress: _progress, ...rest } = now;
    if (lost && upload !== undefined) {
      if (refusal.rule === "upload_hash")
        this.#drop(upload.file); /* else it would be found again by its number */
      this.#host.sending.outbox.put(rest);
      return;
    }
    this.#host.sending.refused(lost ? rest : now, refusal);
  }

  async #ask(ask: Ask): Promise<Received> {
    const result = await new Promise<Result>((done) => this.#host.request(ask, done));
    if (!("answer" in result))
      throw new Interrupted();
    if (result.answer.code !== 0)
      throw new Refused(refusalOf(result.answer));
    return result.answer;
  }

  /** It takes one of the user's places until then. */
  #drop(id: number): void { this.#host.request({ action: "drop_upload", fields: [id] }, () => {}); }

  #note(item: Item, id: number, change: Partial<Item>): void {
    this.#host.sending.change(item.key, change);
    const now = this.#host.sending.outbox.get(item.key);
    if (now === undefined) {
      this.#drop(id);
      throw new Interrupted(); /* the user has discarded it */
    }
    if (change.upload !== undefined)
      void this.#host.save(now);
  }

  async #bring(item: Item): Promise<void> {
    if (item.deed.kind !== "file")
      return;
    const { file, name } = item.deed;
    const { id, generation, offset } = await this.#place(item, file, name);
    this.#note(item, id, { upload: { file: id, generation, done: false } });
    await this.#write(file, id, generation, offset, (progress) => this.#note(item, id, { progress }));
    const thumbnail = await this.#host.world.thumbnail(file);
    if (thumbnail !== undefined)
      await this.#ask({ action: "add_thumbnail", fields: [id, thumbnail] }).catch(onlyInterruptions);
    await this.#ask({ action: "end_upload", fields: [id, generation, await this.#host.world.sha256(file)] });
    this.#note(item, id, { upload: { file: id, generation, done: true }, progress: 1 });
  }

  /** Where the upload stands, or a new one. */
  async #place(item: Item, file: Blob, name: string): Promise<{ id: number; generation: number; offset: number }> {
    if (item.upload !== undefined)
      return { id: item.upload.file, ...await this.#resume(item.upload.file) };
    const { fields } = await this.#ask({ action: "upload", fields: [name, file.size], extras: { n: numberOf(item) } });
    return { id: Number(fields["fileId"]), generation: Number(fields["generation"]), offset: 0 };
  }

  async #resume(id: number): Promise<{ generation: number; offset: number }> {
    const { fields } = await this.#ask({ action: "resume_upload", fields: [id] });
    return { generation: Number(fields["generation"]), offset: Number(fields["offset"]) };
  }

  async #write(file: Blob, id: number, generation: number, from: number, progress: (share: number) => void): Promise<void> {
    let link = "";
    for (let offset = from, tries = 0; offset < file.size;) {
      if (link === "")
        link = String((await this.#ask({ action: "link_file", fields: [id, generation] })).fields["link"]);
      const size = this.#host.store.now.call === undefined ? PIECE : PIECE_IN_CALL;
      const piece = file.slice(offset, Math.min(offset + size, file.size));
      const status = await this.#host.world.put(link, piece, offset, file.size);
      if (status === NO_CONTENT) {
        offset += piece.size;
        tries = 0;
        progress(offset / file.size);
      } else if (status === CONFLICT || tries++ === TRIES || (status !== NOT_FOUND && status !== 0)) {
        throw new Interrupted();
      } else {
        link = ""; /* its five minutes are over, or the connection was lost */
        await new Promise<void>((done) => this.#host.world.later(500 * tries, done));
      }
    }
  }
}

/** A picture without a small one is shown all the same. */
function onlyInterruptions(error: unknown): void {
  if (error instanceof Interrupted)
    throw error;
}
