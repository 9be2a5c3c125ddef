import { count } from "../lib/format";
import { NotKnown } from "./Notice";

/** Said above a list of which only the first rows were read: filter, sort and export know no others. */
export function Cut({
  list,
  order,
}: {
  list: { items: readonly unknown[]; total: number; next_cursor?: string | null };
  /** What comes first: "the most pressing first". */
  order: string;
}) {
  if (!list.next_cursor) return null;
  return (
    <div className="mb-3">
      <NotKnown>
        Of {count(list.total)} rows the first {count(list.items.length)} are read, {order}. Filters, order and
        export on this page know no others; the API has them all.
      </NotKnown>
    </div>
  );
}
