import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { usePhone } from "../hooks/useMedia";
import { count } from "../lib/format";
import type { Column } from "./columns";
import { TableHead } from "./TableHead";
import { TableRow } from "./TableRow";

/** Up to here every row is in the page, so that the browser's own search finds it. */
const VIRTUAL_FROM = 200;

export interface DataTableProps<Row> {
  /** Names the table for screen readers and tests. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The two lines of a row on a phone. */
  phone: (row: Row) => ReactNode;
  /** Rows that exist, where not all are loaded. */
  total?: number;
  more?: { load: () => void; loading: boolean } | null;
  sort?: string;
  onSort?: (sort: string) => void;
  /** What opens below a row, if the row is the open one. */
  opened?: (row: Row) => ReactNode;
  onToggle?: (row: Row) => void;
  toggleLabel?: (row: Row) => string;
  /** Old rows under new filters: shown, but dimmed. */
  stale?: boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, total, more, stale } = props;
  const phone = usePhone();
  const virtual = rows.length > VIRTUAL_FROM;
  const body = useRef<HTMLTableElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = body.current?.getBoundingClientRect().top ?? 0;
    setMargin(Math.round(top + window.scrollY));
  }, []);

  const virtualizer = useWindowVirtualizer({
    count: virtual ? rows.length : 0,
    estimateSize: () => (phone ? 53 : 33),
    overscan: 15,
    scrollMargin: margin,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
  });
  const items = virtual ? virtualizer.getVirtualItems() : [];

  // The next page is read when the end comes near; the button there does the same for the keyboard.
  const end = useRef<HTMLParagraphElement>(null);
  const load = more && !more.loading ? more.load : undefined;
  useEffect(() => {
    if (!load || !end.current) return;
    const observer = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && load(), {
      rootMargin: "800px",
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [load]);

  const before = virtual ? (items[0]?.start ?? margin) - margin : 0;
  const after = virtual ? virtualizer.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin) : 0;
  const span = phone ? 1 : columns.length + (props.opened ? 1 : 0);
  const shown = virtual ? items.map((item) => item.index) : rows.map((_, index) => index);
  const all = total ?? rows.length;

  return (
    <div className={stale ? "opacity-60 transition-opacity duration-100" : ""} aria-busy={stale}>
      <table
        ref={body}
        data-rows={rows.length}
        className="w-full table-fixed border-separate border-spacing-0 text-sm"
        aria-rowcount={all + 1}
      >
        <caption className="sr-only">{caption}</caption>
        {phone ? null : <TableHead {...props} expandable={props.opened !== undefined} />}
        {before > 0 ? <Spacer height={before} span={span} /> : null}
        {shown.map((index) => {
          const row = rows[index];
          return row === undefined ? null : (
            <TableRow
              key={rowKey(row)}
              {...props}
              row={row}
              index={index}
              asPhone={phone}
              measure={virtual ? virtualizer.measureElement : undefined}
            />
          );
        })}
        {after > 0 ? <Spacer height={after} span={span} /> : null}
      </table>
      {all > rows.length || more ? (
        <p ref={end} className="flex items-center gap-3 py-3 text-xs text-muted">
          <span>
            {count(rows.length)} of {count(all)} rows
          </span>
          {more ? (
            <button type="button" className="button" onClick={more.load} disabled={more.loading}>
              {more.loading ? "Reading …" : "Show more"}
            </button>
          ) : null}
        </p>
      ) : null}
    </div>
  );
}

/** Stands for rows that are not in the page. Its height is set through the CSSOM, which the policy allows. */
function Spacer({ height, span }: { height: number; span: number }) {
  return (
    <tbody aria-hidden="true">
      <tr>
        <td colSpan={span} style={{ height, padding: 0 }} />
      </tr>
    </tbody>
  );
}
