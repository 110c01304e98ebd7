/* list.tsx - the conversations: under headings, with what is unread, drafts, and who is in a call. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { behindFrame } from "../idle.js";
import type { Conversation, Participant, Person, State } from "../model/state.js";
import { isGroup, sectionsOf } from "../model/sections.js";
import { list as words, shell } from "../text/english.js";
import { cleanName } from "../text/safe.js";
import { Icon } from "./icons.js";
import { memo } from "./memo.js";
import { Picture, shownName } from "./person.js";
import { fragmentOf, go } from "./route.js";
import { openScreen } from "./screens/open.js";
import type { Shared } from "./shared.js";

/** So many rows begin to be in the page in one task; the rest follows, so that no frame is long. */
const ROWS = 30;

/** How many of the rows are drawn by now. */
function useGrowing(all: number): number {
  const [drawn, setDrawn] = useState(ROWS);
  useEffect(() => {
    if (drawn >= all) return undefined;
    return behindFrame(() => setDrawn(drawn + ROWS));
  }, [drawn, drawn < all]);
  return drawn;
}

export function ConversationList(props: { shared: Shared }) {
  const state = props.shared.state.value;
  const sections = useMemo(() => sectionsOf(state.conversations.values()), [state.conversations]);
  const me = state.account?.username ?? "";
  let left = useGrowing(state.conversations.size);
  const drawn = (all: readonly Conversation[]): readonly Conversation[] => {
    const some = all.slice(0, left);
    left -= some.length;
    return some;
  };
  return (
    <nav class="list" aria-label={shell.conversations}>
      {sections.length === 0 && state.phase === "in" && <Empty />}
      {sections.map((section) => (
        <section key={`${section.kind}${section.title}`}>
          <h2 dir="auto">{section.kind === "heading" ? cleanName(section.title) : section.kind === "groups" ? words.groups : words.people}</h2>
          <ul>
            {drawn(section.conversations).map((each) => (
              <Row key={each.id} shared={props.shared} conversation={each} current={each.id === state.current} person={state.people.get(each.id)}
                   title={each.id === me ? words.notes : isGroup(each.id) ? cleanName(each.title) : shownName(state.people, each.id)}
                   participants={state.call?.conversation === each.id ? state.call.participants : state.calls.get(each.id)} />
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

function Empty() {
  return (
    <div class="list-empty">
      <p><strong>{shell.empty}</strong></p>
      <p>{shell.emptyHint}</p>
      <button type="button" class="primary" onClick={() => openScreen({ screen: "directory" })}>{shell.directory}</button>
      <button type="button" onClick={() => openScreen({ screen: "new" })}>{shell.newConversation}</button>
    </div>
  );
}

interface RowProps {
  readonly shared: Shared;
  readonly conversation: Conversation;
  readonly current: boolean;
  readonly person: Person | undefined;
  readonly title: string;
  readonly participants: readonly Participant[] | undefined;
}

const Row = memo(function Row(props: RowProps) {
  const { conversation, current, title, participants } = props;
  const { id, unread, unreadMentions, level } = conversation;
  const loud = unreadMentions > 0 || (!isGroup(id) && unread > 0 && level !== "nothing");
  return (
    <li class={`list-item ${unread > 0 ? "unread" : ""} ${level === "nothing" ? "silent" : ""}`}>
      <a href={fragmentOf(id)} class="list-row" aria-current={current ? "page" : undefined}
         onClick={(event) => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(id); } }}>
        <Picture actions={props.shared.actions} id={id} person={props.person} presence />
        <span class="list-text">
          <span class="list-title"><bdi>{title}</bdi></span>
          <Below conversation={conversation} />
        </span>
        {unread > 0 && (
          <span class={loud ? "count count-loud" : "count"} title={unreadMentions > 0 ? words.mentioned(unreadMentions) : undefined}>
            {unreadMentions > 0 && isGroup(id) ? "@" : ""}{unread > 999 ? "999+" : unread}<span class="unseen"> {unreadMentions > 0 ? words.mentioned(unreadMentions) : words.unread(unread)}</span>
          </span>
        )}
      </a>
      {participants && participants.length > 0 ? <InCall participants={participants} />
        : conversation.inCall > 0 && <p class="list-call"><Icon name="call" />{words.inCall(conversation.inCall)}</p>}
    </li>
  );
});

function Below(props: { conversation: Conversation }) {
  const { draft, preview } = props.conversation;
  if (draft.trim() !== "") return <span class="list-below"><em>{words.draft}: </em><bdi>{cleanName(draft)}</bdi></span>;
  return preview === "" ? null : <span class="list-below"><bdi>{cleanName(preview)}</bdi></span>;
}

/** Seen before one joins: who is in the call, and who speaks. */
function InCall(props: { participants: readonly Participant[] }) {
  return (
    <ul class="list-call">
      {props.participants.map((each) => (
        <li key={each.name} class={each.speaking ? "speaks" : ""}><Icon name="call" /><bdi>{cleanName(each.name)}</bdi>{each.speaking && <span class="unseen"> {words.speaks}</span>}</li>
      ))}
    </ul>
  );
}

export function orderOf(state: State): readonly Conversation[] {
  return sectionsOf(state.conversations.values()).flatMap((section) => section.conversations);
}
