/* suggestions.tsx - what can be completed, above the composer: names, commands, emoji. */
import { useEffect, useState } from "preact/hooks";
import { emojiGroups, findEmoji } from "../text/emoji.js";
import { commands, composer as words } from "../text/english.js";
import { commandsFor, namesFor } from "../text/complete.js";
import type { Completion } from "../text/complete.js";
import type { CommandName } from "../text/commands.js";

export interface Suggestion {
  readonly chosen: string;
  readonly label: string;
  readonly hint: string;
}

/** The list for what is being written; emoji come when their list is loaded. */
export function useSuggestions(at: Completion | undefined, names: readonly string[]): readonly Suggestion[] {
  const [emoji, setEmoji] = useState<readonly Suggestion[]>([]);
  const letters = at?.kind === "emoji" ? at.written : undefined;
  useEffect(() => {
    let wanted = true;
    setEmoji([]);
    if (letters !== undefined)
      emojiGroups().then((groups) => {
        if (wanted) setEmoji(findEmoji(groups, letters, 8).map((each) => ({ chosen: each.emoji, label: each.emoji, hint: `:${each.name}:` })));
      }, () => undefined);
    return () => { wanted = false; };
  }, [letters]);
  if (!at) return [];
  if (at.kind === "emoji") return emoji;
  if (at.kind === "command") return commandsFor(at.written).map((name) => ({ chosen: name, label: commands.takes[name as CommandName], hint: commands.help[name as CommandName] }));
  return namesFor(at.written, names).map((name) => ({ chosen: name, label: name, hint: "" }));
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
