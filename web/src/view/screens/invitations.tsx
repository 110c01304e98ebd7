/* invitations.tsx - invitations to the server, or to one group: made, listed, withdrawn. The text of
 * an invitation is told once, to its maker: so its link stands there only after it was made. */
import { useState } from "preact/hooks";
import { groupLink, invitationLink } from "../../model/links.js";
import { invitationRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { cleanName } from "../../text/safe.js";
import type { Shared } from "../shared.js";
import { Choice, Copyable, Form, Rows, Time, TroubleLine } from "./kit.js";
import { useList, useTask } from "./task.js";

const words = screens.invitations;
const DAY = 86_400;

/** `ofAll`: those of all users, for administrators. */
export function Invitations(props: { shared: Shared; group: string | undefined; ofAll?: boolean }) {
  const { shared, group, ofAll } = props;
  const task = useTask();
  const [uses, setUses] = useState("1");
  const [days, setDays] = useState("7");
  const [made, setMade] = useState<string | undefined>(undefined);
  const pages = useList(shared.actions, {
    action: ofAll ? "server_invitations" : "invitations", fields: [], extras: group === undefined ? {} : { group }, pageKey: "after", parse: invitationRow,
  });
  const make = (): void => {
    const [action, fields] = group === undefined ? ["invite_user", []] as const : ["invite", [group]] as const;
    void task.run(() => shared.actions.ask(action, fields, { uses: Number(uses), expires: Number(days) * DAY })).then((answer) => {
      if (!answer) return;
      const code = String(answer.value.fields["invitation"]);
      setMade(group === undefined ? invitationLink(location.origin, code) : groupLink(location.origin, group, code));
      pages.reload();
    });
  };
  const withdraw = (id: number): void => {
    setMade(undefined);
    void task.run(() => shared.actions.ask(ofAll ? "end_invitation" : "withdraw_invitation", [id])).then(() => pages.reload());
  };
  return (
    <>
      <p class="hint">{group === undefined ? words.serverHint : words.groupHint}</p>
      <Form submit={words.make} busy={task.busy} onSubmit={make}>
        <div class="pair">
          <Choice label={words.uses} value={uses} onValue={setUses} options={["1", "5", "25", "50"].map((value) => ({ value, label: words.usesLabel(Number(value)) }))} />
          <Choice label={words.days} value={days} onValue={setDays} options={["1", "7", "30"].map((value) => ({ value, label: words.daysLabel(Number(value)) }))} />
        </div>
      </Form>
      <TroubleLine trouble={task.trouble} />
      {made && <Copyable label={words.link} value={made} hint={words.once} />}
      <Rows pages={pages} empty={words.empty} label={words.label} keyOf={(row) => row.id}
            row={(row) => (
              <div class="row-main">
                <div class="row-text">
                  <span class="display">{words.left(row.uses)}</span>
                  <span class="quiet">
                    {words.by} <bdi>{cleanName(row.sender)}</bdi>{row.expires !== undefined && <> · {words.until} <Time at={row.expires} /></>}
                  </span>
                </div>
                <button type="button" class="row-action" disabled={task.busy} onClick={() => withdraw(row.id)}>{words.withdraw}</button>
              </div>
            )} />
    </>
  );
}
