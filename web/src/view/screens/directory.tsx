/* directory.tsx - groups that everybody may join, and people who agreed to be listed. */
import { useEffect, useState } from "preact/hooks";
import { openGroupRow, personRow } from "../../model/rows.js";
import type { OpenGroupRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { cleanName } from "../../text/safe.js";
import type { Shared } from "../shared.js";
import { goTo } from "./found.js";
import { Dialog, Field, PersonName, Rows, TroubleLine } from "./kit.js";
import { closeScreen, openScreen } from "./open.js";
import { useList, useTask } from "./task.js";

const words = screens.directory;
const PAUSE = 300;

/** The text as it was when the user paused: not every key asks the server. */
export function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}

function Groups(props: { shared: Shared; query: string }) {
  const { shared, query } = props;
  const task = useTask();
  const pages = useList(shared.actions, { action: "directory", fields: [query], pageKey: "after", parse: openGroupRow });
  const join = (row: OpenGroupRow): void => {
    void task.run(() => shared.actions.ask("join_group", [row.name])).then((joined) => { if (joined) goTo(`#${row.name}`); });
  };
  return (
    <>
      <TroubleLine trouble={task.trouble} />
      <Rows pages={pages} empty={query ? words.noneFound : words.noGroups} label={words.groups} keyOf={(row) => row.name}
            row={(row) => (
              <div class="row-main">
                <div class="row-text">
                  <bdi class="display">#{row.name}</bdi>
                  <span class="quiet" dir="auto">{[words.members(row.members), cleanName(row.topic)].filter((part) => part !== "").join(" · ")}</span>
                </div>
                {shared.state.value.conversations.has(`#${row.name}`)
                  ? <button type="button" class="row-action" onClick={() => goTo(`#${row.name}`)}>{words.open}</button>
                  : <button type="button" class="row-action primary" disabled={task.busy} aria-label={words.joinOf(row.name)} onClick={() => join(row)}>{words.join}</button>}
              </div>
            )} />
    </>
  );
}

function People(props: { shared: Shared; query: string }) {
  const { shared, query } = props;
  const pages = useList(shared.actions, { action: "people", fields: [query], pageKey: "after", parse: personRow });
  return (
    <>
      <Rows pages={pages} empty={query ? words.noneFound : words.noPeople} label={words.people} keyOf={(row) => row.name}
            row={(row) => (
              <div class="row-main">
                <span class={`presence presence-${row.presence}`} role="img" aria-label={screens.common.presence[row.presence]} />
                <button type="button" class="link-button" onClick={() => openScreen({ screen: "profile", name: row.name })}>
                  <PersonName name={row.name} display={row.display} bot={row.bot} />
                </button>
                <button type="button" class="row-action" aria-label={words.writeTo(row.name)} onClick={() => goTo(row.name)}>{words.write}</button>
              </div>
            )} />
      <p class="hint">{words.listedHint}</p>
    </>
  );
}

export function DirectoryScreen(props: { shared: Shared }) {
  const [kind, setKind] = useState<"groups" | "people">("groups");
  const [typed, setTyped] = useState("");
  const query = usePaused(typed.trim());
  return (
    <Dialog title={words.title} kind="directory" onClose={closeScreen}>
      <div class="segments" role="group" aria-label={words.title}>
        {(["groups", "people"] as const).map((which) => (
          <button key={which} type="button" aria-pressed={kind === which} onClick={() => setKind(which)}>{words[which]}</button>
        ))}
      </div>
      <Field label={words.filter} type="search" value={typed} onValue={setTyped} autoFocus />
      {kind === "groups" ? <Groups shared={props.shared} query={query} /> : <People shared={props.shared} query={query} />}
    </Dialog>
  );
}
