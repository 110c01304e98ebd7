/* admin_rows.ts - entries of the lists of administrators (docs/protocol.md, from "users" on) as typed
 * rows, by the rules of rows.ts; and what may be done to a user, which says what buttons the page shows.
 * The server judges all the same. Pure; the page of administrators uses it (view/screens/admin.tsx). */
import type { Extras } from "./actions.js";
import { accessOf, flagOf, numberOf, presenceOf, present, textOf } from "./rows.js";
import type { Access, Presence } from "./rows.js";

export type UserRole = "admin" | "user" | "bot";

export interface UserRow {
  readonly id: number;
  readonly name: string;
  readonly role: UserRole;
  readonly presence: Presence;
  readonly seen?: number;
  readonly banned: boolean;
}

export interface BanRow {
  readonly id: number;
  /** As `unban_from_server` takes it: "@" and a name, or a network. */
  readonly subject: string;
  readonly created?: number;
  readonly until?: number; /* none: for good */
  readonly by?: string; /* none: the operator */
  readonly reason: string;
}

export interface ReportRow {
  readonly id: number;
  readonly created?: number;
  readonly by: string;
  readonly reason: string;
  readonly sender: string;
  readonly time?: number;
  readonly content?: string; /* none: a recording, or deleted */
  readonly conversation?: string; /* none: between two users */
  readonly seq: number;
}

export interface ServerGroupRow {
  readonly id: number;
  readonly name: string;
  readonly topic: string;
  readonly access: Access;
  readonly members: number;
  readonly owner?: string;
  /** When the owner was here last, and whether the server has banned them: nobody looks after it. */
  readonly seen?: number;
  readonly banned: boolean;
}

export interface AuditRow {
  readonly id: number;
  readonly time?: number;
  readonly act: string;
  readonly by?: string; /* none: the operator */
  /** Of whom or what: a name, a network, or a number. */
  readonly what: string;
}

export interface UserRights {
  readonly ban: boolean;
  readonly unban: boolean;
  readonly reset: boolean;
  readonly makeAdmin: boolean;
  readonly makeUser: boolean;
  readonly remove: boolean;
}

export function userRow(entry: Extras): UserRow | undefined {
  const name = textOf(entry, "name");
  if (!name) return undefined;
  const role = textOf(entry, "role");
  return present<UserRow>({
    id: numberOf(entry, "id") ?? 0, name, role: role === "admin" || role === "bot" ? role : "user",
    presence: presenceOf(entry), seen: numberOf(entry, "seen"), banned: flagOf(entry, "banned"),
  });
}

/** Administrators are neither banned nor deleted, bots have an owner for their secret. */
export function rightsOverUser({ role, banned }: UserRow): UserRights {
  return {
    ban: role !== "admin" && !banned, unban: banned, reset: role !== "bot", makeAdmin: role === "user",
    makeUser: role === "admin", remove: role !== "admin",
  };
}

export function banRow(entry: Extras): BanRow | undefined {
  const name = textOf(entry, "name");
  const subject = name ? `@${name}` : textOf(entry, "network");
  if (!subject) return undefined;
  return present<BanRow>({
    id: numberOf(entry, "id") ?? 0, subject, created: numberOf(entry, "created"), until: numberOf(entry, "until"),
    by: textOf(entry, "by"), reason: textOf(entry, "reason") ?? "",
  });
}

export function reportRow(entry: Extras): ReportRow | undefined {
  const id = numberOf(entry, "id");
  if (id === undefined) return undefined;
  return present<ReportRow>({
    id, created: numberOf(entry, "created"), by: textOf(entry, "by") ?? "", reason: textOf(entry, "reason") ?? "",
    sender: textOf(entry, "sender") ?? "", time: numberOf(entry, "time"), content: textOf(entry, "content"),
    conversation: textOf(entry, "conversation"), seq: numberOf(entry, "seq") ?? 0,
  });
}

export function serverGroupRow(entry: Extras): ServerGroupRow | undefined {
  const name = textOf(entry, "name");
  if (!name) return undefined;
  return present<ServerGroupRow>({
    id: numberOf(entry, "id") ?? 0, name, topic: textOf(entry, "topic") ?? "", access: accessOf(entry),
    members: numberOf(entry, "members") ?? 0, owner: textOf(entry, "by"), seen: numberOf(entry, "seen"), banned: flagOf(entry, "banned"),
  });
}

export function auditRow(entry: Extras): AuditRow | undefined {
  const id = numberOf(entry, "id");
  const act = textOf(entry, "kind");
  if (id === undefined || !act) return undefined;
  const of = numberOf(entry, "of");
  const parts = [textOf(entry, "name") ?? (of === undefined ? "" : String(of)), textOf(entry, "detail") ?? ""];
  return present<AuditRow>({ id, time: numberOf(entry, "time"), act, by: textOf(entry, "by"), what: parts.filter((part) => part !== "").join(" · ") });
}

export interface StatusRow {
  readonly name: string;
  readonly value: number | string;
}

export interface SettingRow {
  readonly name: string;
  readonly value: string;
  /** A sentence what it is. */
  readonly detail: string;
  /** An administrator has set it, not the server's file. */
  readonly set: boolean;
}

export interface AnnouncementRow {
  readonly id: number;
  readonly time: number;
  readonly content: string;
  readonly sender?: string; /* none, or empty: the operator */
  readonly until?: number; /* none: until it is ended */
}

export function statusRow(entry: Extras): StatusRow | undefined {
  const name = textOf(entry, "name");
  const value = numberOf(entry, "count") ?? textOf(entry, "content");
  return name && value !== undefined ? { name, value } : undefined;
}

export function settingRow(entry: Extras): SettingRow | undefined {
  const name = textOf(entry, "name");
  if (!name) return undefined;
  return { name, value: textOf(entry, "content") ?? "", detail: textOf(entry, "detail") ?? "", set: textOf(entry, "kind") === "set" };
}

export function announcementRow(entry: Extras): AnnouncementRow | undefined {
  const id = numberOf(entry, "id");
  if (id === undefined) return undefined;
  return present<AnnouncementRow>({ id, time: numberOf(entry, "time") ?? 0, content: textOf(entry, "content") ?? "", sender: textOf(entry, "sender"), until: numberOf(entry, "until") });
}

const ORPHANED_MS = 30 * 86_400_000;

/** Nobody looks after the group: its owner is banned, or has not been here for long. */
export const isOrphaned = (group: ServerGroupRow, now: number): boolean =>
  group.owner === undefined || group.banned || (group.seen !== undefined && now - group.seen > ORPHANED_MS);
