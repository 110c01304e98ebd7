/* screens.tsx - shows the screen that is open (open.ts), and notes above the conversation. One part of the page with all screens in it,
 * which is loaded ahead (app.tsx): one file packs better than one for each. */
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { preferences, preferencesRead } from "../../keep/preferences.js";
import type { Shared } from "../shared.js";
import { AdminScreen } from "./admin/admin.js";
import { DirectoryScreen } from "./directory.js";
import { GroupScreen } from "./group.js";
import { MentionsScreen } from "./mentions.js";
import { NewScreen } from "./new.js";
import { Notes } from "./notes.js";
import { openScreen, openedScreen } from "./open.js";
import type { ScreenRequest } from "./open.js";
import { ProfileScreen } from "./profile.js";
import { ReportScreen } from "./report.js";
import { SearchScreen } from "./search.js";
import { SettingsScreen } from "./settings.js";
import { linkUp } from "./task.js";
import { VersionsScreen } from "./versions.js";
import { WelcomeScreen } from "./welcome.js";

interface ScreenProps {
  readonly shared: Shared;
  readonly request: ScreenRequest;
}

type Screen = ComponentType<ScreenProps>;

/** Each screen takes the requests of its own name. */
const SCREENS = {
  group: GroupScreen, settings: SettingsScreen, new: NewScreen, directory: DirectoryScreen, search: SearchScreen, mentions: MentionsScreen,
  versions: VersionsScreen, profile: ProfileScreen, admin: AdminScreen, report: ReportScreen, welcome: WelcomeScreen,
} as { readonly [name in ScreenRequest["screen"]]: Screen };

/** Leads a fresh server's administrator through the first steps, once. */
function useFirstSteps(shared: Shared): void {
  const state = shared.state.value;
  const due = state.phase === "in" && state.link.state === "up" && state.account?.admin === true && preferencesRead.value && !preferences.value.welcomed
    && ![...state.conversations.keys()].some((id) => id.startsWith("#"));
  useEffect(() => {
    if (!due) return undefined;
    let wanted = true;
    void shared.actions.ask("groups", []).then((groups) => {
      if (wanted && groups.ok && groups.value.list.length === 0 && !openedScreen.value) openScreen({ screen: "welcome" });
    });
    return () => { wanted = false; };
  }, [due]);
}

export function Screens(props: { shared: Shared }) {
  const request = openedScreen.value;
  useFirstSteps(props.shared);
  const up = props.shared.state.value.link.state === "up";
  useEffect(() => { linkUp.value = up; }, [up]);
  const View = request && SCREENS[request.screen];
  return (
    <>
      <Notes shared={props.shared} />
      {View && <View key={JSON.stringify(request)} shared={props.shared} request={request} />}
    </>
  );
}
