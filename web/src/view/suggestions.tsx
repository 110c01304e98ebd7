/* suggestions.tsx - what can be completed, above the composer: names, commands, emoji. Used by completion.tsx. */
import { useEffect, useState } from "preact/hooks";
import { emojiGroups, findEmoji } from "../text/emoji.js";
import { over } from "../text/english_late.js";
import { commandsFor } from "../text/commands.js";
import { namesFor } from "../text/complete.js";
import type { Completion } from "../text/complete.js";

export interface Suggestion {
  readonly chosen: string;
  readonly label: string;
  readonly hint: string;
}

/** The list for what is being written. Emoji come when their list is loaded. */
export function useSuggestions(at: Completion | undefined, names: readonly string[]): readonly Suggestion[] {
  const [emoji, setEmoji] = useState<readonly Suggestion[]>([]);
  const letters = at?.kind === "emoji" ? at.written : undefined;
  useEffect(() => {
    let wanted = true;
    setEmoji([]);
    if (letters !== undefined)
      emojiGroups().then((groups) => { if (wanted) setEmoji(findEmoji(groups, letters, 8).map(({ name, emoji }) => ({ chosen: emoji, label: emoji, hint: `:${name}:` }))); }, () => undefined);
    return () => { wanted = false; };
  }, [letters]);
  switch (at?.kind) {
    case undefined: return [];
    case "emoji": return emoji;
    case "name": return namesFor(at.written, names).map((name) => ({ chosen: name, label: name, hint: "" }));
    case "command": return commandsFor(at.written).map(({ name, takes, help }) => ({ chosen: name, label: takes, hint: help }));
  }
}

export function Suggestions(props: { id: string; list: readonly Suggestion[]; at: number; choose: (suggestion: Suggestion) => void }) {
  return (
    <div id={props.id} class="suggestions" role="listbox" aria-label={over.suggestions}>
      {props.list.map((each, index) => (
        <div key={each.chosen} id={`${props.id}-${index}`} role="option" aria-selected={index === props.at} class="suggestion"
             onMouseDown={(event) => { event.preventDefault(); props.choose(each); }}>
          <bdi>{each.label}</bdi> <span class="quiet">{each.hint}</span>
        </div>
      ))}
    </div>
  );
}
