import type { ReactNode } from "react";

/** A titled part of a page, set apart by a line and space, not by a box. */
export function Block({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <div className="flex items-baseline justify-between gap-4 border-b border-line-strong pb-1">
        <h2 className="text-xs font-semibold text-muted">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Names and values in two columns. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl>
      {rows.map(([name, value], at) => (
        // A name may come twice: two scores by the same version of a metric.
        <div key={`${name} ${at}`} className="flex min-h-8 items-baseline gap-4 border-b border-line py-1.5">
          <dt className="w-28 shrink-0 text-muted">{name}</dt>
          <dd className="min-w-0">{value ?? <span className="text-muted">not known</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
