import { useQuery } from "@tanstack/react-query";
import { feedsQuery, overviewQuery } from "../../api/queries";
import type { FeedRow, Overview } from "../../api/types";
import { Command } from "../../components/Command";
import { Empty, Failure, Loading } from "../../components/Notice";
import { Page } from "../../components/Page";
import { byUse, feedsSentence, mendingCommand, syncCommand } from "../../lib/coverage";
import { fieldsOf } from "../../table/columns";
import { ExportMenu } from "../../table/ExportMenu";
import { Coverage } from "../overview/Coverage";
import { feedColumns } from "./columns";
import { FeedTable } from "./FeedTable";
import { OtherFeeds } from "./OtherFeeds";

/** The security data that verdicts rest on: how old it is, and what mends it. */
export function FeedsPage() {
  const fleet = useQuery(overviewQuery);
  const feeds = useQuery(feedsQuery);
  const { data } = feeds;
  const overview = fleet.data;
  if (!data || !overview) {
    const failed = [feeds, fleet].find((each) => each.error && !each.data);
    return (
      <Page title="Feeds">
        {failed ? (
          <Failure error={failed.error} retry={() => void failed.refetch()} />
        ) : (
          <Loading what="the feeds" />
        )}
      </Page>
    );
  }
  const rows: readonly FeedRow[] = data.items;
  const { main, ofCves, others } = byUse(rows, overview.platforms);
  return (
    <Page
      title="Feeds"
      sentence={feedsSentence(rows, overview)}
      aside={
        rows.length > 0 ? (
          <ExportMenu
            name="feeds"
            fields={fieldsOf(feedColumns)}
            total={rows.length}
            rows={async () => [...main, ...ofCves, ...others]}
          />
        ) : null
      }
    >
      <Mend overview={overview} feeds={main} />
      {rows.length === 0 ? (
        <Empty title="No feed is known to this server." />
      ) : overview.platforms.length === 0 ? (
        <FeedTable caption="Feeds" rows={[...main, ...others]} />
      ) : (
        <>
          {main.length > 0 ? <FeedTable caption="Feeds" rows={main} /> : null}
          <Coverage overview={overview} link={false} commands={false} />
        </>
      )}
      {ofCves.length > 0 ? (
        <section className="mt-8">
          <h2 className="text-xs font-semibold text-muted">About CVEs themselves</h2>
          <p className="py-1 text-muted">
            Descriptions, scores and known exploitation, beside what the vendors say. No verdict comes of
            them.
          </p>
          <FeedTable caption="Feeds about CVEs" rows={ofCves} />
        </section>
      ) : null}
      {overview.platforms.length > 0 ? <OtherFeeds rows={others} /> : null}
    </Page>
  );
}

/** The command that brings what is missing, or renews what is too old; nothing where it would not help. */
function Mend({ overview, feeds }: { overview: Overview; feeds: readonly FeedRow[] }) {
  const missing = mendingCommand(overview);
  const old = feeds.filter((feed) => feed.needed && feed.state === "too_old").map((feed) => feed.id);
  if (!missing && old.length === 0) return null;
  return (
    <p className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <span>{missing ? "Fetch what this fleet needs:" : `Fetch ${old.join(", ")} again:`}</span>
      <Command text={missing ?? syncCommand(old.join(" "))} />
      <span className="text-muted">Without internet access, import a file: see the row's details.</span>
    </p>
  );
}
