/* change.tsx - a screen that changes one thing after another: what is under way, what was refused, what
 * was done. The lists of the page of administrators use it. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Answer, Extras } from "../../model/actions.js";
import type { Shared } from "../shared.js";
import { Done, TroubleLine } from "./kit.js";
import { useTask } from "./task.js";

export interface Change {
  readonly busy: boolean;
  /** Where the screen says what came of it. */
  readonly lines: ComponentChildren;
  /** The answer, or nothing when it was refused, which `lines` then say. */
  set(action: string, fields: readonly unknown[], said: string, extras?: Extras): Promise<Answer | undefined>;
}

/** `changed` is called after each change, and asks for the list again. */
export function useChange(shared: Shared, changed: () => unknown): Change {
  const task = useTask();
  const [done, setDone] = useState<string | undefined>(undefined);
  const set: Change["set"] = async (action, fields, said, extras) => {
    setDone(undefined);
    const result = await task.run(async () => {
      const outcome = await shared.actions.ask(action, fields, extras);
      if (outcome.ok) await changed();
      return outcome;
    });
    if (result) setDone(said);
    return result?.value;
  };
  return { busy: task.busy, set, lines: <><TroubleLine trouble={task.trouble} /><Done text={done} /></> };
}
