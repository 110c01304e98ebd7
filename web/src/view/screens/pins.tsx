/* pins.tsx - the pinned messages of a group. */
import { mayModerate } from "../../model/rights.js";
import { messageRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { Found } from "./found.js";
import type { GroupProps } from "./group.js";
import { Rows, TroubleLine } from "./kit.js";
import { useList, useTask } from "./task.js";

const words = screens.pins;

export function Pins(props: GroupProps) {
  const { shared, group, role } = props;
  const task = useTask();
  const pages = useList(shared.actions, { action: "pins", fields: [group], pageKey: "after", parse: messageRow(`#${group}`) });
  const unpin = (seq: number): void => {
    void task.run(() => shared.actions.ask("unpin", [group, seq])).then((done) => { if (done) pages.reload(); });
  };
  return (
    <>
      <TroubleLine trouble={task.trouble} />
      <Rows pages={pages} empty={words.empty} label={words.label} keyOf={(row) => row.seq}
            row={(row) => (
              <Found shared={shared} row={row} showPlace={false}>
                {mayModerate(role) && <button type="button" disabled={task.busy} onClick={() => unpin(row.seq)}>{words.unpin}</button>}
              </Found>
            )} />
    </>
  );
}
