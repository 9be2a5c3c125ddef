import type { FeedRow } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Mark, Sign } from "../../components/Sign";
import { count, platformsSummary, plural } from "../../lib/format";
import { feedSign, signOf } from "../../lib/states";
import type { Column } from "../../table/columns";
import { TwoLines } from "../../table/TableRow";

function Skipped({ feed }: { feed: FeedRow }) {
  if (feed.skipped === 0) return <span className="text-muted">0</span>;
  return (
    <span
      className="inline-flex items-baseline gap-1.5"
      title="Records that could not be understood; they say nothing"
    >
      <Mark shape="diamond" tone="medium" />
      {count(feed.skipped)}
    </span>
  );
}

export const feedColumns: readonly Column<FeedRow>[] = [
  {
    id: "state",
    header: "State",
    width: "w-32",
    cell: (feed) => <Sign sign={signOf(feedSign, feed.state)} />,
    fields: [{ name: "state", value: (feed) => feed.state }],
  },
  {
    id: "id",
    header: "Feed",
    cell: (feed) => (
      <span title={feed.title}>
        <span className="font-semibold">{feed.title}</span> <span className="text-muted">{feed.id}</span>
      </span>
    ),
    fields: [
      { name: "id", value: (feed) => feed.id },
      { name: "title", value: (feed) => feed.title },
      { name: "url", value: (feed) => feed.url },
    ],
  },
  {
    id: "platforms",
    header: "Speaks for",
    width: "w-44",
    from: "lg",
    cell: (feed) => (
      <span className="text-muted" title={feed.platforms.join(", ")}>
        {platformsSummary(feed.platforms) || "CVEs"}
      </span>
    ),
    fields: [
      { name: "platforms", value: (feed) => feed.platforms.join(" ") },
      { name: "needed", value: (feed) => feed.needed },
    ],
  },
  {
    id: "as_of",
    header: "Data as of",
    hint: "The vendor's own date, else that of the fetch",
    align: "right",
    width: "w-30",
    cell: (feed) => <Ago time={feed.as_of} />,
    fields: [{ name: "as_of", value: (feed) => feed.as_of }],
  },
  {
    id: "fetched",
    header: "Last loaded",
    hint: "When the vendor was last asked, or a file was last imported",
    align: "right",
    width: "w-28",
    from: "md",
    cell: (feed) => (
      <span className="inline-flex items-baseline gap-1.5">
        {feed.error ? <Mark shape="triangle" tone="high" /> : null}
        {feed.error ? <span className="sr-only">failed:</span> : null}
        <Ago time={feed.fetched_at} />
      </span>
    ),
    fields: [
      { name: "fetched_at", value: (feed) => feed.fetched_at },
      { name: "error", value: (feed) => feed.error },
    ],
  },
  {
    id: "records",
    header: "Records",
    align: "right",
    width: "w-20",
    from: "md",
    cell: (feed) => count(feed.records),
    fields: [{ name: "records", value: (feed) => feed.records }],
  },
  {
    id: "skipped",
    header: "Skipped",
    align: "right",
    width: "w-20",
    from: "md",
    cell: (feed) => <Skipped feed={feed} />,
    fields: [
      { name: "skipped", value: (feed) => feed.skipped },
      { name: "lost", value: (feed) => feed.lost },
      { name: "sha256", value: (feed) => feed.sha256 },
    ],
  },
];

export function FeedTwoLines({ feed }: { feed: FeedRow }) {
  return (
    <TwoLines
      first={
        <>
          <span className="min-w-0 truncate font-semibold">{feed.id}</span>
          <Sign sign={signOf(feedSign, feed.state)} className="shrink-0" />
        </>
      }
      second={
        <>
          {feed.as_of ? (
            <span>
              data as of <Ago time={feed.as_of} />
            </span>
          ) : null}
          <span>{feed.records > 0 ? plural(feed.records, "record") : "no data"}</span>
          {feed.skipped > 0 ? <span>{count(feed.skipped)} skipped</span> : null}
        </>
      }
    />
  );
}
