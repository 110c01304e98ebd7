/* message_menu.ts - what can be done with a message, as a menu. Loaded when the first one is opened. */
import type { Conversation, Message } from "../model/state.js";
import { isGroup } from "../model/sections.js";
import { message as messageWords } from "../text/english.js";
import { over } from "../text/english_late.js";
import { copyText } from "./body.js";
import { isModerator, mayRemove } from "./conversation.js";
import type { Question } from "./conversation.js";
import { openMenu } from "./menu.js";
import type { MenuItem } from "./menu.js";
import type { Tools } from "./message.js";
import { fragmentOf } from "./route.js";
import { openScreen } from "./screens/open.js";
import type { Shared } from "./shared.js";

const words = { ...messageWords, ...over.menu };
const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

export function openMessageMenu(message: Message, conversation: Conversation, shared: Shared, tools: Tools, ask: (question: Question) => void, x: number, y: number): void {
  openMenu({ label: words.actions, x, y, items: itemsOf(message, conversation, shared, tools, ask),
    emoji: message.deleted === undefined ? { list: QUICK, run: (emoji) => shared.actions.react(conversation.id, message.seq, emoji, true) } : undefined });
}

function itemsOf(message: Message, conversation: Conversation, { actions }: Shared, tools: Tools, ask: (question: Question) => void): readonly MenuItem[] {
  const { id } = conversation;
  const whole = message.deleted === undefined;
  const is = (condition: boolean, item: MenuItem): readonly MenuItem[] => (condition ? [item] : []);
  return [
    ...is(whole, { label: words.react, icon: "smile", run: () => tools.react(message) }),
    ...is(whole, { label: words.reply, icon: "reply", run: () => tools.reply(message) }),
    ...is(whole && message.own && message.kind === "text", { label: words.edit, icon: "edit", run: () => tools.edit(message) }),
    ...is(whole && message.content !== "", { label: words.copy, icon: "copy", run: () => void copyText(message.content) }),
    { label: words.copyLink, icon: "link", run: () => void copyText(`${location.origin}/${fragmentOf(id, message.seq)}`) },
    ...is(whole && message.kind !== "call", { label: words.forward, icon: "forward", run: () => ask({ what: "forward", message }) }),
    ...is(whole && isModerator(conversation), { label: message.pinned ? words.unpin : words.pin, icon: "pin", run: () => actions.pin(id, message.seq, !message.pinned) }),
    ...is(message.edited !== undefined && isGroup(id), { label: words.versions, icon: "history", run: () => openScreen({ screen: "versions", group: id.slice(1), seq: message.seq }) }),
    ...is(whole && !message.own && message.kind !== "call", { label: words.report, icon: "warn", run: () => openScreen({ screen: "report", conversation: id, seq: message.seq }) }),
    ...is(mayRemove(conversation, message), { label: words.remove, icon: "trash", danger: true, run: () => tools.remove(message) }),
  ];
}
