/* refusal.ts - a refusal as the server words it. Called by the model. */
import type { Message } from "../wire/codec.js";
import type { Outcome } from "./actions.js";
import { given, number, text } from "./read.js";
import type { Refusal } from "./state.js";
import type { Result } from "../link/machine.js";

export const refusalOf = (answer: Message): Refusal => ({
  code: answer.code, reason: text(answer.extras, "reason") ?? "", ...given("rule", text(answer.extras, "rule")),
  ...given("until", number(answer.extras, "until")), ...given("limit", number(answer.extras, "limit")),
});

/** What became of a request, with a value made of a good answer. */
export function outcomeOf<T>(result: Result, value: (answer: Message) => T): Outcome<T> {
  if (!("answer" in result))
    return { ok: false, unreachable: true };
  return result.answer.code === 0 ? { ok: true, value: value(result.answer) } : { ok: false, refusal: refusalOf(result.answer) };
}
