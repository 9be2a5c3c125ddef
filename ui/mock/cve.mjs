// One CVE over the mock's fleet, as the server answers it.
import { names, OPEN, SEVERITIES } from "./lists.mjs";

const first = (order, values) => order.find((each) => values.includes(each));

/** Null where no host has it and no feed names it: the mock's feeds name what its hosts have. */
export function cveOnFleet(hosts, fleetFindings, id, params, page) {
  const finding = fleetFindings().find((each) => each.cve.toLowerCase() === id.toLowerCase()) ?? null;
  if (!finding) return null;
  const { cve } = finding;
  const rows = hosts
    .map((host) => ({ host, findings: host.findings.filter((each) => each.cve === cve) }))
    .filter(({ findings }) => findings.length > 0)
    .map(({ host, findings }) => ({
      host: host.row,
      state: first(
        OPEN,
        findings.map((each) => each.state),
      ),
      severity: first(
        SEVERITIES,
        findings.map((each) => each.severity),
      ),
      ...names("package", [...new Set(findings.map((each) => each.package))].sort()),
      feeds: findings.map((each) => ({
        feed: each.feed,
        advisory: each.advisory ?? "",
        words: each.words ?? "",
      })),
    }))
    .sort(
      (a, b) =>
        OPEN.indexOf(a.state) - OPEN.indexOf(b.state) ||
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        a.host.hostname.localeCompare(b.host.hostname),
    );
  const platforms = new Map();
  for (const { host } of rows) platforms.set(host.platform, (platforms.get(host.platform) ?? 0) + 1);
  const statements = new Map(
    rows.flatMap(({ host, feeds }) =>
      feeds.map((each) => [JSON.stringify([host.platform, each]), { platform: host.platform, ...each }]),
    ),
  );
  const state = params.get("state");
  return {
    cve,
    finding,
    hosts: page(rows.filter((row) => !state || row.state === state).map(({ feeds: _, ...row }) => row)),
    platforms: [...platforms].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count),
    statements: [...statements.values()].slice(0, 10),
    named_for: [...platforms.keys()].sort(),
  };
}
