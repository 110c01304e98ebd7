/* mentions.tsx - the messages that mention this user, the newest first. */
import { messageRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { Found } from "./found.js";
import { Dialog, Rows } from "./kit.js";
import { closeScreen } from "./open.js";
import { useList } from "./task.js";

const words = screens.mentions;
const parse = messageRow();

export function MentionsScreen(props: { shared: Shared }) {
  const pages = useList(props.shared.actions, { action: "mentions", fields: [], pageKey: "before", parse });
  return (
    <Dialog title={words.title} kind="mentions" onClose={closeScreen}>
      <Rows pages={pages} empty={words.empty} label={words.title} keyOf={(row) => `${row.conversation} ${row.seq}`}
            row={(row) => <Found shared={props.shared} row={row} showPlace />} />
    </Dialog>
  );
}
