import { describe, expect, it } from "vitest";
import { coverageSign, sectionStanding, signOf } from "./states";

describe("a section", () => {
  it("that this version does not collect raises no alarm", () => {
    expect(sectionStanding({ state: "unavailable", reason: "not collected by this version" })).toMatchObject({
      tone: "unknown",
      shape: "hatch",
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
