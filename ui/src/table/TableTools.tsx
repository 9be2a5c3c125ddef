import type { ReactNode } from "react";
import { count } from "../lib/format";

/** What stands above a table whose rows are all in the browser: choices, a filter, what is left. */
export function TableTools({ children, shown, all }: { children: ReactNode; shown: number; all: number }) {
  return (
    <div className="mb-2 flex flex-wrap items-center gap-x-6 gap-y-2">
      {children}
      <span role="status" className="text-xs text-muted">
        {shown === all ? "" : `${count(shown)} of ${count(all)} shown`}
      </span>
    </div>
  );
}
