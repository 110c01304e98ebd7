/* tab_actions.ts - the actions of views in any tab: which conversation is open is this tab's, a call
 * makes it the leading one, and the rest is done by the one that leads (tabs.ts). Called by page.ts. */
import type { Actions } from "../model/actions.js";
import type { ConversationId } from "../model/state.js";
import type { Tabs } from "./tabs.js";

function ownActions(tabs: Tabs): Partial<Actions> {
  const { actions, client } = tabs;
  return {
    open: (conversation, seq) => {
      client.store.change(conversation, (old) => old);
      client.store.set({ current: conversation, target: seq });
      void tabs.perform("show", [conversation, seq]);
    },
    close: () => actions.close(),
    join: async (conversation: ConversationId, seat) => {
      await tabs.takeLead();
      return actions.join(conversation, seat);
    },
    answer: async () => {
      const from = client.store.now.ring?.from; /* with the new connection it rings anew */
      await tabs.takeLead();
      return actions.answer(from);
    },
  };
}

/** Objects of views are passed as they are: strings, numbers, maps, files. */
export function tabActions(tabs: Tabs): Actions {
  const own = ownActions(tabs) as { [name: string]: unknown };
  return new Proxy({} as Actions, {
    get: (_target, name) => own[String(name)] ?? ((...args: readonly unknown[]) => tabs.perform(String(name), args)),
  });
}
