/* archive.ts - all that is a user's, and what the user can read, as lines of JSON: in the forms and
 * the order of `chinwag export` (docs/json.md), without the bytes of files and recordings. It uses
 * the requests that show these things. Caller: the screen of the export. */
import type { Actions, Answer, Extras, Outcome } from "./actions.js";
import { numberOf, textOf } from "./rows.js";
import { Code } from "../wire/table.js";

const PAGE = 200;
const PAUSE = 500;
const PAUSES = 120;

export interface Archive {
  readonly lines: readonly string[];
  readonly messages: number;
  readonly files: readonly ArchivedFile[];
}

export interface ArchivedFile {
  readonly file: number;
  readonly name: string;
  readonly size: number;
}

export interface ArchiveOptions {
  readonly username: string;
  readonly server: string;
  readonly now: number;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly progress: (messages: number) => void;
  readonly cancelled: () => boolean;
}

class Stopped extends Error {
  constructor(readonly outcome: Outcome<Answer>) {
    super("the export was stopped");
  }
}

class Writer {
  readonly lines: string[] = [];
  readonly files: ArchivedFile[] = [];
  messages = 0;

  constructor(readonly actions: Actions, readonly options: ArchiveOptions) {}

  /** Waits and asks again while the server says that it is too fast. */
  async ask(action: string, fields: readonly unknown[], extras: Extras = {}): Promise<Answer> {
    for (let i = 0; ; i++) {
      const outcome = this.options.cancelled() ? CANCELLED : await this.actions.ask(action, fields, extras);
      if (outcome.ok) return outcome.value;
      const tooFast = "refusal" in outcome && outcome.refusal.code === Code.rateLimited;
      if (!tooFast || i >= PAUSES) throw new Stopped(outcome);
      await this.options.pause(PAUSE);
    }
  }

  line(type: string, entry: Extras): void {
    this.lines.push(JSON.stringify({ type, ...entry }, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value)));
  }

  async lists(): Promise<void> {
    const { username, server, now } = this.options;
    const settings = await this.ask("settings", []);
    this.line("account", { name: username, server, time: now, receipts: numberOf(settings.extras, "receipts") !== 0 });
    for (const item of (await this.ask("profile", [username])).list)
      if (item["content"] !== undefined || item["file"] !== undefined) this.line("profile_item", { name: username, ...item });
    for (const [action, type] of [["contacts", "contact"], ["groups", "group"], ["sessions", "device"], ["invitations", "invitation"]] as const)
      for (const entry of (await this.ask(action, [])).list) this.line(type, entry);
  }

  async conversations(): Promise<void> {
    let before: number | undefined;
    do {
      const page = await this.ask("conversations", [], before === undefined ? {} : { before });
      for (const entry of page.list) {
        this.line("conversation", entry);
        const name = textOf(entry, "conversation");
        if (name !== undefined) await this.history(name);
      }
      before = numberOf(page.extras, "next");
    } while (before !== undefined);
  }

  async history(conversation: string): Promise<void> {
    let after: number | undefined = 0;
    while (after !== undefined) {
      const page: Answer = await this.ask("history", [conversation], { after, limit: PAGE });
      for (const entry of page.list) this.message(conversation, entry);
      this.options.progress(this.messages);
      after = numberOf(page.extras, "next");
    }
  }

  message(conversation: string, entry: Extras): void {
    this.line("message", { conversation, ...entry });
    this.messages++;
    const file = numberOf(entry, "file");
    if (file !== undefined) this.files.push({ file, name: textOf(entry, "file_name") ?? String(file), size: numberOf(entry, "size") ?? 0 });
  }
}

const CANCELLED: Outcome<Answer> = { ok: false, unreachable: true };

/** The request `export`, with the password, comes before: it says that it is the user who asks. */
export async function writeArchive(actions: Actions, options: ArchiveOptions): Promise<Outcome<Archive>> {
  const writer = new Writer(actions, options);
  try {
    await writer.lists();
    await writer.conversations();
  } catch (fault) {
    if (fault instanceof Stopped && !fault.outcome.ok) return fault.outcome;
    throw fault;
  }
  return { ok: true, value: { lines: writer.lines, messages: writer.messages, files: writer.files } };
}
