import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { Problem } from "../../api/client";
import { hostQuery, hostUpdatesQuery } from "../../api/queries";
import type { HostDetail } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Door } from "../../components/Door";
import { Failure, Loading } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Sign } from "../../components/Sign";
import { Tabs } from "../../components/Tabs";
import { Words } from "../../components/Words";
import { useTitle } from "../../hooks/useTitle";
import { useUrl } from "../../hooks/useUrl";
import { platformName } from "../../lib/format";
import { answerOf, successorOf } from "../../lib/notKnown";
import { queryValue } from "../../lib/query";
import {
  colourOf,
  freshnessSign,
  notAssessedSign,
  rebootSign,
  restNotAssessedSign,
  signOf,
} from "../../lib/states";
import { paths } from "../../paths";
import { NotKnownHere } from "./NotKnownHere";
import { noUpdates } from "./updates";

export function useHostId(): string {
  return useParams({ strict: false }).id ?? "";
}

/** The host's head and its views; each view is a page of its own below. */
export function HostPage() {
  const id = useHostId();
  const { data: host, error, refetch } = useQuery(hostQuery(id));
  if (!host) {
    return (
      <Page title="Host">
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what="the host" />}
        {error ? <WhereElse error={error} /> : null}
      </Page>
    );
  }
  return (
    <>
      <Head host={host} />
      <Views host={host} />
      <div className="pt-4">
        <Outlet />
      </div>
    </>
  );
}

/** The ways on from a host that is not there: to the one that stands for its machine, to all. */
function WhereElse({ error }: { error: unknown }) {
  const other =
    error instanceof Problem && error.code === "removed"
      ? (error.more.successor ?? successorOf(error.detail))
      : null;
  return (
    <p className="flex flex-wrap gap-x-4">
      {other ? <Door to={paths.host(other)}>Host {other}</Door> : null}
      <Door to={paths.hosts()}>All hosts</Door>
    </p>
  );
}

function Head({ host }: { host: HostDetail }) {
  useTitle(host.hostname);
  return (
    <header className="mb-3">
      <p className="text-xs text-muted">
        <Door to={paths.hosts()}>Hosts</Door>
      </p>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h1 className="min-w-0 text-title font-semibold">{host.hostname}</h1>
        <Sign sign={colourOf(host)} />
        {host.reboot_required ? <Sign sign={rebootSign} /> : null}
        {host.assessed ? null : (
          <Sign sign={host.open_findings > 0 ? restNotAssessedSign : notAssessedSign} />
        )}
      </div>
      <p className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-muted">
        <span title={host.os_name}>{platformName(host.platform)}</span>
        <span className="inline-flex items-center gap-1.5">
          <Sign sign={signOf(freshnessSign, host.freshness)} />
          <Ago time={host.last_seen_at} />
        </span>
        <span>
          {host.agent.name} {host.agent.version}
        </span>
        {host.tags.length > 0 ? (
          <span className="inline-flex flex-wrap gap-x-2">
            {host.tags.map((tag) => (
              <Door key={tag} to={paths.hosts({ q: `tag:${queryValue(tag)}` })}>
                {tag}
              </Door>
            ))}
          </span>
        ) : null}
      </p>
      <p className="mt-3 max-w-[80ch] text-base font-semibold text-balance">
        <Words text={answerOf(host)} />
      </p>
      <NotKnownHere host={host} />
    </header>
  );
}

/**
 * Counts in the tabs are the lengths of the lists behind them. Those of findings and packages the
 * server counts: such a list may be long, and is read where it is shown.
 */
function Views({ host }: { host: HostDetail }) {
  const id = String(host.id);
  const { path } = useUrl();
  const updates = useQuery(hostUpdatesQuery(id));
  const open = host.open_findings;
  const waiting = updates.data?.items.length;
  const tab = (to: string, label: string, count?: number) => ({ to, label, count, current: path === to });
  return (
    <Tabs
      label="Views of the host"
      tabs={[
        tab(paths.host(id), "Summary"),
        // A zero is shown where it is knowledge.
        tab(paths.hostUpdates(id), "Updates", waiting || noUpdates(host).whole ? waiting : undefined),
        tab(paths.hostFindings(id), "Findings", host.assessed || open ? open : undefined),
        tab(paths.hostPackages(id), "Packages", host.packages),
      ]}
    />
  );
}
