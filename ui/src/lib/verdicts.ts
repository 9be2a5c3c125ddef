/** What is said of one package and one CVE, in one sentence that needs no second reading. */

import type { Finding } from "../api/types";

const ROLE: Record<string, string> = {
  running_kernel: "the kernel that runs",
  next_kernel: "the kernel that boots next",
  resident: "an old version that is still in memory",
};

/** Why it is so: both versions and what they mean, then where it is known from. */
export function verdictSentence(finding: Finding): string {
  const { version, fixed_version: fixed, feed, advisory } = finding;
  const role = ROLE[finding.role];
  // "3.0.11 is installed", "6.1.37 is the kernel that runs".
  const has = role ? `${version} is ${role}` : `${version} is installed`;
  const words = finding.words ? ` In the vendor's words: “${finding.words}”.` : "";
  const source = [advisory, feed].filter(Boolean).join(", ");
  const by = source ? ` (${source})` : "";
  const said: Record<string, string> = {
    fix_available: fixed
      ? `${has}; the fix came with ${fixed}: upgrade${by}.`
      : `${has}; the vendor has a fix: upgrade${by}.`,
    fix_needs_channel: `${has}; the fix came with ${fixed || "a newer version"}, in a channel that this host has not attached${by}.`,
    restart_needed: `The fix ${fixed ? `(${fixed}) ` : ""}is on disk, but ${version} is ${role ?? "still in use"}: restart${by}.`,
    no_fix: `${has} and affected; the vendor has named no version with a fix yet${by}.`,
    will_not_fix: `${has} and affected; the vendor will not fix it in this release${by}.`,
    under_investigation: `${has}; the vendor has not decided yet whether it is affected${by}.`,
    accepted: `${has} and affected; an exception in force accepts that${by}.`,
    not_affected: fixed
      ? `${has}, which is not below ${fixed}, the first version with the fix${by}.`
      : `${has}; by the vendor's data it is not affected${by}.`,
    not_assessed: `${has}; no data in force says whether it is affected.`,
  };
  return (said[finding.state] ?? `${has}: ${finding.state.replaceAll("_", " ")}${by}.`) + words;
}
