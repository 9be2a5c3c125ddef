import type { FleetFinding } from "../../api/types";
import { CveLine, Exploited } from "../../components/CveLine";
import { Door } from "../../components/Door";
import { Sign } from "../../components/Sign";
import { cutListing, plural } from "../../lib/format";
import { OPEN_STATES, severitySign, signOf, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { hostsColumn } from "../../table/fleetColumns";
import { TwoLines } from "../../table/TableRow";

export const findingColumns: readonly Column<FleetFinding>[] = [
  {
    id: "severity",
    header: "Severity",
    hint: "The worst of the vendors' severities among its hosts",
    width: "w-28",
    sort: { key: "severity", first: "descending" },
    cell: (row) => <Sign sign={signOf(severitySign, row.severity)} />,
    fields: [{ name: "severity", value: (row) => row.severity }],
  },
  {
    id: "cve",
    header: "CVE",
    width: "w-60",
    sort: { key: "cve", first: "descending" },
    cell: (row) => (
      <span className="inline-flex items-baseline gap-2">
        <Door to={paths.cve(row.cve)} className="font-semibold">
          {row.cve}
        </Door>
        {row.exploited ? <Exploited /> : null}
      </span>
    ),
    fields: [
      { name: "cve", value: (row) => row.cve },
      { name: "exploited", value: (row) => String(row.exploited) },
    ],
  },
  {
    id: "state",
    header: "State",
    hint: "The most pressing that any host has",
    width: "w-44",
    cell: (row) => <Sign sign={signOf(stateSign, row.state)} />,
    fields: [
      { name: "state", value: (row) => row.state },
      ...OPEN_STATES.map((state) => ({
        name: `hosts_${state}`,
        value: (row: FleetFinding) => row.states[state] ?? 0,
      })),
    ],
  },
  {
    id: "packages",
    header: "Packages",
    cell: (row) => {
      const packages = cutListing(row.packages, row.package_count);
      return <span title={packages}>{packages}</span>;
    },
    fields: [
      { name: "packages", value: (row) => row.packages.join(" ") },
      { name: "package_count", value: (row) => row.package_count },
    ],
  },
  {
    id: "fixed",
    header: "Fixed in",
    width: "w-64",
    from: "lg",
    cell: (row) => {
      const versions = cutListing(row.fixed_versions, row.fixed_version_count);
      return (
        <span className="text-muted" title={versions}>
          {versions || "–"}
        </span>
      );
    },
    fields: [
      { name: "fixed_versions", value: (row) => row.fixed_versions.join(" ") },
      { name: "fixed_version_count", value: (row) => row.fixed_version_count },
    ],
  },
  hostsColumn<FleetFinding>((row) => paths.hostsWithCve(row.cve), "Hosts on which it is open"),
];

export function FindingTwoLines({ row }: { row: FleetFinding }) {
  return (
    <TwoLines
      first={
        <>
          <CveLine row={row} />
          <Door to={paths.hostsWithCve(row.cve)} className="shrink-0 text-xs">
            {plural(row.hosts, "host")}
          </Door>
        </>
      }
      second={
        <>
          <span>{signOf(stateSign, row.state).word}</span>
          <span className="truncate">{cutListing(row.packages, row.package_count)}</span>
        </>
      }
    />
  );
}
