/* rows.ts - entries of lists (docs/protocol.md, "Lists") as typed rows. An entry that lacks what
 * its row needs is left out; keys of another type count as missing: a server that sends nonsense
 * shows less, and breaks nothing. Pure; the screens use it (src/view/screens).
 *
 * Not here: messages of the open conversation, which the model keeps (model.ts). */
import type { Extras } from "./actions.js";

export type Role = "owner" | "moderator" | "member";
export type Presence = "online" | "away" | "offline" | "unknown";
export type Access = "open" | "unlisted" | "invited";

export interface PersonRow {
  readonly name: string;
  readonly display?: string;
  readonly presence: Presence;
  readonly seen?: number;
  readonly contact: boolean;
  readonly blocked: boolean;
  readonly bot: boolean;
}

export interface MemberRow {
  readonly name: string;
  readonly display?: string;
  readonly presence: Presence;
  readonly seen?: number;
  readonly role?: Role; /* none: banned */
  readonly mutedUntil?: number;
  readonly inCall: boolean;
  readonly banned: boolean;
  readonly bot: boolean;
}

export interface GroupRow {
  readonly name: string;
  readonly role: Role;
  readonly topic: string;
  readonly access: Access;
  readonly members: number;
  readonly days: number;
  readonly kept: number;
  readonly onlyModeratorsWrite: boolean;
  /** Who mentions everybody by @here. */
  readonly here: "all" | "moderators" | "nobody";
  readonly slowSeconds: number;
  readonly versionDays: number;
  readonly newcomers: boolean;
  readonly heading: string;
  readonly order: number;
}

/** A group that everybody may join. */
export interface OpenGroupRow {
  readonly name: string;
  readonly topic: string;
  readonly members: number;
}

export interface MessageRow {
  readonly conversation: string;
  readonly seq: number;
  readonly id: number;
  readonly time: number;
  readonly sender: string;
  readonly kind: string;
  readonly content: string;
  readonly deleted: boolean;
  readonly fileName?: string;
  readonly file?: number;
  readonly size?: number;
  readonly durationMs?: number;
}

export interface SessionRow {
  readonly session: number;
  readonly client: string;
  /** What its user calls it. */
  readonly name?: string;
  readonly address: string;
  readonly created?: number;
  readonly seen?: number;
  readonly online: boolean;
  readonly current: boolean;
}

export interface DevicePasswordRow {
  readonly name: string;
  readonly created?: number;
  readonly used?: number;
}

export interface InvitationRow {
  readonly id: number;
  readonly sender: string;
  readonly created?: number;
  readonly expires?: number;
  readonly uses: number;
}

export interface BotRow {
  readonly name: string;
  readonly seen?: number;
}

export interface HookRow {
  readonly id: number;
  readonly bot: string;
  readonly created?: number;
}

export interface VersionRow {
  readonly time?: number;
  readonly content: string;
}

export interface Profile {
  readonly user: string;
  readonly display?: string;
  readonly status?: string;
  readonly statusUntil?: number;
  readonly avatar?: number;
  readonly zone?: string;
  readonly lastSeen?: boolean;
  readonly listed?: boolean;
  readonly presence: Presence;
  readonly seen?: number;
  /** Something was told: to a blocked user nothing is. */
  readonly told: boolean;
}

export function textOf(entry: Extras, key: string): string | undefined {
  const value = entry[key];
  return typeof value === "string" ? value : undefined;
}

export function numberOf(entry: Extras, key: string): number | undefined {
  const value = entry[key];
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function flagOf(entry: Extras, key: string): boolean {
  return numberOf(entry, key) === 1;
}

/** Without the keys whose value is undefined: optional members are missing, not undefined. */
export function present<T extends object>(row: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as T;
}

function roleOf(entry: Extras): Role | undefined {
  const role = textOf(entry, "role");
  return role === "owner" || role === "moderator" || role === "member" ? role : undefined;
}

export function presenceOf(entry: Extras): Presence {
  const state = textOf(entry, "state");
  return state === "online" || state === "away" || state === "offline" ? state : "unknown";
}

function hereOf(entry: Extras): GroupRow["here"] {
  const here = textOf(entry, "here");
  return here === "all" || here === "nobody" ? here : "moderators";
}

export function accessOf(entry: Extras): Access {
  const access = textOf(entry, "access");
  return access === "unlisted" || access === "invited" ? access : "open";
}

/** The rows of a list; what is no row is left out. */
export function rowsOf<T>(list: readonly Extras[], parse: (entry: Extras) => T | undefined): T[] {
  return list.map(parse).filter((row): row is NonNullable<typeof row> => row !== undefined);
}

export function personRow(entry: Extras): PersonRow | undefined {
  const name = textOf(entry, "name");
  if (!name) return undefined;
  return present<PersonRow>({
    name, display: textOf(entry, "display"), presence: presenceOf(entry), seen: numberOf(entry, "seen"),
    contact: flagOf(entry, "contact"), blocked: flagOf(entry, "blocked"), bot: flagOf(entry, "bot"),
  });
}

export function memberRow(entry: Extras): MemberRow | undefined {
  const name = textOf(entry, "name");
  if (!name) return undefined;
  return present<MemberRow>({
    name, display: textOf(entry, "display"), presence: presenceOf(entry), seen: numberOf(entry, "seen"),
    role: roleOf(entry), mutedUntil: numberOf(entry, "until"), inCall: flagOf(entry, "in_call"),
    banned: flagOf(entry, "banned"), bot: flagOf(entry, "bot"),
  });
}

export function groupRow(entry: Extras): GroupRow | undefined {
  const name = textOf(entry, "name");
  if (!name) return undefined;
  return {
    name, role: roleOf(entry) ?? "member", topic: textOf(entry, "topic") ?? "", access: accessOf(entry),
    members: numberOf(entry, "members") ?? 0, days: numberOf(entry, "days") ?? 0, kept: numberOf(entry, "kept") ?? 0,
    onlyModeratorsWrite: textOf(entry, "writers") === "moderators", here: hereOf(entry), slowSeconds: numberOf(entry, "slow") ?? 0,
    versionDays: numberOf(entry, "versions") ?? 0, newcomers: flagOf(entry, "newcomers"),
    heading: textOf(entry, "heading") ?? "", order: numberOf(entry, "order") ?? 0,
  };
}

export function openGroupRow(entry: Extras): OpenGroupRow | undefined {
  const name = textOf(entry, "name");
  if (!name) return undefined;
  return { name, topic: textOf(entry, "topic") ?? "", members: numberOf(entry, "members") ?? 0 };
}

/** A message of `search` or `mentions`; of `pins` and `history` with their conversation. */
export function messageRow(conversation?: string): (entry: Extras) => MessageRow | undefined {
  return (entry) => {
    const where = conversation ?? textOf(entry, "conversation");
    const seq = numberOf(entry, "seq");
    if (!where || !seq) return undefined;
    return present<MessageRow>({
      conversation: where, seq, id: numberOf(entry, "id") ?? 0, time: numberOf(entry, "time") ?? 0,
      sender: textOf(entry, "sender") ?? "", kind: textOf(entry, "kind") ?? "text", content: textOf(entry, "content") ?? "",
      deleted: numberOf(entry, "deleted") !== undefined, fileName: textOf(entry, "file_name"),
      file: numberOf(entry, "file"), size: numberOf(entry, "size"), durationMs: numberOf(entry, "duration"),
    });
  };
}

export function sessionRow(entry: Extras): SessionRow | undefined {
  const session = numberOf(entry, "session");
  if (session === undefined) return undefined;
  return present<SessionRow>({
    session, client: textOf(entry, "client") ?? "", name: textOf(entry, "name"), address: textOf(entry, "address") ?? "",
    created: numberOf(entry, "created"), seen: numberOf(entry, "seen"),
    online: presenceOf(entry) === "online" || presenceOf(entry) === "away", current: flagOf(entry, "current"),
  });
}

export function devicePasswordRow(entry: Extras): DevicePasswordRow | undefined {
  const name = textOf(entry, "name");
  if (!name) return undefined;
  return present<DevicePasswordRow>({ name, created: numberOf(entry, "created"), used: numberOf(entry, "used") });
}

export function invitationRow(entry: Extras): InvitationRow | undefined {
  const id = numberOf(entry, "id");
  if (id === undefined) return undefined;
  return present<InvitationRow>({
    id, sender: textOf(entry, "sender") ?? "", created: numberOf(entry, "created"),
    expires: numberOf(entry, "expires"), uses: numberOf(entry, "uses") ?? 0,
  });
}

export function botRow(entry: Extras): BotRow | undefined {
  const name = textOf(entry, "name");
  return name ? present<BotRow>({ name, seen: numberOf(entry, "seen") }) : undefined;
}

export function hookRow(entry: Extras): HookRow | undefined {
  const id = numberOf(entry, "id");
  if (id === undefined) return undefined;
  return present<HookRow>({ id, bot: textOf(entry, "sender") ?? "", created: numberOf(entry, "created") });
}

export function versionRow(entry: Extras): VersionRow | undefined {
  const content = textOf(entry, "content");
  return content === undefined ? undefined : present<VersionRow>({ time: numberOf(entry, "time"), content });
}

export function recoveryCode(entry: Extras): string | undefined {
  return textOf(entry, "code");
}

/** The answer to `profile`: an entry for each item that is set. */
export function profileOf(name: string, extras: Extras, list: readonly Extras[]): Profile {
  const item = (kind: string): Extras => list.find((entry) => entry["kind"] === kind) ?? {};
  const avatar = item("avatar");
  const onOff = (kind: string): boolean | undefined => {
    const value = textOf(item(kind), "content");
    return value === undefined ? undefined : value === "on";
  };
  return present<Profile>({
    user: textOf(extras, "user") ?? name, display: textOf(item("display"), "content"),
    status: textOf(item("status"), "content"), statusUntil: numberOf(item("status"), "until"),
    avatar: numberOf(avatar, "file"), zone: textOf(item("zone"), "content"), lastSeen: onOff("last_seen"),
    listed: onOff("listed"), presence: presenceOf(item("presence")), seen: numberOf(item("presence"), "seen"),
    told: list.length > 0,
  });
}
