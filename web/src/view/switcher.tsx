/* switcher.tsx - goes to a conversation by letters of its name; also asks where to forward to. */
import { useId, useState } from "preact/hooks";
import type { ConversationId, State } from "../model/state.js";
import { isGroup } from "../model/sections.js";
import { over } from "../text/english_late.js";
import { matchOf } from "../text/complete.js";
import { Modal } from "./dialog.js";
import { titleOf } from "./conversation.js";
import { Picture, shownName } from "./person.js";
import type { Shared } from "./shared.js";

const words = over.switcher;

interface Found {
  readonly id: ConversationId;
  readonly title: string;
  readonly unread: number;
}

const MOST = 12;

/** The best first; without letters those with something unread, then the newest. */
export function find(state: State, letters: string): readonly Found[] {
  const known = [...state.conversations.values()].map((each) => ({
    id: each.id, title: titleOf(each, state), unread: each.unread,
    score: letters === "" ? (each.unreadMentions > 0 ? 2e15 : each.unread > 0 ? 1e15 : 0) + each.lastTime + 1 : Math.max(matchOf(letters, titleOf(each, state)), matchOf(letters, each.id)) * 2,
  }));
  const others = letters === "" ? [] : [...state.people.keys()].filter((name) => !state.conversations.has(name))
    .map((name) => ({ id: name, title: shownName(state.people, name), unread: 0, score: matchOf(letters, `${name} ${state.people.get(name)?.display ?? ""}`) }));
  return [...known, ...others].filter((each) => each.score > 0).sort((one, two) => two.score - one.score).slice(0, MOST);
}

export function Switcher(props: { shared: Shared; title?: string; onPick: (id: ConversationId) => void; onClose: () => void }) {
  const [letters, setLetters] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const state = props.shared.state.value;
  const found = find(state, letters);
  const chosen = Math.min(at, Math.max(0, found.length - 1));
  const pick = (one: Found | undefined): void => {
    if (!one) return;
    props.onClose();
    props.onPick(one.id);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") setAt((chosen + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter") pick(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal label={props.title ?? words.title} kind="switcher" onClose={props.onClose}>
      {props.title !== undefined && <h2>{props.title}</h2>}
      <input type="text" value={letters} autoFocus dir="auto" placeholder={words.hint} aria-label={props.title ?? words.title} role="combobox" aria-expanded="true"
             aria-controls={id} aria-activedescendant={found.length > 0 ? `${id}-${chosen}` : undefined} autocomplete="off" spellcheck={false}
             onInput={(event) => { setLetters(event.currentTarget.value); setAt(0); }} onKeyDown={pressed} />
      <ul id={id} role="listbox" aria-label={words.title}>
        {found.map((each, index) => (
          <li key={each.id} id={`${id}-${index}`} role="option" aria-selected={index === chosen} onClick={() => pick(each)}>
            <Picture actions={props.shared.actions} id={each.id} person={state.people.get(each.id)} />
            <bdi>{isGroup(each.id) || state.conversations.has(each.id) ? each.title : words.writeTo(each.title)}</bdi>
            {each.unread > 0 && <span class="count">{each.unread}</span>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="quiet">{words.nothing}</p>}
    </Modal>
  );
}
