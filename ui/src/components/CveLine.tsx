import type { Severity } from "../api/types";
import { severitySign, signOf } from "../lib/states";
import { paths } from "../paths";
import { Door } from "./Door";
import { Mark } from "./Sign";

/** A CVE with its severity, as the first line of a row on a phone. */
export function CveLine({ row }: { row: { cve: string; severity: Severity } }) {
  const sign = signOf(severitySign, row.severity);
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <Mark shape={sign.shape} tone={sign.tone} />
      <Door to={paths.cve(row.cve)} className="font-semibold">
        {row.cve}
      </Door>
      <span className="text-xs text-muted">{sign.word}</span>
    </span>
  );
}
