import { useQuery } from "@tanstack/react-query";
import { cveHostsQuery } from "../../api/queries";
import type { HostRow } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Door } from "../../components/Door";
import { Failure, Loading } from "../../components/Notice";
import { Choices } from "../../components/Tabs";
import { platformName, plural } from "../../lib/format";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { DataTable } from "../../table/DataTable";
import { TwoLines } from "../../table/TableRow";
import { HostName, hostColumns } from "../hosts/columns";

/** Not the state: its colours speak of updates, beside an open CVE `up to date` would mislead. */
const SHOWN = ["hostname", "os", "restart", "seen"];

/** The first hosts on which it is open, each with the way to why; all of them are one link away. */
export function CveHosts({ cve, hosts }: { cve: string; hosts: number }) {
  const { data, error, refetch } = useQuery(cveHostsQuery(cve));
  if (!data)
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what="the hosts" />;
  const columns: readonly Column<HostRow>[] = [
    ...hostColumns.filter((column) => SHOWN.includes(column.id)).map(({ sort: _, ...column }) => column),
    {
      id: "why",
      header: "Why",
      width: "w-24",
      align: "right",
      cell: (host) => <Why cve={cve} host={host} />,
      fields: [],
    },
  ];
  return (
    <section>
      <div className="mb-2 flex flex-wrap items-center gap-x-6 gap-y-2">
        <h2 className="text-xs font-semibold text-muted">Hosts on which it is open</h2>
        <Choices
          label="By system"
          choices={data.facets.platform
            .filter((each) => each.count > 0)
            .map((each) => ({
              key: each.value,
              to: paths.hostsWithCve(cve, each.value),
              content: platformName(each.value),
              count: each.count,
              current: false,
            }))}
        />
        <Door to={paths.hostsWithCve(cve)} className="ml-auto text-xs text-muted">
          {plural(hosts, "host")} in the list of hosts
        </Door>
      </div>
      <DataTable
        caption={`Hosts with ${cve}`}
        columns={columns}
        rows={data.items}
        rowKey={(host) => String(host.id)}
        phone={(host) => (
          <TwoLines
            first={
              <>
                <HostName host={host} />
                <span className="shrink-0 text-xs">
                  <Why cve={cve} host={host} />
                </span>
              </>
            }
            second={
              <>
                <span>{platformName(host.platform)}</span>
                <span>
                  seen <Ago time={host.last_seen_at} />
                </span>
                {host.reboot_required ? <span>restart</span> : null}
              </>
            }
          />
        )}
        total={data.total}
      />
    </section>
  );
}

function Why({ cve, host }: { cve: string; host: HostRow }) {
  return (
    <Door
      to={paths.hostFindings(host.id, { q: cve, open: cve })}
      aria-label={`Evidence for ${host.hostname}`}
    >
      evidence
    </Door>
  );
}
