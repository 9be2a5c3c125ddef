/** What is not known of a host, in words: why "nothing waits" of it would be no knowledge. */

import type { HostDetail, HostRow } from "../api/types";
import { listing } from "./format";

/** In few words, for lists; the page of the host has the server's own sentences. */
const WORDS: Record<string, string> = {
  host_never_received: "system not reported",
  host_unavailable: "system not readable",
  packages_never_received: "no packages reported",
  packages_unavailable: "packages not readable",
  packages_outdated: "packages outdated",
  packages_empty: "no package listed",
  packages_skipped: "packages left out",
  updates_never_received: "no updates reported",
  updates_unavailable: "updates not readable",
  updates_outdated: "updates outdated",
  updates_skipped: "updates left out",
  security_unknown: "security not told",
  repositories_skipped: "repositories left out",
  repositories_outdated: "sources outdated",
  repositories_unknown: "sources not known",
  repositories_none: "no package source",
  security_repository_missing: "no security source",
  lists_age_unknown: "lists of unknown age",
  lists_old: "lists too old",
  lists_in_future: "lists dated ahead",
  clock_ahead: "clock ahead",
  kernel_unowned: "kernel of no package",
  reboot_unknown: "reboot not known",
  possible_clones: "possible clones",
};

/** A code that a newer server names is shown by its name, never dropped. */
export const notKnownWords = (code: string) => WORDS[code] ?? code.replaceAll("_", " ");

/** What a host's row leaves open, in words; empty where nothing is. */
export function openQuestions(host: Pick<HostRow, "not_known" | "freshness">): string[] {
  const silent = host.freshness === "stale" || host.freshness === "lost" ? ["silent"] : [];
  return [...silent, ...host.not_known.map((each) => notKnownWords(each.code))];
}

/** Whether a zero in a host's row is knowledge: its updates were reported, lately, and whole. */
export function countsAreWhole(host: Pick<HostRow, "not_known" | "freshness" | "updates_known">): boolean {
  return host.updates_known && openQuestions(host).length === 0;
}

/** The same as one sentence, for the title of a sign. */
export function openQuestionsSentence(host: Pick<HostRow, "not_known" | "freshness">): string {
  return `Not wholly known: ${listing(openQuestions(host))}`;
}

/**
 * The server's sentence about a host without what is listed right below it: what is not known stands
 * there, each with what mends it, and need not be read twice.
 */
export function answerOf({ summary, not_known }: Pick<HostDetail, "summary" | "not_known">): string {
  const answer = not_known.reduce((text, each) => text.replace(each.text, ""), summary);
  return answer.replace(/\s+/g, " ").trim() || summary;
}

/**
 * The host that stands for the machine of one that no longer counts, by the server's sentence:
 * servers before the field `successor` say it nowhere else.
 */
export function successorOf(detail: string): string | null {
  return /\bhost (\d+)(?: \(.*\))? stands for the same machine/.exec(detail)?.[1] ?? null;
}
