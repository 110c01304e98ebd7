/* frame.tsx - the whole page: what stands in it depends on whether somebody is logged in. app.tsx
 * renders it. */
import { useEffect } from "preact/hooks";
import { loadPreferences, preferences } from "../keep/preferences.js";
import { first } from "../text/english.js";
import { FirstScreen } from "./first.js";
import { followAddress } from "./route.js";
import type { Shared } from "./shared.js";
import { Shell } from "./shell.js";
import { applyTheme } from "./theme.js";

export function Frame(props: Shared) {
  const shared: Shared = props;
  useEffect(() => {
    void loadPreferences();
    return followAddress();
  }, []);
  const { theme } = preferences.value;
  useEffect(() => applyTheme(theme), [theme]);
  switch (props.state.value.phase) {
    case "starting": return <p class="starting" role="status">{first.starting}</p>;
    case "out": return <FirstScreen shared={shared} />;
    case "in": return <Shell shared={shared} />;
  }
}
