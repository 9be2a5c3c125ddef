import type { CveHost, CveOnFleet } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Door } from "../../components/Door";
import { Empty } from "../../components/Notice";
import { Sign } from "../../components/Sign";
import { Choices } from "../../components/Tabs";
import { cutListing, platformName, plural } from "../../lib/format";
import { rebootSign, severitySign, signOf, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { DataTable } from "../../table/DataTable";
import { TwoLines } from "../../table/TableRow";
import { HostName, hostColumns } from "../hosts/columns";

/** Not the host's colour: it speaks of updates, beside an open CVE `up to date` would mislead. */
const OF_HOST = ["hostname", "os", "reboot", "seen"];

function columnsFor(cve: string): Column<CveHost>[] {
  const [name, ...rest] = hostColumns
    .filter((column) => OF_HOST.includes(column.id))
    .map(
      ({ id, header, align, width, from, cell }): Column<CveHost> => ({
        id,
        header,
        ...(align ? { align } : {}),
        ...(width ? { width } : {}),
        ...(from ? { from } : {}),
        cell: (row) => cell(row.host),
        fields: [],
      }),
    );
  return [
    ...(name ? [name] : []),
    {
      id: "state",
      header: "State",
      width: "w-40",
      cell: (row) => <Sign sign={signOf(stateSign, row.state)} />,
      fields: [],
    },
    {
      id: "severity",
      header: "Severity",
      width: "w-28",
      from: "lg",
      cell: (row) => <Sign sign={signOf(severitySign, row.severity)} />,
      fields: [],
    },
    {
      id: "packages",
      header: "Packages",
      width: "w-44",
      from: "lg",
      cell: (row) => {
        const packages = cutListing(row.packages, row.package_count);
        return <span title={packages}>{packages}</span>;
      },
      fields: [],
    },
    ...rest,
    {
      id: "why",
      header: "Why",
      width: "w-24",
      align: "right",
      cell: (row) => <Why cve={cve} row={row} />,
      fields: [],
    },
  ];
}

/** The hosts on which it is open, each with the way to why. */
export function CveHosts({
  cve,
  found,
  rows,
  more,
  stale,
}: {
  cve: string;
  found: CveOnFleet;
  /** Those read so far. */
  rows: readonly CveHost[];
  more: { load: () => void; loading: boolean } | null;
  stale: boolean;
}) {
  return (
    <section>
      <div className="mb-2 flex flex-wrap items-center gap-x-6 gap-y-2">
        <h2 className="text-xs font-semibold text-muted">Hosts on which it is open</h2>
        <Choices
          label="By system"
          choices={found.platforms.map((each) => ({
            key: each.value,
            to: paths.hostsWithCve(cve, each.value),
            content: platformName(each.value),
            count: each.count,
            current: false,
          }))}
        />
        <Door to={paths.hostsWithCve(cve)} className="ml-auto text-xs text-muted">
          {plural(found.finding?.hosts ?? 0, "host")} in the list of hosts
        </Door>
      </div>
      {rows.length === 0 ? (
        <Empty title="On no host it is in this state." />
      ) : (
        <DataTable
          caption={`Hosts with ${cve}`}
          columns={columnsFor(cve)}
          rows={rows}
          rowKey={(row) => String(row.host.id)}
          phone={(row) => <HostTwoLines cve={cve} row={row} />}
          total={found.hosts.total}
          more={more}
          stale={stale}
        />
      )}
    </section>
  );
}

function HostTwoLines({ cve, row }: { cve: string; row: CveHost }) {
  return (
    <TwoLines
      first={
        <>
          <HostName host={row.host} />
          <span className="shrink-0 text-xs">
            <Why cve={cve} row={row} />
          </span>
        </>
      }
      second={
        <>
          <Sign sign={signOf(stateSign, row.state)} />
          <span>{platformName(row.host.platform)}</span>
          <span>
            seen <Ago time={row.host.last_seen_at} />
          </span>
          {row.host.reboot_required ? <span>{rebootSign.word}</span> : null}
        </>
      }
    />
  );
}

function Why({ cve, row }: { cve: string; row: CveHost }) {
  return (
    <Door
      to={paths.hostFindings(row.host.id, { q: cve, open: cve })}
      aria-label={`Evidence for ${row.host.hostname}`}
    >
      evidence
    </Door>
  );
}
