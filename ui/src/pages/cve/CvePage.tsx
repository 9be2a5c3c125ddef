import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Problem } from "../../api/client";
import { cveQuery, overviewQuery } from "../../api/queries";
import type { CveOnFleet, FleetFinding, Overview } from "../../api/types";
import { Door } from "../../components/Door";
import { Failure, Loading, NotKnown } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Sign } from "../../components/Sign";
import { useTitle } from "../../hooks/useTitle";
import { useUrl } from "../../hooks/useUrl";
import { mending } from "../../lib/coverage";
import { listing, platformName } from "../../lib/format";
import { cveId } from "../../lib/query";
import { cveGap, cveSentence } from "../../lib/sentences";
import { severitySign, signOf, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import { CveHosts } from "./CveHosts";
import { CvePackages } from "./CvePackages";
import { CveRecord, ExploitedSign } from "./CveRecord";
import { CveStatements } from "./CveStatements";
import { CveStates } from "./CveStates";
import { NoCve } from "./NoCve";

/** One CVE over the fleet: where it is open, in which state, in what, and by which data. */
export function CvePage() {
  const id = useParams({ strict: false }).id ?? "";
  const { search } = useUrl();
  const { data: overview } = useQuery(overviewQuery);
  const list = useInfiniteQuery(cveQuery(id, search.state));
  const found = list.data?.pages[0];
  const cve = found?.cve ?? cveId(id) ?? id;
  // Vendors name what has no number yet in ways of their own: what the server knows has a page, too.
  const refused = list.error instanceof Problem && list.error.code === "invalid_cve" ? list.error : null;
  if (refused || (found === null && cveId(id) === null))
    return <NoCve text={id} meant={refused?.more.suggestion} />;
  if (found === undefined || !overview) {
    return (
      <Page title={cve}>
        {list.error ? (
          <Failure error={list.error} retry={() => void list.refetch()} />
        ) : (
          <Loading what="the CVE" />
        )}
      </Page>
    );
  }
  return (
    <>
      <Head cve={cve} row={found?.finding} overview={overview} />
      <Gap row={found?.finding} overview={overview} />
      <CveRecord cve={cve} />
      {found?.finding ? (
        <>
          <div className="mb-8 grid gap-x-10 gap-y-8 md:grid-cols-3">
            <CveStates row={found.finding} chosen={search.state} />
            <CvePackages row={found.finding} />
            <CveStatements found={found} />
          </div>
          <CveHosts
            cve={cve}
            found={found}
            rows={(list.data?.pages ?? []).flatMap((page) => page?.hosts.items ?? [])}
            more={
              list.hasNextPage
                ? { load: () => void list.fetchNextPage(), loading: list.isFetchingNextPage }
                : null
            }
            stale={list.isPlaceholderData}
          />
        </>
      ) : (
        <OpenNowhere found={found} overview={overview} />
      )}
    </>
  );
}

function Head({
  cve,
  row,
  overview,
}: {
  cve: string;
  row: FleetFinding | null | undefined;
  overview: Overview;
}) {
  useTitle(cve);
  return (
    <header className="mb-4">
      <p className="text-xs text-muted">
        <Door to={paths.findings()}>Findings</Door>
      </p>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h1 className="min-w-0 text-title font-semibold">{cve}</h1>
        {row ? (
          <>
            <Sign sign={signOf(severitySign, row.severity)} />
            <Sign sign={signOf(stateSign, row.state)} />
          </>
        ) : null}
        <ExploitedSign cve={cve} />
      </div>
      <p className="mt-2 max-w-[80ch] text-base font-semibold text-balance">{cveSentence(row, overview)}</p>
    </header>
  );
}

/** For which hosts nothing can be said, of this CVE as of any. */
function Gap({ row, overview }: { row: FleetFinding | null | undefined; overview: Overview }) {
  const gap = cveGap(row, overview);
  if (!gap) return null;
  return (
    <div className="mb-5">
      <NotKnown command={mending(overview).command}>
        {gap} <Door to={paths.feeds()}>Why</Door>
      </NotKnown>
    </div>
  );
}

/**
 * Open on no host: whether the data names it at all tells an answer from silence, and whether that data
 * may clear a host tells "fixed" from "not known".
 */
function OpenNowhere({ found, overview }: { found: CveOnFleet | null; overview: Overview }) {
  const named = found?.named_for ?? [];
  const clears = new Set(
    overview.platforms.filter((each) => each.feed_state === "in_force").map((each) => each.platform),
  );
  const cleared = named.filter((platform) => clears.has(platform));
  const open = named.filter((platform) => !clears.has(platform));
  return (
    <div className="grid max-w-prose gap-y-2 border-t border-line py-5 text-muted">
      {cleared.length > 0 ? (
        <p>
          The data in force names it for {listing(cleared.map(platformName))}: what hosts of it have is fixed,
          not affected, or not what it concerns.
        </p>
      ) : null}
      {open.length > 0 ? (
        <p>
          For {listing(open.map(platformName))} it is named by data that clears no host, as it is too old or
          speaks only in part: it is not known to be open there, and not known not to be.
        </p>
      ) : null}
      {named.length === 0 ? (
        <p>No data in force for a system of this fleet names it, which says nothing of hosts without data.</p>
      ) : null}
      <p>
        The <Door to={paths.hosts()}>page of a host</Door> has the reasoning: its findings also list what was
        judged and found not affected.
      </p>
    </div>
  );
}
