import type { FleetFinding } from "../../api/types";
import { CveLine } from "../../components/CveLine";
import { Door } from "../../components/Door";
import { Sign } from "../../components/Sign";
import { cutListing, plural } from "../../lib/format";
import { OPEN_STATES, signOf, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { cveColumn, severityColumn } from "../../table/cveColumns";
import { hostsColumn } from "../../table/fleetColumns";
import { TwoLines } from "../../table/TableRow";

export const findingColumns: readonly Column<FleetFinding>[] = [
  severityColumn<FleetFinding>("The worst of the vendors' severities among its hosts"),
  cveColumn<FleetFinding>(),
  {
    id: "state",
    header: "State",
    hint: "The most pressing that any host has",
    width: "w-40",
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
    width: "w-56",
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
