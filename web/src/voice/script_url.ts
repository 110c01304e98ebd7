/* script_url.ts - addresses of the built files beside the page's own, for workers. Trusted Types
 * let a worker begin only with an address that a policy has made; this one lets through files of
 * this origin and nothing else. */

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

const rules = {
  createScriptURL(url: string): string {
    if (new URL(url).origin !== new URL(import.meta.url).origin)
      throw new TypeError("a worker of another origin");
    return url;
  },
};
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy("chinwag-voice", rules) ?? rules;

/** The address of a file that stands beside the one that this is in. */
export const fileUrl = (name: string): string => new URL(name, import.meta.url).href;

/** The same, for `new Worker`. */
export const workerUrl = (name: string): string => policy.createScriptURL(fileUrl(name));
