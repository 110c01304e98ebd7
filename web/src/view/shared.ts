/* shared.ts - what every view is given. */
import type { ReadonlySignal } from "@preact/signals";
import type { Actions } from "../model/actions.js";
import type { State } from "../model/state.js";

export interface Shared {
  readonly state: ReadonlySignal<State>;
  readonly actions: Actions;
}
