import type { ReactNode } from "react";
import { Door } from "../../components/Door";
import { count } from "../../lib/format";

/** The number of a section, with what it is of. */
export function Big({ children }: { children: ReactNode }) {
  return <p className="mb-3 flex flex-wrap items-baseline gap-x-2 text-muted">{children}</p>;
}

export function BigDoor({ to, value, noun }: { to: string; value: number; noun: string }) {
  return (
    <Door to={to} className="text-ink">
      <span className="text-big font-semibold">{count(value)}</span> {noun}
    </Door>
  );
}
