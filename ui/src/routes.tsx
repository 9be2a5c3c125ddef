import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  type RouterHistory,
} from "@tanstack/react-router";
import { Gate } from "./App";
import { queryString } from "./api/client";
import { CvePage } from "./pages/cve/CvePage";
import { Failed } from "./pages/Failed";
import { FeedsPage } from "./pages/feeds/FeedsPage";
import { FindingsPage } from "./pages/findings/FindingsPage";
import { HostFindings } from "./pages/host/HostFindings";
import { HostPackages } from "./pages/host/HostPackages";
import { HostPage } from "./pages/host/HostPage";
import { HostSummary } from "./pages/host/HostSummary";
import { HostUpdates } from "./pages/host/HostUpdates";
import { HostsPage } from "./pages/hosts/HostsPage";
import { NotFound } from "./pages/NotFound";
import { OverviewPage } from "./pages/overview/OverviewPage";
import { PackagesPage } from "./pages/packages/PackagesPage";
import { UpdatesPage } from "./pages/updates/UpdatesPage";

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound });
const at = <P extends string>(path: P, component: () => React.ReactNode) =>
  createRoute({ getParentRoute: () => root, path, component });

const host = createRoute({ getParentRoute: () => root, path: "/hosts/$id", component: HostPage });
const within = <P extends string>(path: P, component: () => React.ReactNode) =>
  createRoute({ getParentRoute: () => host, path, component });

const tree = root.addChildren([
  at("/", OverviewPage),
  // Signed in, there is nothing to set up.
  createRoute({
    getParentRoute: () => root,
    path: "/setup",
    component: () => <Navigate to="/" replace />,
  }),
  at("/hosts", HostsPage),
  host.addChildren([
    within("/", HostSummary),
    within("updates", HostUpdates),
    within("findings", HostFindings),
    within("packages", HostPackages),
  ]),
  at("/findings", FindingsPage),
  at("/cves/$id", CvePage),
  at("/updates", UpdatesPage),
  at("/packages", PackagesPage),
  at("/feeds", FeedsPage),
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
