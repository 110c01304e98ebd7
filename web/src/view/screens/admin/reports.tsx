/* reports.tsx - the messages that users have reported, the oldest first, until an administrator is done
 * with each. Nothing but the reported message is told. */
import { reportRow } from "../../../model/admin_rows.js";
import type { ReportRow } from "../../../model/admin_rows.js";
import { admin } from "../../../text/english_admin.js";
import { clean, cleanName } from "../../../text/safe.js";
import type { Shared } from "../../shared.js";
import { useChange } from "../change.js";
import type { Change } from "../change.js";
import { goTo } from "../found.js";
import { Rows, Time } from "../kit.js";
import { useList } from "../task.js";

const words = admin.reports;

function Report(props: { shared: Shared; report: ReportRow; change: Change; onPerson: (name: string) => void }) {
  const { report, change } = props;
  const { conversation } = report;
  const mine = conversation !== undefined && props.shared.state.value.conversations.has(conversation);
  return (
    <div class="report">
      <p class="quiet">
        <bdi class="display">{cleanName(report.sender)}</bdi> {words.wrote} · <bdi>{conversation === undefined ? words.between : cleanName(conversation)}</bdi>
        {report.time !== undefined && <> · <Time at={report.time} /></>}
      </p>
      <blockquote dir="auto">{report.content === undefined ? words.noText : clean(report.content)}</blockquote>
      <p><bdi class="display">{cleanName(report.by)}</bdi> {words.reported}: <bdi>{clean(report.reason)}</bdi></p>
      <div class="buttons">
        <button type="button" class="primary" disabled={change.busy} onClick={() => void change.set("resolve_report", [report.id], words.resolved)}>{words.resolve}</button>
        <button type="button" onClick={() => props.onPerson(report.sender)}>{words.person(cleanName(report.sender))}</button>
        {mine && <button type="button" onClick={() => goTo(conversation, report.seq)}>{words.open}</button>}
      </div>
    </div>
  );
}

export function Reports(props: { shared: Shared; onPerson: (name: string) => void }) {
  const pages = useList(props.shared.actions, { action: "reports", fields: [], pageKey: "after", parse: reportRow });
  const change = useChange(props.shared, pages.reload);
  return (
    <>
      {change.lines}
      <Rows pages={pages} empty={words.empty} label={words.label} keyOf={(row) => row.id}
            row={(row) => <Report shared={props.shared} report={row} change={change} onPerson={props.onPerson} />} />
    </>
  );
}
