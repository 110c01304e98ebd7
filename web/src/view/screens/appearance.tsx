/* appearance.tsx - dark, light, or as the system says. */
import { preferences, setPreferences } from "../../keep/preferences.js";
import type { Theme } from "../../keep/preferences.js";
import { screens } from "../../text/english_screens.js";
import { applyTheme } from "../theme.js";

const words = screens.appearance;
const THEMES: readonly Theme[] = ["system", "dark", "light"];

export function Appearance() {
  const { theme } = preferences.value;
  const choose = (chosen: Theme): void => {
    applyTheme(chosen);
    void setPreferences({ theme: chosen });
  };
  return (
    <fieldset class="themes">
      <legend>{words.theme}</legend>
      {THEMES.map((each) => (
        <label key={each} class="radio">
          <input type="radio" name="theme" value={each} checked={theme === each} onChange={() => choose(each)} />
          {words.themes[each]}
        </label>
      ))}
      <p class="hint">{words.hint}</p>
    </fieldset>
  );
}
