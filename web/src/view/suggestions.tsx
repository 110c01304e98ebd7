/* suggestions.tsx - what can be completed, above the composer: names, commands, emoji. */
import { useEffect, useState } from "preact/hooks";
import { emojiGroups, findEmoji } from "../text/emoji.js";
import { composer as words } from "../text/english.js";
import { namesFor } from "../text/complete.js";
import type { Completion } from "../text/complete.js";

export interface Suggestion {
  readonly chosen: string;
  readonly label: string;
  readonly hint: string;
}

/** Emoji and commands come when their lists are loaded. */
async function lateSuggestions({ kind, written }: Pick<Completion, "kind" | "written">): Promise<readonly Suggestion[]> {
  if (kind === "emoji")
    return findEmoji(await emojiGroups(), written, 8).map((each) => ({ chosen: each.emoji, label: each.emoji, hint: `:${each.name}:` }));
  const { commandsFor } = await import("../text/commands.js");
  return commandsFor(written).map(({ name, takes, help }) => ({ chosen: name, label: takes, hint: help }));
}

/** The list for what is being written. */
export function useSuggestions(at: Completion | undefined, names: readonly string[]): readonly Suggestion[] {
  const [late, setLate] = useState<readonly Suggestion[]>([]);
  const kind = at?.kind;
  const written = at?.written ?? "";
  useEffect(() => {
    let wanted = true;
    setLate([]);
    if (kind === "emoji" || kind === "command")
      lateSuggestions({ kind, written }).then((list) => { if (wanted) setLate(list); }, () => undefined);
    return () => { wanted = false; };
  }, [kind, written]);
  if (!at) return [];
  return at.kind === "name" ? namesFor(at.written, names).map((name) => ({ chosen: name, label: name, hint: "" })) : late;
}

export function Suggestions(props: { id: string; list: readonly Suggestion[]; at: number; choose: (suggestion: Suggestion) => void }) {
  return (
    <div id={props.id} class="suggestions" role="listbox" aria-label={words.suggestions}>
      {props.list.map((each, index) => (
        <div key={each.chosen} id={`${props.id}-${index}`} role="option" aria-selected={index === props.at} class="suggestion"
             onMouseDown={(event) => { event.preventDefault(); props.choose(each); }}>
          <bdi>{each.label}</bdi> <span class="quiet">{each.hint}</span>
        </div>
      ))}
    </div>
  );
}
