/* audit.tsx - what administrators have done. The server checks the whole log when it is opened, and
 * says which entry is the last one: the list, which the server begins with the oldest, begins there. */
import { useEffect, useState } from "preact/hooks";
import { auditRow } from "../../../model/admin_rows.js";
import type { AuditRow } from "../../../model/admin_rows.js";
import { admin } from "../../../text/english_admin.js";
import { cleanName } from "../../../text/safe.js";
import type { Shared } from "../../shared.js";
import { Rows, Time, TroubleLine } from "../kit.js";
import { useList, useTask } from "../task.js";

const words = admin.audit;
const PAGE = 50;

function Act({ row }: { readonly row: AuditRow }) {
  return (
    <div class="row-text">
      <span><bdi class="display">{cleanName(row.by ?? admin.operator)}</bdi> {words.acts[row.act] ?? cleanName(row.act)} <bdi>{cleanName(row.what)}</bdi></span>
      <span class="quiet">{row.id}{row.time !== undefined && <> · <Time at={row.time} /></>}</span>
    </div>
  );
}

export function Audit(props: { shared: Shared }) {
  const { actions } = props.shared;
  const task = useTask();
  const [count, setCount] = useState<number | undefined>(undefined);
  const [after, setAfter] = useState<number | undefined>(undefined);
  useEffect(() => {
    void task.run(() => actions.ask("verify_audit", [""])).then((checked) => {
      const last = Number.parseInt(String(checked?.value.fields["head"] ?? ""), 10) || 0;
      if (checked) setCount(last);
      setAfter(Math.max(0, last - PAGE));
    });
  }, []);
  const pages = useList(actions, after === undefined ? undefined : { action: "audit", fields: [], extras: { after, limit: PAGE }, parse: auditRow });
  return (
    <>
      <p class="hint">{words.hint}</p>
      <TroubleLine trouble={task.trouble} />
      {count !== undefined && <p role="status" class="done">{words.whole(count)}</p>}
      <Rows pages={{ ...pages, rows: [...pages.rows].reverse() }} empty={words.empty} label={words.label} keyOf={(row) => row.id} row={(row) => <Act row={row} />} />
      {after !== undefined && (
        <div class="buttons">
          {count !== undefined && after + PAGE < count && <button type="button" onClick={() => setAfter(after + PAGE)}>{words.newer}</button>}
          {after > 0 && <button type="button" onClick={() => setAfter(Math.max(0, after - PAGE))}>{words.older}</button>}
        </div>
      )}
    </>
  );
}
