import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, overviewQuery, packagesQuery } from "../../api/queries";
import type { FleetPackage } from "../../api/types";
import { Door } from "../../components/Door";
import { FindingCount, knownFindings } from "../../components/FindingCount";
import { NoHostYet, NothingLeft } from "../../components/NothingLeft";
import { Empty } from "../../components/Notice";
import { useUrl } from "../../hooks/useUrl";
import { platformName, plural } from "../../lib/format";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { FleetPage } from "../../table/FleetPage";
import { totalOf } from "../../table/FleetTable";
import { hostsColumn, systemColumn } from "../../table/fleetColumns";
import { TwoLines } from "../../table/TableRow";

function Findings({ row }: { row: FleetPackage }) {
  return (
    <FindingCount
      open={row.open_findings}
      assessed={row.assessed}
      to={paths.findings({ q: row.name })}
      label={`${plural(row.open_findings, "finding")} of ${row.name}`}
    />
  );
}

const columns: readonly Column<FleetPackage>[] = [
  {
    id: "name",
    header: "Package",
    sort: { key: "name", first: "ascending" },
    cell: (row) => (
      <Door
        to={paths.hostsWithPackage(row.name)}
        className="font-semibold"
        title={`Hosts that have ${row.name}`}
      >
        {row.name}
      </Door>
    ),
    fields: [{ name: "name", value: (row) => row.name }],
  },
  {
    id: "version",
    header: "Version",
    width: "w-64",
    cell: (row) => <span title={row.version}>{row.version}</span>,
    fields: [{ name: "version", value: (row) => row.version }],
  },
  {
    id: "arch",
    header: "Arch",
    width: "w-20",
    from: "lg",
    cell: (row) => <span className="text-muted">{row.arch}</span>,
    fields: [{ name: "arch", value: (row) => row.arch }],
  },
  systemColumn(),
  {
    id: "findings",
    header: "Findings",
    hint: "CVEs that are open for this version",
    align: "right",
    width: "w-32",
    sort: { key: "findings", first: "descending" },
    cell: (row) => <Findings row={row} />,
    fields: [
      { name: "assessed", value: (row) => row.assessed },
      { name: "open_findings", value: knownFindings },
    ],
  },
  hostsColumn<FleetPackage>(paths.hostsWithVersion, "Hosts that have this version installed"),
];

/** The server's order without `sort`. */
const DEFAULT_SORT = "-hosts";

function packagesSentence(total: number, q: string | undefined, hosts: number | undefined): string {
  if (hosts === 0) return "No host has reported yet.";
  if (!q)
    return total === 0
      ? "No package is known."
      : `${plural(total, "distinct package version")} on the fleet.`;
  if (total === 0) return "No known package matches.";
  return `${plural(total, "package version")} ${total === 1 ? "matches" : "match"}.`;
}

/** Distinct packages of the fleet: which versions there are, and on how many hosts. */
export function PackagesPage() {
  const { search, set } = useUrl();
  const params = { q: search.q, sort: search.sort };
  const list = useInfiniteQuery(packagesQuery(params));
  const { data: overview } = useQuery(overviewQuery);
  const total = totalOf(list);
  return (
    <FleetPage
      title="Packages"
      sentence={total === undefined ? undefined : packagesSentence(total, search.q, overview?.hosts.total)}
      list={list}
      path={api.packages}
      params={params}
      name="packages"
      caption="Packages"
      columns={columns}
      rowKey={(row) => `${row.name} ${row.version} ${row.arch} ${row.platform}`}
      filter="Filter by name"
      sort={search.sort ?? DEFAULT_SORT}
      onSort={(sort) => set({ sort: sort === DEFAULT_SORT ? undefined : sort })}
      phone={(row) => (
        <TwoLines
          first={
            <>
              <Door to={paths.hostsWithPackage(row.name)} className="min-w-0 truncate font-semibold">
                {row.name}
              </Door>
              <span className="shrink-0 text-xs">{plural(row.hosts, "host")}</span>
            </>
          }
          second={
            <>
              <span>{row.version}</span>
              <span>{platformName(row.platform)}</span>
              <span>
                <Findings row={row} />{" "}
                {knownFindings(row) === null ? "" : row.open_findings === 1 ? "finding" : "findings"}
              </span>
            </>
          }
        />
      )}
      empty={
        overview?.hosts.total === 0 ? (
          <NoHostYet />
        ) : search.q ? (
          <NothingLeft title="No package is left under this filter." />
        ) : (
          <Empty title="No package is known yet.">No report of a host has said what is installed.</Empty>
        )
      }
    />
  );
}
