/* announcements.tsx - what is announced to all users of the server: made, listed, ended. */
import { useState } from "preact/hooks";
import { announcementRow } from "../../../model/admin_rows.js";
import { admin } from "../../../text/english_admin.js";
import { clean, cleanName } from "../../../text/safe.js";
import { Limit } from "../../../wire/table.js";
import type { Shared } from "../../shared.js";
import { useChange } from "../change.js";
import { Choice, Field, Form, Rows, Time } from "../kit.js";
import { useList } from "../task.js";
import { optionsOf } from "./options.js";

const words = admin.announcements;

export function Announcements(props: { shared: Shared }) {
  const pages = useList(props.shared.actions, { action: "announcements", fields: [], pageKey: "after", parse: announcementRow });
  const change = useChange(props.shared, pages.reload);
  const [text, setText] = useState("");
  const [seconds, setSeconds] = useState("0");
  const announce = async (): Promise<void> => {
    if (await change.set("announce", [text.trim(), Number(seconds)], words.made)) setText("");
  };
  return (
    <>
      <p class="hint">{words.hint}</p>
      <Form submit={words.make} busy={change.busy} disabled={!text.trim()} onSubmit={() => void announce()}>
        <Field label={words.text} value={text} onValue={setText} maxLength={Limit.announcementMax} />
        <Choice label={admin.howLong} value={seconds} options={optionsOf(words.lengths)} onValue={setSeconds} />
      </Form>
      {change.lines}
      <Rows pages={pages} empty={words.empty} label={words.label} keyOf={(row) => row.id}
            row={(row) => (
              <div class="row-main">
                <div class="row-text">
                  <span dir="auto">{clean(row.content)}</span>
                  <span class="quiet">{admin.by} <bdi>{cleanName(row.sender || admin.operator)}</bdi> · {row.until === undefined ? words.noEnd : <>{admin.until} <Time at={row.until} /></>}</span>
                </div>
                <button type="button" class="row-action" disabled={change.busy} onClick={() => void change.set("end_announcement", [row.id], words.ended)}>{words.end}</button>
              </div>
            )} />
    </>
  );
}
