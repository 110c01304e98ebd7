/* options.ts - lengths of time to choose from, for the parts of the page of administrators. */
import type { Option } from "../kit.js";

export function optionsOf(lengths: readonly (readonly [number, string])[]): readonly Option<string>[] {
  return lengths.map(([seconds, label]) => ({ value: String(seconds), label }));
}
