/* fragment.ts - the fragment of the URL of a conversation or message: see route.ts. Pure: the service
 * worker makes them, too. */

export function fragmentOf(id: string, seq?: number): string {
  const name = encodeURIComponent(id.replace(/^#/, ""));
  return `#${id.startsWith("#") ? "" : "@"}${name}${seq === undefined ? "" : `/${seq}`}`;
}
