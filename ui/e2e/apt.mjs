// What dpkg and apt of this very machine say: the truth that the pages are held against.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

async function ask(command, ...args) {
  const env = { ...process.env, LC_ALL: "C", LANGUAGE: "C" };
  return (await run(command, args, { env, timeout: 60_000, maxBuffer: 64 << 20 })).stdout;
}

/** Packages with files on the disk: also half installed and unpacked ones, but not what was removed. */
export async function installedPackages() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own format, not a template
  const states = await ask("dpkg-query", "-W", "-f", "${db:Status-Status}\\n");
  return states.split("\n").filter((state) => state && !/^(not-installed|config-files)$/.test(state)).length;
}

/**
 * Every installed package that has a newer candidate: `[{ name, installed, candidate, security }]`,
 * ordered by name.
 *
 * `apt-get -s dist-upgrade` prints `Inst NAME [OLD] (NEW ARCHIVE, ... [ARCH])` for what it would upgrade. What is
 * kept back, held or would be removed waits all the same, and is asked for one by one.
 */
export async function upgradable() {
  const said = await ask("apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade");
  const updates = [];
  const named = /^Inst (\S+) \[([^\]]+)\] \((\S+) ([^[]*)\[/gm;
  for (const [, name, installed, candidate, archives] of said.matchAll(named)) {
    updates.push({ name: bare(name), installed, candidate, security: isSecurity(archives) });
  }
  const known = new Set(updates.map((update) => update.name));
  const held = (await ask("apt-mark", "showhold")).split("\n");
  const others = [...keptBack(said), ...held, ...[...said.matchAll(/^Remv (\S+)/gm)].map(([, name]) => name)];
  for (const name of new Set(others.filter(Boolean))) {
    if (known.has(bare(name))) continue;
    const update = await candidateOf(name);
    if (update) updates.push(update);
  }
  return updates.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The indented names below the headline. */
function keptBack(said) {
  const block = /^The following packages have been kept back:\n((?: .*\n)*)/m.exec(said);
  return block ? block[1].split(/\s+/).filter(Boolean) : [];
}

async function candidateOf(name) {
  const policy = await ask("apt-cache", "policy", name);
  const installed = /^ {2}Installed: (.*)$/m.exec(policy)?.[1];
  const candidate = /^ {2}Candidate: (.*)$/m.exec(policy)?.[1];
  if (!installed || !candidate || installed === "(none)" || candidate === "(none)") return null;
  const newer = await ask("dpkg", "--compare-versions", candidate, "gt", installed).then(
    () => true,
    () => false,
  );
  if (!newer) return null;
  // The sources of the candidate are the lines below its version, indented deeper than versions are.
  const [, table = ""] = policy.split("Version table:\n");
  const below = table
    .slice(table.indexOf(` ${candidate} `))
    .split("\n")
    .slice(1);
  const end = below.findIndex((line) => !/^ {8,}/.test(line));
  return {
    name: bare(name),
    installed,
    candidate,
    security: isSecurity(below.slice(0, end < 0 ? undefined : end).join("\n")),
  };
}

const bare = (name) => name.split(":")[0];
/** `Debian-Security:12/oldstable-security`, `Ubuntu:22.04/jammy-security`, `.../debian-security ...`. */
const isSecurity = (archives) => /-security\b/i.test(archives);
