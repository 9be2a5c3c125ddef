import { expect, it } from "vitest";
import type { FeedRow } from "../api/types";
import { feedAge } from "./AsOf";

const NOW = Date.parse("2026-11-22T06:00:00Z");
const feed = (state: FeedRow["state"], as_of: string): FeedRow => ({
  id: "debian-tracker",
  title: "",
  url: "",
  platforms: ["debian:12"],
  state,
  as_of,
  records: 1,
  skipped: 0,
});
const platform = (name: string, feed_state: "in_force" | "too_old" | "none") => ({
  platform: name,
  hosts: 1,
  feed_state,
  feeds: feed_state === "none" ? [] : ["debian-tracker"],
});

it("trouble has few words for a phone, too", () => {
  expect(feedAge([platform("debian:12", "none")], [], NOW)).toEqual({
    text: "no feed in force",
    short: "no feed",
    trouble: true,
  });
  expect(
    feedAge([platform("debian:12", "too_old")], [feed("too_old", "2026-10-01T00:00:00Z")], NOW),
  ).toMatchObject({ text: "feeds too old: 52 d", short: "52 d old", trouble: true });
  expect(
    feedAge(
      [platform("debian:12", "in_force"), platform("alpine:3.20", "none")],
      [feed("in_force", "2026-11-22T04:30:00Z")],
      NOW,
    ),
  ).toEqual({ text: "feeds ≤ 2 h, 1 of 2 systems not fully covered", short: "1 uncovered", trouble: true });
  expect(
    feedAge([platform("debian:12", "in_force")], [feed("in_force", "2026-11-22T04:30:00Z")], NOW),
  ).toEqual({ text: "feeds ≤ 2 h", short: "≤ 2 h", trouble: false });
  // A feed of the fleet that is years old is told beside the one that is fresh.
  expect(
    feedAge(
      [{ ...platform("debian:12", "in_force"), feeds: ["debian-tracker", "debian-dsa"] }],
      [
        feed("in_force", "2026-11-22T04:30:00Z"),
        { ...feed("too_old", "2023-03-29T00:00:00Z"), id: "debian-dsa" },
        { ...feed("too_old", "2021-05-01T00:00:00Z"), id: "redhat-oval" },
      ],
      NOW,
    ).text,
  ).toBe("feeds ≤ 2 h, 1 too old: 3 years");
});
