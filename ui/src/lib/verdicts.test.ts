import { expect, it } from "vitest";
import type { Finding } from "../api/types";
import { STATES } from "./states";
import { verdictSentence } from "./verdicts";

/** DSA-5376-1 of 20 March 2023: "[bullseye] - apache2 2.4.56-1~deb11u1". */
const APACHE: Finding = {
  package: "apache2",
  version: "2.4.54-1~deb11u1",
  arch: "amd64",
  role: "installed",
  cve: "CVE-2023-27522",
  advisory: "DSA-5376-1",
  state: "fix_available",
  fixed_version: "2.4.56-1~deb11u1",
  severity: "unknown",
  feed: "debian-dsa",
  words: "",
};

it.each([
  [
    APACHE,
    "2.4.54-1~deb11u1 is installed; the fix came with 2.4.56-1~deb11u1: upgrade (DSA-5376-1, debian-dsa).",
  ],
  [
    { ...APACHE, state: "will_not_fix" as const, fixed_version: "", advisory: "", words: "Minor issue" },
    "2.4.54-1~deb11u1 is installed and affected; the vendor will not fix it in this release (debian-dsa). In the vendor's words: “Minor issue”.",
  ],
  [
    {
      ...APACHE,
      state: "restart_needed" as const,
      role: "running_kernel",
      version: "6.1.37-1",
      fixed_version: "6.1.85-1",
    },
    "The fix (6.1.85-1) is on disk, but 6.1.37-1 is the kernel that runs: restart (DSA-5376-1, debian-dsa).",
  ],
  [
    { ...APACHE, state: "not_affected" as const, version: "2.4.56-1~deb11u1" },
    "2.4.56-1~deb11u1 is installed, which is not below 2.4.56-1~deb11u1, the first version with the fix (DSA-5376-1, debian-dsa).",
  ],
  [
    { ...APACHE, state: "not_assessed" as const, feed: "", advisory: "" },
    "2.4.54-1~deb11u1 is installed; no data in force says whether it is affected.",
  ],
])("%#", (finding, sentence) => {
  expect(verdictSentence(finding)).toBe(sentence);
});

it.each(STATES)("%s has a sentence of its own that names the version", (state) => {
  const said = verdictSentence({ ...APACHE, state });
  expect(said).toContain(APACHE.version);
  expect(said).not.toContain("_");
  expect(said.endsWith(".")).toBe(true);
});
