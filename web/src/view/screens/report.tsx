/* report.tsx - reports a message to the administrators of the server, with a reason. */
import { useState } from "preact/hooks";
import { asking } from "../../text/english_admin.js";
import { clean, cleanName } from "../../text/safe.js";
import type { Shared } from "../shared.js";
import { useChange } from "./change.js";
import { Dialog, Field, Form } from "./kit.js";
import { closeScreen } from "./open.js";
import type { RequestOf } from "./open.js";

const words = asking.report;

export function ReportScreen(props: { shared: Shared; request: RequestOf<"report"> }) {
  const { conversation, seq } = props.request;
  const [reason, setReason] = useState("");
  const [reported, setReported] = useState(false);
  const change = useChange(props.shared, () => setReported(true));
  const message = props.shared.state.value.conversations.get(conversation)?.messages.find((each) => each.seq === seq);
  return (
    <Dialog title={words.title} kind="report" onClose={closeScreen}>
      {message && <blockquote dir="auto"><strong>{cleanName(message.sender)}</strong> {clean(message.content)}</blockquote>}
      {!reported && (
        <Form submit={words.send} danger busy={change.busy} disabled={!reason.trim()} onCancel={closeScreen}
              onSubmit={() => void change.set("report", [conversation, seq, reason.trim()], words.done)}>
          <p class="hint">{words.hint}</p>
          <Field label={words.reason} value={reason} onValue={setReason} autoFocus />
        </Form>
      )}
      {change.lines}
    </Dialog>
  );
}
