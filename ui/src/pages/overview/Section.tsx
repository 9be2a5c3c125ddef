import type { ReactNode } from "react";
import { Door } from "../../components/Door";

export function Section({
  title,
  more,
  children,
}: {
  title: string;
  more?: { to: string; text: string };
  children: ReactNode;
}) {
  return (
    <section className="min-w-0">
      <div className="mb-2 flex items-baseline justify-between gap-4">
        <h2 className="text-xs font-semibold text-muted">{title}</h2>
        {more ? (
          <Door to={more.to} className="text-xs text-muted">
            {more.text}
          </Door>
        ) : null}
      </div>
      {children}
    </section>
  );
}
