import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { paths } from "../paths";

/** `g` and then one of these. The help sheet lists them from here. */
export const GO_TO = [
  { key: "o", name: "Overview", to: paths.overview() },
  { key: "h", name: "Hosts", to: paths.hosts() },
  { key: "c", name: "Findings (CVEs)", to: paths.findings() },
  { key: "u", name: "Updates", to: paths.updates() },
  { key: "p", name: "Packages", to: paths.packages() },
  { key: "f", name: "Feeds", to: paths.feeds() },
] as const;

const CHORD_MS = 1_500;

/** Focuses the link (or the evidence button) of the next row of the page's first table. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")];
  if (rows.length === 0) return;
  const current = document.activeElement?.closest<HTMLElement>("[data-row]");
  const at = current ? rows.indexOf(current) : -1;
  // Without a current row: the first that is not scrolled away.
  const next =
    at >= 0 ? rows[at + step] : (rows.find((row) => row.getBoundingClientRect().top >= 80) ?? rows[0]);
  const target =
    next?.querySelector<HTMLElement>("[data-row-open]") ?? next?.querySelector<HTMLElement>("a, button");
  target?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

/** The keys that work everywhere. Keys pressed in a field or with a modifier are not ours. */
export function useShortcuts(on: { search: () => void; help: () => void; back: () => void }): void {
  const router = useRouter();
  useEffect(() => {
    let chord = 0;
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const inField = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      if (event.key === "Escape") {
        if (inField) target.blur();
        else on.back();
        return;
      }
      if (inField) return;
      if (chord && event.timeStamp - chord < CHORD_MS) {
        chord = 0;
        const goal = GO_TO.find((each) => each.key === event.key);
        if (goal) {
          event.preventDefault();
          router.history.push(goal.to);
          return;
        }
      }
      chord = 0;
      if (event.key === "g") chord = event.timeStamp;
      else if (event.key === "j") moveRow(1);
      else if (event.key === "k") moveRow(-1);
      else if (event.key === "?") on.help();
      else if (event.key === "/") {
        event.preventDefault();
        on.search();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [router, on]);
}
