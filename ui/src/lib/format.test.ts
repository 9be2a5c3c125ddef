import { describe, expect, it } from "vitest";
import {
  absolute,
  bytes,
  bytesOf,
  capital,
  chance,
  count,
  cutListing,
  dfPercent,
  diskUse,
  duration,
  listing,
  percent,
  platformName,
  platformsSummary,
  plural,
  relative,
  shortCount,
} from "./format";

const now = Date.parse("2026-11-22T06:20:00Z");

describe("times", () => {
  it.each([
    ["2026-11-22T06:19:57Z", "just now"],
    ["2026-11-22T06:19:30Z", "30 s ago"],
    ["2026-11-22T06:16:00Z", "4 min ago"],
    ["2026-11-22T03:10:00Z", "3 h ago"],
    ["2026-11-21T01:00:00Z", "29 h ago"],
    ["2026-11-10T06:20:00Z", "12 d ago"],
    ["2026-05-22T06:20:00Z", "6 months ago"],
    ["2023-11-22T06:20:00Z", "3 years ago"],
    ["2026-11-26T08:00:00Z", "in 4 d"],
    // A clock a few seconds ahead is not the future.
    ["2026-11-22T06:20:20Z", "just now"],
    [null, "never"],
    ["nonsense", "never"],
  ])("%s is %s", (time, text) => {
    expect(relative(time, now)).toBe(text);
  });

  it("absolute times are UTC, to the minute", () => {
    expect(absolute("2026-11-22T08:12:45+02:00")).toBe("2026-11-22 06:12 UTC");
    expect(absolute(null)).toBe("");
  });

  it("durations never round up", () => {
    expect(duration(59.9)).toBe("59 s");
    expect(duration(3599)).toBe("59 min");
    expect(duration(-5)).toBe("0 s");
  });
});

describe("numbers", () => {
  it("counts have separators and nouns agree", () => {
    expect(count(1204)).toBe("1,204");
    expect(plural(1, "host")).toBe("1 host");
    expect(plural(0, "host")).toBe("0 hosts");
    expect(plural(2, "vulnerability", "vulnerabilities")).toBe("2 vulnerabilities");
  });

  it.each([
    [907, "907"],
    [1204, "1.2k"],
    [9999, "9.9k"],
    [52_000, "52k"],
    [999_999, "999k"],
    [1_000_000, "1M"],
  ])("%d is short for %s", (value, text) => {
    expect(shortCount(value)).toBe(text);
  });

  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KiB"],
    [25_297_440_768, "23.6 GiB"],
    [536_870_912_000, "500 GiB"],
  ])("%d bytes are %s", (value, text) => {
    expect(bytes(value)).toBe(text);
  });

  it("percent never claims all or nothing wrongly", () => {
    expect(percent(907, 907)).toBe("100 %");
    expect(percent(906, 907)).toBe("> 99 %");
    expect(percent(1, 907)).toBe("< 1 %");
    expect(percent(0, 907)).toBe("0 %");
    expect(percent(891, 907)).toBe("98 %");
    expect(percent(0, 0)).toBe("–");
  });
});

it("lists read as a sentence", () => {
  expect(listing([])).toBe("");
  expect(listing(["a"])).toBe("a");
  expect(listing(["a", "b", "c"])).toBe("a, b and c");
});

it("many releases of a distribution are counted", () => {
  expect(platformsSummary(["debian:10", "debian:12"])).toBe("Debian 10, Debian 12");
  expect(platformsSummary(["debian:10", "debian:11", "debian:12", "ubuntu:22.04"])).toBe(
    "Debian, 3 releases; Ubuntu 22.04",
  );
});

it("platforms read as their vendors write them", () => {
  expect(platformName("debian:12")).toBe("Debian 12");
  expect(platformName("arch:rolling")).toBe("Arch Linux");
  expect(platformName("linux:unknown")).toBe("unknown system");
});

it("a part of a whole says their unit once", () => {
  const GIB = 1024 ** 3;
  expect(bytesOf(66.9 * GIB, 252 * GIB)).toBe("66.9 of 252 GiB");
  expect(bytesOf(512 * 1024 ** 2, 252 * GIB)).toBe("512 MiB of 252 GiB");
  expect(bytesOf(0, 252 * GIB)).toBe("0 B of 252 GiB");
  // "5 B" must not lose its unit to the end of "9 KiB".
  expect(bytesOf(5, 9 * 1024)).toBe("5 B of 9.0 KiB");
});

// Used, available and percent as `df -B1 --output=used,avail,pcent` of coreutils 9.1 printed them.
it.each([
  [270_553_174_016, 36_606_984_192, 60_965_765_120, "38 %"],
  [25_276_510_208, 1_118_208, 25_275_392_000, "1 %"],
])("a disk of %i bytes is as full as df says", (size, used, available, said) => {
  const use = diskUse({ size_bytes: size, used_bytes: used, available_bytes: available });
  expect(dfPercent(use.used, use.of)).toBe(said);
});

it("an agent that does not say what is used leaves the size", () => {
  expect(diskUse({ size_bytes: 100, available_bytes: 40 })).toEqual({ used: 60, of: 100 });
  expect(dfPercent(0, 0)).toBe("–");
});

it("a chance is told from none, and from certainty", () => {
  expect([0, 0.000004, 0.00042, 0.0106, 0.5, 0.96817, 0.99996, 1].map(chance)).toEqual([
    "0 %",
    "< 0.01 %",
    "0.04 %",
    "1.1 %",
    "50 %",
    "96.8 %",
    "> 99.9 %",
    "100 %",
  ]);
});

it("names that were cut say how many more there are", () => {
  expect(cutListing(["a", "b"], 2)).toBe("a, b");
  expect(cutListing(["a", "b"], 1_412)).toBe("a, b and 1,410 more");
  expect(cutListing([], 0)).toBe("");
});

it.each([
  ["no feed speaks for it", "No feed speaks for it"],
  ["none of 8 hosts is assessed", "None of 8 hosts is assessed"],
  [
    "debian-tracker is in force, but says nothing of it",
    "debian-tracker is in force, but says nothing of it",
  ],
])("a sentence begins with a capital, but no name is changed: %s", (text, said) => {
  expect(capital(text)).toBe(said);
});
