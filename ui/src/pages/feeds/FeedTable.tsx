import type { FeedRow } from "../../api/types";
import { useUrl } from "../../hooks/useUrl";
import { DataTable } from "../../table/DataTable";
import { FeedTwoLines, feedColumns } from "./columns";
import { FeedEvidence } from "./FeedEvidence";

/** Feeds, each with its details below it; which one is open stands in the address. */
export function FeedTable({ caption, rows }: { caption: string; rows: readonly FeedRow[] }) {
  const { search, set } = useUrl();
  return (
    <DataTable
      caption={caption}
      columns={feedColumns}
      rows={rows}
      rowKey={(feed) => feed.id}
      phone={(feed) => <FeedTwoLines feed={feed} />}
      opened={(feed) => (search.open === feed.id ? <FeedEvidence feed={feed} /> : null)}
      onToggle={(feed) => set({ open: search.open === feed.id ? undefined : feed.id }, "replace")}
      toggleLabel={(feed) => `Details of ${feed.title}`}
    />
  );
}
