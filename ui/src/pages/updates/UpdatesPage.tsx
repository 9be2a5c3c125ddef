import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, overviewQuery, updatesQuery } from "../../api/queries";
import type { FleetUpdate } from "../../api/types";
import { Door } from "../../components/Door";
import { Empty } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Mark, Sign } from "../../components/Sign";
import { Choices } from "../../components/Tabs";
import { useUrl } from "../../hooks/useUrl";
import { count, platformName, plural } from "../../lib/format";
import { otherSign, securitySign } from "../../lib/states";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { FleetList } from "../../table/FleetList";
import { TwoLines } from "../../table/TableRow";

const columns: readonly Column<FleetUpdate>[] = [
  {
    id: "kind",
    header: "Kind",
    width: "w-28",
    cell: (row) => <Sign sign={row.security ? securitySign : otherSign} />,
    fields: [{ name: "security", value: (row) => row.security }],
  },
  {
    id: "name",
    header: "Package",
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
  {
    id: "platform",
    header: "System",
    width: "w-40",
    from: "md",
    cell: (row) => platformName(row.platform),
    fields: [{ name: "platform", value: (row) => row.platform }],
  },
  {
    id: "suite",
    header: "From",
    width: "w-44",
    from: "lg",
    cell: (row) => <span className="text-muted">{row.suite || "–"}</span>,
    fields: [{ name: "suite", value: (row) => row.suite }],
  },
  {
    id: "hosts",
    header: "Hosts",
    hint: "Hosts on which it waits",
    align: "right",
    width: "w-20",
    cell: (row) => (
      <Door to={paths.hostsWithUpdate(row)} aria-label={plural(row.hosts, "host")}>
        {count(row.hosts)}
      </Door>
    ),
    fields: [{ name: "hosts", value: (row) => row.hosts }],
  },
];

const KINDS = [
  { key: "all", word: "All", security: undefined },
  { key: "security", word: "Security", security: "true" },
  { key: "other", word: "Other", security: "false" },
] as const;

/** What waits over the fleet: security first, most hosts first. */
export function UpdatesPage() {
  const { search } = useUrl();
  const params = { q: search.q, security: search.security };
  const list = useInfiniteQuery(updatesQuery(params));
  const { data: overview } = useQuery(overviewQuery);
  const total = list.data?.pages[0]?.total;
  const { updates } = overview ?? {};
  const sentence =
    total === undefined || !updates
      ? undefined
      : search.q
        ? `${plural(total, "update")} ${total === 1 ? "matches" : "match"}.`
        : search.security === "true"
          ? updates.security === 0
            ? "No security update waits."
            : `${plural(updates.security, "security update")} on ${plural(updates.hosts_with_security, "host")}: ${plural(total, "package version")}.`
          : updates.hosts_with_any === 0
            ? "No update waits."
            : `${plural(total, "package version waits", "package versions wait")} on ${plural(updates.hosts_with_any, "host")}.`;
  return (
    <Page title="Updates" sentence={sentence}>
      <FleetList
        list={list}
        path={api.updates}
        params={params}
        name="updates"
        caption="Pending updates"
        columns={columns}
        rowKey={(row) => `${row.name} ${row.candidate} ${row.platform} ${row.suite}`}
        filter="Filter by package"
        phone={(row) => <UpdateTwoLines row={row} />}
        tools={
          <Choices
            label="Kind of update"
            choices={KINDS.map((kind) => ({
              key: kind.key,
              to: paths.updates({ q: search.q, security: kind.security }),
              content: kind.word,
              current: search.security === kind.security,
            }))}
          />
        }
        empty={
          <Empty title={search.q ? "No update is left under this filter." : "No update waits."}>
            {overview && overview.lists.oldest_at === null
              ? "No host has said yet when its package lists were fetched."
              : null}
          </Empty>
        }
      />
    </Page>
  );
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
