import type { HostDetail, HostUpdate } from "../../api/types";
import { sectionSign, signOf } from "../../lib/states";

/** What an empty list of updates means: nothing waits, or nobody knows. */
export function noUpdates(
  host: Pick<HostDetail, "sections" | "lists_at" | "findings" | "colour" | "not_known">,
): {
  known: boolean;
  /** Known, and nothing is missing that this needs: the host could be green. */
  whole: boolean;
  /** Whether the host's lists are good enough to say that nothing newer exists. */
  sure: boolean;
  title: string;
  text: string;
} {
  const section = host.sections.find((each) => each.name === "updates");
  if (section?.state !== "present") {
    const why =
      (section?.reason ? `${section.reason}.` : undefined) ??
      (section === undefined || section.state === "never"
        ? "No report of this host has said it."
        : `The section is ${signOf(sectionSign, section.state).word}.`);
    return {
      known: false,
      whole: false,
      sure: false,
      title: "What could be upgraded is not known.",
      text: why,
    };
  }
  // Only green says that nothing waits. Grey: something needed to say so is missing (the head of the
  // page tells what). Else lists that are old or withhold a fix offer nothing newer, whatever the vendor ships.
  const open = host.colour === "grey" || host.not_known.length > 0;
  const doubt = open || !host.lists_at || (host.findings.by_state.fix_available ?? 0) > 0;
  const age = host.lists_at ? "" : "; when they were fetched is not known";
  return {
    known: true,
    whole: !open,
    sure: !doubt,
    title: open ? "No update is known to wait." : "No update waits.",
    text: open
      ? `By the host's own package lists nothing waits${age}; what is not known of this host is said above.`
      : doubt
        ? `By the host's own package lists nothing waits${age}.`
        : "Everything installed is at the newest version that the host's repositories offer.",
  };
}

export interface UpdateGroup {
  key: string;
  security: boolean;
  candidate: string;
  names: string[];
}

/**
 * Updates that belong together, for the summary: the same step from one version to another in one
 * suite is nearly always one source package (`libkrb5-3`, `libk5crypto3`, `krb5-locales`). Only a
 * shortening of the list, never a count.
 */
export function bySourceGuess(updates: readonly HostUpdate[]): UpdateGroup[] {
  const groups = new Map<string, UpdateGroup>();
  for (const update of updates) {
    const key = [update.security, update.installed, update.candidate, update.suite].join(" ");
    const group = groups.get(key);
    if (group) group.names.push(update.name);
    else
      groups.set(key, { key, security: update.security, candidate: update.candidate, names: [update.name] });
  }
  return [...groups.values()].sort(
    (a, b) => Number(b.security) - Number(a.security) || b.names.length - a.names.length,
  );
}

/** Security first, then by name: the order in which they matter. */
export function securityFirst(updates: readonly HostUpdate[]): HostUpdate[] {
  return [...updates].sort(
    (a, b) => Number(b.security) - Number(a.security) || a.name.localeCompare(b.name, "en"),
  );
}
