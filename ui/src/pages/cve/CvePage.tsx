import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { cveQuery, overviewQuery } from "../../api/queries";
import type { FleetFinding, Overview } from "../../api/types";
import { Door } from "../../components/Door";
import { Failure, Loading, NotKnown } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Sign } from "../../components/Sign";
import { useTitle } from "../../hooks/useTitle";
import { cveSentence, findingsGap, mendingCommand } from "../../lib/sentences";
import { severitySign, signOf, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import { CveEvidence } from "./CveEvidence";
import { CveHosts } from "./CveHosts";
import { CvePackages } from "./CvePackages";
import { CveStates } from "./CveStates";

/** One CVE over the fleet: where it is open, in which state, in what, and by which data. */
export function CvePage() {
  const id = useParams({ strict: false }).id ?? "";
  const { data: overview } = useQuery(overviewQuery);
  const { data: found, error, refetch } = useQuery(cveQuery(id));
  const cve = found?.cve ?? id;
  if (found === undefined || !overview) {
    return (
      <Page title={cve}>
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what="the CVE" />}
      </Page>
    );
  }
  return (
    <>
      <Head cve={cve} row={found} overview={overview} />
      <Gap overview={overview} />
      {found ? (
        <>
          <div className="mb-8 grid gap-x-10 gap-y-8 md:grid-cols-3">
            <CveStates row={found} />
            <CvePackages row={found} />
            <CveEvidence cve={cve} />
          </div>
          <CveHosts cve={cve} hosts={found.hosts} />
        </>
      ) : (
        <p className="max-w-prose border-t border-line py-5 text-muted">
          Either no host has what it concerns, or what they have is fixed or not affected, or no data in force
          names it. The <Door to={paths.hosts()}>page of a host</Door> tells these apart: its findings also
          list what was judged and found not affected.
        </p>
      )}
    </>
  );
}

function Head({ cve, row, overview }: { cve: string; row: FleetFinding | null; overview: Overview }) {
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
      </div>
      <p className="mt-2 max-w-[80ch] text-base font-semibold text-balance">{cveSentence(row, overview)}</p>
    </header>
  );
}

/** For which hosts nothing can be said, of this CVE as of any. */
function Gap({ overview }: { overview: Overview }) {
  const gap = findingsGap(overview);
  if (!gap) return null;
  return (
    <div className="mb-5">
      <NotKnown command={mendingCommand(overview)}>
        {gap} <Door to={paths.feeds()}>Why</Door>
      </NotKnown>
    </div>
  );
}
