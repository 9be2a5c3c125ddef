import type { ReactNode, Ref } from "react";
import { Chevron } from "../components/Chevron";
import { type Column, hiddenBelow } from "./columns";

interface TableRowProps<Row> {
  columns: readonly Column<Row>[];
  row: Row;
  index: number;
  asPhone: boolean;
  phone: (row: Row) => ReactNode;
  opened?: (row: Row) => ReactNode;
  onToggle?: (row: Row) => void;
  toggleLabel?: (row: Row) => string;
  measure?: Ref<HTMLTableSectionElement>;
}

/**
 * One row, in a body of its own with what opens below it, so that both are measured as one.
 * `data-row` is where the keys `j` and `k` find it.
 */
export function TableRow<Row>(props: TableRowProps<Row>) {
  const { columns, row, index, asPhone, phone, opened, onToggle, toggleLabel, measure } = props;
  const content = opened?.(row);
  const toggle =
    opened && onToggle ? (
      <button
        type="button"
        data-row-open
        aria-expanded={content !== null && content !== undefined}
        aria-label={toggleLabel?.(row) ?? "Evidence"}
        onClick={() => onToggle(row)}
        className="flex size-6 items-center justify-center rounded-sm text-muted hover:bg-hover hover:text-ink"
      >
        <Chevron open={Boolean(content)} />
      </button>
    ) : null;
  return (
    <tbody ref={measure} data-index={index} data-row={index}>
      <tr
        aria-rowindex={index + 2}
        className={`scroll-mt-24 ${content ? "bg-raised" : "hover:bg-hover focus-within:bg-hover"}`}
      >
        {asPhone ? (
          <td className="border-b border-line py-1.5">
            <div className="flex items-start gap-1">
              {toggle ? <span className="-ml-1.5">{toggle}</span> : null}
              <div className="min-w-0 grow">{phone(row)}</div>
            </div>
          </td>
        ) : (
          <>
            {toggle ? <td className="border-b border-line">{toggle}</td> : null}
            {columns.map((column) => (
              <td
                key={column.id}
                className={`h-8 truncate border-b border-line px-2 first:pl-0 last:pr-0 ${
                  column.align === "right" ? "text-right" : ""
                } ${column.from ? hiddenBelow[column.from] : ""}`}
              >
                {column.cell(row)}
              </td>
            ))}
          </>
        )}
      </tr>
      {content ? (
        <tr className="bg-raised">
          <td colSpan={asPhone ? 1 : columns.length + 1} className="border-b border-line px-2 pb-4 sm:pl-7">
            {content}
          </td>
        </tr>
      ) : null}
    </tbody>
  );
}

/**
 * The two lines of a row on a phone; what does not fit the second is cut at its end, and none of its
 * parts takes it all. The clip leaves room for the ring around what has the focus.
 */
export function TwoLines({ first, second }: { first: ReactNode; second: ReactNode }) {
  return (
    <>
      <div className="flex min-w-0 items-baseline justify-between gap-3">{first}</div>
      <div className="mt-0.5 flex min-w-0 items-baseline gap-x-3 text-xs whitespace-nowrap text-muted overflow-clip [overflow-clip-margin:3px] *:max-w-3/4 *:shrink-0 *:truncate *:last:min-w-0 *:last:max-w-full *:last:shrink">
        {second}
      </div>
    </>
  );
}
