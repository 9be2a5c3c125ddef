/**
 * Every address of the dashboard. Links are made here and nowhere else, so that a number's link and
 * the list behind it can't drift apart.
 */

import { queryString } from "./api/client";
import { cveTerm, EXPLOITED, queryValue, UNKNOWN_UPDATES } from "./lib/query";

type Search = Record<string, string | undefined>;

const at = (path: string, search: Search = {}) => path + queryString(search);
const host = (id: number | string) => `/hosts/${encodeURIComponent(String(id))}`;

export const paths = {
  overview: () => "/",
  hosts: (search: { q?: string; sort?: string } = {}) => at("/hosts", search),
  host: (id: number | string) => host(id),
  hostUpdates: (id: number | string, search: { kind?: string; q?: string; sort?: string } = {}) =>
    at(`${host(id)}/updates`, search),
  hostFindings: (
    id: number | string,
    search: { state?: string; severity?: string; q?: string; open?: string; sort?: string } = {},
  ) => at(`${host(id)}/findings`, search),
  hostPackages: (id: number | string, search: { show?: string; q?: string; sort?: string } = {}) =>
    at(`${host(id)}/packages`, search),
  updates: (search: { q?: string; security?: string; sort?: string } = {}) => at("/updates", search),
  findings: (search: { q?: string; state?: string; severity?: string; sort?: string } = {}) =>
    at("/findings", search),
  cve: (cve: string, search: { state?: string } = {}) => at(`/cves/${encodeURIComponent(cve)}`, search),
  packages: (search: { q?: string } = {}) => at("/packages", search),
  feeds: () => "/feeds",
  feed: (id: string) => at("/feeds", { open: id }),

  /** Lists of hosts that numbers elsewhere count. */
  hostsOfColour: (colour: string) => at("/hosts", { q: `colour:${colour}` }),
  hostsOfFreshness: (freshness: string) => at("/hosts", { q: `freshness:${freshness}` }),
  hostsOfPlatform: (platform: string) => at("/hosts", { q: `os:${platform}` }),
  hostsWithSecurityUpdates: () => at("/hosts", { q: "security>0" }),
  hostsWithWithheld: () => at("/hosts", { q: "withheld>0" }),
  hostsWithUnknownUpdates: () => at("/hosts", { q: UNKNOWN_UPDATES }),
  hostsWithFindings: () => at("/hosts", { q: "findings>0", sort: "-open_findings" }),
  hostsExploited: () => at("/hosts", { q: EXPLOITED, sort: "-open_findings" }),
  hostsToReboot: () => at("/hosts", { q: "reboot:true" }),
  hostsWithPackage: (name: string) => at("/hosts", { q: `pkg:${queryValue(name)}` }),
  /**
   * Hosts on which the update of a package waits. `update:` also takes the name for a source's, of
   * which other packages may wait: the version below the candidate leaves those out.
   */
  hostsWithUpdate: ({ name, candidate, platform }: { name: string; candidate: string; platform: string }) =>
    at("/hosts", {
      q: `os:${platform} update:${queryValue(name)} pkg:${queryValue(name)}<${queryValue(candidate)}`,
    }),
  /** Hosts on which any update of a source package waits. */
  hostsWithSourceUpdate: ({ source, platform }: { source: string; platform: string }) =>
    at("/hosts", { q: `os:${platform} update:${queryValue(source)}` }),
  hostsWithVersion: (row: { name: string; version: string; platform: string }) =>
    at("/hosts", { q: `os:${row.platform} pkg:${queryValue(row.name)}=${queryValue(row.version)}` }),
  hostsWithCve: (cve: string, platform?: string) =>
    at("/hosts", { q: `${platform ? `os:${platform} ` : ""}${cveTerm(cve)}` }),
};
