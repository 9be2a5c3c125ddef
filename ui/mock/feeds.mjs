// The feeds that the mock's server knows: those of its fleet, and some that no host of it needs.
import { ago } from "./time.mjs";

const never = (id, title, url, platforms) => ({
  id,
  title,
  url,
  platforms,
  state: "never",
  records: 0,
  skipped: 0,
});
const OTHERS = [
  never(
    "cisa-kev",
    "Known exploited vulnerabilities (CISA)",
    "https://www.cisa.gov/known-exploited-vulnerabilities-catalog",
    [],
  ),
  never("alpine-secdb", "Alpine security database", "https://secdb.alpinelinux.org/", [
    "alpine:3.19",
    "alpine:3.20",
  ]),
  never("arch-tracker", "Arch Linux security tracker", "https://security.archlinux.org/", ["arch:rolling"]),
  never("redhat-vex", "Red Hat VEX, by CVE", "https://security.access.redhat.com/data/csaf/v2/vex/", [
    "rhel:8",
    "rhel:9",
  ]),
];

const rows = ({ noFeed, positives }) => [
  {
    id: "debian-dsa",
    title: "Debian security advisories (DSA, DLA)",
    url: "https://salsa.debian.org/security-tracker-team/security-tracker",
    platforms: ["debian:10", "debian:11", "debian:12", "debian:13"],
    ...(noFeed
      ? { state: "never", records: 0, skipped: 0 }
      : {
          state: positives ? "too_old" : "in_force",
          as_of: ago(positives ? 1300 * 86_400 : 3.2 * 3600),
          fetched_at: ago(3.1 * 3600),
          records: 8940,
          skipped: 0,
          sha256: "5b1c0f5d0c9e4b47d6c0d5f6f7b3a1e2c4d8e9f00112233445566778899aabbc",
        }),
  },
  {
    id: "debian-tracker",
    title: "Debian security tracker",
    url: "https://security-tracker.debian.org/tracker/data/json",
    platforms: ["debian:10", "debian:11", "debian:12", "debian:13"],
    ...(noFeed || positives
      ? { state: "never", records: 0, skipped: 0 }
      : {
          state: "in_force",
          as_of: ago(2.4 * 3600),
          fetched_at: ago(2.3 * 3600),
          records: 71_204,
          skipped: 3,
          sha256: "a3f1b2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80",
        }),
  },
  ...(noFeed || positives
    ? []
    : [
        {
          id: "ubuntu-oval",
          title: "Ubuntu OVAL",
          url: "https://security-metadata.canonical.com/oval/",
          platforms: ["ubuntu:18.04"],
          state: "too_old",
          as_of: ago(9 * 86_400),
          fetched_at: ago(9 * 86_400),
          records: 31_877,
          skipped: 12,
          sha256: "0c9e4b47d6c0d5f6f7b3a1e2c4d8e9f00112233445566778899aabbcc5b1c0f5d",
          error: "The address answered 503 since 2026-11-13 04:00 UTC.",
        },
      ]),
  ...OTHERS,
];

/** What the fleet has of them: Debian, and Ubuntu 18.04 where it is loaded. */
const NEEDED = {
  "debian-dsa": ["debian:10", "debian:12"],
  "debian-tracker": ["debian:10", "debian:12"],
  "ubuntu-oval": ["ubuntu:18.04"],
};

/** Rows of the feeds; none loaded, only lists of fixed issues, or as in a fleet at work. */
export const feedRows = (standing) =>
  rows(standing).map((feed) => ({
    ...feed,
    lost: feed.skipped,
    needed: feed.id in NEEDED,
    speaks_for: NEEDED[feed.id] ?? [],
  }));
