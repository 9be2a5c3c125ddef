import { count } from "../lib/format";
import type { Sign } from "../lib/states";
import { Door } from "./Door";
import { Mark } from "./Sign";

/** One line of a legend: mark, word, number; the number is the door. */
export function LegendLine({
  sign,
  to,
  value,
  said = count(value),
  current = false,
}: {
  sign: Sign;
  to: string;
  value: number;
  /** The number for readers of the screen, where it needs its noun. */
  said?: string;
  current?: boolean;
}) {
  return (
    <li className={`flex items-center gap-2 ${current ? "font-semibold" : ""}`} title={sign.meaning}>
      <Mark shape={sign.shape} tone={sign.tone} />
      <span className={value === 0 ? "text-muted" : ""}>{sign.word}</span>
      <span className="ml-auto">
        {value === 0 ? (
          <span className="text-muted">0</span>
        ) : (
          <Door to={to} aria-current={current ? "true" : undefined} aria-label={`${sign.word}: ${said}`}>
            {count(value)}
          </Door>
        )}
      </span>
    </li>
  );
}
