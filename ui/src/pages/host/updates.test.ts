import { describe, expect, it } from "vitest";
import type { HostDetail, Section } from "../../api/types";
import { noUpdates } from "./updates";

function host(
  section: Omit<Section, "name"> | undefined,
  patch: { lists_at?: string | null; fixes?: number; open?: HostDetail["not_known"] } = {},
): Parameters<typeof noUpdates>[0] {
  return {
    colour: patch.open ? "grey" : "green",
    not_known: patch.open ?? [],
    sections: section ? [{ name: "updates", ...section }] : [],
    lists_at: patch.lists_at === undefined ? "2026-11-22T06:00:00Z" : patch.lists_at,
    findings: {
      open: 0,
      by_state: {
        fix_available: patch.fixes ?? 0,
        fix_needs_channel: 0,
        restart_needed: 0,
        no_fix: 0,
        will_not_fix: 0,
        under_investigation: 0,
      },
      by_severity: { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 },
    },
  };
}

describe("no update in the list", () => {
  it.each([
    ["no section", host(undefined), "No report of this host has said it."],
    ["never reported", host({ state: "never" }), "No report of this host has said it."],
    ["with a reason", host({ state: "unavailable", reason: "apt is locked" }), "apt is locked."],
    ["without a reason", host({ state: "unavailable" }), "The section is unavailable."],
  ])("is not known: %s", (_, given, text) => {
    expect(noUpdates(given)).toMatchObject({
      known: false,
      sure: false,
      title: "What could be upgraded is not known.",
      text,
    });
  });

  it("is never said of a host that is not wholly known", () => {
    const open = [{ code: "lists_old", text: "Its package lists are 12 days old." }];
    for (const given of [
      host({ state: "present" }, { open }),
      { ...host({ state: "present" }), colour: "grey" as const },
      { ...host({ state: "present" }, { open }), colour: "orange" as const },
    ]) {
      expect(noUpdates(given)).toEqual({
        known: true,
        whole: false,
        sure: false,
        title: "No update is known to wait.",
        text: "By the host's own package lists nothing waits; what is not known of this host is said above.",
      });
    }
  });

  it.each([
    [
      true,
      host({ state: "present" }),
      "Everything installed is at the newest version that the host's repositories offer.",
    ],
    [false, host({ state: "present" }, { fixes: 23 }), "By the host's own package lists nothing waits."],
    [
      false,
      host({ state: "present" }, { lists_at: null }),
      "By the host's own package lists nothing waits; when they were fetched is not known.",
    ],
  ])("nothing waits, as far as the lists can say: %#", (sure, given, text) => {
    expect(noUpdates(given)).toEqual({ known: true, whole: true, sure, title: "No update waits.", text });
  });
});
