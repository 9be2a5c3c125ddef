/** Every state that the dashboard shows: its colour, its shape and its word, in one place. */

import type { Colour, Coverage, FeedRow, Freshness, HostRow, Section, Severity, State } from "../api/types";

/** Severities and conditions have their colours; `act` is the accent: something can be done. */
export type Tone = "critical" | "high" | "medium" | "low" | "ok" | "unknown" | "act";
export type Shape = "disc" | "triangle" | "diamond" | "ring" | "hatch" | "check" | "dash" | "arrow" | "dots";

export interface Sign {
  tone: Tone;
  shape: Shape;
  word: string;
  /** What it means, for the title. */
  meaning: string;
}

export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "negligible", "unknown"];

export const severitySign: Record<Severity, Sign> = {
  critical: { tone: "critical", shape: "disc", word: "critical", meaning: "The vendor's severity: critical" },
  high: { tone: "high", shape: "triangle", word: "high", meaning: "The vendor's severity: high" },
  medium: { tone: "medium", shape: "diamond", word: "medium", meaning: "The vendor's severity: medium" },
  low: { tone: "low", shape: "ring", word: "low", meaning: "The vendor's severity: low" },
  negligible: {
    tone: "unknown",
    shape: "dash",
    word: "negligible",
    meaning: "The vendor says: of no practical consequence",
  },
  unknown: { tone: "unknown", shape: "hatch", word: "not rated", meaning: "The vendor gives no severity" },
};

/** Open states first, in the order in which lists show them (`docs/matching.md`). */
export const OPEN_STATES: readonly State[] = [
  "fix_available",
  "fix_needs_channel",
  "restart_needed",
  "no_fix",
  "will_not_fix",
  "under_investigation",
];
export const STATES: readonly State[] = [...OPEN_STATES, "accepted", "not_affected", "not_assessed"];

/**
 * States beside severities: what can be done stands out in the accent, the rest stays quiet, so that
 * a list is read by severity first.
 */
export const stateSign: Record<State, Sign> = {
  fix_available: {
    tone: "act",
    shape: "arrow",
    word: "fix available",
    meaning: "Affected, and the vendor ships a fix",
  },
  fix_needs_channel: {
    tone: "act",
    shape: "dash",
    word: "fix needs a channel",
    meaning: "Affected; the fix is in a channel that the host has not attached",
  },
  restart_needed: {
    tone: "high",
    shape: "triangle",
    word: "restart needed",
    meaning: "Fixed on disk, but the old version still runs",
  },
  no_fix: { tone: "unknown", shape: "ring", word: "no fix yet", meaning: "Affected, no fix yet" },
  will_not_fix: {
    tone: "unknown",
    shape: "dash",
    word: "will not fix",
    meaning: "Affected; the vendor will not fix it in this release",
  },
  under_investigation: {
    tone: "unknown",
    shape: "dots",
    word: "under investigation",
    meaning: "The vendor has not decided",
  },
  accepted: { tone: "ok", shape: "check", word: "accepted", meaning: "Open, under an exception in force" },
  not_affected: {
    tone: "ok",
    shape: "check",
    word: "not affected",
    meaning: "Not affected; the evidence says why",
  },
  not_assessed: {
    tone: "unknown",
    shape: "hatch",
    word: "not assessed",
    meaning: "No feed in force speaks for it",
  },
};

export const COLOURS: readonly Colour[] = ["red", "orange", "yellow", "green", "grey"];

export const colourSign: Record<Colour, Sign> = {
  red: {
    tone: "critical",
    shape: "disc",
    word: "critical",
    meaning: "Red: a critical vulnerability is open and has a fix",
  },
  orange: { tone: "high", shape: "triangle", word: "security", meaning: "Orange: security updates wait" },
  yellow: {
    tone: "medium",
    shape: "diamond",
    word: "updates or reboot",
    meaning: "Yellow: other updates wait, or a reboot; no security update",
  },
  green: { tone: "ok", shape: "check", word: "up to date", meaning: "Green: nothing waits" },
  grey: {
    tone: "unknown",
    shape: "hatch",
    word: "unknown",
    meaning: "Grey: whether anything waits is not known; the page of the host says why",
  },
};

/** The sign of one host: yellow for what it is yellow, as a reboot is no update. */
export function colourOf(host: Pick<HostRow, "colour" | "other_updates" | "reboot_required">): Sign {
  const sign = signOf(colourSign, host.colour);
  if (host.colour !== "yellow") return sign;
  return { ...sign, word: host.other_updates === 0 && host.reboot_required ? "reboot" : "updates" };
}

export const FRESHNESSES: readonly Freshness[] = ["fresh", "late", "stale", "lost"];

export const freshnessSign: Record<Freshness, Sign> = {
  fresh: { tone: "ok", shape: "check", word: "fresh", meaning: "Reported within two intervals" },
  late: { tone: "medium", shape: "diamond", word: "late", meaning: "Missed reports, heard of within a day" },
  stale: { tone: "high", shape: "triangle", word: "stale", meaning: "Silent for more than a day" },
  lost: { tone: "unknown", shape: "hatch", word: "lost", meaning: "Silent for more than seven days" },
};

export const feedSign: Record<FeedRow["state"], Sign> = {
  in_force: { tone: "ok", shape: "check", word: "in force", meaning: "Verdicts follow from it" },
  too_old: {
    tone: "high",
    shape: "triangle",
    word: "too old",
    meaning: "Affected verdicts stay; 'not affected' becomes 'not assessed'",
  },
  never: { tone: "unknown", shape: "hatch", word: "never fetched", meaning: "Nothing follows from it yet" },
};

export const sectionSign: Record<Section["state"], Sign> = {
  present: { tone: "ok", shape: "check", word: "present", meaning: "The last report holds it" },
  unavailable: {
    tone: "high",
    shape: "triangle",
    word: "unavailable",
    meaning: "The agent could not read it; what was known before is kept",
  },
  never: { tone: "unknown", shape: "hatch", word: "never reported", meaning: "No report has held it" },
};

/**
 * A section's sign. What this version of the agent does not collect is no failure: it is shown like
 * everything that is not known yet.
 */
export function sectionStanding(section: Pick<Section, "state" | "reason">): Sign {
  if (
    section.state === "unavailable" &&
    /^(not collected|this version does not)\b/i.test(section.reason ?? "")
  ) {
    return { tone: "unknown", shape: "hatch", word: "not collected yet", meaning: section.reason ?? "" };
  }
  return signOf(sectionSign, section.state);
}

/** From the least to all. */
export const COVERAGES: readonly Coverage[] = ["none", "partial", "too_old", "in_force"];

/** How far the feeds speak for a system. */
export const coverageSign: Record<Coverage, Sign> = {
  in_force: { ...feedSign.in_force, word: "assessed" },
  too_old: { ...feedSign.too_old, word: "feed too old" },
  partial: {
    tone: "unknown",
    shape: "hatch",
    word: "in part",
    meaning:
      "The data names what is vulnerable and clears nothing: lists of fixed issues, or too much was skipped",
  },
  none: stateSign.not_assessed,
};

export const securitySign: Sign = {
  tone: "high",
  shape: "triangle",
  word: "security",
  meaning: "Comes from a security repository",
};
export const otherSign: Sign = {
  tone: "low",
  shape: "ring",
  word: "other",
  meaning: "An update that is not marked as security",
};
export const notAssessedSign = stateSign.not_assessed;
/** Beside a number of findings: they are known, what they do not name is not assessed. */
export const restNotAssessedSign: Sign = {
  ...notAssessedSign,
  word: "the rest is not assessed",
  meaning: "What is counted is known to be open; whether more is has not been assessed",
};
export const exploitedSign: Sign = {
  tone: "critical",
  shape: "disc",
  word: "known to be exploited",
  meaning: "A catalogue of known exploited vulnerabilities has it",
};
export const rebootSign: Sign = {
  tone: "high",
  shape: "triangle",
  word: "reboot required",
  meaning: "The host must be rebooted to finish an update",
};

/** Position in a list of worst first, for sorting. */
export const severityRank = (severity: Severity) => SEVERITIES.indexOf(severity);
export const stateRank = (state: State) => STATES.indexOf(state);

/** A sign for a word the server may add later: shown as it is, never dropped. */
export function signOf<K extends string>(signs: Record<K, Sign>, key: string): Sign {
  return (
    (signs as Record<string, Sign>)[key] ?? {
      tone: "unknown",
      shape: "hatch",
      word: key.replaceAll("_", " "),
      meaning: key,
    }
  );
}
