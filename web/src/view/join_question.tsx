/* join_question.tsx - an invitation to a group that was opened as a link (route.ts): whether to join. A
 * link alone joins nothing: anybody can make one lead here. Loaded late (late.ts); shell.tsx shows it. */
import { useState } from "preact/hooks";
import { over } from "../text/english_late.js";
import { cleanName } from "../text/safe.js";
import { Code } from "../wire/table.js";
import { Modal } from "./dialog.js";
import { sentenceOf } from "./first.js";
import { forgetInvitation, go } from "./route.js";
import type { Shared } from "./shared.js";

const words = over.join;

export function JoinQuestion(props: { shared: Shared; group: string; code: string }) {
  const { shared, group, code } = props;
  const question = words.question(cleanName(group));
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const join = async (): Promise<void> => {
    const joined = await shared.actions.ask("join_group", [group], { invitation: code });
    const isMember = "refusal" in joined && joined.refusal.code === Code.groupMemberAlreadyExist;
    if (!joined.ok && !isMember) return setTrouble(sentenceOf(joined));
    forgetInvitation();
    go(`#${group}`);
  };
  return (
    <Modal label={question} kind="question" onClose={forgetInvitation}>
      <h2 dir="auto">{question}</h2>
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
      <div class="buttons">
        <button type="button" onClick={forgetInvitation}>{words.cancel}</button>
        <button type="button" class="primary" onClick={() => void join()} autoFocus>{words.yes}</button>
      </div>
    </Modal>
  );
}
