/* links.ts - links that people copy and open, of this server: to register, to join a group, for a new
 * device, for a new password. The secret stands in the fragment, which browsers do not send (docs/protocol.md, "Links"). Pure.
 * view/route.ts reads them: by its form alone a secret for a device could be an invitation. */

export function invitationLink(origin: string, code: string): string {
  return `${origin}/join#${code}`;
}

/** The invitation is to this group. */
export function groupLink(origin: string, group: string, code: string): string {
  return `${origin}/#/join/${encodeURIComponent(group)}/${code}`;
}

export function deviceLink(origin: string, secret: string): string {
  return `${origin}/#/login/${secret}`;
}

/** By which a user chooses another password (`reset_password`). */
export function resetLink(origin: string, secret: string): string {
  return `${origin}/#/reset/${secret}`;
}

/** What an app for one-time codes reads, as text or as a picture. */
export function totpLink(username: string, server: string, secret: string): string {
  const issuer = encodeURIComponent(`Chinwag ${server}`);
  return `otpauth://totp/${issuer}:${encodeURIComponent(username)}?secret=${secret}&issuer=${issuer}`;
}
