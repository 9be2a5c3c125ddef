import { useNow } from "../hooks/useNow";
import { absolute, relative } from "../lib/format";

/** A time as people say it, with the exact one on hover (and beside it on paper: `app.css`). */
export function Ago({ time, none = "never" }: { time: string | null | undefined; none?: string }) {
  const now = useNow();
  if (!time) return <span className="text-muted">{none}</span>;
  return (
    <time dateTime={time} title={absolute(time)} className="whitespace-nowrap">
      {relative(time, now)}
    </time>
  );
}

/** The exact time with its age, where the exact one is the point: evidence. */
export function Exactly({ time, none }: { time: string | null | undefined; none: string }) {
  const now = useNow();
  if (!time) return <span className="text-muted">{none}</span>;
  return (
    <time dateTime={time}>
      {absolute(time)} <span className="text-muted">{relative(time, now)}</span>
    </time>
  );
}
