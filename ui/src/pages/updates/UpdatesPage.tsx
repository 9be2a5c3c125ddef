import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, overviewQuery, updatesQuery } from "../../api/queries";
import type { FleetUpdate, Overview } from "../../api/types";
import { Door } from "../../components/Door";
import { NoHostYet, NothingLeft } from "../../components/NothingLeft";
import { Empty } from "../../components/Notice";
import { Mark, Sign } from "../../components/Sign";
import { Choices } from "../../components/Tabs";
import { type Search, useUrl } from "../../hooks/useUrl";
import { platformName, plural } from "../../lib/format";
import { andUnknown, noneWaits } from "../../lib/sentences";
import { otherSign, securitySign } from "../../lib/states";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { FleetPage } from "../../table/FleetPage";
import { totalOf } from "../../table/FleetTable";
import { hostsColumn, systemColumn } from "../../table/fleetColumns";
import { TwoLines } from "../../table/TableRow";

const columns: readonly Column<FleetUpdate>[] = [
  {
    id: "kind",
    header: "Kind",
    width: "w-28",
    sort: { key: "security", first: "descending" },
    cell: (row) => <Sign sign={row.security ? securitySign : otherSign} />,
    fields: [{ name: "security", value: (row) => row.security }],
  },
  {
    id: "name",
    header: "Package",
    sort: { key: "name", first: "ascending" },
    cell: (row) => (
      <Door to={paths.packages({ q: row.name })} className="font-semibold" title={`Versions of ${row.name}`}>
        {row.name}
      </Door>
    ),
    fields: [{ name: "name", value: (row) => row.name }],
  },
  {
    id: "candidate",
    header: "Candidate",
    width: "w-64",
    cell: (row) => <span title={row.candidate}>{row.candidate}</span>,
    fields: [{ name: "candidate", value: (row) => row.candidate }],
  },
  systemColumn(),
  {
    id: "suite",
    header: "From",
    width: "w-44",
    from: "lg",
    cell: (row) => <span className="text-muted">{row.suite || "–"}</span>,
    fields: [{ name: "suite", value: (row) => row.suite }],
  },
  hostsColumn<FleetUpdate>(paths.hostsWithUpdate, "Hosts on which it waits"),
];

/** The server's order without `sort`. */
const DEFAULT_SORT = "-security";

const KINDS = [
  { key: "all", word: "All", security: undefined },
  { key: "security", word: "Security", security: "true" },
  { key: "other", word: "Other", security: "false" },
] as const;

/** What waits over the fleet: security first, most hosts first. */
export function UpdatesPage() {
  const { search, set } = useUrl();
  const params = { q: search.q, security: search.security, sort: search.sort };
  const list = useInfiniteQuery(updatesQuery(params));
  const { data: overview } = useQuery(overviewQuery);
  const total = totalOf(list);
  const filtered = Boolean(search.q);
  return (
    <FleetPage
      title="Updates"
      sentence={total === undefined || !overview ? undefined : updatesSentence(total, search, overview)}
      list={list}
      path={api.updates}
      params={params}
      name="updates"
      caption="Pending updates"
      columns={columns}
      rowKey={(row) => `${row.name} ${row.candidate} ${row.platform} ${row.suite}`}
      filter="Filter by package"
      sort={search.sort ?? DEFAULT_SORT}
      onSort={(sort) => set({ sort: sort === DEFAULT_SORT ? undefined : sort })}
      phone={(row) => <UpdateTwoLines row={row} />}
      tools={
        <Choices
          label="Kind of update"
          choices={KINDS.map((kind) => ({
            key: kind.key,
            to: paths.updates({ q: search.q, security: kind.security, sort: search.sort }),
            content: kind.word,
            current: search.security === kind.security,
          }))}
        />
      }
      empty={
        overview?.hosts.total === 0 ? (
          <NoHostYet />
        ) : filtered ? (
          <NothingLeft title="No update is left under this filter." />
        ) : (
          <Empty title="No row to show.">
            {overview?.lists.oldest_at ? null : "No host has said yet when its package lists were fetched."}
          </Empty>
        )
      }
    />
  );
}

/** What waits over the fleet, under the choices made, and for how many hosts that is not known. */
function updatesSentence(total: number, search: Search, overview: Overview): string {
  const none = total === 0 && !search.q;
  // Of what hosts have not said, none is known to match.
  if (total === 0 && search.q)
    return overview.hosts_unknown > 0
      ? `No update is known to match.${andUnknown(overview)}`
      : "No update matches.";
  return none
    ? noneWaits(overview, search.security === "true")
    : `${waits(total, search, overview)}${andUnknown(overview)}`;
}

function waits(total: number, search: Search, overview: Overview): string {
  const { updates } = overview;
  if (search.q) return `${plural(total, "update")} ${total === 1 ? "matches" : "match"}.`;
  if (search.security === "true")
    return `${plural(updates.security, "security update")} on ${plural(updates.hosts_with_security, "host")}: ${plural(total, "package version")}.`;
  return search.security === "false"
    ? `${plural(total, "package version waits that is", "package versions wait that are")} not for security.`
    : `${plural(total, "package version waits", "package versions wait")} on ${plural(updates.hosts_with_any, "host")}.`;
}

function UpdateTwoLines({ row }: { row: FleetUpdate }) {
  const sign = row.security ? securitySign : otherSign;
  return (
    <TwoLines
      first={
        <>
          <span className="inline-flex min-w-0 items-center gap-2">
            <Mark shape={sign.shape} tone={sign.tone} />
            <Door to={paths.packages({ q: row.name })} className="truncate font-semibold">
              {row.name}
            </Door>
          </span>
          <Door to={paths.hostsWithUpdate(row)} className="shrink-0 text-xs">
            {plural(row.hosts, "host")}
          </Door>
        </>
      }
      second={
        <>
          <span>{sign.word}</span>
          <span>→ {row.candidate}</span>
          <span>{platformName(row.platform)}</span>
        </>
      }
    />
  );
}
