import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Problem } from "../../api/client";
import { api, hostsQuery, overviewQuery } from "../../api/queries";
import type { HostPage } from "../../api/types";
import { Door } from "../../components/Door";
import { Empty } from "../../components/Notice";
import { Page } from "../../components/Page";
import { useUrl } from "../../hooks/useUrl";
import { hostsSentence } from "../../lib/sentences";
import { paths } from "../../paths";
import { FleetExport } from "../../table/FleetExport";
import { FleetTable } from "../../table/FleetTable";
import { FirstHost } from "../overview/FirstHost";
import { HostTwoLines, hostColumns } from "./columns";
import { Facets } from "./Facets";
import { Lacks } from "./Lacks";
import { QueryLine } from "./QueryLine";

const DEFAULT_SORT = "-security_updates";

export function HostsPage() {
  const { search, set } = useUrl();
  const q = search.q ?? "";
  const sort = search.sort ?? DEFAULT_SORT;
  const params = { q, sort };
  const list = useInfiniteQuery(hostsQuery(params));
  const { data: overview } = useQuery(overviewQuery);
  const first: HostPage | undefined = list.data?.pages[0];
  const badQuery = list.error instanceof Problem && list.error.code === "bad_query" ? list.error : null;
  const sentence = badQuery
    ? "This query can't be read."
    : first
      ? hostsSentence(first.total, q, overview, first.lacks)
      : undefined;

  return (
    <Page
      title="Hosts"
      sentence={sentence}
      aside={<FleetExport list={list} name="hosts" columns={hostColumns} path={api.hosts} params={params} />}
    >
      <QueryLine q={q} problem={badQuery} />
      {badQuery ? null : (
        <>
          {first ? <Facets facets={first.facets} q={q} /> : null}
          {first ? <Lacks lacks={first.lacks} overview={overview} /> : null}
          <FleetTable
            list={list}
            name="hosts"
            caption="Hosts"
            columns={hostColumns}
            rowKey={(host) => String(host.id)}
            phone={(host) => <HostTwoLines host={host} />}
            sort={sort}
            onSort={(next) => set({ sort: next === DEFAULT_SORT ? undefined : next })}
            empty={q ? <NoMatch lacks={first?.lacks ?? []} /> : <FirstHost />}
          />
        </>
      )}
    </Page>
  );
}

/** No row; where the answer lacks something, that is no "none". */
function NoMatch({ lacks }: { lacks: readonly string[] }) {
  return (
    <Empty title={lacks.length > 0 ? "No host is known to match this query" : "No host matches this query"}>
      {lacks.length > 0 ? "Of what is said above to be missing, any may. " : ""}
      Remove a part of the query, or look at <Door to={paths.hosts()}>all hosts</Door> and how they are spread
      on the <Door to={paths.overview()}>overview</Door>.
    </Empty>
  );
}
