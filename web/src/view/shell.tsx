/* shell.tsx - the frame when one is logged in: list at the side, conversation, keys of the window,
 * title of the tab. On a narrow page one of the two at a time. */
import { useEffect, useState } from "preact/hooks";
import type { State } from "../model/state.js";
import { isGroup, neighbour, totalMentions } from "../model/sections.js";
import { first, shell as words } from "../text/english.js";
import { cleanName } from "../text/safe.js";
import { Banner } from "./banner.js";
import { ConversationView, titleOf } from "./conversation.js";
import { viewed } from "./attachment.js";
import { Icon, IconButton } from "./icons.js";
import { askedBy } from "./keys.js";
import type { Asked } from "./keys.js";
import { ConversationList, orderOf } from "./list.js";
import { JoinQuestion, MenuLayer, Sheet, Switcher, Viewer } from "./late.js";
import { openMenu, openedMenu } from "./menu.js";
import { Picture, shownName } from "./person.js";
import { go, landing, route } from "./route.js";
import { closeScreen, openScreen, openedScreen } from "./screens/open.js";
import type { Shared } from "./shared.js";
import { draftShared, sharedText } from "./share.js";
import { slot } from "./slots.js";

type Over = "switcher" | "sheet" | undefined;

export function Shell(props: { shared: Shared }) {
  const { shared } = props;
  const state = shared.state.value;
  const [over, setOver] = useState<Over>(undefined);
  const at = route.value;
  const id = at.at === "conversation" ? at.id : undefined;
  const conversation = id === undefined ? undefined : state.conversations.get(id);
  useEffect(() => {
    if (at.at !== "conversation") return shared.actions.close();
    landing.value = false;
    shared.actions.open(at.id, at.seq);
  }, [at]);
  useLanding(state);
  useTitle(shared);
  useKeys(shared, setOver);
  const Screens = slot("Screens");
  const CallBar = slot("CallBar");
  const text = sharedText.value;
  return (
    <div class={`shell ${id === undefined ? "" : "shell-open"}`}>
      <Banner shared={shared} />
      <aside class="side">
        <SideHead shared={shared} find={() => setOver("switcher")} help={() => setOver("sheet")} />
        <ConversationList shared={shared} />
      </aside>
      {conversation ? <ConversationView key={conversation.id} shared={shared} conversation={conversation} help={() => setOver("sheet")} />
        : <main class="nothing-open">{CallBar && <CallBar shared={shared} />}<div><img src="/icon.svg" alt="" width="72" height="72" /><p>{words.nothingOpen}</p></div></main>}
      {over === "switcher" && <Switcher shared={shared} onClose={() => setOver(undefined)} onPick={(to) => go(to)} />}
      {text !== undefined && (
        <Switcher shared={shared} title={words.shareTo} onClose={() => { sharedText.value = undefined; }}
          onPick={(to) => draftShared(shared, to, text)} />)}
      {at.at === "join" && <JoinQuestion shared={shared} group={at.group} code={at.code} />}
      {over === "sheet" && <Sheet close={() => setOver(undefined)} />}
      {viewed.value && <Viewer shared={shared} />}
      {Screens && <Screens shared={shared} />}
      {openedMenu.value && <MenuLayer />}
    </div>
  );
}

/** With a new account one comes into a group. */
function useLanding(state: State): void {
  const at = route.value.at;
  const group = landing.value && at === "home" && !openedScreen.value ? orderOf(state).find(({ id }) => isGroup(id))?.id : undefined;
  useEffect(() => { if (group !== undefined) go(group); }, [group]);
}

function SideHead(props: { shared: Shared; find: () => void; help: () => void }) {
  const { shared } = props;
  const state = shared.state.value;
  const me = state.account?.username ?? "";
  const menu = (event: MouseEvent): void => {
    const place = (event.currentTarget as Element).getBoundingClientRect();
    openMenu({ label: words.menu, x: place.left, y: place.bottom + 4, items: [
      { label: words.settings, icon: "gear", run: () => openScreen({ screen: "settings" }) },
      { label: words.mentions, icon: "at", run: () => openScreen({ screen: "mentions" }) },
      ...(state.account?.admin ? [{ label: words.admin, icon: "shield" as const, run: () => openScreen({ screen: "admin" }) }] : []),
      { label: words.keys, icon: "keyboard", run: props.help },
      { label: words.logout, icon: "back", danger: true, run: () => void shared.actions.logout() },
    ] });
  };
  return (
    <header class="side-head">
      <div class="side-me">
        <button type="button" class="me-button" aria-haspopup="menu" onClick={menu}>
          <Picture actions={shared.actions} id={me} person={state.people.get(me)} presence />
          <span class="me-name" dir="auto">{shownName(state.people, me)}</span><span class="unseen"> {words.menu}</span>
        </button>
        <IconButton icon="at" label={words.mentions} onClick={() => openScreen({ screen: "mentions" })} />
        <IconButton icon="compass" label={words.directory} onClick={() => openScreen({ screen: "directory" })} />
        <IconButton icon="plus" label={words.newConversation} onClick={() => openScreen({ screen: "new" })} />
      </div>
      <button type="button" class="find" onClick={props.find} aria-keyshortcuts="Control+K"><Icon name="search" />{words.find}<kbd>Ctrl K</kbd></button>
    </header>
  );
}

function useTitle(shared: Shared): void {
  const state = shared.state.value;
  const count = totalMentions(state.conversations.values());
  const open = state.current === undefined ? undefined : state.conversations.get(state.current);
  const title = `${count > 0 ? `(${count}) ` : ""}${open ? `${isGroup(open.id) ? "# " : ""}${cleanName(titleOf(open, state))} - ` : ""}${first.title}`;
  useEffect(() => { document.title = title; }, [title]);
}

function useKeys(shared: Shared, setOver: (over: Over) => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const asked = askedBy(event);
      if (!asked || event.defaultPrevented) return;
      const dialog = document.querySelector("dialog[open]");
      if (dialog && asked !== "mute" && asked !== "deafen") return; /* a dialog has its own keys */
      if (!act(shared, asked, setOver)) return;
      event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function act({ state, actions }: Shared, asked: Asked, setOver: (over: Over) => void): boolean {
  const now = state.peek();
  const open = now.current === undefined ? undefined : now.conversations.get(now.current);
  const move = (step: 1 | -1, unread: boolean): void => {
    const to = neighbour(orderOf(now), now.current, step, unread);
    if (to !== undefined) go(to);
  };
  switch (asked) {
    case "switcher": closeScreen(); setOver("switcher"); break;
    case "sheet": setOver("sheet"); break;
    case "previous": move(-1, false); break;
    case "next": move(1, false); break;
    case "previous unread": move(-1, true); break;
    case "next unread": move(1, true); break;
    case "read": if (open && open.unread > 0) actions.seen(open.id, Infinity); else return false; break;
    case "all read": actions.markAllRead(); break;
    case "mute": if (now.call) actions.setMuted(!now.call.muted); else return false; break;
    case "deafen": if (now.call) actions.setDeafened(!now.call.deafened); else return false; break;
  }
  return true;
}
