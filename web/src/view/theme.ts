/* theme.ts - dark, light, or as the system says: the style sheet reads it from the root element. */
import type { Theme } from "../keep/preferences.js";

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
