import { describe, expect, it } from "vitest";
import type { FeedRow, Overview } from "../api/types";
import { byUse, coverageWords, feedsSentence, lackCommand, mendingCommand, noNeed } from "./coverage";

type Platform = Overview["platforms"][number];

const feed = (id: string, state: FeedRow["state"] = "never"): FeedRow => ({
  id,
  title: id,
  url: "",
  platforms: [],
  state,
  records: 0,
  skipped: 0,
});
const platform = (
  name: string,
  feed_state: Platform["feed_state"],
  feeds: string[],
  hosts = 2,
): Platform => ({
  platform: name,
  hosts,
  feed_state,
  feeds,
  ...(feed_state === "in_force" ? {} : { command: "mendwatch feeds sync" }),
});
const DEBIAN = ["debian-tracker", "debian-oval", "debian-dsa"];
const FEEDS = [
  feed("alpine-secdb"),
  feed("debian-dsa"),
  feed("debian-oval"),
  feed("debian-tracker", "in_force"),
];
const fleet = (...platforms: Platform[]) => ({ platforms }) as Overview;

describe("for how much of the fleet there is security data", () => {
  it.each<[string, Platform[]]>([
    ["Security data is in force for all 2 hosts.", [platform("debian:12", "in_force", DEBIAN)]],
    ["Security data is in force for the host.", [platform("debian:12", "in_force", DEBIAN, 1)]],
    [
      "The security data for all 2 hosts is too old: what it names as vulnerable stays, nothing is said to be safe.",
      [platform("debian:12", "too_old", DEBIAN)],
    ],
    [
      "The security data for the host speaks only in part: what it names is known, the rest is not assessed.",
      [platform("debian:12", "partial", DEBIAN, 1)],
    ],
    [
      "No security data in force speaks for any of 4 hosts: vulnerabilities are not assessed.",
      [platform("debian:12", "none", DEBIAN), platform("alpine:3.20", "none", ["alpine-secdb"])],
    ],
    [
      "No feed speaks for the system of the host: vulnerabilities are not assessed.",
      [platform("centos:8", "none", [], 1)],
    ],
    [
      "Security data is in force for 2 of 10 hosts; for 2 it is too old, for 2 it speaks only in part, for 2 none is in force, for 2 no feed speaks.",
      [
        platform("debian:12", "in_force", DEBIAN),
        platform("debian:11", "too_old", DEBIAN),
        platform("debian:10", "partial", DEBIAN),
        platform("alpine:3.20", "none", ["alpine-secdb"]),
        platform("centos:8", "none", []),
      ],
    ],
    [
      "Security data is in force for none of 4 hosts; for 2 none is in force, for 2 no feed speaks.",
      [platform("debian:12", "none", DEBIAN), platform("centos:8", "none", [])],
    ],
  ])("%s", (said, platforms) => {
    expect(feedsSentence(FEEDS, fleet(...platforms))).toBe(said);
  });

  it("without a host only the feeds are counted", () => {
    expect(feedsSentence([], undefined)).toBe("No feed is configured.");
    expect(feedsSentence([feed("never")], fleet())).toBe("No feed is in force.");
    expect(feedsSentence(FEEDS, fleet())).toBe("1 of 4 feeds is in force.");
  });
});

it("feeds that the fleet needs come first, in the order in which they decide", () => {
  const needed = { needed: true, platforms: ["debian:12"], speaks_for: ["debian:12"] };
  const rows: FeedRow[] = [
    { ...feed("alpine-secdb"), platforms: ["alpine:3.20"] },
    { ...feed("arch-tracker", "in_force"), platforms: ["arch:rolling"] },
    { ...feed("debian-dsa"), ...needed },
    { ...feed("debian-oval"), ...needed, needed: false },
    { ...feed("debian-tracker"), ...needed },
    feed("cisa-kev"),
  ];
  const { main, ofCves, others } = byUse(rows, [platform("debian:12", "in_force", DEBIAN)]);
  const ids = (feeds: FeedRow[]) => feeds.map((each) => each.id);
  expect(ids(main)).toEqual(["debian-tracker", "debian-dsa", "arch-tracker"]);
  expect(ids(ofCves)).toEqual(["cisa-kev"]);
  expect(ids(others)).toEqual(["alpine-secdb", "debian-oval"]);
  expect(rows.map(noNeed)).toEqual([
    "No host runs a system that it speaks for: loading it changes no verdict.",
    "No host runs a system that it speaks for: loading it changes no verdict.",
    "",
    "No host needs it: another feed says the same and decides.",
    "",
    "It describes and ranks CVEs; no verdict comes of it.",
  ]);
});

it("no command is given where it would change nothing", () => {
  expect(mendingCommand(fleet(platform("centos:8", "none", [])))).toBeUndefined();
  expect(mendingCommand(fleet(platform("debian:12", "in_force", DEBIAN)))).toBeUndefined();
  expect(mendingCommand(fleet(platform("centos:8", "none", []), platform("debian:12", "none", DEBIAN)))).toBe(
    "mendwatch feeds sync",
  );
});

it("a system that is covered in part is told from one that nothing speaks for", () => {
  const words = (feed_state: Platform["feed_state"], feeds: string[], command?: string, loaded = "") =>
    coverageWords({ feed_state, feeds, ...(command ? { command } : {}) }, [
      feed(loaded, "in_force"),
      feed("debian-dla"),
    ]);
  expect(words("none", [])).toBe("no feed speaks for it");
  // Alpine 3.18, where the data at hand is of 3.11: fetching it again would bring the same.
  expect(words("none", ["alpine-secdb"])).toBe("no feed says anything of this release");
  expect(words("none", DEBIAN, "mendwatch feeds sync")).toBe("");
  expect(words("none", DEBIAN, "mendwatch feeds sync", "arch-tracker")).toBe("");
  expect(words("none", DEBIAN, "mendwatch feeds sync", "debian-dsa")).toBe(
    "what is loaded says nothing of this release",
  );
  expect(words("partial", DEBIAN, "mendwatch feeds sync")).toBe(
    "what the data names is known, the rest is not assessed",
  );
});

describe("the command that mends the fleet", () => {
  const mended = (command: string, name = "debian:12") => ({ ...platform(name, "none", DEBIAN), command });
  it.each<[string | undefined, Platform[]]>([
    [undefined, [platform("debian:12", "in_force", DEBIAN)]],
    ["mendwatch feeds sync debian-tracker", [mended("mendwatch feeds sync debian-tracker")]],
    // Each system names its own feeds: one of them would leave the others without.
    [
      "mendwatch feeds sync debian-tracker rocky-errata epel-updateinfo",
      [
        mended("mendwatch feeds sync debian-tracker"),
        mended("mendwatch feeds sync rocky-errata epel-updateinfo", "rocky:9"),
        mended("mendwatch feeds sync debian-tracker", "debian:13"),
      ],
    ],
    // Without names it fetches all that is needed.
    ["mendwatch feeds sync", [mended("mendwatch feeds sync debian-tracker"), mended("mendwatch feeds sync")]],
  ])("%s", (command, platforms) => {
    expect(mendingCommand(fleet(...platforms))).toBe(command);
  });
});

it("what an answer lacks is fetched by the feeds that its sentence names", () => {
  const overview = {
    ...fleet(platform("debian:12", "none", DEBIAN)),
    assessment: { packages: 9, assessed: 0, not_assessed: 9, hosts_not_assessed: 2 },
    feeds: [feed("cisa-kev"), feed("nvd"), feed("cve-records", "in_force")],
  } as Overview;
  expect(lackCommand("No catalogue is at hand, so kev: finds none; the feed is cisa-kev.", overview)).toBe(
    "mendwatch feeds sync cisa-kev",
  );
  expect(lackCommand("No base scores are at hand; the feeds are nvd and cve-records.", overview)).toBe(
    "mendwatch feeds sync nvd",
  );
  expect(lackCommand("2 of 2 hosts are not assessed.", overview)).toBe("mendwatch feeds sync");
  // The sentence gives its own, and what no feed mends gets none.
  expect(lackCommand("The scores are old; `mendwatch feeds sync nvd`.", overview)).toBeUndefined();
  expect(lackCommand("A finding has the name DSA-1 only where it names no CVE.", overview)).toBeUndefined();
});
