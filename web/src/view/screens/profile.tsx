/* profile.tsx - what a person says of themselves, and what this user does with them. The own
 * profile is changed in the settings (own-profile.tsx). */
import { useEffect, useState } from "preact/hooks";
import { personRow, profileOf } from "../../model/rows.js";
import type { Profile } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { dateAndTime, relative } from "../../text/when.js";
import { cleanName } from "../../text/safe.js";
import type { Shared } from "../shared.js";
import { slot } from "../slots.js";
import { Avatar } from "./avatar.js";
import { goTo } from "./found.js";
import { Confirm, Dialog, Done, PersonName, TroubleLine } from "./kit.js";
import { closeScreen, openScreen } from "./open.js";
import type { RequestOf } from "./open.js";
import { useList, useTask } from "./task.js";

const words = screens.profile;

/** Asks for it once, and again by `reload`. */
export function useProfile(shared: Shared, name: string) {
  const task = useTask();
  const [profile, setProfile] = useState<Profile | undefined>(undefined);
  const load = async (): Promise<void> => {
    const answer = await task.run(() => shared.actions.ask("profile", [name]));
    if (answer) setProfile(profileOf(name, answer.value.extras, answer.value.list));
  };
  useEffect(() => void load(), [name]);
  return { profile, trouble: task.trouble, reload: load };
}

/** The time where that person is; nothing for a zone that this browser does not know. */
export function localTime(zone: string, now: number): string | undefined {
  const name = /^[+-]\d\d:\d\d$/.test(zone) ? undefined : zone;
  try {
    if (name) return new Intl.DateTimeFormat(undefined, { timeStyle: "short", timeZone: name }).format(now);
    const minutes = (zone.startsWith("-") ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)));
    return new Intl.DateTimeFormat(undefined, { timeStyle: "short", timeZone: "UTC" }).format(now + minutes * 60_000);
  } catch {
    return undefined;
  }
}

function presenceLine(profile: Profile): string {
  if (profile.presence === "offline" && profile.seen) return words.lastSeen(relative(profile.seen, Date.now()));
  return screens.common.presence[profile.presence];
}

function Facts(props: { profile: Profile }) {
  const { profile } = props;
  const time = profile.zone && localTime(profile.zone, Date.now());
  return (
    <dl class="facts">
      <div><dt>{words.presence}</dt><dd>{presenceLine(profile)}</dd></div>
      {profile.status && (
        <div><dt>{words.status}</dt><dd dir="auto">{cleanName(profile.status)}
          {profile.statusUntil !== undefined && <span class="quiet"> {words.until(dateAndTime(profile.statusUntil))}</span>}</dd></div>
      )}
      {time && <div><dt>{words.localTime}</dt><dd>{words.timeIn(time, profile.zone ?? "")}</dd></div>}
    </dl>
  );
}

function Doing(props: { shared: Shared; name: string }) {
  const { shared, name } = props;
  const task = useTask();
  const [asked, setAsked] = useState(false);
  const [done, setDone] = useState<string | undefined>(undefined);
  const contacts = useList(shared.actions, { action: "contacts", fields: [], parse: personRow });
  const known = contacts.rows.find((row) => row.name === name);
  const change = (action: string, said: string): void => {
    setAsked(false);
    void task.run(() => shared.actions.ask(action, [name])).then((result) => { if (result) { setDone(said); contacts.reload(); } });
  };
  const call = (): void => {
    const join = slot("join");
    if (join) {
      goTo(name);
      join(shared, name);
      return;
    }
    void task.run(() => shared.actions.join(name)).then((joined) => { if (joined) goTo(name); });
  };
  if (asked)
    return <Confirm question={words.blockSure(name)} yes={words.block} busy={task.busy} onYes={() => change("block", words.blocked)} onNo={() => setAsked(false)} />;
  return (
    <>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => goTo(name)}>{words.write}</button>
        <button type="button" disabled={task.busy} onClick={call}>{words.call}</button>
        {known?.contact
          ? <button type="button" disabled={task.busy} onClick={() => change("remove_contact", words.removed)}>{words.removeContact}</button>
          : <button type="button" disabled={task.busy} onClick={() => change("add_contact", words.added)}>{words.addContact}</button>}
        {known?.blocked
          ? <button type="button" disabled={task.busy} onClick={() => change("unblock", words.unblocked)}>{words.unblock}</button>
          : <button type="button" class="danger" disabled={task.busy} onClick={() => setAsked(true)}>{words.block}</button>}
      </div>
      <TroubleLine trouble={task.trouble} />
      <Done text={done} />
    </>
  );
}

export function ProfileScreen(props: { shared: Shared; request: RequestOf<"profile"> }) {
  const { shared, request } = props;
  const { profile, trouble } = useProfile(shared, request.name);
  const own = shared.state.value.account?.username === (profile?.user ?? request.name);
  return (
    <Dialog title={words.title} kind="profile" onClose={closeScreen}>
      <TroubleLine trouble={trouble} />
      <div class="profile-head">
        <Avatar actions={shared.actions} name={profile?.user ?? request.name} file={profile?.avatar} />
        <PersonName name={profile?.user ?? request.name} display={profile?.display} bot={shared.state.value.people.get(request.name)?.bot ?? false} />
      </div>
      {profile && (profile.told ? <Facts profile={profile} /> : <p class="quiet">{words.nothingTold}</p>)}
      {own
        ? <button type="button" onClick={() => openScreen({ screen: "settings", part: "profile" })}>{words.change}</button>
        : profile && <Doing shared={shared} name={profile.user} />}
    </Dialog>
  );
}
