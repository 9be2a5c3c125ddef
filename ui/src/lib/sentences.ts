/** The one sentence at the head of each page: what its reader came for, in words. Pure functions. */

import type { FeedRow, Overview } from "../api/types";
import { count, plural } from "./format";

const verb = (n: number, one: string, many: string) => (n === 1 ? one : many);

/** The overview: the worst thing that is true of the fleet, then what is not known. */
export function overviewSentence(overview: Overview): string {
  const { hosts, updates, findings, assessment } = overview;
  if (hosts.total === 0) return "No host has reported yet.";
  const of = hosts.total === 1 ? "The host" : `of ${plural(hosts.total, "host")}`;
  const subject = (n: number) => (hosts.total === 1 ? of : `${count(n)} ${of}`);
  const unassessed =
    assessment.hosts_not_assessed === 0
      ? ""
      : assessment.hosts_not_assessed === hosts.total
        ? " Vulnerabilities are not assessed."
        : ` On ${plural(assessment.hosts_not_assessed, "host")} vulnerabilities are not assessed.`;
  if (hosts.colours.red > 0) {
    const n = hosts.colours.red;
    return `${subject(n)} ${verb(n, "is", "are")} exposed to a critical vulnerability that has a fix.${unassessed}`;
  }
  if (updates.security > 0) {
    const n = updates.hosts_with_security;
    return `${subject(n)} ${verb(n, "waits", "wait")} for ${plural(updates.security, "security update")}.${unassessed}`;
  }
  if (findings.open > 0) {
    const n = findings.hosts;
    return `No security update waits; ${subject(n).toLowerCase()} ${verb(n, "has", "have")} open findings.${unassessed}`;
  }
  if (updates.other > 0) {
    return `No security update waits; ${plural(updates.other, "other update")} ${verb(updates.other, "does", "do")}.${unassessed}`;
  }
  const silent = hosts.stale + hosts.lost;
  if (silent > 0)
    return `Nothing waits on the hosts that report; ${plural(silent, "host")} ${verb(silent, "is", "are")} silent.${unassessed}`;
  return `Nothing waits.${unassessed}`;
}

/** The list of hosts, under its query. */
export function hostsSentence(total: number, q: string, overview: Overview | undefined): string {
  if (q.trim()) {
    if (total === 0) return "No host matches.";
    const all = overview ? ` of ${plural(overview.hosts.total, "host")}` : verb(total, " host", " hosts");
    return `${count(total)}${all} ${verb(total, "matches", "match")}.`;
  }
  if (!overview) return plural(total, "host");
  if (overview.hosts.total === 0) return "No host has reported yet.";
  if (overview.hosts.total === 1) {
    const { security } = overview.updates;
    return security > 0
      ? `1 host; ${plural(security, "security update waits", "security updates wait")}.`
      : "1 host; no security update waits.";
  }
  const parts = [
    overview.updates.hosts_with_security > 0
      ? `${count(overview.updates.hosts_with_security)} ${verb(overview.updates.hosts_with_security, "waits", "wait")} for security updates`
      : "none waits for a security update",
    overview.hosts.stale > 0 ? `${count(overview.hosts.stale)} stale` : "",
    overview.hosts.lost > 0 ? `${count(overview.hosts.lost)} lost` : "",
  ].filter(Boolean);
  return `${plural(overview.hosts.total, "host")}: ${parts.join(", ")}.`;
}

export function hostFindingsSentence(open: number, packages: number, fixable: number): string {
  if (open === 0) return "No open finding.";
  const fix =
    fixable === 0
      ? "none has a fix yet"
      : fixable === open
        ? verb(open, "it has a fix", "all have a fix")
        : `${count(fixable)} ${verb(fixable, "has", "have")} a fix`;
  return `${plural(open, "open CVE")} in ${plural(packages, "package")}; ${fix}.`;
}

export function feedsSentence(feeds: readonly FeedRow[], overview: Overview | undefined): string {
  const inForce = feeds.filter((feed) => feed.state === "in_force").length;
  const bare = overview?.platforms.filter((platform) => platform.feed_state !== "in_force") ?? [];
  const hosts = bare.reduce((sum, platform) => sum + platform.hosts, 0);
  const gap = hosts > 0 ? ` ${plural(hosts, "host")} ${verb(hosts, "has", "have")} no feed in force.` : "";
  if (feeds.length === 0) return `No feed is configured.${gap}`;
  if (inForce === 0) return `No feed is in force: vulnerabilities are not assessed.`;
  if (inForce === feeds.length)
    return `${feeds.length === 1 ? "The feed is" : `All ${count(feeds.length)} feeds are`} in force.${gap}`;
  return `${count(inForce)} of ${plural(feeds.length, "feed")} ${verb(inForce, "is", "are")} in force.${gap}`;
}
