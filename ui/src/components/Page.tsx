import type { ReactNode } from "react";
import { useTitle } from "../hooks/useTitle";

/** A page: the one sentence its reader came for, then the evidence. */
export function Page({
  title,
  sentence,
  aside,
  children,
}: {
  title: string;
  sentence?: ReactNode;
  /** At the right of the title: export and such. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <>
      <header className="mb-4 flex items-start justify-between gap-x-6">
        <div className="min-w-0">
          <h1 className="text-xs font-semibold text-muted">{title}</h1>
          {sentence ? (
            <p className="mt-0.5 max-w-[80ch] text-title font-semibold text-balance">{sentence}</p>
          ) : null}
        </div>
        {aside ? <div className="flex shrink-0 items-center gap-2">{aside}</div> : null}
      </header>
      {children}
    </>
  );
}
