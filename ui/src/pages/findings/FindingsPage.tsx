import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, findingsQuery, overviewQuery } from "../../api/queries";
import type { Overview, Severity, State } from "../../api/types";
import { Door } from "../../components/Door";
import { NoHostYet, NothingLeft } from "../../components/NothingLeft";
import { Empty, NotKnown } from "../../components/Notice";
import { Labelled } from "../../components/Sign";
import { Choices } from "../../components/Tabs";
import { type Search, useUrl } from "../../hooks/useUrl";
import { mending } from "../../lib/coverage";
import { plural } from "../../lib/format";
import { findingsGap, findingsSentence, noneOpen } from "../../lib/sentences";
import { OPEN_STATES, SEVERITIES, severitySign, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import { FleetPage } from "../../table/FleetPage";
import { totalOf } from "../../table/FleetTable";
import { FindingTwoLines, findingColumns } from "./columns";

/** What the overview counts under a single filter, so that its number is met again here. */
function pairs(search: Search, overview: Overview): string {
  if (search.q || (search.state && search.severity)) return "";
  const n = search.state
    ? overview.findings.by_state[search.state as State]
    : overview.findings.by_severity[search.severity as Severity];
  return n === undefined ? "" : `${plural(n, "finding")}: `;
}

/** The server's order without `sort`: the worst first. */
const DEFAULT_SORT = "-severity";

/** Open CVEs over the fleet. */
export function FindingsPage() {
  const { search, set } = useUrl();
  const params = { q: search.q, state: search.state, severity: search.severity, sort: search.sort };
  const list = useInfiniteQuery(findingsQuery(params));
  const { data: overview, isPending } = useQuery(overviewQuery);
  const total = totalOf(list);
  const filtered = Boolean(search.q || search.state || search.severity);
  const link = (patch: Search) => paths.findings({ ...params, ...patch });
  const sentence =
    total === undefined || !overview
      ? undefined
      : findingsSentence(total, overview, filtered ? { found: pairs(search, overview) } : undefined);
  const gap = overview ? findingsGap(overview) : "";

  return (
    <FleetPage
      title="Findings"
      sentence={sentence}
      note={
        // Without a row and a filter the empty place itself says what is not known.
        overview && gap && (filtered || total !== 0) ? (
          <NotKnown command={mending(overview).command}>
            {gap} <Door to={paths.feeds()}>Why</Door>
          </NotKnown>
        ) : null
      }
      // What the list leaves out stands above it: rows first would be pushed down by it.
      hold={isPending}
      list={list}
      path={api.findings}
      params={params}
      name="findings"
      caption="Open CVEs"
      columns={findingColumns}
      rowKey={(row) => row.cve}
      filter="Filter by CVE or package"
      sort={search.sort ?? DEFAULT_SORT}
      onSort={(sort) => set({ sort: sort === DEFAULT_SORT ? undefined : sort })}
      phone={(row) => <FindingTwoLines row={row} />}
      tools={
        <>
          <Choices
            label="By severity"
            choices={SEVERITIES.map((severity) => ({
              key: severity,
              to: link({ severity: search.severity === severity ? undefined : severity }),
              content: <Labelled sign={severitySign[severity]} />,
              current: search.severity === severity,
            }))}
          />
          <Choices
            label="By state"
            choices={OPEN_STATES.filter(
              (state) => search.state === state || (overview?.findings.by_state[state] ?? 0) > 0,
            ).map((state) => ({
              key: state,
              to: link({ state: search.state === state ? undefined : state }),
              content: <Labelled sign={stateSign[state]} />,
              current: search.state === state,
            }))}
          />
        </>
      }
      empty={<NoFindings overview={overview} filtered={filtered} />}
    />
  );
}

/** An empty list, and how much it says: never an all-clear for what nobody looked at. */
function NoFindings({ overview, filtered }: { overview: Overview | undefined; filtered: boolean }) {
  if (overview?.hosts.total === 0) return <NoHostYet />;
  if (filtered) return <NothingLeft title="No open CVE is left under this filter." />;
  if (!overview) return <Empty title="No row to show." />;
  if (overview.assessment.not_assessed === 0) {
    return (
      <Empty title="No row to show.">Every installed package is assessed, and none has an open CVE.</Empty>
    );
  }
  return (
    <Empty title={noneOpen(overview)} command={mending(overview).command}>
      What is not assessed is said to be neither vulnerable nor safe.{" "}
      <Door to={paths.feeds()}>Which feeds are missing</Door>
    </Empty>
  );
}
