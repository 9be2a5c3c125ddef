import type { ReactNode } from "react";
import { count } from "../lib/format";
import { FilterField } from "./FilterField";

/**
 * What stands above a table: choices, then on a line of its own where there is little room the
 * filter, what is left of the rows, and the export.
 */
export function TableTools({
  children,
  filter,
  rows,
  aside,
}: {
  children?: ReactNode;
  /** What the filter looks in. */
  filter: string;
  /** Of rows that are all in the browser: how many of them are left. */
  rows?: { shown: number; all: number };
  aside?: ReactNode;
}) {
  return (
    <div className="mb-2 flex flex-wrap items-center gap-x-6 gap-y-2">
      {children}
      <div className="flex min-w-0 grow items-center gap-3 max-sm:basis-full">
        <FilterField label={filter} />
        <span role="status" className="ml-auto text-xs whitespace-nowrap text-muted">
          {rows && rows.shown !== rows.all ? `${count(rows.shown)} of ${count(rows.all)} shown` : ""}
        </span>
        {aside}
      </div>
    </div>
  );
}
