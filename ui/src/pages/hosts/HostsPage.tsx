import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getAll, Problem } from "../../api/client";
import { api, hostsQuery, overviewQuery } from "../../api/queries";
import type { HostRow } from "../../api/types";
import { Empty, Failure, Loading } from "../../components/Notice";
import { Page } from "../../components/Page";
import { useUrl } from "../../hooks/useUrl";
import { hostsSentence } from "../../lib/sentences";
import { fieldsOf } from "../../table/columns";
import { DataTable } from "../../table/DataTable";
import { ExportMenu } from "../../table/ExportMenu";
import { FirstHost } from "../overview/FirstHost";
import { HostTwoLines, hostColumns } from "./columns";
import { Facets } from "./Facets";
import { QueryLine } from "./QueryLine";

const DEFAULT_SORT = "-security_updates";

export function HostsPage() {
  const { search, set } = useUrl();
  const q = search.q ?? "";
  const sort = search.sort ?? DEFAULT_SORT;
  const params = { q, sort };
  const list = useInfiniteQuery(hostsQuery(params));
  const { data: overview } = useQuery(overviewQuery);
  const pages = list.data?.pages ?? [];
  const first = pages[0];
  const rows = pages.flatMap((page) => page.items);
  const total = first?.total ?? 0;
  const badQuery = list.error instanceof Problem && list.error.code === "bad_query" ? list.error : null;
  const sentence = badQuery
    ? "This query can't be read."
    : first
      ? hostsSentence(total, q, overview)
      : undefined;

  return (
    <Page
      title="Hosts"
      sentence={sentence}
      aside={
        total > 0 ? (
          <ExportMenu
            name="hosts"
            fields={fieldsOf(hostColumns)}
            total={total}
            rows={async (progress) => (await getAll<HostRow>(api.hosts, params, undefined, progress)).items}
          />
        ) : null
      }
    >
      <QueryLine q={q} problem={badQuery} />
      {first && !badQuery ? <Facets facets={first.facets} q={q} /> : null}
      {list.error && !badQuery ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : badQuery ? null : !first ? (
        <Loading what="the hosts" />
      ) : rows.length > 0 ? (
        <DataTable
          caption="Hosts"
          columns={hostColumns}
          rows={rows}
          rowKey={(host) => String(host.id)}
          phone={(host) => <HostTwoLines host={host} />}
          total={total}
          more={
            list.hasNextPage
              ? { load: () => void list.fetchNextPage(), loading: list.isFetchingNextPage }
              : null
          }
          sort={sort}
          onSort={(next) => set({ sort: next === DEFAULT_SORT ? undefined : next })}
          stale={list.isPlaceholderData}
        />
      ) : q ? (
        <Empty title="No host matches this query">
          Remove a part of it above, or look at how hosts are spread on the overview.
        </Empty>
      ) : (
        <FirstHost />
      )}
    </Page>
  );
}
