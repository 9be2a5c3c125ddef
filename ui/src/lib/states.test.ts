import { describe, expect, it } from "vitest";
import { colourOf, coverageSign, sectionStanding, signOf } from "./states";

describe("a section", () => {
  it("that this version does not collect raises no alarm", () => {
    expect(sectionStanding({ state: "unavailable", reason: "not collected by this version" })).toMatchObject({
      tone: "unknown",
      shape: "hatch",
      word: "not collected yet",
    });
  });
  it("nor does what it does not read of other package managers", () => {
    const reason = "this version does not read what dnf, yum and zypper know of updates";
    expect(sectionStanding({ state: "unavailable", reason })).toMatchObject({
      tone: "unknown",
      word: "not collected yet",
    });
  });
  it("that could not be read does", () => {
    expect(sectionStanding({ state: "unavailable", reason: "permission denied" })).toMatchObject({
      tone: "high",
      word: "unavailable",
    });
    expect(sectionStanding({ state: "unavailable" }).word).toBe("unavailable");
  });
  it("that no report has held, or whose reason is left from before, keeps its word", () => {
    expect(sectionStanding({ state: "never" }).word).toBe("never reported");
    expect(sectionStanding({ state: "present", reason: "not collected" }).word).toBe("present");
  });
});

it("a coverage that a newer server names is shown by its name, as not known", () => {
  expect(signOf(coverageSign, "partial").word).toBe("in part");
  expect(signOf(coverageSign, "half_way")).toMatchObject({ word: "half way", shape: "hatch" });
});

it.each([
  ["yellow", 3, true, "updates"],
  ["yellow", 0, true, "reboot"],
  // Held back by the host: withheld updates alone are no other updates.
  ["yellow", 0, false, "updates"],
  ["orange", 0, true, "security"],
  ["green", 0, false, "up to date"],
] as const)(
  "a %s host with %i other updates, reboot required %s: %s",
  (colour, other_updates, reboot_required, word) => {
    expect(colourOf({ colour, other_updates, reboot_required }).word).toBe(word);
  },
);
