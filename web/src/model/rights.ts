/* rights.ts - what a user may do to a member of a group, as docs/protocol.md says under "Groups":
 * which buttons a screen shows. The server judges all the same. Pure. */
import type { MemberRow, Role } from "./rows.js";

export interface MemberRights {
  readonly mute: boolean;
  readonly kick: boolean;
  readonly ban: boolean;
  readonly unban: boolean;
  readonly makeModerator: boolean;
  readonly makeMember: boolean;
  readonly handOver: boolean;
}

export function mayModerate(role: Role | undefined): boolean {
  return role === "owner" || role === "moderator";
}

export function rightsOver(own: { readonly name: string; readonly role: Role | undefined }, member: MemberRow): MemberRights {
  const over = own.role === "owner" || (own.role === "moderator" && (member.role === "member" || member.banned));
  const manages = over && member.name !== own.name;
  const gives = own.role === "owner" && member.name !== own.name && !member.banned;
  return {
    mute: manages && !member.banned, kick: manages && !member.banned, ban: manages && !member.banned,
    unban: manages && member.banned, makeModerator: gives && member.role === "member",
    makeMember: gives && member.role === "moderator", handOver: gives && !member.bot,
  };
}

export function anyRight(rights: MemberRights): boolean {
  return Object.values(rights).some(Boolean);
}
