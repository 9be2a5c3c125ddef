import { useNow } from "../hooks/useNow";
import { absolute, relative } from "../lib/format";

/** A time as people say it, with the exact one on hover. */
export function Ago({ time, none = "never" }: { time: string | null | undefined; none?: string }) {
  const now = useNow();
  if (!time) return <span className="text-muted">{none}</span>;
  return (
    <time dateTime={time} title={absolute(time)} className="whitespace-nowrap">
      {relative(time, now)}
    </time>
  );
}
