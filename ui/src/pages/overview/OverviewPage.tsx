import { useQuery } from "@tanstack/react-query";
import { overviewQuery } from "../../api/queries";
import { Failure, Loading } from "../../components/Notice";
import { Page } from "../../components/Page";
import { overviewSentence } from "../../lib/sentences";
import { Coverage } from "./Coverage";
import { FirstHost } from "./FirstHost";
import { OpenFindings, WaitingUpdates } from "./Questions";
import { TopFindings, TopUpdates } from "./Tops";
import { Trust } from "./Trust";

/** As many systems as a small fleet has; the page of feeds has them all. */
const SYSTEMS = 12;

/** The first five seconds: is something on fire, can this page be trusted, what helps most. */
export function OverviewPage() {
  const { data: overview, error, refetch } = useQuery(overviewQuery);
  if (!overview) {
    return (
      <Page title="Overview">
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what="the overview" />}
      </Page>
    );
  }
  const { head, more } = overviewSentence(overview);
  return (
    <Page title="Overview" sentence={head} more={more}>
      {overview.hosts.total === 0 ? (
        <FirstHost />
      ) : (
        <>
          <div className="grid gap-x-10 gap-y-8 border-t border-line pt-5 md:grid-cols-3">
            <WaitingUpdates overview={overview} />
            <OpenFindings overview={overview} />
            <Trust overview={overview} />
          </div>
          {overview.assessment.assessed === 0 && overview.findings.open === 0 ? (
            <div className="mt-8">
              <TopUpdates overview={overview} />
            </div>
          ) : (
            <div className="mt-8 grid gap-x-10 gap-y-8 xl:grid-cols-2">
              <TopUpdates overview={overview} />
              <TopFindings overview={overview} />
            </div>
          )}
          <Coverage overview={overview} commands={overview.assessment.assessed > 0} most={SYSTEMS} />
        </>
      )}
    </Page>
  );
}
