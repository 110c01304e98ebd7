/* missing.ts - why this client has no service worker, and so cannot be installed and tells nothing
 * while it is closed. page.ts sets it; the settings show it. */
import { signal } from "@preact/signals";
import type { Missing } from "./register.js";

export const missing = signal<Missing | undefined>(undefined);
