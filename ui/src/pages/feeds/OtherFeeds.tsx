import type { FeedRow } from "../../api/types";
import { Chevron } from "../../components/Chevron";
import { useUrl } from "../../hooks/useUrl";
import { count } from "../../lib/format";
import { FeedTable } from "./FeedTable";

/** Feeds that no host needs and that are not loaded, folded away: none of them would change a verdict. */
export function OtherFeeds({ rows }: { rows: FeedRow[] }) {
  const { search, set } = useUrl();
  if (rows.length === 0) return null;
  // A link to the details of one of them opens them all.
  const shown = search.others === "shown" || rows.some((feed) => feed.id === search.open);
  const toggle = () => set(shown ? { others: undefined, open: undefined } : { others: "shown" }, "replace");
  return (
    <section className="mt-8">
      <h2 className="border-b border-line-strong pb-1 text-xs font-semibold text-muted">
        <button
          type="button"
          aria-expanded={shown}
          onClick={toggle}
          className="inline-flex items-center gap-1.5 hover:text-ink"
        >
          <Chevron open={shown} />
          Other feeds <span className="font-normal">{count(rows.length)}</span>
        </button>
      </h2>
      <p className="py-2 text-muted">
        They speak for systems that no host of this fleet runs, or say in another format what those above say.
      </p>
      {shown ? <FeedTable caption="Other feeds" rows={rows} /> : null}
    </section>
  );
}
