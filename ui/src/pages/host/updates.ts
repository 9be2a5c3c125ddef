import type { HostUpdate } from "../../api/types";

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
