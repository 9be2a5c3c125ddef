// A second host: a little Debian 11 as files below a directory, for the real agent to read.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

export const OLD_HOST = {
  hostname: "old-web",
  // Text that would be bold, if any page took it for HTML.
  osName: "Debian GNU/Linux 11 <b>bullseye</b>",
  oddPackage: "<b>bold</b>",
  packages: 4,
};

/**
 * Truth: DSA-5376-1 of 20 March 2023, "[bullseye] - apache2 2.4.56-1~deb11u1", and DSA-5380-1,
 * "[bullseye] - xorg-server 2:1.20.11-1+deb11u6", in data/DSA/list of Debian's security tracker.
 * apache2 here is below the fix; xorg-server is at it.
 */
export const APACHE = {
  package: "apache2",
  installed: "2.4.54-1~deb11u1",
  fixed: "2.4.56-1~deb11u1",
  advisory: "DSA-5376-1",
  cves: ["CVE-2006-20001", "CVE-2022-36760", "CVE-2022-37436", "CVE-2023-25690", "CVE-2023-27522"],
};

const OS_RELEASE = `PRETTY_NAME="${OLD_HOST.osName}"
NAME="Debian GNU/Linux"
VERSION_ID="11"
VERSION="11 (bullseye)"
VERSION_CODENAME=bullseye
ID=debian
`;

const stanza = (name, version, more = "") =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\n${more}Version: ${version}\n` +
  "Description: one of four\n";

const STATUS = [
  stanza("apache2", APACHE.installed),
  stanza("libc6", "2.31-13+deb11u5", "Multi-Arch: same\nSource: glibc\n"),
  stanza("xserver-common", "2:1.20.11-1+deb11u6", "Source: xorg-server\n"),
  stanza(OLD_HOST.oddPackage, "1.0"),
  // Removed, with files of configuration left: not a package that is installed.
  stanza("nginx", "1.18.0-6.1").replace("install ok installed", "deinstall ok config-files"),
].join("\n");

/** Writes the host below `dir` and gives its root. */
export async function writeOldHost(dir) {
  const root = join(dir, "old-host");
  for (const path of ["etc/apt", "var/lib/dpkg"]) await mkdir(join(root, path), { recursive: true });
  await writeFile(join(root, "etc/os-release"), OS_RELEASE);
  await writeFile(join(root, "etc/hostname"), `${OLD_HOST.hostname}\n`);
  await writeFile(join(root, "etc/machine-id"), "5f0c6a1e9b7d4c3a8e2f1b0d9c8a7e66\n");
  await writeFile(join(root, "var/lib/dpkg/status"), STATUS);
  return root;
}

/** Debian's list of security advisories as it was in March 2023, taken out of its archive. */
export async function unpackDsaList(dir) {
  const archive = fileURLToPath(
    new URL("../../../shared/data/feeds/debian/security-tracker-lists.tar.zst", import.meta.url),
  );
  if (!existsSync(archive)) throw new Error(`${archive} is missing: the tests need the shared data set`);
  await run("tar", ["--zstd", "-xf", archive, "-C", dir, "data/DSA/list"], { timeout: 60_000 });
  return join(dir, "data/DSA/list");
}
