// Makes fixtures/fleet.json from the project's data sets; see README.md for what is what.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const data = new URL("../../../shared/data/", import.meta.url).pathname;
const read = (tool, file) =>
  execFileSync(tool, ["-dc", data + file], { maxBuffer: 1 << 30 }).toString("utf8");
const lines = (file) =>
  read("zstd", file)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const conformance = lines("conformance/host-debian12-apt.jsonl.zst");
const installed = read("zstd", "hosts/dpkg-query-W-full.tsv.zst")
  .split("\n")
  .map((line) => line.split("\t"))
  .filter((fields) => fields.length >= 6 && fields[5].startsWith("ii"))
  .map(([name, version, arch, source, source_version]) => [name, version, arch, source, source_version]);

// Sizes and the versions that some list holds, from the archive's indices of the same moment.
const sizes = new Map();
const listed = new Set();
for (const suite of [
  "debian_dists_bookworm_main",
  "debian_dists_bookworm-updates_main",
  "debian-security_dists_bookworm-security_main",
]) {
  const text = read("xz", `feeds/debian/apt-lists/${suite}_binary-amd64_Packages.xz`);
  for (const stanza of text.split("\n\n")) {
    const field = (name) => new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1];
    const key = `${field("Package")} ${field("Version")}`;
    listed.add(key);
    sizes.set(key, Number(field("Size")) || undefined);
  }
}

const updates = conformance
  .filter((row) => row.pending_version)
  .map((row) => ({
    name: row.package,
    arch: row.arch,
    installed: row.version,
    candidate: row.pending_version,
    suite: row.from_security_suite ? "bookworm-security" : "bookworm",
    repository: row.from_security_suite
      ? "http://deb.debian.org/debian-security"
      : "http://deb.debian.org/debian",
    origin: "Debian",
    security: row.from_security_suite,
    size: sizes.get(`${row.package} ${row.pending_version}`),
  }));

const golden = lines("conformance/trivy-golden-match.jsonl.zst");
const severity = (word) => word.toLowerCase();
function findingsOf(distro, release, feed) {
  return golden
    .filter((row) => row.distro === distro && row.release === release)
    .map((row) => ({
      package: row.package,
      version: row.version,
      arch: "amd64",
      role: "installed",
      cve: row.vuln_id,
      advisory: row.advisories?.[0] ?? "",
      state: row.fixed_version ? "fix_available" : "no_fix",
      fixed_version: row.fixed_version ?? "",
      severity: severity(row.severity),
      feed,
      words: "",
    }));
}

const inventories = ["inventory-claircore", "inventory-trivy-fanal", "inventory-vuls-integration"].flatMap(
  (set) => lines(`conformance/${set}.jsonl.zst`),
);
const inventory = (name) => inventories.find((each) => each.case.startsWith(name));
const packagesOf = (name) =>
  inventory(name).packages.map((p) => [
    p.name,
    p.release ? `${p.version}-${p.release}` : p.version,
    p.arch ?? "amd64",
    p.source || p.name,
    p.source_version || p.version,
  ]);

const buster = findingsOf("debian", "10.1", "debian-tracker");
// Laid on Debian 12 for looking at; see README.md.
const pending = new Map(updates.filter((each) => each.security).map((each) => [each.name, each.candidate]));
const laid = installed.flatMap(([name, version, arch]) =>
  buster
    .filter((row) => row.package === name)
    .map((row) => ({
      ...row,
      version,
      arch,
      advisory: "",
      state: pending.has(name) ? "fix_available" : "no_fix",
      fixed_version: pending.get(name) ?? "",
    })),
);

const alma = inventory("alma_9");
const fleet = {
  debian12: {
    platform: "debian:12",
    os_name: "Debian GNU/Linux 12 (bookworm)",
    packages: installed.map((p) => [
      ...p,
      listed.has(`${p[0]} ${p[1]}`) ? "distribution" : "distribution_inferred",
    ]),
    updates,
    findings: laid,
  },
  debian10: {
    platform: "debian:10",
    os_name: "Debian GNU/Linux 10 (buster)",
    packages: packagesOf("debian-buster").map((p) => [...p, "distribution_inferred"]),
    updates: [...new Map(buster.filter((f) => f.fixed_version).map((f) => [f.package, f])).values()].map(
      (f) => ({
        name: f.package,
        arch: "amd64",
        installed: f.version,
        candidate: f.fixed_version,
        suite: "buster-security",
        repository: "http://deb.debian.org/debian-security",
        origin: "Debian",
        security: true,
      }),
    ),
    findings: buster,
  },
  ubuntu1804: {
    platform: "ubuntu:18.04",
    os_name: "Ubuntu 18.04.6 LTS",
    packages: packagesOf("ubuntu-18.04").map((p) => [...p, "distribution_inferred"]),
    updates: [],
    findings: findingsOf("ubuntu", "18.04", "ubuntu-oval"),
  },
  alma9: {
    platform: "almalinux:9.0",
    os_name: "AlmaLinux 9.0 (Emerald Puma)",
    packages: packagesOf("alma_9").map((p) => [...p, "distribution"]),
    updates: alma.packages
      .filter((p) => p.pending_version)
      .map((p) => ({
        name: p.name,
        arch: p.arch,
        installed: `${p.version}-${p.release}`,
        candidate: `${p.pending_version}-${p.pending_release}`,
        suite: p.repository,
        repository: p.repository,
        origin: "AlmaLinux",
        security: false,
      })),
    findings: [],
  },
};
writeFileSync(new URL("./fixtures/fleet.json", import.meta.url), `${JSON.stringify(fleet)}\n`);
for (const [name, host] of Object.entries(fleet)) {
  console.log(
    name,
    host.packages.length,
    "packages",
    host.updates.length,
    "updates",
    host.findings.length,
    "findings",
  );
}
