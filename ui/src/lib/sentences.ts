/** The one sentence at the head of each page: what its reader came for, in words. Pure functions. */

import type { FleetFinding, Overview } from "../api/types";
import { mending } from "./coverage";
import { capital, count, listing, plural } from "./format";
import { OPEN_STATES, signOf, stateSign } from "./states";

const verb = (n: number, one: string, many: string) => (n === 1 ? one : many);

/**
 * What stands before the reason why packages of a host are not assessed. Lists of fixed issues name
 * some packages as vulnerable and clear none: what they name is said first.
 */
export function gapWords(open: number, assessed: boolean, packages: number): string {
  if (assessed) return `${plural(packages, "package is", "packages are")} not assessed`;
  return open > 0
    ? `Beyond ${plural(open, "open CVE")} nothing of this host is assessed`
    : "Nothing of this host is assessed";
}

/** What the fleet's numbers leave out; with a space before it, or empty. */
function fleetGap({ assessment, findings, hosts }: Overview): string {
  const n = assessment.hosts_not_assessed;
  if (n === 0) return "";
  const known = findings.open;
  if (n === hosts.total) {
    return known > 0
      ? ` Beyond ${plural(known, "open finding")} vulnerabilities are not assessed.`
      : " Vulnerabilities are not assessed.";
  }
  return ` On ${plural(n, "host")} vulnerabilities are not assessed${known > 0 ? " beyond what is known to be open" : ""}.`;
}

/**
 * No CVE is open: how much that says. "Known to be" is never left out where a package could not be
 * judged, and hosts of which nothing could be are counted beside it.
 */
export function noneOpen({ assessment, hosts }: Pick<Overview, "assessment" | "hosts">): string {
  const n = assessment.hosts_not_assessed;
  if (hosts.total === 0) return "No host has reported yet.";
  if (n > 0) return `No CVE is known to be open; ${notAssessed(n, hosts.total)}.`;
  if (assessment.packages === 0) return "No CVE is known to be open; no report says what is installed.";
  return assessment.not_assessed > 0
    ? `No CVE is known to be open; ${plural(assessment.not_assessed, "package is", "packages are")} not assessed.`
    : "No CVE is open.";
}

/** Open CVEs over the fleet. `found` is what stands before it under a single filter. */
export function findingsSentence(
  total: number,
  overview: Overview,
  filter: { found: string } | undefined,
): string {
  const { findings, assessment } = overview;
  const nothing = assessment.assessed === 0;
  if (overview.hosts.total === 0) return "No host has reported yet.";
  if (nothing && findings.open === 0) return "Vulnerabilities are not assessed.";
  if (filter && total === 0)
    return assessment.not_assessed > 0 ? "No open CVE is known to match." : "No open CVE matches.";
  if (filter) return `${filter.found}${plural(total, "open CVE")} ${verb(total, "matches", "match")}.`;
  if (total === 0) return noneOpen(overview);
  return `${plural(total, "CVE is", "CVEs are")} open on ${plural(findings.hosts, "host")}: ${plural(findings.open, "finding")}, counted per host.`;
}

/** "3 of 8 hosts are not assessed", in few words where it is all of them. */
function notAssessed(n: number, total: number): string {
  if (n < total) return `${count(n)} of ${plural(total, "host")} ${verb(n, "is", "are")} not assessed`;
  return total === 1 ? "the host is not assessed" : `none of ${plural(total, "host")} is assessed`;
}

/**
 * Which hosts are not assessed and for how many of them no feed speaks, so that none could be
 * fetched; empty when all are assessed.
 */
function hostsGap(overview: Overview): string {
  const n = overview.assessment.hosts_not_assessed;
  if (n === 0) return "";
  const { silent } = mending(overview);
  const why =
    silent === 0
      ? ""
      : silent < n
        ? `; for ${count(silent)} of them no feed speaks`
        : `; no feed speaks for ${n === 1 ? "its system" : "their systems"}`;
  return `${capital(notAssessed(n, overview.hosts.total))}${why}.`;
}

/** Above the list of open CVEs: which hosts it does not speak for, or not wholly; empty when none. */
export function findingsGap(overview: Overview): string {
  const gap = hostsGap(overview);
  if (!gap) return "";
  const there = overview.assessment.hosts_not_assessed === 1 ? "there" : "on them";
  return overview.findings.open > 0
    ? `${gap} What is listed is known; whether more is open ${there} is not.`
    : `${gap} Whether a CVE is open ${there} is not known.`;
}

/** Of one CVE: which hosts its page does not speak for; empty when none. */
export function cveGap(row: FleetFinding | null | undefined, overview: Overview): string {
  const gap = hostsGap(overview);
  if (!gap) return "";
  const one = overview.assessment.hosts_not_assessed === 1;
  // On some of these it may be known to be open: lists of fixed issues say so, and clear none.
  const there = row ? "on more of them" : one ? "there" : "on them";
  return row && one ? gap : `${gap} Whether it is open ${there} is not known.`;
}

/** One CVE: on how many hosts it is open and in which states; null where on none. */
export function cveSentence(row: FleetFinding | null | undefined, { hosts }: Overview): string {
  if (!row) return "It is not known to be open on any host.";
  const states = OPEN_STATES.map((state) => ({ state, n: row.states[state] ?? 0 })).filter(({ n }) => n > 0);
  const said =
    states.length === 1
      ? ((states[0] && signOf(stateSign, states[0].state).word) ?? "")
      : listing(states.map(({ state, n }) => `${signOf(stateSign, state).word} on ${count(n)}`));
  return `Open on ${count(row.hosts)} of ${plural(hosts.total, "host")}: ${said}.`;
}

/**
 * What the fleet needs, the worst first: exposed to what is exploited, to what is critical, security
 * updates, reboots. Of other open findings it is said only where no security update waits for them.
 */
function needs(overview: Overview): string[] {
  const { hosts, updates, findings, restarts, hosts_exploited: exploited } = overview;
  const said: string[] = [];
  const say = (n: number, words: string) => {
    if (n === 0) return;
    if (hosts.total === 1) said.push(said.length === 0 ? `The host ${words}` : `it ${words}`);
    else if (said.length > 0) said.push(`${count(n)} ${words}`);
    else if (n === hosts.total) said.push(`All ${plural(n, "host")} ${words}`);
    else said.push(`${count(n)} of ${plural(hosts.total, "host")} ${words}`);
  };
  const exposed = (n: number, to: string) => say(n, `${verb(n, "is", "are")} exposed to ${to}`);
  exposed(exploited, "a vulnerability known to be exploited");
  // One host is exposed once; how else is told by the numbers below.
  if (exploited === 0 || hosts.total > 1)
    exposed(hosts.colours.red, "a critical vulnerability that has a fix");
  if (updates.security > 0) {
    const n = updates.hosts_with_security;
    say(n, `${verb(n, "waits", "wait")} for ${plural(updates.security, "security update")}`);
  } else if (said.length === 0) say(findings.hosts, `${verb(findings.hosts, "has", "have")} open findings`);
  say(restarts.hosts_reboot_required, "must be rebooted");
  return said;
}

/** The head of a page, and what stands below it in smaller letters; empty where there is no more. */
export interface Headline {
  head: string;
  more: string;
}

/**
 * The overview: the worst thing that is true of the fleet; below it the rest, and what is not known.
 * Where nothing needs doing, what is not known stands in the head itself: no all-clear without it.
 */
export function overviewSentence(overview: Overview): Headline {
  const { hosts, updates, assessment } = overview;
  const whole = (head: string): Headline => ({ head, more: "" });
  if (hosts.total === 0) return whole("No host has reported yet.");
  const gap = fleetGap(overview);
  const unknown = updatesUnknown(overview);
  const noSecurity =
    overview.hosts_unknown > 0
      ? `no security update is known to wait, for ${plural(overview.hosts_unknown, "host")} that is not known`
      : "no security update waits";
  const [worst, ...others] = needs(overview);
  if (worst) {
    const exposed = overview.hosts_exploited > 0 || hosts.colours.red > 0;
    const rest = others.length > 0 ? `${capital(others.join(", "))}.` : "";
    if (updates.security === 0)
      return { head: `${worst}${exposed ? "" : `; ${noSecurity}`}.`, more: `${rest}${gap}`.trim() };
    const waits = unknown > 0 ? ` For ${plural(unknown, "host")} it is not known what waits.` : "";
    // Where nobody looked for vulnerabilities, that is the worst: updates alone would read as the whole.
    return !exposed && assessment.hosts_not_assessed === hosts.total
      ? { head: gap.trim(), more: `${worst}${others.map((each) => `, ${each}`).join("")}.${waits}` }
      : { head: `${worst}.`, more: `${rest}${waits}${gap}`.trim() };
  }
  if (updates.other > 0) {
    const n = updates.other;
    return whole(`${capital(noSecurity)}; ${plural(n, "other update")} ${verb(n, "does", "do")}.${gap}`);
  }
  const silent = hosts.stale + hosts.lost;
  const silence = `${plural(silent, "host")} ${verb(silent, "is", "are")} silent`;
  if (unknown > 0) {
    const silences = silent > 0 ? `, ${silence}` : "";
    return whole(
      `No update is known to wait; for ${plural(unknown, "host")} that is not known${silences}.${gap}`,
    );
  }
  if (silent > 0) return whole(`No update waits on the hosts that report; ${silence}.${gap}`);
  // Only green says it; and without a word on vulnerabilities, "nothing" would speak of them, too.
  if (hosts.colours.green < hosts.total) return whole(`No update is known to wait.${gap}`);
  return whole(assessment.not_assessed > 0 ? `No update waits.${gap}` : "Nothing waits.");
}

/** What an empty list of pending updates says of the fleet. */
export function noneWaits(overview: Overview | undefined, security: boolean): string {
  const what = security ? "security update" : "update";
  if (!overview) return `No ${what} is known to wait.`;
  if (overview.hosts.total === 0) return "No host has reported yet.";
  const unknown = overview.hosts_unknown;
  return unknown > 0
    ? `No ${what} is known to wait; for ${count(unknown)} of ${plural(overview.hosts.total, "host")} that is not known as of now.`
    : // What a host leaves open may stand below any colour but green.
      overview.hosts.colours.green < overview.hosts.total
      ? `No ${what} is known to wait.`
      : `No ${what} waits.`;
}

/** What a list of pending updates adds where it does not speak for every host; else nothing. */
export function andUnknown(overview: Overview): string {
  const unknown = overview.hosts_unknown;
  return unknown > 0
    ? ` For ${count(unknown)} of ${plural(overview.hosts.total, "host")} it is not known what waits as of now.`
    : "";
}

/** Hosts that report, but not what waits: those that are silent are counted beside them. */
export function updatesUnknown({ hosts, hosts_unknown }: Overview): number {
  return Math.max(0, hosts_unknown - hosts.stale - hosts.lost);
}

/** The list of hosts, under its query. */
export function hostsSentence(
  total: number,
  q: string,
  overview: Overview | undefined,
  /** What the answer to the query leaves open (`HostPage.lacks`): then no row is no answer. */
  lacks: readonly string[] = [],
): string {
  if (q.trim()) {
    if (total === 0) return lacks.length > 0 ? "No host is known to match." : "No host matches.";
    const all = overview ? ` of ${plural(overview.hosts.total, "host")}` : verb(total, " host", " hosts");
    const known =
      lacks.length > 0 ? `${verb(total, "is", "are")} known to match` : verb(total, "matches", "match");
    return `${count(total)}${all} ${known}.`;
  }
  if (!overview) return plural(total, "host");
  if (overview.hosts.total === 0) return "No host has reported yet.";
  if (overview.hosts.total === 1) {
    const { security } = overview.updates;
    if (security === 0 && overview.hosts_unknown > 0) return "1 host; what waits is not known.";
    return security > 0
      ? `1 host; ${plural(security, "security update waits", "security updates wait")}.`
      : "1 host; no security update waits.";
  }
  const parts = [
    overview.updates.hosts_with_security > 0
      ? `${count(overview.updates.hosts_with_security)} ${verb(overview.updates.hosts_with_security, "waits", "wait")} for security updates`
      : overview.hosts_unknown > 0
        ? "none is known to wait for a security update"
        : "none waits for a security update",
    updatesUnknown(overview) > 0 ? `for ${count(updatesUnknown(overview))} that is not known` : "",
    overview.hosts.stale > 0 ? `${count(overview.hosts.stale)} stale` : "",
    overview.hosts.lost > 0 ? `${count(overview.hosts.lost)} lost` : "",
  ].filter(Boolean);
  return `${plural(overview.hosts.total, "host")}: ${parts.join(", ")}.`;
}

export function hostFindingsSentence(
  open: number,
  packages: number,
  fixable: number,
  assessed: boolean,
): string {
  if (open === 0)
    return assessed ? "No CVE is open on what is assessed." : "Vulnerabilities are not assessed.";
  const fix =
    fixable === 0
      ? "none has a fix yet"
      : fixable === open
        ? verb(open, "it has a fix", "all have a fix")
        : `${count(fixable)} ${verb(fixable, "has", "have")} a fix`;
  return `${plural(open, "open CVE")} in ${plural(packages, "package")}; ${fix}.`;
}
