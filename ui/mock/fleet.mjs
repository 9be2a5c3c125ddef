// Hosts of the mock, made from the fixtures; the same every time.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OPEN, SEVERITIES } from "./lists.mjs";
import { ago } from "./time.mjs";

const fixtures = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/fleet.json"), "utf8"));
const MIN = 60;
const HOUR = 3600;
const DAY = 86_400;

/** [hostname, fixture, share of updates still open, seconds since last report, tags, reboot required] */
const FLEET = [
  ["bookworm-01.example.org", "debian12", 1, 4 * MIN, ["prod", "web"], true],
  ["web-01.example.org", "debian12", 0.4, 11 * MIN, ["prod", "web"], false],
  ["web-02.example.org", "debian12", 0.4, 31 * MIN, ["prod", "web"], false],
  ["web-03.example.org", "debian12", 0, 2 * MIN, ["prod", "web"], false],
  ["db-01.example.org", "debian12", 0.8, 48 * MIN, ["prod", "db"], true],
  ["db-02.example.org", "debian12", 0.15, 9 * HOUR, ["prod", "db"], false],
  ["ci-runner-1.example.org", "debian12", 0, 22 * MIN, ["ci"], null],
  ["mail.example.org", "debian12", 0.1, 41 * MIN, ["prod"], false],
  ["legacy-01.example.org", "debian10", 1, 17 * MIN, ["legacy"], false],
  ["legacy-02.example.org", "debian10", 0.5, 3 * DAY, ["legacy"], false],
  ["build-01.example.org", "ubuntu1804", 0, 26 * MIN, ["ci"], false],
  ["app-01.example.org", "alma9", 1, 35 * MIN, ["prod", "app"], false],
  ["app-02.example.org", "alma9", 0.05, 8 * MIN, ["prod", "app"], false],
  ["edge-07.example.org", "debian12", 0.6, 12 * DAY, ["edge"], null],
];

/** The one CVE that a catalogue of known exploited ones is to have. */
const EXPLOITED = "CVE-2019-18224";
const ASSESSED_FIXTURES = new Set(["debian12", "debian10", "ubuntu1804"]);

/** The server's sentences (crates/server/src/not_known.rs). */
const NOT_KNOWN = {
  lists_old: {
    text: "The package lists were last fetched on 2026-11-03 05:12 UTC, more than 7 days ago: what was published since is not counted.",
    remedy: "Fetch them on the host: `apt-get update`.",
  },
  lists_age_unknown: {
    text: "When the package lists were last fetched is not known.",
    remedy: "Fetch them on the host: `apt-get update`.",
  },
  updates_unavailable: {
    text: "What could be upgraded could not be read (dnf is not installed): what is shown of it is older, if there is anything.",
  },
};
const notKnown = (code) => [{ code, ...NOT_KNOWN[code] }];

export function freshnessOf(age) {
  if (age <= 2 * HOUR) return "fresh";
  if (age <= DAY) return "late";
  return age <= 7 * DAY ? "stale" : "lost";
}

function makeHost(id, [hostname, fixture, share, age, tags, reboot], assessedFeeds) {
  const base = fixtures[fixture];
  // The first part of the list by a fixed hash, so that hosts differ but stay the same.
  const keep = (name) =>
    share === 1 || ((name.length * 7 + name.charCodeAt(name.length - 1) * 13) % 100) / 100 < share;
  const updates = base.updates.filter((each) => keep(each.name));
  const done = new Map(
    base.updates.filter((each) => !keep(each.name)).map((each) => [each.name, each.candidate]),
  );
  const assessed = assessedFeeds && ASSESSED_FIXTURES.has(fixture);
  const findings = (assessed ? base.findings : [])
    .filter((row) => !(row.state === "fix_available" && done.has(row.package)))
    .map((row) => ({ ...row, exploited: row.cve === EXPLOITED }));
  const packages = base.packages.map(([name, version, arch, source, source_version, origin]) => ({
    name,
    version: done.get(name) ?? version,
    arch,
    source,
    source_version: done.has(name) ? done.get(name) : source_version,
    origin: { kind: origin },
    held: false,
    auto: name.startsWith("lib"),
    update: updates.find((each) => each.name === name),
    open_findings: new Set(findings.filter((row) => row.package === name).map((row) => row.cve)).size,
    assessed,
  }));
  for (const each of packages) {
    if (each.update) each.update = { candidate: each.update.candidate, security: each.update.security };
  }
  const byCve = new Map();
  for (const row of findings) {
    const seen = byCve.get(row.cve);
    if (!seen || SEVERITIES.indexOf(row.severity) < SEVERITIES.indexOf(seen.severity))
      byCve.set(row.cve, row);
  }
  const security = updates.filter((each) => each.security).length;
  const freshness = freshnessOf(age);
  const worst =
    SEVERITIES.find((severity) => [...byCve.values()].some((row) => row.severity === severity)) ?? null;
  const exposed = [...byCve.values()].some(
    (row) => row.severity === "critical" && row.state === "fix_available",
  );
  const colour =
    freshness === "stale" || freshness === "lost"
      ? "grey"
      : exposed
        ? "red"
        : security
          ? "orange"
          : updates.length || reboot
            ? "yellow"
            : "green";
  return {
    row: {
      id,
      hostname,
      platform: base.platform,
      os_name: base.os_name,
      colour,
      freshness,
      security_updates: security,
      other_updates: updates.filter((each) => !each.security && !each.withheld).length,
      withheld_updates: updates.filter((each) => each.withheld).length,
      open_findings: byCve.size,
      worst_severity: worst,
      reboot_required: reboot,
      packages: packages.length,
      last_seen_at: ago(age),
      tags,
      assessed,
      updates_known: true,
      not_known: [],
    },
    age,
    packages,
    updates,
    findings,
    byCve,
  };
}

/**
 * Only lists of fixed issues are in force: what they name is known, nothing is assessed. The second
 * host's findings are none, and no report of it says what could be upgraded.
 */
function positives() {
  const known = makeHost(1, ["old-web.example.org", "debian10", 1, 18 * MIN, [], null], true);
  known.findings = known.findings.filter((row) => row.state === "fix_available");
  known.byCve = new Map(known.findings.map((row) => [row.cve, row]));
  known.updates = [];
  known.listsUnknown = true;
  Object.assign(known.row, { colour: "red", open_findings: known.byCve.size });
  Object.assign(known.row, { security_updates: 0, other_updates: 0 });
  const silent = makeHost(2, ["new-db.example.org", "alma9", 0, 3 * MIN, [], null], false);
  Object.assign(silent.row, { colour: "grey", security_updates: 0, other_updates: 0 });
  silent.updates = [];
  silent.silent = true;
  silent.row.updates_known = false;
  silent.row.not_known = notKnown("updates_unavailable");
  known.row.not_known = notKnown("lists_age_unknown");
  for (const host of [known, silent]) {
    host.row.assessed = false;
    for (const each of host.packages) {
      each.assessed = false;
      each.update = undefined;
      each.open_findings = new Set(
        host.findings.filter((row) => row.package === each.name).map((row) => row.cve),
      ).size;
    }
  }
  return [known, silent];
}

/** The longest names that there can be: a host's has 253 characters, a package's and a version's 200 here. */
function longNames() {
  const hostname = [...["a", "b", "c"].map((letter) => letter.repeat(63)), "d".repeat(57), "org"].join(".");
  const host = makeHost(1, [hostname, "debian12", 1, 4 * MIN, ["prod", "t".repeat(100)], true], true);
  const name = `lib${"x".repeat(196)}9`;
  const version = `2:${"1234567.".repeat(22)}${"9".repeat(22)}`;
  const old = host.updates.find((each) => host.findings.some((row) => row.package === each.name));
  // Copies: the rows are the fixture's, which other fleets share.
  host.findings = host.findings.map((row) =>
    row.package === old.name ? { ...row, package: name, version, fixed_version: `${version}+deb12u1` } : row,
  );
  const installed = host.packages.find((each) => each.name === old.name);
  Object.assign(installed, { name, version, source: name, source_version: version });
  installed.update.candidate = `${version}+deb12u1`;
  host.updates = host.updates.map((each) =>
    each === old ? { ...old, name, installed: version, candidate: `${version}+deb12u1` } : each,
  );
  host.row.not_known = ["lists_old", "updates_unavailable"].flatMap(notKnown);
  return [host];
}

export function makeFleet(scenario) {
  if (scenario === "empty" || scenario === "setup") return [];
  if (scenario === "no-feed")
    return [makeHost(1, ["bookworm-01.example.org", "debian12", 1, 40, [], true], false)];
  if (scenario === "positives") return positives();
  if (scenario === "long") return longNames();
  if (scenario === "large") {
    return Array.from({ length: 2000 }, (_, at) => {
      const [name, fixture, , , tags, reboot] = FLEET[at % FLEET.length];
      const age =
        at % 97 === 0 ? 9 * DAY : at % 41 === 0 ? 2 * DAY : at % 23 === 0 ? 5 * HOUR : (at % 60) * MIN;
      const host = `${name.split(".")[0].replace(/-?\d+$/, "")}-${String(at + 1).padStart(4, "0")}.example.org`;
      return makeHost(at + 1, [host, fixture, ((at * 37 + 80) % 100) / 100, age, tags, reboot], true);
    });
  }
  const fleet = FLEET.map((each, at) => makeHost(at + 1, each, true));
  // Without one update, and with lists that nobody fetched for weeks: not green.
  const [, , , web03] = fleet;
  web03.listsOld = true;
  Object.assign(web03.row, {
    not_known: notKnown("lists_old"),
    colour: web03.row.colour === "green" ? "grey" : web03.row.colour,
  });
  return fleet;
}

/** Why nothing of a host is assessed. */
export function gapReason(row) {
  return row.open_findings > 0
    ? "only lists of fixed issues are in force (debian-dsa): load debian-tracker"
    : `No feed for ${row.platform} is in force.`;
}

const SECTIONS = ["host", "packages", "updates", "repositories", "runtime", "history"];

export function detailOf(host, command) {
  const { row } = host;
  const withheld = host.updates.filter((each) => each.withheld).length;
  const states = Object.fromEntries(OPEN.map((each) => [each, 0]));
  const severities = Object.fromEntries(SEVERITIES.map((each) => [each, 0]));
  for (const finding of host.byCve.values()) {
    states[finding.state] = (states[finding.state] ?? 0) + 1;
    severities[finding.severity] += 1;
  }
  const kernels = row.platform === "debian:12" && row.reboot_required;
  return {
    ...row,
    replaces: [],
    possible_clones: [],
    machine_id: `9f3c${String(row.id).padStart(4, "0")}5d1e4b0f8a6c2e7d91b03f4a`,
    fqdn: row.hostname,
    arch: row.platform.startsWith("almalinux") ? "x86_64" : "amd64",
    kernel: {
      running: kernels ? "6.1.0-40-amd64" : "6.1.0-45-amd64",
      next: "6.1.0-45-amd64",
      installed: [
        { release: "6.1.0-40-amd64", package: "linux-image-6.1.0-40-amd64", version: "6.1.187-1" },
        { release: "6.1.0-45-amd64", package: "linux-image-6.1.0-45-amd64", version: "6.1.192-2" },
      ],
    },
    boot_time: ago(41 * DAY),
    uptime_seconds: 41 * DAY,
    virtualization: "kvm",
    cpu_count: 2,
    cpu_model: "AMD EPYC 7B13",
    memory_bytes: 25_200_000_000,
    memory_available_bytes: 17_900_000_000,
    load: [0.31, 0.42, 0.4],
    disks: [
      {
        mount: "/",
        size_bytes: 52_000_000_000,
        used_bytes: 28_300_000_000,
        available_bytes: 21_000_000_000,
      },
      { mount: "/var", size_bytes: 105_000_000_000, available_bytes: 7_100_000_000 },
    ],
    ip_addresses: [`192.0.2.${row.id % 250}`, `2001:db8::${row.id.toString(16)}`],
    package_manager: row.platform.startsWith("almalinux") ? "rpm" : "dpkg",
    agent: { name: "mendwatch-agent", version: "0.1.0" },
    first_seen_at: ago(63 * DAY),
    lists_at: host.listsUnknown ? null : ago(host.age + (host.listsOld ? 19 * DAY : 6 * HOUR)),
    reboot_reasons: row.reboot_required
      ? ["Kernel 6.1.0-45-amd64 is installed and boots next; 6.1.0-40-amd64 runs."]
      : [],
    sections: SECTIONS.map((name) =>
      name === "repositories" && row.id % 3 === 2
        ? { name, state: "unavailable", reason: "/etc/apt/sources.list.d/vendor.list: permission denied" }
        : name === "updates" && host.silent
          ? { name, state: "unavailable", reason: "dnf is not installed" }
          : name === "history"
            ? row.id % 2 === 0
              ? { name, state: "never" }
              : { name, state: "unavailable", reason: "not collected by this version" }
            : { name, state: "present", observed_at: row.last_seen_at },
    ),
    odd:
      row.id === 1
        ? [
            {
              section: "packages",
              record: "/var/lib/dpkg/status line 18212",
              why: "a stanza without a version",
            },
          ]
        : [],
    updates: { security: row.security_updates, other: row.other_updates, withheld },
    findings: { open: row.open_findings, by_state: states, by_severity: severities },
    assessment: {
      packages: row.packages,
      assessed: row.assessed ? row.packages : 0,
      not_assessed: row.assessed ? 0 : row.packages,
      reasons: row.assessed ? [] : [{ reason: gapReason(row), packages: row.packages, command }],
    },
    summary: host.silent
      ? "What could be upgraded is not known."
      : row.security_updates
        ? `${row.security_updates} security updates wait and ${row.other_updates} others.`
        : row.other_updates
          ? `No security update waits; ${row.other_updates} others do.`
          : states.fix_available
            ? `By the host's own package lists nothing waits to be upgraded; ${row.open_findings} CVEs are open, ${states.fix_available} with a fix at hand.`
            : row.colour === "green"
              ? "Nothing waits to be upgraded."
              : "Nothing is known to wait to be upgraded.",
  };
}
