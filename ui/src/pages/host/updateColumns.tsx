import type { HostUpdate } from "../../api/types";
import { Door } from "../../components/Door";
import { Mark, Sign } from "../../components/Sign";
import { bytes, count, cutListing } from "../../lib/format";
import { otherSign, securitySign, severitySign, signOf } from "../../lib/states";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { TwoLines } from "../../table/TableRow";

const WITHHELD: Record<string, string> = {
  held: "held by the administrator",
  phased: "phased by the archive",
  excluded: "excluded by configuration",
  kept_back: "kept back: needs other changes",
};

function withheld(update: HostUpdate): string {
  if (!update.withheld) return "";
  const word = WITHHELD[update.withheld] ?? update.withheld.replaceAll("_", " ");
  return update.phased_percent === null || update.phased_percent === undefined
    ? word
    : `${word}, ${update.phased_percent} %`;
}

/** Columns for a host; those that would be empty from top to bottom are left out of the view. */
export function updateColumns(
  hostId: string,
  has: { cves: boolean; withheld: boolean },
): readonly Column<HostUpdate>[] {
  return allColumns(hostId).filter(
    (column) => (column.id !== "cves" || has.cves) && (column.id !== "withheld" || has.withheld),
  );
}

function allColumns(hostId: string): readonly Column<HostUpdate>[] {
  return [
    {
      id: "kind",
      header: "Kind",
      width: "w-24",
      cell: (update) => <Sign sign={update.security ? securitySign : otherSign} />,
      fields: [{ name: "security", value: (update) => update.security }],
    },
    {
      id: "name",
      header: "Package",
      sort: { key: "name", first: "ascending" },
      cell: (update) => (
        <Door
          to={paths.hostPackages(hostId, { q: update.name })}
          className="font-semibold"
          title={update.name}
        >
          {update.name}
        </Door>
      ),
      fields: [
        { name: "name", value: (update) => update.name },
        { name: "arch", value: (update) => update.arch },
      ],
    },
    {
      id: "installed",
      header: "Installed",
      width: "w-48",
      cell: (update) => (
        <span className="text-muted" title={update.installed}>
          {update.installed}
        </span>
      ),
      fields: [{ name: "installed", value: (update) => update.installed }],
    },
    {
      id: "candidate",
      header: "Candidate",
      width: "w-48",
      cell: (update) => <span title={update.candidate}>{update.candidate}</span>,
      fields: [{ name: "candidate", value: (update) => update.candidate }],
    },
    {
      id: "suite",
      header: "From",
      width: "w-40",
      from: "lg",
      cell: (update) => (
        <span className="text-muted" title={`${update.origin} ${update.repository}`}>
          {update.suite || update.repository}
        </span>
      ),
      fields: [
        { name: "suite", value: (update) => update.suite },
        { name: "repository", value: (update) => update.repository },
        { name: "origin", value: (update) => update.origin },
      ],
    },
    {
      id: "cves",
      header: "CVEs",
      hint: "Open CVEs that this update closes",
      align: "right",
      width: "w-20",
      from: "md",
      sort: { key: "cves", first: "descending" },
      cell: (update) => {
        const [worst] = update.cves;
        if (!worst) return <span className="text-muted">–</span>;
        const sign = signOf(severitySign, worst.severity);
        return (
          <span
            className="inline-flex items-center gap-1.5"
            title={cutListing(
              update.cves.map((each) => each.cve),
              update.cve_count,
            )}
          >
            <Mark shape={sign.shape} tone={sign.tone} />
            <Door
              to={paths.hostFindings(hostId, { q: update.name })}
              aria-label={`${count(update.cve_count)} CVEs, worst ${sign.word}`}
            >
              {count(update.cve_count)}
            </Door>
          </span>
        );
      },
      fields: [
        { name: "cves", value: (update) => update.cves.map((each) => each.cve).join(" ") },
        { name: "cve_count", value: (update) => update.cve_count },
      ],
    },
    {
      id: "size",
      header: "Size",
      align: "right",
      width: "w-24",
      from: "lg",
      sort: { key: "size", first: "descending" },
      cell: (update) => (update.size ? bytes(update.size) : <span className="text-muted">–</span>),
      fields: [{ name: "size_bytes", value: (update) => update.size }],
    },
    {
      id: "withheld",
      header: "Withheld",
      width: "w-40",
      from: "xl",
      cell: (update) => <span title={withheld(update)}>{withheld(update)}</span>,
      fields: [
        { name: "withheld", value: (update) => update.withheld },
        { name: "phased_percent", value: (update) => update.phased_percent },
      ],
    },
  ];
}

export function UpdateTwoLines({ update }: { update: HostUpdate }) {
  const sign = update.security ? securitySign : otherSign;
  return (
    <TwoLines
      first={
        <>
          <span className="inline-flex min-w-0 items-center gap-2">
            <Mark shape={sign.shape} tone={sign.tone} />
            <span className="truncate font-semibold">{update.name}</span>
          </span>
          <span className="shrink-0 text-xs text-muted">{sign.word}</span>
        </>
      }
      second={
        <>
          <span className="text-ink">→ {update.candidate}</span>
          {update.withheld ? <span>{withheld(update)}</span> : null}
          <span>from {update.installed}</span>
        </>
      }
    />
  );
}
