import { Sheet } from "../components/Sheet";
import { Mark } from "../components/Sign";
import { notAssessedSign, severitySign } from "../lib/states";
import { GO_TO } from "./useShortcuts";

const KEYS: readonly [string, string][] = [
  ["/", "Search hosts, packages, CVEs"],
  ["j  k", "Next and previous row"],
  ["Enter", "Open the row"],
  ["Esc", "Close, or back to the list"],
  ["?", "This help"],
  ...GO_TO.map((each): [string, string] => [`g ${each.key}`, each.name]),
];

const QUERIES: readonly [string, string][] = [
  ["web", "the host's name contains it"],
  ["os:debian:12", "distribution, or distribution and release"],
  ["security>10", "also other, withheld, findings, packages; > < >= <="],
  ["colour:red", "red, orange, yellow, green, grey"],
  ["freshness:stale", "fresh, late, stale, lost"],
  ["pkg:openssl<3.0.7", "has the package, here below a version"],
  ["cve:CVE-2024-3094", "has an open finding"],
  ["reboot:true", "must be rebooted"],
  ["-colour:grey", "a minus negates; or and ( ) join"],
];

export function HelpSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const signs = [
    severitySign.critical,
    severitySign.high,
    severitySign.medium,
    severitySign.low,
    notAssessedSign,
  ];
  return (
    <Sheet open={open} onClose={onClose} title="Keys, queries and signs">
      <div className="grid gap-6 sm:grid-cols-2">
        <List title="Keys" rows={KEYS} />
        <div className="grid content-start gap-6">
          <List title="Queries on hosts" rows={QUERIES} />
          <section>
            <h3 className="mb-1 text-xs font-semibold text-muted">Signs</h3>
            <ul className="flex flex-wrap gap-x-4 gap-y-1">
              {signs.map((sign) => (
                <li key={sign.word} className="inline-flex items-center gap-1.5">
                  <Mark shape={sign.shape} tone={sign.tone} /> {sign.word}
                </li>
              ))}
            </ul>
          </section>
        </div>
      </div>
    </Sheet>
  );
}

function List({ title, rows }: { title: string; rows: readonly [string, string][] }) {
  return (
    <section>
      <h3 className="mb-1 text-xs font-semibold text-muted">{title}</h3>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1">
        {rows.map(([key, meaning]) => (
          <div key={key} className="contents">
            <dt className="font-mono text-xs leading-5">{key}</dt>
            <dd className="text-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
