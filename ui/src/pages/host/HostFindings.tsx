import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { hostFindingsQuery, hostQuery } from "../../api/queries";
import type { State } from "../../api/types";
import { Cut } from "../../components/Cut";
import { Door } from "../../components/Door";
import { NothingLeft } from "../../components/NothingLeft";
import { Empty, Failure, Loading, NotKnown } from "../../components/Notice";
import { Times } from "../../components/Times";
import { useUrl } from "../../hooks/useUrl";
import { count, plural } from "../../lib/format";
import { gapWords, hostFindingsSentence } from "../../lib/sentences";
import { OPEN_STATES, severityRank, signOf, stateRank, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import { fieldsOf, hasWords, sortRows } from "../../table/columns";
import { DataTable } from "../../table/DataTable";
import { ExportMenu } from "../../table/ExportMenu";
import { TableTools } from "../../table/TableTools";
import { Evidence } from "./Evidence";
import { FindingFilters } from "./FindingFilters";
import { FindingTwoLines, findingColumns } from "./findingColumns";
import { byCve } from "./findings";
import { useHostId } from "./HostPage";

export function HostFindings() {
  const id = useHostId();
  const { search, set } = useUrl();
  const state = search.state as State | undefined;
  // Open ones are read once and filtered here; closed ones are another list.
  const closed = state && !OPEN_STATES.includes(state) ? state : undefined;
  const { data: host } = useQuery(hostQuery(id));
  const { data, error, refetch, isPlaceholderData } = useQuery(hostFindingsQuery(id, closed));
  const all = useMemo(() => byCve(data?.items ?? []), [data]);
  if (!host) return null;
  if (!data)
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what="the findings" />;

  const rows = sortRows(
    all.filter(
      (row) =>
        (!state || row.state === state) &&
        (!search.severity || row.severity === search.severity) &&
        hasWords(search.q, `${row.cve} ${row.advisory} ${row.packages.join(" ")}`),
    ),
    search.sort,
    {
      cve: (row) => row.cve,
      severity: (row) => -severityRank(row.severity),
      state: (row) => -stateRank(row.state),
      packages: (row) => row.packages.length,
    },
  );
  const gap = data.not_assessed;
  const nothing = !host.assessed && host.open_findings === 0;
  const fixable = all.filter((row) => row.state === "fix_available").length;
  const carriers = new Set(all.flatMap((row) => row.packages)).size;

  return (
    <>
      {nothing ? null : (
        <p className="mb-3">
          {closed
            ? `${count(all.length)} ${all.length === 1 ? "CVE was" : "CVEs were"} judged and found: ${signOf(stateSign, closed).word}.`
            : data.next_cursor
              ? `${plural(host.open_findings, "open CVE")}.`
              : hostFindingsSentence(all.length, carriers, fixable, host.assessed)}
        </p>
      )}
      <Cut list={data} order="the most pressing first" />
      {gap ? (
        <div className="mb-3">
          <NotKnown command={gap.command}>
            {gapWords(host.open_findings, host.assessed, gap.packages)}: <Times text={gap.reason} />
          </NotKnown>
        </div>
      ) : null}
      {nothing && all.length === 0 ? (
        <p className="max-w-prose py-4 text-muted">
          {host.packages === 0
            ? "Which packages are installed is not known."
            : `The ${plural(host.packages, "installed package is", "installed packages are")} known; nothing is said to be vulnerable, and nothing to be safe.`}
          {host.updates_known
            ? " Pending updates, also those for security, are known from the host itself."
            : null}
        </p>
      ) : (
        <>
          <TableTools
            filter="Filter by CVE or package"
            rows={{ shown: rows.length, all: all.length }}
            aside={
              <ExportMenu
                name={`${host.hostname}-findings`}
                fields={fieldsOf(findingColumns)}
                total={rows.length}
                rows={async () => rows}
              />
            }
          >
            <FindingFilters id={id} rows={all} closed={closed} />
          </TableTools>
          {all.length === 0 ? (
            <Empty title="No row to show." />
          ) : rows.length === 0 ? (
            <NothingLeft title="No finding is left under this filter." />
          ) : (
            <DataTable
              caption={`Findings of ${host.hostname}`}
              columns={findingColumns}
              rows={rows}
              rowKey={(row) => row.cve}
              phone={(row) => <FindingTwoLines row={row} />}
              sort={search.sort}
              onSort={(sort) => set({ sort })}
              stale={isPlaceholderData}
              opened={(row) => (search.open === row.cve ? <Evidence hostId={id} row={row} /> : null)}
              onToggle={(row) => set({ open: search.open === row.cve ? undefined : row.cve }, "replace")}
              toggleLabel={(row) => `Evidence for ${row.cve}`}
            />
          )}
        </>
      )}
      {closed || (nothing && all.length === 0) ? null : (
        <p className="pt-4 text-xs text-muted">
          Shown is what is open. <ClosedLink id={id} />
        </p>
      )}
    </>
  );
}

function ClosedLink({ id }: { id: string }) {
  return (
    <Door to={paths.hostFindings(id, { state: "not_affected" })}>What was judged and found not affected</Door>
  );
}
