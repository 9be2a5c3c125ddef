/** Numbers, sizes and times as people read them. Everything here is a pure function. */

const whole = new Intl.NumberFormat("en-US");

/** 1204 → "1,204". */
export function count(value: number): string {
  return whole.format(value);
}

/** 1204 → "1.2k": for the rail, where there is no room. */
export function shortCount(value: number): string {
  if (value < 1_000) return String(value);
  for (const [size, unit] of [
    [1_000_000_000, "G"],
    [1_000_000, "M"],
    [1_000, "k"],
  ] as const) {
    if (value >= size) {
      const scaled = value / size;
      // Cut, not rounded: 999,999 is not a million.
      const cut = scaled < 10 ? Math.floor(scaled * 10) / 10 : Math.floor(scaled);
      return `${cut}${unit}`;
    }
  }
  return String(value);
}

/** Count with its noun: (1, "host") → "1 host", (2, "host") → "2 hosts". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 1536 → "1.5 KiB". */
export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  const text = unit === 0 || scaled >= 100 ? String(Math.round(scaled)) : scaled.toFixed(1);
  return `${text} ${units[unit]}`;
}

/** A part and its whole; the unit is said once where both have it: "66.9 of 252 GiB". */
export function bytesOf(part: number, all: number): string {
  const [number = "", unit] = bytes(part).split(" ");
  const whole = bytes(all);
  return `${whole.endsWith(` ${unit}`) ? number : bytes(part)} of ${whole}`;
}

/**
 * A share in percent that never rounds to a lie: 100 % only when it is all, 0 % only when it is none.
 */
export function percent(part: number, all: number): string {
  if (all <= 0) return "–";
  if (part >= all) return "100 %";
  if (part <= 0) return "0 %";
  const share = (part / all) * 100;
  if (share > 99) return "> 99 %";
  if (share < 1) return "< 1 %";
  return `${Math.round(share)} %`;
}

/** A probability in percent, with as many places as tell it from none: 0.00042 → "0.04 %". */
export function chance(probability: number): string {
  const share = probability * 100;
  if (share > 0 && share < 0.01) return "< 0.01 %";
  if (share < 100 && share > 99.9) return "> 99.9 %";
  return `${share >= 1 ? Number(share.toFixed(1)) : Number(share.toFixed(2))} %`;
}

/**
 * What of a file system is in use, and of how much: as `df` has it, what is reserved for the
 * administrator is neither used nor there. An agent that does not say what is used leaves the size.
 */
export function diskUse(disk: { size_bytes: number; available_bytes: number; used_bytes?: number | null }): {
  used: number;
  of: number;
} {
  const { size_bytes: size, available_bytes: available, used_bytes: used } = disk;
  return used === null || used === undefined
    ? { used: Math.max(0, size - available), of: size }
    : { used, of: used + available };
}

/** The share of a disk in whole percent, rounded up as `df` does: nearly full is never less. */
export function dfPercent(used: number, of: number): string {
  return of > 0 ? `${Math.ceil((used * 100) / of)} %` : "–";
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Seconds in one unit that a person says: "12 s", "4 min", "3 h", "12 d", "14 months". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < MINUTE) return `${s} s`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} min`;
  if (s < 2 * DAY) return `${Math.floor(s / HOUR)} h`;
  if (s < 90 * DAY) return `${Math.floor(s / DAY)} d`;
  if (s < 730 * DAY) return `${Math.floor(s / (30.44 * DAY))} months`;
  return `${Math.floor(s / (365.25 * DAY))} years`;
}

/** Seconds between a time and now; `null` when it is not a time. */
export function ageSeconds(time: string | null | undefined, now: number): number | null {
  if (!time) return null;
  const at = Date.parse(time);
  return Number.isNaN(at) ? null : (now - at) / 1000;
}

/** "3 h ago"; "just now" within five seconds; "in 4 d" when it lies ahead. */
export function relative(time: string | null | undefined, now: number): string {
  const age = ageSeconds(time, now);
  if (age === null) return "never";
  // Clocks differ by seconds between machines: that is not the future.
  if (age < -MINUTE) return `in ${duration(-age)}`;
  if (age < 5) return "just now";
  return `${duration(age)} ago`;
}

/** "2026-11-22 06:12 UTC". */
export function absolute(time: string | null | undefined): string {
  const at = time ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at)) return "";
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** `["a", "b", "c"]` → "a, b and c". */
export function listing(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** Names of which the server gives the first, and how many there are: "a, b and 12 more". */
export function cutListing(names: readonly string[], total: number): string {
  const more = total - names.length;
  return more > 0 ? `${names.join(", ")} and ${count(more)} more` : names.join(", ");
}

const DISTRIBUTIONS: Record<string, string> = {
  almalinux: "AlmaLinux",
  alpine: "Alpine",
  amzn: "Amazon Linux",
  arch: "Arch Linux",
  centos: "CentOS",
  chainguard: "Chainguard",
  debian: "Debian",
  epel: "EPEL",
  fedora: "Fedora",
  ol: "Oracle Linux",
  opensuse: "openSUSE",
  "opensuse-leap": "openSUSE Leap",
  "opensuse-tumbleweed": "openSUSE Tumbleweed",
  raspbian: "Raspbian",
  rhel: "RHEL",
  rocky: "Rocky Linux",
  sles: "SLES",
  ubuntu: "Ubuntu",
  wolfi: "Wolfi",
};

/** What a host is called whose report names no distribution. */
const NO_PLATFORM = "linux:unknown";

/** "debian:12" → "Debian 12". */
export function platformName(platform: string): string {
  if (platform === NO_PLATFORM) return "unknown system";
  const [distribution = "", release = ""] = platform.split(":");
  const name = DISTRIBUTIONS[distribution] ?? distribution;
  return release === "rolling" || release === "" ? name : `${name} ${release}`;
}

/** Platforms in few words: "Debian 10, Debian 12", or "Debian, 17 releases" where there are many. */
export function platformsSummary(platforms: readonly string[]): string {
  const releases = new Map<string, string[]>();
  for (const platform of platforms) {
    const [distribution = ""] = platform.split(":");
    releases.set(distribution, [...(releases.get(distribution) ?? []), platform]);
  }
  return [...releases]
    .map(([distribution, each]) =>
      each.length > 2
        ? `${DISTRIBUTIONS[distribution] ?? distribution}, ${each.length} releases`
        : each.map(platformName).join(", "),
    )
    .join("; ");
}

/** The first words of a sentence, with a capital; a name such as `debian-tracker` is written as it is. */
export function capital(text: string): string {
  if (/^[a-z]+[-_/\d]/.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
