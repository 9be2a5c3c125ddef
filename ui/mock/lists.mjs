// Lists over the fleet, as the server derives them from what each host has.
import { sourceOf } from "./query.mjs";

export const SEVERITIES = ["critical", "high", "medium", "low", "negligible", "unknown"];
/** The states in which a finding is open, the most pressing first. */
export const OPEN = [
  "fix_available",
  "fix_needs_channel",
  "restart_needed",
  "no_fix",
  "will_not_fix",
  "under_investigation",
];

/** A list of names is cut, its length is told. */
const MOST_NAMES = 10;
export const names = (noun, all) => ({
  [`${noun}s`]: all.slice(0, MOST_NAMES),
  [`${noun}_count`]: all.length,
});

const SORTS = {
  findings: {
    severity: (row) => -SEVERITIES.indexOf(row.severity),
    hosts: (row) => row.hosts,
    cve: (row) => row.cve,
  },
  updates: { security: (row) => Number(row.security), hosts: (row) => row.hosts, name: (row) => row.name },
  packages: { hosts: (row) => row.hosts, findings: (row) => row.open_findings, name: (row) => row.name },
};

/** Rows by `sort`; equal ones stay in the list's own order. Null where the list has no such column. */
export function sorted(list, rows, sort) {
  if (!sort) return rows;
  const value = SORTS[list][sort.replace(/^-/, "")];
  if (!value) return null;
  const sign = sort.startsWith("-") ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    return sign * (typeof x === "number" ? x - y : x.localeCompare(y, "en"));
  });
}

/** `once` keeps an answer until the next report. */
export function makeLists(hosts, once) {
  const fleetUpdates = once(function fleetUpdates() {
    const found = new Map();
    for (const host of hosts) {
      for (const each of host.updates) {
        const key = `${each.name} ${each.candidate} ${host.row.platform}`;
        const row = found.get(key) ?? {
          name: each.name,
          candidate: each.candidate,
          platform: host.row.platform,
          security: each.security,
          suite: each.suite,
          hosts: 0,
        };
        row.hosts += 1;
        found.set(key, row);
      }
    }
    return [...found.values()].sort(
      (a, b) => Number(b.security) - Number(a.security) || b.hosts - a.hosts || a.name.localeCompare(b.name),
    );
  });

  const sourceUpdates = once(function sourceUpdates() {
    const found = new Map();
    for (const host of hosts) {
      for (const each of host.updates) {
        const source = sourceOf(host, each.name);
        const key = `${source} ${host.row.platform}`;
        const row = found.get(key) ?? {
          source,
          platform: host.row.platform,
          security: false,
          packages: new Set(),
          candidates: new Set(),
          hosts: new Set(),
          updates: 0,
          closed: new Set(),
        };
        row.security ||= each.security;
        row.packages.add(each.name);
        row.candidates.add(each.candidate);
        row.hosts.add(host.row.id);
        row.updates += 1;
        for (const { cve, package: name, fixed_version } of host.findings)
          if (name === each.name && fixed_version) row.closed.add(`${host.row.id} ${cve}`);
        found.set(key, row);
      }
    }
    return [...found.values()]
      .map(({ packages, candidates, hosts: on, closed, ...row }) => ({
        ...row,
        ...names("package", [...packages].sort()),
        ...names("candidate", [...candidates]),
        hosts: on.size,
        findings: closed.size,
      }))
      .sort(
        (a, b) =>
          b.findings - a.findings ||
          Number(b.security) - Number(a.security) ||
          b.updates - a.updates ||
          a.source.localeCompare(b.source),
      );
  });

  const fleetFindings = once(function fleetFindings() {
    const found = new Map();
    for (const host of hosts) {
      for (const each of host.findings) {
        const row = found.get(each.cve) ?? {
          cve: each.cve,
          severity: each.severity,
          exploited: each.exploited,
          ids: new Set(),
          packages: new Set(),
          states: Object.fromEntries(OPEN.map((each) => [each, 0])),
          fixed: new Set(),
        };
        if (!row.ids.has(host.row.id)) row.states[each.state] = (row.states[each.state] ?? 0) + 1;
        row.ids.add(host.row.id);
        row.packages.add(each.package);
        if (each.fixed_version) row.fixed.add(each.fixed_version);
        found.set(each.cve, row);
      }
    }
    return [...found.values()]
      .map(({ ids, fixed, packages, ...row }) => ({
        ...row,
        state: OPEN.find((name) => row.states[name]) ?? "no_fix",
        hosts: ids.size,
        ...names("package", [...packages].sort()),
        ...names("fixed_version", [...fixed].sort()),
      }))
      .sort(
        (a, b) =>
          SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
          b.hosts - a.hosts ||
          b.cve.localeCompare(a.cve),
      );
  });

  const fleetPackages = once(function fleetPackages() {
    const found = new Map();
    for (const host of hosts) {
      for (const each of host.packages) {
        const key = `${each.name} ${each.version} ${each.arch} ${host.row.platform}`;
        const row = found.get(key) ?? {
          name: each.name,
          version: each.version,
          arch: each.arch,
          platform: host.row.platform,
          hosts: 0,
          open_findings: each.open_findings,
          assessed: each.assessed,
        };
        row.hosts += 1;
        found.set(key, row);
      }
    }
    return [...found.values()].sort((a, b) => b.hosts - a.hosts || a.name.localeCompare(b.name));
  });

  return { fleetUpdates, sourceUpdates, fleetFindings, fleetPackages };
}
