/* picker.tsx - all emoji, by group or by letters of their names. Loaded when it is opened first. */
import { useEffect, useState } from "preact/hooks";
import { over } from "../text/english_late.js";
import { emojiGroups, findEmoji } from "../text/emoji.js";
import type { Emoji, EmojiGroup } from "../text/emoji.js";
import { Modal } from "./dialog.js";
import { IconButton } from "./icons.js";

const words = over.picker;

export function EmojiPicker(props: { onPick: (emoji: string) => void; onClose: () => void }) {
  const [groups, setGroups] = useState<readonly EmojiGroup[]>([]);
  const [letters, setLetters] = useState("");
  useEffect(() => {
    let wanted = true;
    emojiGroups().then((loaded) => { if (wanted) setGroups(loaded); }, () => props.onClose());
    return () => { wanted = false; };
  }, []);
  const found = letters === "" ? undefined : findEmoji(groups, letters.toLowerCase().replace(/^:|[\s:]/g, ""), 80);
  const pick = (emoji: string): void => {
    props.onClose();
    props.onPick(emoji);
  };
  return (
    <Modal label={words.title} kind="picker" onClose={props.onClose}>
      <header>
        <input type="search" aria-label={words.search} placeholder={words.search} value={letters} autoFocus
               onInput={(event) => setLetters(event.currentTarget.value)}
               onKeyDown={(event) => { if (event.key === "Enter" && found?.[0]) { event.preventDefault(); pick(found[0].emoji); } }} />
        <IconButton icon="close" label={words.close} onClick={props.onClose} />
      </header>
      <div class="picker-list" tabIndex={-1}>
        {found ? found.length > 0 ? <Grid emoji={found} pick={pick} /> : <p class="quiet">{words.nothing}</p>
          : groups.map((group) => <section key={group.title}><h3>{group.title}</h3><Grid emoji={firstNames(group.emoji)} pick={pick} /></section>)}
      </div>
    </Modal>
  );
}

function firstNames(emoji: readonly Emoji[]): readonly Emoji[] {
  return emoji.filter((each, at) => each.emoji !== emoji[at - 1]?.emoji);
}

function Grid(props: { emoji: readonly Emoji[]; pick: (emoji: string) => void }) {
  return (
    <div class="picker-grid">
      {props.emoji.map((each) => <button key={each.name} type="button" title={`:${each.name}:`} aria-label={each.name.replace(/_/g, " ")} onClick={() => props.pick(each.emoji)}>{each.emoji}</button>)}
    </div>
  );
}
