/* memory.ts - keeps nothing beyond the page: "not my computer". See model/ports.ts. */
import type { KeepPort } from "../model/ports.js";

export const memory = (): KeepPort => ({
  load: async () => undefined,
  saveAccount: async () => {},
  saveItem: async () => {},
  dropItem: async () => {},
  saveConversations: async () => {},
  clear: async () => {},
});
