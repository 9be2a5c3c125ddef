// The query language on hosts, as far as the mock speaks it.

/** The source that a package of a host is built from. */
export const sourceOf = (host, name) => host.packages.find((each) => each.name === name)?.source ?? name;

const COMPARE = /^(-?)([a-z]+)(>=|<=|[:><=])(.*)$/;

/** A host row matches one of the parts that `or` joins, or the query is bad. */
export function matcher(q) {
  const parts = q.split(/ or /i).map(conjunction);
  return (host) => parts.some((part) => part(host));
}

/** A host row matches every word. */
function conjunction(q) {
  const words = (q.match(/(?:[^\s"]+|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ""));
  const tests = words.map((word) => {
    const match = COMPARE.exec(word);
    if (!match) {
      const negated = word.startsWith("-");
      const text = negated ? word.slice(1) : word;
      return (host) => host.row.hostname.includes(text.toLowerCase()) !== negated;
    }
    const [, minus, field, op, value] = match;
    const number = {
      security: "security_updates",
      other: "other_updates",
      withheld: "withheld_updates",
      findings: "open_findings",
    }[field];
    const n = Number(value);
    const test = {
      os: ({ row }) => row.platform === value || row.platform.startsWith(`${value}:`),
      freshness: ({ row }) => row.freshness === value,
      colour: ({ row }) => row.colour === value,
      tag: ({ row }) => row.tags.includes(value),
      reboot: ({ row }) => String(row.reboot_required ?? false) === value,
      // `<` stands for "waits for that update": the mock knows no version order.
      pkg: (host) => {
        const [, name, how, version] = /^([^<=]+)(?:([<=])(.*))?$/.exec(value);
        if (how === "<") return host.updates.some((each) => each.name === name && each.candidate === version);
        return host.packages.some((each) => each.name === name && (!how || each.version === version));
      },
      update: (host) =>
        host.updates.some((each) => each.name === value || sourceOf(host, each.name) === value),
      cve: (host) => host.byCve.has(value),
      kev: (host) =>
        [...host.byCve.values()].some((row) => row.exploited) === ["yes", "true"].includes(value),
    }[field];
    if (number && value !== "" && !Number.isNaN(n)) {
      const compare = {
        ">": (a) => a > n,
        "<": (a) => a < n,
        ">=": (a) => a >= n,
        "<=": (a) => a <= n,
        ":": (a) => a === n,
        "=": (a) => a === n,
      };
      // What is not known fits no comparison.
      const unknown = (row) => number.endsWith("_updates") && !row.updates_known;
      return ({ row }) => (!unknown(row) && compare[op](row[number])) !== (minus === "-");
    }
    if (!test || value === "")
      throw Object.assign(new Error(`'${word}' can't be read`), { position: q.indexOf(word) });
    return (host) => test(host) !== (minus === "-");
  });
  return (host) => tests.every((test) => test(host));
}
