import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Problem } from "../../api/client";
import { api, hostsQuery, overviewQuery } from "../../api/queries";
import type { HostPage } from "../../api/types";
import { Empty } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Mark } from "../../components/Sign";
import { useUrl } from "../../hooks/useUrl";
import { hostsSentence } from "../../lib/sentences";
import { notAssessedSign } from "../../lib/states";
import { FleetExport } from "../../table/FleetExport";
import { FleetTable } from "../../table/FleetTable";
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
  const first: HostPage | undefined = list.data?.pages[0];
  const badQuery = list.error instanceof Problem && list.error.code === "bad_query" ? list.error : null;
  const sentence = badQuery
    ? "This query can't be read."
    : first
      ? hostsSentence(first.total, q, overview)
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
          {first?.lacks.map((lack) => (
            <p key={lack} className="flex items-baseline gap-1.5 text-sm text-muted">
              <Mark shape={notAssessedSign.shape} tone={notAssessedSign.tone} />
              {lack}
            </p>
          ))}
          <FleetTable
            list={list}
            name="hosts"
            caption="Hosts"
            columns={hostColumns}
            rowKey={(host) => String(host.id)}
            phone={(host) => <HostTwoLines host={host} />}
            sort={sort}
            onSort={(next) => set({ sort: next === DEFAULT_SORT ? undefined : next })}
            empty={
              q ? (
                <Empty title="No host matches this query">
                  Remove a part of it above, or look at how hosts are spread on the overview.
                </Empty>
              ) : (
                <FirstHost />
              )
            }
          />
        </>
      )}
    </Page>
  );
}
