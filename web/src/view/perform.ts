/* perform.ts - carries out the commands of the composer (text/commands.ts) by Actions. What they
 * answer is a sentence for the user. */
import type { Actions, Outcome } from "../model/actions.js";
import type { ConversationId, Level } from "../model/state.js";
import { groupLink } from "../model/links.js";
import { setPreferences } from "../keep/preferences.js";
import { minutesOf, readLine } from "../text/commands.js";
import type { CommandName } from "../text/commands.js";
import { first } from "../text/english.js";
import { commands as words } from "../text/english_late.js";
import { go } from "./route.js";
import { openScreen } from "./screens/open.js";
import { applyTheme } from "./theme.js";

export interface Place {
  readonly actions: Actions;
  readonly conversation: ConversationId;
  readonly join: () => void;
  readonly help: () => void;
}

/** Nothing when there is nothing to say. */
export type Said = { readonly text: string; readonly failed: boolean } | undefined;

const failed = (text: string): Said => ({ text, failed: true });
const bare = (name: string): string => name.replace(/^[@#]/, "");

async function say(asked: Promise<Outcome<unknown>>): Promise<Said> {
  const outcome = await asked;
  if (outcome.ok) return { text: words.done, failed: false };
  return failed("refusal" in outcome ? outcome.refusal.reason || first.refused(outcome.refusal.code) : words.failed);
}

type Performer = (place: Place, args: readonly string[]) => Promise<Said> | Said;

const group = (place: Place): string => bare(place.conversation);
const ofMember = (action: string): Performer => (place, [name = ""]) => say(place.actions.ask(action, [group(place), bare(name)]));

/** Makes an invitation that is good once, and sends its link to the person. */
async function inviteByMessage(place: Place, [name = ""]: readonly string[]): Promise<Said> {
  const made = await place.actions.ask("invite", [group(place)], { uses: 1 });
  if (!made.ok) return say(Promise.resolve(made));
  place.actions.send(bare(name), words.invitation(group(place), groupLink(location.origin, group(place), String(made.value.fields["invitation"]))));
  return { text: words.done, failed: false };
}

const PERFORMERS: { readonly [name in CommandName]: Performer } = {
  help: (place) => { place.help(); return undefined; },
  me: (place, [text = ""]) => { place.actions.send(place.conversation, `_${text.trim()}_`); return undefined; },
  msg: (place, [name = "", text]) => {
    if (text !== undefined) place.actions.send(bare(name), text);
    go(bare(name));
    return undefined;
  },
  join: async (place, [name = ""]) => {
    const said = await say(place.actions.ask("join_group", [bare(name)]));
    if (!said?.failed) go(`#${bare(name)}`);
    return said?.failed ? said : undefined;
  },
  leave: async (place) => {
    const said = await say(place.actions.ask("leave_group", [group(place)]));
    if (!said?.failed) go(undefined);
    return said;
  },
  topic: (place, [text = ""]) => say(place.actions.ask("set_topic", [group(place), text])),
  invite: inviteByMessage,
  kick: ofMember("kick"),
  ban: ofMember("ban"),
  mute: (place, [name = "", time = "30m"]) => {
    const minutes = minutesOf(time);
    return minutes === undefined ? failed(words.badTime) : say(place.actions.ask("mute", [group(place), bare(name), minutes * 60]));
  },
  call: (place) => { place.join(); return undefined; },
  hangup: (place) => { place.actions.leave(); return undefined; },
  vol: (place, [name = "", amount = ""]) => {
    const volume = Number(amount);
    if (!/^\d+$/.test(amount) || volume > 200) return failed(words.badNumber);
    place.actions.setVolume(bare(name), volume / 100, volume === 0);
    return { text: words.done, failed: false };
  },
  search: (place, [text]) => {
    openScreen({ screen: "search", conversation: place.conversation, ...(text === undefined ? {} : { words: text }) });
    return undefined;
  },
  notify: (place, [level = ""]) => {
    if (!["all", "mentions", "nothing"].includes(level)) return failed(words.badLevel);
    place.actions.setLevel(place.conversation, level as Level);
    return { text: words.done, failed: false };
  },
  theme: (_place, [theme = ""]) => {
    if (theme !== "dark" && theme !== "light" && theme !== "system") return failed(words.badTheme);
    applyTheme(theme);
    void setPreferences({ theme });
    return undefined;
  },
  nick: (place, [name = ""]) => say(place.actions.ask("set_profile", [], { display: name })),
  quit: async (place) => { await place.actions.logout(); return undefined; },
};

export async function perform(place: Place, name: CommandName, args: readonly string[]): Promise<Said> {
  return PERFORMERS[name](place, args);
}

/** Carries out a line that begins with "/"; `taken` is called when it is a command that is understood,
 * and with the text when the line is to be sent. */
export async function performLine(place: Place, text: string, taken: (text?: string) => void): Promise<Said> {
  const line = readLine(text, place.conversation.startsWith("#"));
  if (line.kind === "wrong") return failed(line.reason);
  taken(line.kind === "text" ? line.text : undefined);
  return line.kind === "text" ? undefined : perform(place, line.command.name, line.args);
}
