import { count } from "../lib/format";
import { notAssessedSign, restNotAssessedSign } from "../lib/states";
import { Door } from "./Door";
import { Mark, Sign } from "./Sign";

/**
 * How many findings are open, as a door to them. Known findings are shown whether or not the rest is
 * assessed; where it is not, the hatching says so, and a zero is never shown.
 */
export function FindingCount({
  open,
  assessed,
  to,
  label,
}: {
  open: number;
  assessed: boolean;
  to: string;
  /** What is counted, for readers of the screen: "23 findings". */
  label: string;
}) {
  if (open === 0) {
    return assessed ? <span className="text-muted">0</span> : <Sign sign={notAssessedSign} />;
  }
  return (
    <span className="inline-flex items-baseline gap-1.5">
      {assessed ? null : (
        <span className="inline-flex self-center" title={restNotAssessedSign.meaning}>
          <Mark shape={restNotAssessedSign.shape} tone={restNotAssessedSign.tone} />
        </span>
      )}
      <Door to={to} aria-label={label}>
        {count(open)}
      </Door>
      {assessed ? null : <span className="sr-only">, {restNotAssessedSign.word}</span>}
    </span>
  );
}

/** The number for a file: empty where nothing is known, never a zero that nobody vouches for. */
export function knownFindings(row: { open_findings: number; assessed: boolean }): number | null {
  return row.assessed || row.open_findings > 0 ? row.open_findings : null;
}
