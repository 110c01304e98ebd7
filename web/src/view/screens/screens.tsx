/* screens.tsx - shows the screen that is open (open.ts); its code is loaded when it is asked for.
 * The frame has one of these beside the conversation. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { preferences, preferencesRead } from "../../keep/preferences.js";
import { lateScreen } from "../../text/english.js";
import type { Shared } from "../shared.js";
import { closeScreen, openScreen, openedScreen } from "./open.js";
import type { ScreenRequest } from "./open.js";

interface ScreenProps {
  readonly shared: Shared;
  readonly request: ScreenRequest;
}

type Screen = ComponentType<ScreenProps>;

/** Each screen takes the requests of its own name: the table below says which. */
async function load(screen: ScreenRequest["screen"]): Promise<Screen> {
  switch (screen) {
    case "group": return (await import("./group.js")).GroupScreen as Screen;
    case "settings": return (await import("./settings.js")).SettingsScreen as Screen;
    case "new": return (await import("./new.js")).NewScreen as Screen;
    case "directory": return (await import("./directory.js")).DirectoryScreen as Screen;
    case "search": return (await import("./search.js")).SearchScreen as Screen;
    case "mentions": return (await import("./mentions.js")).MentionsScreen as Screen;
    case "versions": return (await import("./versions.js")).VersionsScreen as Screen;
    case "profile": return (await import("./profile.js")).ProfileScreen as Screen;
    case "admin": return (await import("./admin.js")).AdminScreen as Screen;
    case "welcome": return (await import("./welcome.js")).WelcomeScreen as Screen;
  }
}

interface Loaded {
  readonly screen: ScreenRequest["screen"];
  readonly view: Screen | undefined; /* none: it could not be loaded */
}

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
  const [loaded, setLoaded] = useState<Loaded | undefined>(undefined);
  const screen = request?.screen;
  useFirstSteps(props.shared);
  useEffect(() => {
    if (!screen) return;
    load(screen).then((view) => setLoaded({ screen, view }), () => setLoaded({ screen, view: undefined }));
  }, [screen]);
  if (!request || loaded?.screen !== request.screen) return null;
  const View = loaded.view;
  if (!View)
    return (
      <div role="alert" class="trouble screen-missing">
        {lateScreen.notLoaded} <button type="button" onClick={closeScreen}>{lateScreen.close}</button>
      </div>
    );
  return <View key={JSON.stringify(request)} shared={props.shared} request={request} />;
}
