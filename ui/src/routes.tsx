import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  type RouteComponent,
  type RouterHistory,
} from "@tanstack/react-router";
import { Gate } from "./App";
import { queryString } from "./api/client";
import { Failed } from "./pages/Failed";
import { NotFound } from "./pages/NotFound";

/**
 * The pages, each a file of its own that is fetched when it is first shown: who signs in or looks at
 * the overview waits for no table. The router keeps the page before until the next one is there.
 */
const pages = {
  overview: lazyRouteComponent(() => import("./pages/overview/OverviewPage"), "OverviewPage"),
  hosts: lazyRouteComponent(() => import("./pages/hosts/HostsPage"), "HostsPage"),
  host: lazyRouteComponent(() => import("./pages/host/HostPage"), "HostPage"),
  hostSummary: lazyRouteComponent(() => import("./pages/host/HostSummary"), "HostSummary"),
  hostUpdates: lazyRouteComponent(() => import("./pages/host/HostUpdates"), "HostUpdates"),
  hostFindings: lazyRouteComponent(() => import("./pages/host/HostFindings"), "HostFindings"),
  hostPackages: lazyRouteComponent(() => import("./pages/host/HostPackages"), "HostPackages"),
  findings: lazyRouteComponent(() => import("./pages/findings/FindingsPage"), "FindingsPage"),
  cve: lazyRouteComponent(() => import("./pages/cve/CvePage"), "CvePage"),
  updates: lazyRouteComponent(() => import("./pages/updates/UpdatesPage"), "UpdatesPage"),
  packages: lazyRouteComponent(() => import("./pages/packages/PackagesPage"), "PackagesPage"),
  feeds: lazyRouteComponent(() => import("./pages/feeds/FeedsPage"), "FeedsPage"),
};

/** Fetches the pages that were not shown yet: the next click waits for its data alone. */
export function preloadPages(): void {
  // One that can't be had now is asked for again when it is shown.
  for (const page of Object.values(pages)) void page.preload?.()?.catch(() => undefined);
}

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound });
const at = <P extends string>(path: P, component: RouteComponent) =>
  createRoute({ getParentRoute: () => root, path, component });

const host = createRoute({ getParentRoute: () => root, path: "/hosts/$id", component: pages.host });
const within = <P extends string>(path: P, component: RouteComponent) =>
  createRoute({ getParentRoute: () => host, path, component });

const tree = root.addChildren([
  at("/", pages.overview),
  // Signed in, there is nothing to set up.
  at("/setup", () => <Navigate to="/" replace />),
  at("/hosts", pages.hosts),
  host.addChildren([
    within("/", pages.hostSummary),
    within("updates", pages.hostUpdates),
    within("findings", pages.hostFindings),
    within("packages", pages.hostPackages),
  ]),
  at("/findings", pages.findings),
  at("/cves/$id", pages.cve),
  at("/updates", pages.updates),
  at("/packages", pages.packages),
  at("/feeds", pages.feeds),
]);

/** Parameters are plain texts, so that an address reads like the query it is. */
export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    ...(history ? { history } : {}),
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => queryString(search),
    scrollRestoration: true,
    defaultErrorComponent: Failed,
    defaultNotFoundComponent: NotFound,
    trailingSlash: "never",
  });
}

export type AppRouter = ReturnType<typeof makeRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
