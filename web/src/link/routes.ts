/* routes.ts - the secret that the address of the page brings: an invitation, or a link for a new
 * device. Pure. Called by the first screen; model/links.ts makes such addresses, and view/route.ts
 * reads those of conversations.
 *
 *   /join#CODE,KEY   an invitation, or the secret of a set-up link; KEY is for other clients
 *   /#/login/CODE    a link for a new device */
export type Route =
  | { readonly at: "home" }
  | { readonly at: "invitation"; readonly code: string }
  | { readonly at: "device"; readonly link: string };

export function routeOf(path: string, hash: string): Route {
  const device = /^#\/login\/([\w-]{1,128})$/.exec(hash);
  if (device !== null)
    return { at: "device", link: device[1] as string };
  const code = /^#([\w-]{1,128})(?:,[\w-]{43})?$/.exec(hash);
  return code !== null && path === "/join" ? { at: "invitation", code: code[1] as string } : { at: "home" };
}
