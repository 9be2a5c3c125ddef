import { useQuery } from "@tanstack/react-query";
import { feedsQuery, overviewQuery } from "../../api/queries";
import type { FeedRow } from "../../api/types";
import { Command } from "../../components/Command";
import { Empty, Failure, Loading } from "../../components/Notice";
import { Page } from "../../components/Page";
import { useUrl } from "../../hooks/useUrl";
import { feedsSentence } from "../../lib/sentences";
import { fieldsOf } from "../../table/columns";
import { DataTable } from "../../table/DataTable";
import { ExportMenu } from "../../table/ExportMenu";
import { Coverage } from "../overview/Coverage";
import { FeedTwoLines, feedColumns } from "./columns";
import { syncCommand } from "./commands";
import { FeedEvidence } from "./FeedEvidence";

/** The security data that verdicts rest on: how old it is, and what mends it. */
export function FeedsPage() {
  const { search, set } = useUrl();
  const { data: overview } = useQuery(overviewQuery);
  const { data, error, refetch } = useQuery(feedsQuery);
  if (!data) {
    return (
      <Page title="Feeds">
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what="the feeds" />}
      </Page>
    );
  }
  const rows: readonly FeedRow[] = data.items;
  const bad = rows.filter((feed) => feed.state !== "in_force");
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
            rows={async () => rows}
          />
        ) : null
      }
    >
      {bad.length > 0 ? (
        <p className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <span>
            {bad.length === rows.length
              ? "Fetch all of them:"
              : `Fetch ${bad.map((feed) => feed.id).join(", ")}:`}
          </span>
          <Command
            text={
              bad.length === rows.length
                ? "mendwatch feeds sync"
                : syncCommand(bad.map((feed) => feed.id).join(" "))
            }
          />
          <span className="text-muted">Without internet access, import a file: see the row's details.</span>
        </p>
      ) : null}
      {rows.length === 0 ? (
        <Empty title="No feed is known to this server." />
      ) : (
        <DataTable
          caption="Feeds"
          columns={feedColumns}
          rows={rows}
          rowKey={(feed) => feed.id}
          phone={(feed) => <FeedTwoLines feed={feed} />}
          opened={(feed) => (search.open === feed.id ? <FeedEvidence feed={feed} /> : null)}
          onToggle={(feed) => set({ open: search.open === feed.id ? undefined : feed.id }, "replace")}
          toggleLabel={(feed) => `Details of ${feed.title}`}
        />
      )}
      {overview && overview.platforms.length > 0 ? (
        <Coverage overview={overview} link={false} commands={false} />
      ) : null}
    </Page>
  );
}
