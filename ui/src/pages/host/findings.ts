import type { HostFinding, Severity, State } from "../../api/types";
import { severityRank, stateRank } from "../../lib/states";

/** One CVE on a host, over all packages and roles that carry it: what the host's counts count. */
export interface CveRow {
  cve: string;
  severity: Severity;
  state: State;
  /** A catalogue of known exploited vulnerabilities has it. */
  exploited: boolean;
  advisory: string;
  packages: string[];
  installed: string[];
  fixed: string[];
  findings: HostFinding[];
}

const distinct = (values: string[]) => [...new Set(values.filter(Boolean))];

/** Groups findings by CVE: the most pressing state and the worst severity stand for it. */
export function byCve(findings: readonly HostFinding[]): CveRow[] {
  const groups = new Map<string, HostFinding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.cve);
    if (group) group.push(finding);
    else groups.set(finding.cve, [finding]);
  }
  const rows: CveRow[] = [];
  for (const [cve, group] of groups) {
    const [first, ...rest] = group;
    if (!first) continue;
    rows.push({
      cve,
      severity: rest.reduce(
        (worst, each) => (severityRank(each.severity) < severityRank(worst) ? each.severity : worst),
        first.severity,
      ),
      state: rest.reduce(
        (worst, each) => (stateRank(each.state) < stateRank(worst) ? each.state : worst),
        first.state,
      ),
      exploited: group.some((each) => each.exploited),
      advisory: distinct(group.map((each) => each.advisory)).join(", "),
      packages: distinct(group.map((each) => each.package)),
      installed: distinct(group.map((each) => each.version)),
      fixed: distinct(group.map((each) => each.fixed_version)),
      findings: group,
    });
  }
  return rows.sort(
    (a, b) =>
      severityRank(a.severity) - severityRank(b.severity) ||
      stateRank(a.state) - stateRank(b.state) ||
      b.cve.localeCompare(a.cve, "en", { numeric: true }),
  );
}
