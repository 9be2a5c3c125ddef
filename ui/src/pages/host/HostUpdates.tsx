import { useQuery } from "@tanstack/react-query";
import { hostQuery, hostUpdatesQuery } from "../../api/queries";
import type { HostUpdate } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Cut } from "../../components/Cut";
import { NothingLeft } from "../../components/NothingLeft";
import { Empty, Failure, Loading } from "../../components/Notice";
import { Choices } from "../../components/Tabs";
import { useUrl } from "../../hooks/useUrl";
import { paths } from "../../paths";
import { fieldsOf, hasWords, sortRows } from "../../table/columns";
import { DataTable } from "../../table/DataTable";
import { ExportMenu } from "../../table/ExportMenu";
import { TableTools } from "../../table/TableTools";
import { useHostId } from "./HostPage";
import { UpdateTwoLines, updateColumns } from "./updateColumns";
import { noUpdates, securityFirst } from "./updates";

/** The kinds count what the host's row counts: withheld security updates are security updates, too. */
const KINDS: Record<string, { word: string; keep: (update: HostUpdate) => boolean }> = {
  security: { word: "Security", keep: (update) => update.security },
  other: { word: "Other", keep: (update) => !update.security && !update.withheld },
  withheld: { word: "Withheld", keep: (update) => Boolean(update.withheld) },
};

export function HostUpdates() {
  const id = useHostId();
  const { search, set } = useUrl();
  const { data: host } = useQuery(hostQuery(id));
  const { data, error, refetch } = useQuery(hostUpdatesQuery(id));
  if (!host) return null;
  if (!data)
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what="the updates" />;

  if (data.items.length === 0) {
    const { title, text } = noUpdates(host);
    return (
      <Empty title={title} bare>
        {text}
      </Empty>
    );
  }

  const columns = updateColumns(id, {
    cves: host.assessed || host.open_findings > 0,
    withheld: data.items.some((update) => update.withheld),
  });
  const kinds = Object.entries(KINDS).filter(
    ([key, each]) => key === search.kind || data.items.some(each.keep),
  );
  const kind = KINDS[search.kind ?? ""];
  const rows = sortRows(
    securityFirst(data.items).filter(
      (update) => (kind?.keep(update) ?? true) && hasWords(search.q, update.name),
    ),
    search.sort,
    {
      name: (update) => update.name,
      size: (update) => update.size ?? -1,
      cves: (update) => update.cve_count,
    },
  );
  return (
    <>
      <p className="mb-3 text-muted">
        As the host's own package manager sees it; its lists were fetched{" "}
        <Ago time={host.lists_at} none="at a time that is not known" />.
      </p>
      <Cut list={data} order="security updates first" />
      <TableTools
        filter="Filter by package"
        rows={{ shown: rows.length, all: data.items.length }}
        aside={
          <ExportMenu
            name={`${host.hostname}-updates`}
            fields={fieldsOf(columns)}
            total={rows.length}
            rows={async () => rows}
          />
        }
      >
        <Choices
          label="Kind of update"
          choices={[
            {
              key: "all",
              to: paths.hostUpdates(id, { q: search.q, sort: search.sort }),
              content: "All",
              count: data.items.length,
              current: !kind,
            },
            ...kinds.map(([key, each]) => ({
              key,
              to: paths.hostUpdates(id, { kind: key, q: search.q, sort: search.sort }),
              content: each.word,
              count: data.items.filter(each.keep).length,
              current: search.kind === key,
            })),
          ]}
        />
      </TableTools>
      {rows.length === 0 ? (
        <NothingLeft title="No update is left under this filter." />
      ) : (
        <DataTable
          caption={`Updates of ${host.hostname}`}
          columns={columns}
          rows={rows}
          rowKey={(update) => `${update.name}:${update.arch}`}
          phone={(update) => <UpdateTwoLines update={update} />}
          sort={search.sort}
          onSort={(sort) => set({ sort })}
        />
      )}
    </>
  );
}
