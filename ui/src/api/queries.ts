/** What each page reads, as TanStack Query options: one key, one path, one type each. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { EXPLOITED, UNKNOWN_UPDATES } from "../lib/query";
import { get, getAll, type Params, Problem } from "./client";
import type {
  CveOnFleet,
  CveRecord,
  Explanation,
  Feeds,
  Finding,
  FleetFinding,
  FleetPackage,
  FleetUpdate,
  HostDetail,
  HostFindings,
  HostPackage,
  HostPage,
  HostUpdate,
  Overview,
  Page,
  QueryCompletion,
  Session,
} from "./types";

export const api = {
  session: "/api/v1/session",
  setup: "/api/v1/setup",
  overview: "/api/v1/overview",
  hosts: "/api/v1/hosts",
  complete: "/api/v1/query/complete",
  packages: "/api/v1/packages",
  updates: "/api/v1/updates",
  findings: "/api/v1/findings",
  feeds: "/api/v1/feeds",
  events: "/api/v1/events",
  scanOwnHost: "/api/v1/hosts/own/scan",
  cve: (id: string) => `/api/v1/cves/${encodeURIComponent(id)}`,
  host: (id: string) => `/api/v1/hosts/${encodeURIComponent(id)}`,
};

/** Rows of a page of a list that covers the fleet. */
const PAGE_ROWS = 100;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => get<Session>(api.session, {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

/**
 * The overview, for how many hosts it is not known what waits, and how many are exposed to what is
 * known to be exploited. Its colours tell neither: a host with an open critical finding is red, whether
 * or not its updates are known.
 */
export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: async ({ signal }): Promise<Overview> => {
    const hostsWith = (q: string) => get<HostPage>(api.hosts, { q, limit: 1 }, signal);
    const [overview, unknown, exploited] = await Promise.all([
      get<Omit<Overview, "hosts_unknown" | "hosts_exploited">>(api.overview, {}, signal),
      hostsWith(UNKNOWN_UPDATES),
      hostsWith(EXPLOITED),
    ]);
    return { ...overview, hosts_unknown: unknown.total, hosts_exploited: exploited.total };
  },
});

export const feedsQuery = queryOptions({
  queryKey: ["feeds"],
  queryFn: ({ signal }) => get<Feeds>(api.feeds, {}, signal),
});

function listQuery<P extends Page<unknown>>(name: string, path: string, params: Params) {
  return infiniteQueryOptions({
    queryKey: [name, params],
    queryFn: ({ pageParam, signal }) =>
      get<P>(path, { ...params, limit: PAGE_ROWS, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: P) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export const hostsQuery = (params: Params) => listQuery<HostPage>("hosts", api.hosts, params);

/** What may stand at a place (in characters) of a query that is being typed. */
export const completionQuery = (q: string, at: number) =>
  queryOptions({
    queryKey: ["query", "complete", q, at],
    queryFn: ({ signal }) => get<QueryCompletion>(api.complete, { q, at }, signal),
    // Nobody waits for a suggestion: what can't be had is not shown.
    retry: false,
  });

export const packagesQuery = (params: Params) =>
  listQuery<Page<FleetPackage>>("packages", api.packages, params);
export const updatesQuery = (params: Params) => listQuery<Page<FleetUpdate>>("updates", api.updates, params);
export const findingsQuery = (params: Params) =>
  listQuery<Page<FleetFinding>>("findings", api.findings, params);

/** One CVE with its hosts, page by page; null where no data in force for the fleet names it. */
export const cveQuery = (cve: string, state?: string) =>
  infiniteQueryOptions({
    queryKey: ["cve", cve, state ?? ""],
    queryFn: ({ pageParam, signal }) =>
      get<CveOnFleet>(api.cve(cve), { state, limit: PAGE_ROWS, cursor: pageParam }, signal).catch(
        (error: unknown) => {
          if (error instanceof Problem && error.status === 404) return null;
          throw error;
        },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: CveOnFleet | null) => page?.hosts.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** What is known of a CVE itself, with the feeds that were asked. */
export const cveRecordQuery = (cve: string) =>
  queryOptions({
    queryKey: ["cve", cve, "record"],
    queryFn: ({ signal }) => get<CveRecord>(`${api.cve(cve)}/record`, {}, signal),
  });

export const hostQuery = (id: string) =>
  queryOptions({
    queryKey: ["host", id],
    queryFn: ({ signal }) => get<HostDetail>(api.host(id), {}, signal),
  });

export const hostPackagesQuery = (id: string) =>
  queryOptions({
    queryKey: ["host", id, "packages"],
    queryFn: ({ signal }) => getAll<HostPackage>(`${api.host(id)}/packages`, {}, signal),
  });

export const hostUpdatesQuery = (id: string) =>
  queryOptions({
    queryKey: ["host", id, "updates"],
    queryFn: ({ signal }) => getAll<HostUpdate>(`${api.host(id)}/updates`, {}, signal),
  });

/** Open findings; with a state, those in it (also the closed ones: `not_affected`, `accepted`). */
export const hostFindingsQuery = (id: string, state?: string) =>
  queryOptions({
    queryKey: ["host", id, "findings", state ?? "open"],
    queryFn: ({ signal }) =>
      getAll<Finding, HostFindings>(`${api.host(id)}/findings`, state ? { state } : {}, signal),
    placeholderData: keepPreviousData,
  });

export const explanationQuery = (id: string, cve: string, packageName?: string) =>
  queryOptions({
    queryKey: ["host", id, "explanation", cve, packageName ?? ""],
    queryFn: ({ signal }) =>
      get<Explanation>(
        `${api.host(id)}/findings/${encodeURIComponent(cve)}`,
        { package: packageName },
        signal,
      ),
  });
