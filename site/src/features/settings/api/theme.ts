/** Light or dark: the system's, or the one chosen here. Reflected on <html data-theme>. */
import { storage } from "@/lib/storage";
import { createStore, useStore } from "@/lib/store";

export const themes = ["system", "light", "dark"] as const;

export type Theme = (typeof themes)[number];

const STORAGE_KEY = "theme";

const theme = createStore<Theme>(themes.find((name) => name === storage.get(STORAGE_KEY)) ?? "system");

function reflectInDocument(): void {
  const chosen = theme.get();
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

reflectInDocument();
theme.subscribe(reflectInDocument);

export function setTheme(next: Theme): void {
  storage.set(STORAGE_KEY, next);
  theme.set(next);
}

export const useTheme = (): Theme => useStore(theme);
