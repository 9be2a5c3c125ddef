import type { ReactNode } from "react";
import { count } from "../lib/format";

/** What stands above a table: choices and a filter, then what is left of the rows, and the export. */
export function TableTools({
  children,
  shown,
  all,
  aside,
}: {
  children: ReactNode;
  shown: number;
  all: number;
  aside?: ReactNode;
}) {
  return (
    <div className="mb-2 flex flex-wrap items-center gap-x-6 gap-y-2">
      {children}
      <div className="ml-auto flex items-center gap-3">
        <span role="status" className="text-xs text-muted">
          {shown === all ? "" : `${count(shown)} of ${count(all)} shown`}
        </span>
        {aside}
      </div>
    </div>
  );
}
