/* completion.tsx - completes names, commands and emoji in the composer, which tells it of keys. Loaded
 * when somebody begins to write (late.ts). */
import type { RefObject } from "preact";
import { useEffect, useId, useLayoutEffect, useState } from "preact/hooks";
import { complete, completionAt, completionByTab } from "../text/complete.js";
import type { Completion as Asked } from "../text/complete.js";
import { Suggestions, useSuggestions } from "./suggestions.js";
import type { Suggestion } from "./suggestions.js";

/** What the composer tells. */
export interface Completer {
  /** Takes a key before the composer does. */
  pressed(event: KeyboardEvent): boolean;
  /** The caret is perhaps elsewhere. */
  look(event: Event): void;
}

interface Props {
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly names: readonly string[];
  readonly change: (text: string, caret: number) => void;
  readonly completer: { current: Completer | null };
}

export function Completion(props: Props) {
  const { area, text, names, change, completer } = props;
  const id = useId();
  const [asked, setAsked] = useState<Asked | undefined>(() => askedIn(area.current));
  const [chosen, setChosen] = useState(0);
  const list = useSuggestions(asked, names);
  const at = Math.min(chosen, Math.max(0, list.length - 1));
  const ask = (next: Asked | undefined): void => {
    if (next?.written !== asked?.written || next?.kind !== asked?.kind) setChosen(0);
    setAsked(next);
  };
  const choose = (suggestion: Suggestion): void => {
    if (!asked) return;
    const done = complete(text, asked, suggestion.chosen);
    ask(undefined);
    change(done.text, done.caret);
  };
  useEffect(() => { if (asked) ask(askedIn(area.current)); }, [text]);
  useLayoutEffect(() => tellReaders(area.current, list.length > 0 ? id : undefined, at), [list.length > 0, at]);
  useLayoutEffect(() => () => { completer.current = null; }, []);
  completer.current = {
    look: (event) => {
      if (!(event instanceof KeyboardEvent) || !KEYS_OF_LIST.has(event.key)) ask(askedIn(area.current));
    },
    pressed: (event) => {
      const taken = list.length > 0 ? keyInList(event, list, at, setChosen, choose, () => ask(undefined)) : keyTab(event, text, area.current?.selectionStart ?? 0, names, change);
      if (taken) {
        event.preventDefault();
        event.stopPropagation();
      }
      return taken;
    },
  };
  return list.length > 0 ? <Suggestions id={id} list={list} at={at} choose={choose} /> : null;
}

const KEYS_OF_LIST = new Set(["Escape", "Tab", "ArrowUp", "ArrowDown", "Enter"]);

/** Nothing while a part of the text is chosen. */
function askedIn(area: HTMLTextAreaElement | null): Asked | undefined {
  return area && area.selectionStart === area.selectionEnd ? completionAt(area.value, area.selectionStart) : undefined;
}

/** The field says which suggestion is chosen: the focus stays in it. */
function tellReaders(area: HTMLTextAreaElement | null, list: string | undefined, at: number): () => void {
  if (!area || list === undefined) return () => undefined;
  area.setAttribute("aria-controls", list);
  area.setAttribute("aria-activedescendant", `${list}-${at}`);
  return () => {
    area.removeAttribute("aria-controls");
    area.removeAttribute("aria-activedescendant");
  };
}

function keyInList(event: KeyboardEvent, list: readonly Suggestion[], at: number, setAt: (at: number) => void, choose: (one: Suggestion) => void, close: () => void): boolean {
  const chosen = list[at];
  if (event.key === "ArrowDown" || event.key === "ArrowUp") setAt((at + (event.key === "ArrowDown" ? 1 : -1) + list.length) % list.length);
  else if ((event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) && chosen) choose(chosen);
  else if (event.key === "Escape") close();
  else return false;
  return true;
}

/** Without a list Tab completes a name, if it completes anything: else it goes on as everywhere. */
function keyTab(event: KeyboardEvent, text: string, caret: number, names: readonly string[], change: (text: string, caret: number) => void): boolean {
  if (event.key !== "Tab" || event.shiftKey || event.altKey || event.ctrlKey) return false;
  const asked = completionByTab(text, caret);
  if (asked?.kind !== "name") return false;
  const name = asked.written === "" ? undefined : names.find((each) => each.toLowerCase().startsWith(asked.written.toLowerCase()));
  if (name === undefined) return false;
  const done = complete(text, asked, name);
  change(done.text, done.caret);
  return true;
}
