/* own-profile.tsx - what this user says of themselves, item by item. */
import { useEffect, useState } from "preact/hooks";
import type { Profile } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { dateAndTime } from "../../text/when.js";
import type { Shared } from "../shared.js";
import { Avatar, squareOf } from "./avatar.js";
import { Choice, Done, Field, Form, PersonName, Switch, TroubleLine } from "./kit.js";
import { useProfile } from "./profile.js";
import { useTask } from "./task.js";
import type { Task } from "./task.js";

const words = screens.ownProfile;
const MINUTE = 60_000;

interface ItemProps {
  readonly profile: Profile;
  readonly task: Task;
  readonly set: (item: string, value: string, until?: number) => void;
}

function Display(props: ItemProps) {
  const { profile, task, set } = props;
  const [display, setDisplay] = useState(profile.display ?? "");
  useEffect(() => setDisplay(profile.display ?? ""), [profile.display]);
  return (
    <Form submit={words.save} busy={task.busy} disabled={display === (profile.display ?? "")} onSubmit={() => set("display", display.trim())}>
      <Field label={words.display} value={display} onValue={setDisplay} autoComplete="name" hint={words.displayHint(profile.user)} />
    </Form>
  );
}

type End = "never" | "30" | "60" | "240" | "today" | "week";

/** When a status ends, in ms since 1970. */
export function statusEnd(end: End, now: Date): number | undefined {
  if (end === "never") return undefined;
  if (end === "today" || end === "week") {
    const day = new Date(now);
    day.setHours(23, 59, 59, 0);
    if (end === "week") day.setDate(day.getDate() + ((7 - day.getDay()) % 7));
    return day.getTime();
  }
  return now.getTime() + Number(end) * MINUTE;
}

function Status(props: ItemProps) {
  const { profile, task, set } = props;
  const [status, setStatus] = useState(profile.status ?? "");
  const [end, setEnd] = useState<End>("never");
  useEffect(() => setStatus(profile.status ?? ""), [profile.status]);
  return (
    <Form submit={words.save} busy={task.busy} onSubmit={() => set("status", status.trim(), status.trim() ? statusEnd(end, new Date()) : undefined)}>
      <Field label={words.status} value={status} onValue={setStatus} placeholder={words.statusExample}
             hint={profile.statusUntil === undefined ? "" : words.endsAt(dateAndTime(profile.statusUntil))} />
      <Choice label={words.end} value={end} onValue={setEnd}
              options={(["never", "30", "60", "240", "today", "week"] as const).map((value) => ({ value, label: words.ends[value] }))} />
    </Form>
  );
}

function Picture(props: ItemProps & { shared: Shared }) {
  const { profile, task, set, shared } = props;
  const [wrong, setWrong] = useState(false);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const square = await squareOf(file);
    setWrong(!square);
    if (!square) return;
    const uploaded = await task.run(() => shared.actions.upload("avatar.jpg", square));
    if (uploaded) set("avatar", String(uploaded.value));
  };
  return (
    <div class="profile-head">
      <Avatar actions={shared.actions} name={profile.user} file={profile.avatar} />
      <div>
        <PersonName name={profile.user} display={profile.display} />
        <div class="buttons">
          <label class="button">
            {words.choosePicture}
            <input type="file" accept="image/png,image/jpeg,image/gif,image/webp" class="unseen"
                   onChange={(event) => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ""; }} />
          </label>
          {profile.avatar !== undefined && <button type="button" disabled={task.busy} onClick={() => set("avatar", "")}>{words.removePicture}</button>}
        </div>
        {wrong && <p role="alert" class="trouble">{words.noPicture}</p>}
      </div>
    </div>
  );
}

function Zone(props: ItemProps) {
  const { profile, task, set } = props;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [zone, setZone] = useState(profile.zone ?? "");
  useEffect(() => setZone(profile.zone ?? ""), [profile.zone]);
  return (
    <Form submit={words.save} busy={task.busy} disabled={zone === (profile.zone ?? "")} onSubmit={() => set("zone", zone.trim())}>
      <Field label={words.zone} value={zone} onValue={setZone} hint={words.zoneHint} placeholder={here} />
      {zone !== here && <button type="button" class="link-button" onClick={() => setZone(here)}>{words.zoneHere(here)}</button>}
    </Form>
  );
}

export function OwnProfile(props: { shared: Shared }) {
  const { shared } = props;
  const { profile, trouble, reload } = useProfile(shared, shared.state.value.account?.username ?? "");
  const task = useTask();
  const [done, setDone] = useState<string | undefined>(undefined);
  if (!profile) return <><p class="quiet" role="status">{screens.common.loading}</p><TroubleLine trouble={trouble} /></>;
  const set = (item: string, value: string, until?: number): void => {
    setDone(undefined);
    void task.run(async () => {
      const outcome = await shared.actions.ask("set_profile", [item, value], until === undefined ? {} : { until });
      await reload();
      return outcome;
    }).then((result) => { if (result) setDone(words.saved); });
  };
  const item = { profile, task, set };
  return (
    <>
      <Picture {...item} shared={shared} />
      <TroubleLine trouble={task.trouble} />
      <Done text={done} />
      <Display {...item} />
      <Status {...item} />
      <Zone {...item} />
      <Switch label={words.lastSeen} hint={words.lastSeenHint} on={profile.lastSeen ?? true} disabled={task.busy} onValue={(on) => set("last_seen", on ? "on" : "off")} />
      <Switch label={words.listed} hint={words.listedHint} on={profile.listed ?? false} disabled={task.busy} onValue={(on) => set("listed", on ? "on" : "off")} />
    </>
  );
}
