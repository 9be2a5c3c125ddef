import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { CveRecord } from "../../api/types";
import { renderApp } from "../../test/renderApp";

/**
 * Texts, score, weakness and dates as the CVE record of CVE-2024-1086 has them (CVEProject/cvelistV5),
 * days of exploitation as CISA's catalogue of 2025-08-25 has them; EPSS values are made up.
 */
const RECORD: CveRecord = {
  id: "CVE-2024-1086",
  asked: ["cisa-kev", "cve-records", "first-epss"],
  rejected: [],
  titles: [
    { text: "Use-after-free in Linux kernel's netfilter: nf_tables component", feed: "cve-records" },
    { text: "Linux Kernel Use-After-Free Vulnerability", feed: "cisa-kev" },
  ],
  descriptions: [
    { text: "A use-after-free vulnerability in the Linux kernel's netfilter.", feed: "cve-records" },
  ],
  scores: [
    {
      version: "3.1",
      score: 7.8,
      rating: "high",
      vector: "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
      source: "Google",
      feed: "cve-records",
    },
  ],
  weaknesses: [{ id: "CWE-416", feed: "cve-records" }],
  exploited: [{ added: "2024-05-30", due: "2024-06-20", ransomware: false, feed: "cisa-kev" }],
  epss: [{ score: 0.00042, percentile: 0.96817, date: "2024-06-01", feed: "first-epss" }],
  dates: [{ published: "2024-01-31T12:14:34Z", updated: "2024-08-01T18:26:30Z", feed: "cve-records" }],
  references: ["https://pwning.tech/nftables/", "javascript:alert(1)"],
};

/** What no feed has. */
const SILENT = {
  rejected: [],
  titles: [],
  descriptions: [],
  scores: [],
  weaknesses: [],
  exploited: [],
  epss: [],
  dates: [],
  references: [],
};

const withRecord = (record: CveRecord) =>
  renderApp("/cves/CVE-2019-18224", {
    answer: (_, url) => (url.includes("/record") ? Response.json(record) : undefined),
  });
const fact = (name: string) => screen.getByText(name, { selector: "dt" }).nextSibling?.textContent;

describe("what is known of a CVE itself", () => {
  it("is said with the feed that says it", async () => {
    await withRecord(RECORD);
    expect(await screen.findByText("known to be exploited, was due on 2024-06-20")).toBeTruthy();
    expect(fact("Exploited")).toBe(
      "known since 2024-05-30; United States agencies had to act by 2024-06-20 cisa-kev",
    );
    expect(fact("EPSS")).toBe(
      "0.04 % chance of exploitation within 30 days, at or above 96.8 % of all CVEs; of 2024-06-01 first-epss",
    );
    expect(fact("CVSS 3.1")).toBe("7.8highby Googlecve-recordsCVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H");
    expect(fact("Weakness")).toBe("CWE-416 cve-records");
    expect(fact("Published")).toMatch(
      /^2024-01-31 12:14 UTC \d+ (months|years) ago, changed 2024-08-01 18:26 UTC \d+ (months|years) ago cve-records$/,
    );
    // The vendors' severity stays what it is.
    expect(screen.getAllByText("critical").length).toBeGreaterThan(0);
  });

  it("links only to the web, whatever a feed names", async () => {
    await withRecord(RECORD);
    expect(
      (await screen.findByRole("link", { name: "https://pwning.tech/nftables/" })).getAttribute("rel"),
    ).toBe("noopener noreferrer");
    expect(screen.getByText("javascript:alert(1)").tagName).toBe("LI");
    expect(screen.queryByRole("link", { name: /javascript/ })).toBeNull();
  });

  it("counts the days that are left", async () => {
    const due = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    await withRecord({
      ...RECORD,
      exploited: [{ added: "2024-05-30", due: due(4), ransomware: true, feed: "cisa-kev" }],
    });
    expect(await screen.findByText(/^known to be exploited, due in 4 d$/)).toBeTruthy();
    expect(fact("Exploited")).toContain("; used by ransomware");
  });

  it("a rejected one says so, and nothing is made up for what no feed says", async () => {
    await withRecord({ ...RECORD, ...SILENT, rejected: ["nvd"] });
    expect(await screen.findByText(/^Its numbering authority has rejected it/)).toBeTruthy();
    expect(screen.getByText("No feed in force describes it.")).toBeTruthy();
    expect(fact("Scores")).toBe("none of the feeds in force rates it");
    expect(screen.queryByText(/known to be exploited/)).toBeNull();
  });

  it("what none of the loaded feeds has is said with their names", async () => {
    await withRecord({ ...RECORD, ...SILENT, asked: ["cisa-kev", "first-epss"] });
    const words = "Nothing is known of CVE-2024-1086 itself: not in cisa-kev and first-epss.";
    expect(await screen.findByText(words)).toBeTruthy();
  });

  it("without a feed of such records the command that loads one stands there", async () => {
    await renderApp("/cves/CVE-2019-18224");
    expect(await screen.findByText(/^No feed that describes CVEs is loaded/)).toBeTruthy();
    expect(
      screen.getByRole("button", { name: "Copy: mendwatch feeds sync cisa-kev first-epss" }),
    ).toBeTruthy();
  });
});
