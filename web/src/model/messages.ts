/* messages.ts - messages of the protocol as messages of the state: entries of history and live
 * updates have the same keys. Pure. Called by updates.ts and history.ts. */
import type { Extras } from "../wire/codec.js";
import { flag, given, list, number, numberOr0, text } from "./read.js";
import type { FileInfo, Message, Reaction, Recording } from "./state.js";

/** More than the server keeps (src/base/limits.h), so that its limit may grow, but not without end. */
const REACTIONS_MAX = 50, WAVEFORM_MAX = 64;

const PIXELS = /^(\d{1,5})x(\d{1,5})$/;

export function fileOf(map: Extras): FileInfo | undefined {
  const id = number(map, "file");
  if (id === undefined)
    return undefined;
  const pixels = PIXELS.exec(text(map, "pixels") ?? "");
  return {
    id, name: text(map, "file_name") ?? "", size: numberOr0(map, "size"),
    type: text(map, "type") ?? "application/octet-stream", hasThumbnail: numberOr0(map, "thumbnail") > 0,
    ...(pixels ? { width: Number(pixels[1]), height: Number(pixels[2]) } : {}),
  };
}

/** 64 characters from "0" to "o", as 0 to 1. */
const waveformOf = (waveform: string): number[] =>
  [...waveform.slice(0, WAVEFORM_MAX)].map((character) => Math.min(1, Math.max(0, (character.charCodeAt(0) - 48) / 63)));

const recordingOf = (map: Extras): Recording => ({
  durationMs: numberOr0(map, "duration"), waveform: waveformOf(text(map, "waveform") ?? ""),
  size: numberOr0(map, "size"), played: numberOr0(map, "played") > 0,
});

export const reactionsOf = (map: Extras): Reaction[] =>
  list(map, "reactions").slice(0, REACTIONS_MAX).flatMap((each) => {
    const emoji = text(each, "emoji");
    return emoji === undefined ? [] : [{ emoji, count: numberOr0(each, "count"), mine: flag(each, "mine") }];
  });

const kindOf = (map: Extras): Message["kind"] =>
  text(map, "kind") === "voice" ? "voice" : text(map, "kind") === "call" || text(map, "call") === "missed" ? "call" : "text";

/** `map` has the keys of an entry; of a live update its positional fields were put into it. */
export function messageOf(map: Extras, me: string): Message {
  const seq = numberOr0(map, "seq");
  const sender = text(map, "sender") ?? "";
  const kind = kindOf(map);
  return {
    key: `s${seq}`, seq, id: numberOr0(map, "id"), time: numberOr0(map, "time"), sender, own: sender === me, kind,
    content: text(map, "content") ?? "", delivery: "stored", pinned: numberOr0(map, "pinned") > 0,
    mentioned: flag(map, "mentioned"), reactions: reactionsOf(map), damaged: flag(map, "damaged"), bot: flag(map, "bot"),
    ...given("edited", number(map, "edited")), ...given("deleted", number(map, "deleted")),
    ...given("deletedBy", text(map, "deleted_by")), ...given("replyTo", number(map, "reply_to")),
    ...given("quoteSender", text(map, "quote_sender")), ...given("quote", text(map, "quote")),
    ...given("file", fileOf(map)), ...(kind === "voice" ? { recording: recordingOf(map) } : {}),
  };
}

/** What the list of conversations shows of a message. */
export function previewOf(message: Message): string {
  if (message.deleted !== undefined)
    return "";
  return message.content !== "" ? message.content : message.file?.name ?? "";
}

export const edited = (message: Message, content: string, time: number, mentioned: boolean): Message => {
  const { editing: _editing, ...rest } = message;
  return { ...rest, content, edited: time, mentioned };
};

export function deleted(message: Message, time: number, by: string | undefined): Message {
  const { editing: _editing, file: _file, recording: _recording, quote: _quote, ...rest } = message;
  return { ...rest, content: "", reactions: [], pinned: false, deleted: time, ...given("deletedBy", by === message.sender ? undefined : by) };
}

/** One more, or one less, of an emoji; the one that came first stays the first. */
export function reacted(message: Message, emoji: string, mine: boolean, add: boolean): Message {
  const old = message.reactions.find((each) => each.emoji === emoji);
  if (mine && (old?.mine ?? false) === add)
    return message;
  const count = (old?.count ?? 0) + (add ? 1 : -1);
  const one = { emoji, count, mine: mine ? add : old?.mine ?? false };
  const reactions = old === undefined ? [...message.reactions, one] : message.reactions.map((each) => (each === old ? one : each));
  return { ...message, reactions: reactions.filter((each) => each.count > 0) };
}
