/* look.tsx - the frame with a state that nobody has made, to look at: test/look.mjs takes pictures of
 * it in both themes and several widths. The scene is the query of the address. No test runs it. */
import { signal } from "@preact/signals";
import { render } from "preact";
import type { Actions, Outcome } from "../src/model/actions.js";
import type { Conversation, Message, Participant, Person, State } from "../src/model/state.js";
import { setPreferences } from "../src/keep/preferences.js";
import type { Theme } from "../src/keep/preferences.js";
import { Frame } from "../src/view/frame.js";
import "../src/view/style/style.css";
import "../src/view/late.css";
import { conversation, fakeActions } from "./fake.js";

const scene = new URLSearchParams(location.search);
const DAY = 86_400_000;
const now = Date.now();

let seq = 0;
function message(sender: string, minutes: number, content: string, change: Partial<Message> = {}): Message {
  seq++;
  return {
    key: `k${seq}`, seq, id: seq, time: now - DAY + minutes * 60_000, sender, own: sender === "alice", kind: "text", content, delivery: "stored",
    pinned: false, mentioned: false, reactions: [], damaged: false, bot: false, ...change,
  };
}

const cooks: readonly Message[] = [
  message("bob", 0, "Morning all! The sourdough came out **really** well this time. ~~450 g~~ 500 g flour, `75 %` water."),
  message("bob", 1, "Recipe is at https://bread.example.org/sourdough_(basic), and no, not at https://аpple.com/"),
  message("Zoë", 3, "Looks great", { reactions: [{ emoji: "👍", count: 3, mine: true }, { emoji: "🍞", count: 1, mine: false }] }),
  message("Zoë", 3, "", { file: { id: 7, name: "loaf.png", size: 120_000, type: "image/png", width: 1200, height: 800, hasThumbnail: true } }),
  message("alice", 12, "What I would change:\n\n1. more salt\n2. a longer rest\n\n> keep it simple\n\n```python\ndef hydration(water, flour):\n    return 100 * water / flour   # per cent\n```"),
  message("marie-thérèse-de-la-très-longue-signature", 400, "@alice how long is the rest?", { mentioned: true, replyTo: 5, quoteSender: "alice", quote: "What I would change: 1. more salt 2. a longer rest" }),
  message("alice", 402, "Twelve hours in the fridge.", { edited: now - DAY, delivery: "read" }),
  message("recipes", 500, "New recipe: _Ciabatta_", { bot: true, pinned: true }),
  message("bob", 1400, "", { deleted: now, deletedBy: "alice" }),
  message("eve", 1410, "שלום לכולם, מה שלומכם?\n- לחם\n- salt\n\n> מלח\n\nsee you"),
  message("eve", 1411, "🎉"),
  message("bob", 1412, "", { file: { id: 8, name: "shopping list for the whole summer.pdf", size: 300_000, type: "application/octet-stream", hasThumbnail: false } }),
  message("dave", 1425, "Count me in for Saturday."),
  message("alice", 1437, "Me too, I bring the oven gloves", { key: "o1", seq: 0, delivery: "pending" }),
  message("alice", 1438, "And my brother", { key: "o2", seq: 0, delivery: "failed", refusal: { code: 1027, reason: "you are muted until 18:00" } }),
];

const speaker = (name: string, speaking: boolean): Participant => ({ name, speaking, muted: false, volume: 1 });
const person = (name: string, presence: Person["presence"], change: Partial<Person> = {}): Person => ({ name, presence, bot: false, contact: true, blocked: false, ...change });

function conversations(): Map<string, Conversation> {
  const all = [
    conversation("#cooks", { title: "cooks", heading: "Kitchen", role: "owner", topic: "Bread, soup and what the market has", members: 42, inCall: 2, messages: cooks, read: 12, unread: 1, preview: "Count me in for Saturday.",
      events: [{ key: "1", time: now - DAY + 450 * 60_000, event: "joined", sender: "recipes" }], typing: ["bob", "Zoë"] }),
    conversation("#markets", { title: "markets", heading: "Kitchen", unread: 120, unreadMentions: 2, preview: "bob: @alice the asparagus is there" }),
    conversation("#random", { title: "random", draft: "I think that" }),
    conversation("#announcements", { title: "announcements", level: "nothing", unread: 5, preview: "The server moves on Sunday", announcements: true }),
    conversation("bob", { title: "bob", unread: 3, preview: "See you there!", messages: [message("bob", 0, "Hi"), message("alice", 1, "Hello!", { delivery: "read" }), message("bob", 5, "missed call", { kind: "call" }), message("alice", 9, "Sorry, later.", { delivery: "delivered" })] }),
    conversation("Zoë", { title: "Zoë", preview: "You: thanks" }), conversation("alice", { title: "alice", preview: "eggs, flour" }),
  ];
  const many = scene.has("many") ? Array.from({ length: 500 }, (_, at) => conversation(`#group-${at}`, { title: `group-${at}`, preview: "Something was said" })) : [];
  return new Map([...all, ...many].map((each) => [each.id, each]));
}

const people = new Map([person("bob", "online", { status: "in the kitchen" }), person("Zoë", "away", { display: "Zoë 🌿" }), person("eve", "offline"), person("alice", "online"), person("dave", "online")].map((each) => [each.name, each]));
const state = signal<State>({
  phase: scene.has("first") ? "out" : "in", link: scene.has("lost") ? { state: "waiting", retryAt: now + 4000 } : { state: "up" },
  account: { username: "alice", admin: true, temporary: false }, conversations: scene.has("empty") ? new Map() : conversations(), people,
  calls: new Map([["#cooks", [speaker("bob", true), speaker("Zoë", false)]]]), quiet: false, outboxLength: scene.has("lost") ? 2 : 0,
});

/** A loaf, near enough. */
async function loaf(): Promise<Outcome<Blob>> {
  const canvas = document.createElement("canvas");
  canvas.width = 480;
  canvas.height = 320;
  const context = canvas.getContext("2d");
  if (context) {
    context.fillStyle = "#7a9e8c";
    context.fillRect(0, 0, 480, 320);
    context.fillStyle = "#b5743a";
    context.ellipse(240, 190, 170, 90, 0, 0, 7);
    context.fill();
  }
  const blob = await new Promise<Blob | null>((done) => { canvas.toBlob(done); });
  return blob ? { ok: true, value: blob } : { ok: false, unreachable: true };
}

const fake = fakeActions();
const own: Partial<Actions> = {
  thumbnail: loaf,
  fileUrl: async () => { const made = await loaf(); return made.ok ? { ok: true, value: URL.createObjectURL(made.value) } : made; },
  open: (id, target) => { state.value = { ...state.value, current: id, ...(target === undefined ? {} : { target }) }; },
  login: async () => ({ ok: false, unreachable: true }),
};
const actions = new Proxy(fake.actions, { get: (target, name: keyof Actions) => own[name] ?? target[name] });
Object.assign(globalThis, { look: { state, called: fake.called, message } });
await setPreferences({ theme: (scene.get("theme") ?? "system") as Theme });
if (scene.has("rtl")) document.documentElement.dir = "rtl";
render(<Frame state={state} actions={actions} />, document.body);
