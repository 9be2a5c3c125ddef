import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, findingsQuery, overviewQuery } from "../../api/queries";
import type { FleetFinding, Overview, Severity, State } from "../../api/types";
import { Door } from "../../components/Door";
import { Empty, NotKnown } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Labelled, Mark, Sign } from "../../components/Sign";
import { Choices } from "../../components/Tabs";
import { type Search, useUrl } from "../../hooks/useUrl";
import { count, plural } from "../../lib/format";
import { findingsGap, findingsSentence } from "../../lib/sentences";
import { OPEN_STATES, SEVERITIES, severitySign, signOf, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { FleetList } from "../../table/FleetList";
import { TwoLines } from "../../table/TableRow";

const columns: readonly Column<FleetFinding>[] = [
  {
    id: "severity",
    header: "Severity",
    hint: "The worst of the vendors' severities among its hosts",
    width: "w-28",
    cell: (row) => <Sign sign={signOf(severitySign, row.severity)} />,
    fields: [{ name: "severity", value: (row) => row.severity }],
  },
  {
    id: "cve",
    header: "CVE",
    width: "w-44",
    cell: (row) => (
      <Door to={paths.hostsWithCve(row.cve)} className="font-semibold" title={`Hosts with ${row.cve}`}>
        {row.cve}
      </Door>
    ),
    fields: [{ name: "cve", value: (row) => row.cve }],
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
    cell: (row) => <span title={row.packages.join(", ")}>{row.packages.join(", ")}</span>,
    fields: [{ name: "packages", value: (row) => row.packages.join(" ") }],
  },
  {
    id: "fixed",
    header: "Fixed in",
    width: "w-64",
    from: "lg",
    cell: (row) => (
      <span className="text-muted" title={row.fixed_versions.join(", ")}>
        {row.fixed_versions.join(", ") || "–"}
      </span>
    ),
    fields: [{ name: "fixed_versions", value: (row) => row.fixed_versions.join(" ") }],
  },
  {
    id: "hosts",
    header: "Hosts",
    align: "right",
    width: "w-20",
    cell: (row) => (
      <Door to={paths.hostsWithCve(row.cve)} aria-label={plural(row.hosts, "host")}>
        {count(row.hosts)}
      </Door>
    ),
    fields: [{ name: "hosts", value: (row) => row.hosts }],
  },
];

/** What the overview counts under a single filter, so that its number is met again here. */
function pairs(search: Search, overview: Overview): string {
  if (search.q || (search.state && search.severity)) return "";
  const n = search.state
    ? overview.findings.by_state[search.state as State]
    : overview.findings.by_severity[search.severity as Severity];
  return n === undefined ? "" : `${plural(n, "finding")}: `;
}

/** Open CVEs over the fleet, worst first. */
export function FindingsPage() {
  const { search } = useUrl();
  const params = { q: search.q, state: search.state, severity: search.severity };
  const list = useInfiniteQuery(findingsQuery(params));
  const { data: overview } = useQuery(overviewQuery);
  const total = list.data?.pages[0]?.total;
  const filtered = Boolean(search.q || search.state || search.severity);
  const link = (patch: Search) => paths.findings({ ...params, ...patch });
  const gap = overview?.platforms.find((each) => each.feed_state !== "in_force" && each.command);

  const sentence =
    total === undefined || !overview
      ? undefined
      : findingsSentence(total, overview, filtered ? { found: pairs(search, overview) } : undefined);
  const missing = overview ? findingsGap(overview) : "";

  return (
    <Page title="Findings" sentence={sentence}>
      {missing ? (
        <div className="mb-3">
          <NotKnown command={gap?.command}>
            {missing} <Door to={paths.feeds()}>Why</Door>
          </NotKnown>
        </div>
      ) : null}
      <FleetList
        list={list}
        path={api.findings}
        params={params}
        name="findings"
        caption="Open CVEs"
        columns={columns}
        rowKey={(row) => row.cve}
        filter="Filter by CVE or package"
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
        empty={
          <Empty title={filtered ? "No open CVE is left under this filter." : "No CVE is open."}>
            {overview?.assessment.assessed === 0 && overview.findings.open === 0
              ? "No security data is in force, so nothing is said to be vulnerable, and nothing to be safe."
              : null}
          </Empty>
        }
      />
    </Page>
  );
}

function FindingTwoLines({ row }: { row: FleetFinding }) {
  const sign = signOf(severitySign, row.severity);
  return (
    <TwoLines
      first={
        <>
          <span className="inline-flex min-w-0 items-center gap-2">
            <Mark shape={sign.shape} tone={sign.tone} />
            <span className="font-semibold">{row.cve}</span>
            <span className="text-xs text-muted">{sign.word}</span>
          </span>
          <Door to={paths.hostsWithCve(row.cve)} className="shrink-0 text-xs">
            {plural(row.hosts, "host")}
          </Door>
        </>
      }
      second={
        <>
          <span>{signOf(stateSign, row.state).word}</span>
          <span className="truncate">{row.packages.join(", ")}</span>
        </>
      }
    />
  );
}
