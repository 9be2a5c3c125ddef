import { describe, expect, it } from "vitest";
import type { Overview } from "../api/types";
import { mending } from "./coverage";
import {
  cveGap,
  findingsGap,
  findingsSentence,
  gapWords,
  hostFindingsSentence,
  hostsSentence,
  noneOpen,
  noneWaits,
  overviewSentence,
} from "./sentences";

function overview(patch: {
  hosts?: Partial<Overview["hosts"]>;
  colours?: Partial<Overview["hosts"]["colours"]>;
  updates?: Partial<Overview["updates"]>;
  findings?: Partial<Overview["findings"]>;
  not_assessed?: number;
  assessed?: number;
  /** Hosts of which it is not known what waits; those that are grey where it is not given. */
  unknown?: number;
  exploited?: number;
  reboot?: number;
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
    restarts: { hosts_reboot_required: patch.reboot ?? 0 },
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
      assessed: patch.assessed ?? 100,
      not_assessed: 100 - (patch.assessed ?? 100) + (patch.not_assessed ?? 0),
      hosts_not_assessed: patch.not_assessed ?? 0,
    },
    platforms: [],
    feeds: [],
    top_updates: [],
    top_findings: [],
    lists: {},
    hosts_unknown: patch.unknown ?? patch.colours?.grey ?? 0,
    hosts_exploited: patch.exploited ?? 0,
  };
}

/** Head and rest as they are read. */
const overviewWords = (given: Overview) => {
  const { head, more } = overviewSentence(given);
  return more ? `${head} ${more}` : head;
};

describe("the overview says the worst first", () => {
  it("in the head alone", () => {
    const exposed = overview({ exploited: 1, updates: { security: 2, hosts_with_security: 1 } });
    expect(overviewSentence(exposed)).toEqual({
      head: "1 of 10 hosts is exposed to a vulnerability known to be exploited.",
      more: "1 waits for 2 security updates.",
    });
    const unassessed = overview({ updates: { security: 2, hosts_with_security: 1 }, not_assessed: 10 });
    expect(overviewSentence(unassessed)).toEqual({
      head: "Vulnerabilities are not assessed.",
      more: "1 of 10 hosts waits for 2 security updates.",
    });
    // Where nothing is known to need doing, what is not known is no afterthought.
    expect(overviewSentence(overview({ not_assessed: 1 }))).toEqual({
      head: "No update waits. On 1 host vulnerabilities are not assessed.",
      more: "",
    });
  });

  it.each([
    [overview({ hosts: { total: 0 } }), "No host has reported yet."],
    [overview({}), "Nothing waits."],
    [
      overview({ colours: { red: 3 }, updates: { security: 40, hosts_with_security: 8 } }),
      "3 of 10 hosts are exposed to a critical vulnerability that has a fix. 8 wait for 40 security updates.",
    ],
    [
      overview({
        exploited: 1,
        colours: { red: 3 },
        updates: { security: 4000, hosts_with_security: 8 },
        reboot: 2,
        not_assessed: 1,
      }),
      "1 of 10 hosts is exposed to a vulnerability known to be exploited. 3 are exposed to a critical vulnerability that has a fix, 8 wait for 4,000 security updates, 2 must be rebooted. On 1 host vulnerabilities are not assessed.",
    ],
    [
      overview({ hosts: { total: 1 }, exploited: 1, colours: { red: 1 }, reboot: 1 }),
      "The host is exposed to a vulnerability known to be exploited. It must be rebooted.",
    ],
    [overview({ reboot: 2 }), "2 of 10 hosts must be rebooted; no security update waits."],
    // Nobody looked for vulnerabilities: that comes before what waits.
    [
      overview({
        updates: { security: 40, hosts_with_security: 8 },
        findings: { open: 12, hosts: 2 },
        reboot: 1,
        not_assessed: 10,
      }),
      "Beyond 12 open findings vulnerabilities are not assessed. 8 of 10 hosts wait for 40 security updates, 1 must be rebooted.",
    ],
    [
      overview({ updates: { security: 40, hosts_with_security: 10 } }),
      "All 10 hosts wait for 40 security updates.",
    ],
    // But not before what is known to be exploited.
    [
      overview({ exploited: 2, findings: { open: 12, hosts: 2 }, not_assessed: 10 }),
      "2 of 10 hosts are exposed to a vulnerability known to be exploited. Beyond 12 open findings vulnerabilities are not assessed.",
    ],
    [
      overview({ updates: { security: 36, hosts_with_security: 4 }, colours: { grey: 3 } }),
      "4 of 10 hosts wait for 36 security updates. For 3 hosts it is not known what waits.",
    ],
    [
      overview({ updates: { security: 36, hosts_with_security: 1 } }),
      "1 of 10 hosts waits for 36 security updates.",
    ],
    [
      overview({ hosts: { total: 1 }, updates: { security: 1, hosts_with_security: 1 }, not_assessed: 1 }),
      "Vulnerabilities are not assessed. The host waits for 1 security update.",
    ],
    [
      overview({ findings: { open: 12, hosts: 2 }, not_assessed: 3 }),
      "2 of 10 hosts have open findings; no security update waits. On 3 hosts vulnerabilities are not assessed beyond what is known to be open.",
    ],
    [
      overview({ updates: { other: 1, hosts_with_any: 1 } }),
      "No security update waits; 1 other update does.",
    ],
    [
      overview({ hosts: { stale: 1, lost: 1 } }),
      "No update waits on the hosts that report; 2 hosts are silent.",
    ],
  ])("%#", (given, sentence) => {
    expect(overviewWords(given)).toBe(sentence);
  });

  it("nor where a host reports, but not what waits", () => {
    const grey = (n: number, total: number) => overview({ hosts: { total }, colours: { grey: n } });
    expect(overviewWords(grey(1, 10))).toBe("No update is known to wait; for 1 host that is not known.");
    expect(hostsSentence(10, "", grey(1, 10))).toBe(
      "10 hosts: none is known to wait for a security update, for 1 that is not known.",
    );
    expect(hostsSentence(1, "", grey(1, 1))).toBe("1 host; what waits is not known.");
    const lost = overview({ hosts: { total: 1, fresh: 0, lost: 1 }, colours: { green: 0, grey: 1 } });
    expect(hostsSentence(1, "", lost)).toBe("1 host; what waits is not known.");
  });

  it("nor is 'no security update' said for hosts of which that is not known", () => {
    const grey = { colours: { grey: 2 } };
    expect(overviewWords(overview({ ...grey, findings: { open: 3, hosts: 1 } }))).toBe(
      "1 of 10 hosts has open findings; no security update is known to wait, for 2 hosts that is not known.",
    );
    expect(overviewWords(overview({ ...grey, hosts: { stale: 1 } }))).toBe(
      "No update is known to wait; for 1 host that is not known, 1 host is silent.",
    );
    expect(noneWaits(overview({ ...grey }), true)).toBe(
      "No security update is known to wait; for 2 of 10 hosts that is not known as of now.",
    );
    expect(noneWaits(overview({}), false)).toBe("No update waits.");
    // Yellow for a reboot, and its lists may be old all the same.
    const yellow = overview({ colours: { green: 9, yellow: 1 } });
    expect(noneWaits(yellow, false)).toBe("No update is known to wait.");
    expect(noneWaits(undefined, false)).toBe("No update is known to wait.");
  });

  it("nor where the host is red for what is known to be vulnerable, its updates being unknown", () => {
    const red = overview({ hosts: { total: 1 }, colours: { green: 0, red: 1 }, unknown: 1 });
    expect(noneWaits(red, false)).toBe(
      "No update is known to wait; for 1 of 1 host that is not known as of now.",
    );
    expect(hostsSentence(1, "", red)).toBe("1 host; what waits is not known.");
  });

  it("'nothing waits' is never said without what is not assessed", () => {
    expect(overviewWords(overview({ not_assessed: 10 }))).toBe(
      "No update waits. Vulnerabilities are not assessed.",
    );
  });
});

it("the list of hosts counts what matches", () => {
  expect(hostsSentence(1, "os:debian", overview({}))).toBe("1 of 10 hosts matches.");
  expect(hostsSentence(0, "x", overview({}))).toBe("No host matches.");
  // Of what nobody assessed, an empty answer is none.
  const lacks = ["3 of 10 hosts are not assessed: what is not known to be open on them may be."];
  expect(hostsSentence(0, "cve:CVE-2021-3156", overview({}), lacks)).toBe("No host is known to match.");
  expect(hostsSentence(2, "cve:CVE-2021-3156", overview({}), lacks)).toBe(
    "2 of 10 hosts are known to match.",
  );
  expect(hostsSentence(10, "", overview({ updates: { hosts_with_security: 4 }, hosts: { lost: 1 } }))).toBe(
    "10 hosts: 4 wait for security updates, 1 lost.",
  );
});

it("findings of a host", () => {
  expect(hostFindingsSentence(0, 0, 0, true)).toBe("No CVE is open on what is assessed.");
  expect(hostFindingsSentence(1, 1, 1, true)).toBe("1 open CVE in 1 package; it has a fix.");
  expect(hostFindingsSentence(45, 25, 0, true)).toBe("45 open CVEs in 25 packages; none has a fix yet.");
  expect(hostFindingsSentence(45, 25, 2, true)).toBe("45 open CVEs in 25 packages; 2 have a fix.");
});

it("no open CVE is an all-clear only where everything is assessed", () => {
  expect(noneOpen(overview({}))).toBe("No CVE is open.");
  expect(noneOpen(overview({ assessed: 96 }))).toBe(
    "No CVE is known to be open; 4 packages are not assessed.",
  );
  expect(noneOpen(overview({ assessed: 40, not_assessed: 1 }))).toBe(
    "No CVE is known to be open; 1 of 10 hosts is not assessed.",
  );
  expect(noneOpen(overview({ hosts: { total: 0 } }))).toBe("No host has reported yet.");
});

describe("known findings are said whether or not the rest is assessed", () => {
  // [open, assessed]: every case there is, in every sentence that speaks of it.
  it.each([
    [23, false, "Beyond 23 open CVEs nothing of this host is assessed"],
    [1, false, "Beyond 1 open CVE nothing of this host is assessed"],
    [0, false, "Nothing of this host is assessed"],
    [0, true, "4 packages are not assessed"],
    [23, true, "4 packages are not assessed"],
  ])("before the reason: %i open, assessed %s", (open, assessed, words) => {
    expect(gapWords(open, assessed, 4)).toBe(words);
  });

  it.each([
    // The gap is said right below, with its reason.
    [23, false, "23 open CVEs in 4 packages; all have a fix."],
    [0, false, "Vulnerabilities are not assessed."],
    [0, true, "No CVE is open on what is assessed."],
    [23, true, "23 open CVEs in 4 packages; all have a fix."],
  ])("above a host's findings: %i open, assessed %s", (open, assessed, sentence) => {
    expect(hostFindingsSentence(open, 4, open, assessed)).toBe(sentence);
  });

  const fleet = (open: number, assessed: boolean, total = 10) =>
    overview({
      hosts: { total },
      findings: { open, hosts: open ? 1 : 0 },
      assessed: assessed ? 100 : 0,
      not_assessed: assessed ? 0 : total,
    });
  it.each([
    [
      23,
      false,
      "1 of 10 hosts has open findings; no security update waits. Beyond 23 open findings vulnerabilities are not assessed.",
      "23 CVEs are open on 1 host: 23 findings, counted per host.",
      "None of 10 hosts is assessed. What is listed is known; whether more is open on them is not.",
    ],
    [
      0,
      false,
      "No update waits. Vulnerabilities are not assessed.",
      "Vulnerabilities are not assessed.",
      "None of 10 hosts is assessed. Whether a CVE is open on them is not known.",
    ],
    [0, true, "Nothing waits.", "No CVE is open.", ""],
    [
      23,
      true,
      "1 of 10 hosts has open findings; no security update waits.",
      "23 CVEs are open on 1 host: 23 findings, counted per host.",
      "",
    ],
  ])("of the fleet: %i open, assessed %s", (open, assessed, first, list, gap) => {
    expect(overviewWords(fleet(open, assessed))).toBe(first);
    expect(findingsSentence(open, fleet(open, assessed), undefined)).toBe(list);
    expect(findingsGap(fleet(open, assessed))).toBe(gap);
  });

  it("a fleet of one host is no fleet in words", () => {
    expect(findingsGap(fleet(0, false, 1))).toBe(
      "The host is not assessed. Whether a CVE is open there is not known.",
    );
    expect(noneOpen(fleet(0, false, 1))).toBe("No CVE is known to be open; the host is not assessed.");
  });
});

describe("a host that is not assessed as no feed speaks for its system", () => {
  const platform = (hosts: number, feeds: string[], command?: string) => ({
    platform: `linux:${hosts}`,
    hosts,
    feed_state: "none" as const,
    feeds,
    ...(command ? { command } : {}),
  });
  const fleet = (...platforms: Overview["platforms"]): Overview => ({
    ...overview({ not_assessed: platforms.reduce((total, each) => total + each.hosts, 0) }),
    platforms,
  });
  const fetched = platform(3, ["debian-tracker"], "mendwatch feeds sync");

  it("is told apart from those for which one could be fetched", () => {
    expect(findingsGap(fleet(fetched, platform(2, [])))).toBe(
      "5 of 10 hosts are not assessed; for 2 of them no feed speaks. Whether a CVE is open on them is not known.",
    );
    expect(findingsGap(fleet(platform(2, [])))).toBe(
      "2 of 10 hosts are not assessed; no feed speaks for their systems. Whether a CVE is open on them is not known.",
    );
  });

  it("gets no command, which would fetch nothing for it", () => {
    expect(mending(fleet(platform(2, [])))).toEqual({ command: undefined, silent: 2 });
    expect(mending(fleet(fetched, platform(2, [])))).toEqual({ command: "mendwatch feeds sync", silent: 2 });
  });

  it("on the page of a CVE, too", () => {
    expect(cveGap(null, fleet(platform(1, [])))).toBe(
      "1 of 10 hosts is not assessed; no feed speaks for its system. Whether it is open there is not known.",
    );
    expect(cveGap(null, overview({}))).toBe("");
  });
});
