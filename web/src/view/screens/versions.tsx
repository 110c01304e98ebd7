/* versions.tsx - the texts that a message had before its edits, for those who may read them. */
import { versionRow } from "../../model/rows.js";
import { clean } from "../../text/safe.js";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { Dialog, Rows, Time } from "./kit.js";
import { closeScreen } from "./open.js";
import type { RequestOf } from "./open.js";
import { useList } from "./task.js";

const words = screens.versions;

export function VersionsScreen(props: { shared: Shared; request: RequestOf<"versions"> }) {
  const { shared, request } = props;
  const pages = useList(shared.actions, { action: "versions", fields: [request.group, request.seq], parse: versionRow });
  return (
    <Dialog title={words.title} kind="versions" onClose={closeScreen}>
      <Rows pages={pages} empty={words.empty} label={words.title} keyOf={(row) => `${row.time} ${row.content}`}
            row={(row) => (
              <div class="version">
                {row.time !== undefined && <Time at={row.time} />}
                <p dir="auto" class="version-text">{clean(row.content)}</p>
              </div>
            )} />
    </Dialog>
  );
}
