import { describe, expect, it } from "vitest";
import type { FeedRow, Overview } from "../api/types";
import { feedsSentence, hostFindingsSentence, hostsSentence, overviewSentence } from "./sentences";

function overview(patch: {
  hosts?: Partial<Overview["hosts"]>;
  colours?: Partial<Overview["hosts"]["colours"]>;
  updates?: Partial<Overview["updates"]>;
  findings?: Partial<Overview["findings"]>;
  not_assessed?: number;
}): Overview {
  return {
    as_of: "2026-11-22T06:00:00Z",
    seq: 1,
    hosts: {
      total: 10,
      fresh: 10,
      late: 0,
      stale: 0,
      lost: 0,
      colours: { green: 10, yellow: 0, orange: 0, red: 0, grey: 0, ...patch.colours },
      ...patch.hosts,
    },
    updates: {
      hosts_with_security: 0,
      hosts_with_any: 0,
      security: 0,
      other: 0,
      withheld: 0,
      ...patch.updates,
    },
    restarts: { hosts_reboot_required: 0 },
    findings: {
      open: 0,
      hosts: 0,
      by_state: {
        fix_available: 0,
        fix_needs_channel: 0,
        restart_needed: 0,
        no_fix: 0,
        will_not_fix: 0,
        under_investigation: 0,
      },
      by_severity: { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 },
      ...patch.findings,
    },
    assessment: {
      packages: 100,
      assessed: 100,
      not_assessed: 0,
      hosts_not_assessed: patch.not_assessed ?? 0,
    },
    platforms: [],
    feeds: [],
    top_updates: [],
    top_findings: [],
    lists: {},
  };
}

describe("the overview says the worst first", () => {
  it.each([
    [overview({ hosts: { total: 0 } }), "No host has reported yet."],
    [overview({}), "Nothing waits."],
    [
      overview({ colours: { red: 3 }, updates: { security: 40, hosts_with_security: 8 } }),
      "3 of 10 hosts are exposed to a critical vulnerability that has a fix.",
    ],
    [
      overview({ updates: { security: 36, hosts_with_security: 1 } }),
      "1 of 10 hosts waits for 36 security updates.",
    ],
    [
      overview({ hosts: { total: 1 }, updates: { security: 1, hosts_with_security: 1 }, not_assessed: 1 }),
      "The host waits for 1 security update. Vulnerabilities are not assessed.",
    ],
    [
      overview({ findings: { open: 12, hosts: 2 }, not_assessed: 3 }),
      "No security update waits; 2 of 10 hosts have open findings. On 3 hosts vulnerabilities are not assessed.",
    ],
    [
      overview({ updates: { other: 1, hosts_with_any: 1 } }),
      "No security update waits; 1 other update does.",
    ],
    [
      overview({ hosts: { stale: 1, lost: 1 } }),
      "Nothing waits on the hosts that report; 2 hosts are silent.",
    ],
  ])("%#", (given, sentence) => {
    expect(overviewSentence(given)).toBe(sentence);
  });

  it("'nothing waits' is never said without what is not assessed", () => {
    expect(overviewSentence(overview({ not_assessed: 10 }))).toBe(
      "Nothing waits. Vulnerabilities are not assessed.",
    );
  });
});

it("the list of hosts counts what matches", () => {
  expect(hostsSentence(1, "os:debian", overview({}))).toBe("1 of 10 hosts matches.");
  expect(hostsSentence(0, "x", overview({}))).toBe("No host matches.");
  expect(hostsSentence(10, "", overview({ updates: { hosts_with_security: 4 }, hosts: { lost: 1 } }))).toBe(
    "10 hosts: 4 wait for security updates, 1 lost.",
  );
});

it("findings of a host", () => {
  expect(hostFindingsSentence(0, 0, 0)).toBe("No open finding.");
  expect(hostFindingsSentence(1, 1, 1)).toBe("1 open CVE in 1 package; it has a fix.");
  expect(hostFindingsSentence(45, 25, 0)).toBe("45 open CVEs in 25 packages; none has a fix yet.");
  expect(hostFindingsSentence(45, 25, 2)).toBe("45 open CVEs in 25 packages; 2 have a fix.");
});

it("feeds", () => {
  const feed = (state: FeedRow["state"]): FeedRow => ({
    id: state,
    title: state,
    url: "",
    platforms: [],
    state,
    records: 0,
    skipped: 0,
  });
  expect(feedsSentence([], undefined)).toBe("No feed is configured.");
  expect(feedsSentence([feed("never")], undefined)).toBe(
    "No feed is in force: vulnerabilities are not assessed.",
  );
  expect(feedsSentence([feed("in_force")], undefined)).toBe("The feed is in force.");
  expect(feedsSentence([feed("in_force"), feed("too_old")], undefined)).toBe("1 of 2 feeds is in force.");
});
