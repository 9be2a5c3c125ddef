import { expect, it } from "vitest";
import { countsAreWhole, notKnownWords, openQuestions, openQuestionsSentence, successorOf } from "./notKnown";

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

it("the host that stands for the machine of a removed one, by the server's sentence", () => {
  // As `absent` in crates/server/src/api/host.rs writes them.
  const since = "Host 12 does not count since 2026-11-22 06:12 UTC:";
  expect(successorOf(`${since} host 301 stands for the same machine.`)).toBe("301");
  expect(successorOf(`${since} host 301 (web-17 (old)) stands for the same machine.`)).toBe("301");
  expect(
    successorOf("Host 12 was removed by admin on 2026-11-22 06:12 UTC. What is known of it stays."),
  ).toBeNull();
});
