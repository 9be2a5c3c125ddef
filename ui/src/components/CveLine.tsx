import type { Severity } from "../api/types";
import { exploitedSign, severitySign, signOf } from "../lib/states";
import { paths } from "../paths";
import { Door } from "./Door";
import { Mark, Sign } from "./Sign";

/** A CVE with its severity, as the first line of a row on a phone. */
export function CveLine({ row }: { row: { cve: string; severity: Severity; exploited: boolean } }) {
  const sign = signOf(severitySign, row.severity);
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <Mark shape={sign.shape} tone={sign.tone} />
      <Door to={paths.cve(row.cve)} className="font-semibold">
        {row.cve}
      </Door>
      <span className="text-xs text-muted">{sign.word}</span>
      {row.exploited ? <Exploited /> : null}
    </span>
  );
}

/** That a CVE is known to be exploited, in one word: a row has no room for more. */
export function Exploited() {
  return <Sign sign={exploitedSign} word="exploited" className="text-xs" />;
}
