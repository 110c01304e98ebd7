/* links.ts - links that people copy and open, of this server: to register, and for a new device.
 * The secret stands in the fragment, which browsers do not send (docs/protocol.md, "Links"). Pure.
 * "device=" tells the two apart: by its form a secret for a device is an invitation, too. */

export type OpenedLink =
  | { readonly kind: "device" | "invitation" | "setup"; readonly secret: string }
  | undefined;

export function invitationLink(origin: string, code: string): string {
  return `${origin}/join#${code}`;
}

export function deviceLink(origin: string, secret: string): string {
  return `${origin}/join#device=${secret}`;
}

/** What the fragment of /join holds; the key for CURVE behind the comma is for other clients. */
export function readJoinFragment(fragment: string): OpenedLink {
  const found = /^#?(device=)?([0-9A-Za-z_-]{1,128})(?:,[0-9A-Za-z_-]*)?$/.exec(fragment);
  if (!found?.[2]) return undefined;
  const secret = found[2];
  if (found[1]) return { kind: "device", secret };
  return { kind: /^[0-9a-f]{64}$/.test(secret) ? "setup" : "invitation", secret };
}

/** What an app for one-time codes reads, as text or as a picture. */
export function totpLink(username: string, server: string, secret: string): string {
  const issuer = encodeURIComponent(`Chinwag ${server}`);
  return `otpauth://totp/${issuer}:${encodeURIComponent(username)}?secret=${secret}&issuer=${issuer}`;
}
