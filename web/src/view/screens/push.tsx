/* push.tsx - push messages to this browser, in the notification settings. */
import { useEffect, useState } from "preact/hooks";
import { setPreferences } from "../../keep/preferences.js";
import type { Outcome } from "../../model/actions.js";
import { screens } from "../../text/english_screens.js";
import { missing } from "../../worker/missing.js";
import { keptPush, type KeptPush } from "../../worker/push_keep.js";
import { switchOff, switchOn, type NoPush } from "../../worker/subscribe.js";
import type { Shared } from "../shared.js";
import { Switch, TroubleLine } from "./kit.js";
import { useTask } from "./task.js";

const words = screens.notifications.push;

export function PushSettings(props: { shared: Shared }) {
  const { state, actions } = props.shared;
  const task = useTask();
  const [kept, setKept] = useState<KeptPush | undefined>(undefined);
  const [why, setWhy] = useState<NoPush | undefined>(undefined);
  const read = (): void => { void keptPush().then(setKept); };
  useEffect(read, []);
  if (missing.value !== undefined || state.value.account?.temporary) return null;
  const perform = (act: () => Promise<Outcome | NoPush>): void => {
    setWhy(undefined);
    void setPreferences({ asked: true });
    void task.run(async () => {
      const outcome = await act();
      if (typeof outcome !== "string") return outcome;
      setWhy(outcome);
      return { ok: true as const, value: undefined };
    }).then(read);
  };
  const turn = (on: boolean): void => perform(() => (on ? switchOn(actions.ask, false) : switchOff(actions.ask)));
  return (
    <fieldset>
      <legend>{words.title}</legend>
      <Switch label={words.on} hint={words.hint} on={kept !== undefined} disabled={task.busy} onValue={turn} />
      {kept && <Switch label={words.withText} hint={words.withTextHint} on={kept.withText} disabled={task.busy}
                       onValue={(withText) => perform(() => switchOn(actions.ask, withText))} />}
      {why && <p class="trouble" role="alert">{words.no[why]}</p>}
      <TroubleLine trouble={task.trouble} />
    </fieldset>
  );
}
