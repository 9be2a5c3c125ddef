import { useSyncExternalStore } from "react";

/** The other half of public/theme.js, which applies the choice before the first paint. */
const KEY = "mendwatch.theme";
export const THEMES = ["light", "dark", "system"] as const;
export type Theme = (typeof THEMES)[number];

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === value) ?? "system";
  } catch {
    return "system";
  }
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("mendwatch:theme", listener);
  window.addEventListener("storage", listener);
  return () => {
    window.removeEventListener("mendwatch:theme", listener);
    window.removeEventListener("storage", listener);
  };
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore(subscribe, stored);
  return [
    theme,
    (next) => {
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // Storage is off: the choice can't be kept.
      }
      window.dispatchEvent(new Event("mendwatch:theme"));
    },
  ];
}
