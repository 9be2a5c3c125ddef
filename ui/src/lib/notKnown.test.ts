import { expect, it } from "vitest";
import { countsAreWhole, notKnownWords, openQuestions, openQuestionsSentence } from "./notKnown";

const row = (codes: string[], freshness: "fresh" | "late" | "stale" | "lost" = "fresh") => ({
  not_known: codes.map((code) => ({ code, text: "" })),
  freshness,
  updates_known: true,
});

it("every reason has words, also one that a newer server names", () => {
  expect(notKnownWords("lists_old")).toBe("lists too old");
  expect(notKnownWords("moon_phase")).toBe("moon phase");
});

it("silence is a reason beside those that the server names", () => {
  expect(openQuestions(row(["lists_old"], "lost"))).toEqual(["silent", "lists too old"]);
  expect(openQuestionsSentence(row(["packages_empty", "lists_old"]))).toBe(
    "Not wholly known: no package listed and lists too old",
  );
});

it("a zero counts only where nothing is open", () => {
  expect(countsAreWhole(row([]))).toBe(true);
  expect(countsAreWhole(row([], "late"))).toBe(true);
  expect(countsAreWhole(row([], "stale"))).toBe(false);
  expect(countsAreWhole(row(["updates_skipped"]))).toBe(false);
  expect(countsAreWhole({ ...row([]), updates_known: false })).toBe(false);
});
