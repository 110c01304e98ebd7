/* commands.ts - what begins with "/" in the composer: which commands there are, what they take, and
 * how a line is understood. Pure; view/perform.ts carries them out. */
import { commands as words } from "./english_late.js";

export type CommandName =
  | "help" | "me" | "msg" | "join" | "leave" | "topic" | "invite" | "kick" | "ban" | "mute" | "call" | "hangup"
  | "vol" | "search" | "notify" | "theme" | "nick" | "quit";

export interface Command {
  readonly name: CommandName;
  /** How many words it takes before the rest of the line, which is one argument. */
  readonly least: number;
  readonly most: number;
  readonly groupOnly: boolean;
}

const of = (name: CommandName, least: number, most: number, groupOnly = false): Command => ({ name, least, most, groupOnly });

export const COMMANDS: readonly Command[] = [
  of("help", 0, 1), of("me", 1, 1), of("msg", 1, 2), of("join", 1, 1), of("leave", 0, 0, true), of("topic", 0, 1, true),
  of("invite", 1, 1, true), of("kick", 1, 1, true), of("ban", 1, 1, true), of("mute", 1, 2, true), of("call", 0, 0),
  of("hangup", 0, 0), of("vol", 2, 2), of("search", 0, 1), of("notify", 1, 1), of("theme", 1, 1), of("nick", 1, 1), of("quit", 0, 0),
];

const OTHER_NAMES: { readonly [name: string]: CommandName } = { part: "leave", whisper: "msg", w: "msg", exit: "quit", volume: "vol" };

export type Line =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "command"; readonly command: Command; readonly args: readonly string[] }
  | { readonly kind: "wrong"; readonly reason: string };

/** "//" sends a line that begins with "/"; what begins with "/" and no command is refused here, so
 * that no mistyped command is told to everybody. */
export function readLine(text: string, inGroup: boolean): Line {
  if (!text.startsWith("/") || text.startsWith("/ ")) return { kind: "text", text };
  if (text.startsWith("//")) return { kind: "text", text: text.slice(1) };
  const [, written = "", rest = ""] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  const name = written.toLowerCase();
  const command = COMMANDS.find((each) => each.name === (OTHER_NAMES[name] ?? name));
  if (!command) return { kind: "wrong", reason: words.unknown(written) };
  if (command.groupOnly && !inGroup) return { kind: "wrong", reason: words.onlyInGroups(command.name) };
  const args = argumentsOf(rest.trim(), command.most);
  if (args.length < command.least || (command.most === 0 && rest.trim() !== "")) return { kind: "wrong", reason: words.usage(words.takes[command.name]) };
  return { kind: "command", command, args };
}

function argumentsOf(rest: string, most: number): string[] {
  const args: string[] = [];
  let left = rest;
  while (left !== "" && args.length < most) {
    if (args.length === most - 1) {
      args.push(left);
      break;
    }
    const [, first = "", behind = ""] = /^(\S+)\s*([\s\S]*)$/.exec(left) ?? [];
    args.push(first);
    left = behind;
  }
  return args;
}

/** Those that begin so, with what they take and do. */
export function commandsFor(written: string): readonly { readonly name: CommandName; readonly takes: string; readonly help: string }[] {
  return COMMANDS.filter(({ name }) => name.startsWith(written)).map(({ name }) => ({ name, takes: words.takes[name], help: words.help[name] }));
}

/** Minutes of "30", "30m", "2h", "3d". */
export function minutesOf(text: string): number | undefined {
  const [, number = "", unit = "m"] = /^(\d{1,5})([mhd]?)$/.exec(text.trim()) ?? [];
  return number === "" ? undefined : Number(number) * { m: 1, h: 60, d: 1440, "": 1 }[unit as "m"];
}
