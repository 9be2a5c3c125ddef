import type { ReactNode } from "react";
import { useTitle } from "../hooks/useTitle";

/** A page: the one sentence its reader came for, then the evidence. */
export function Page({
  title,
  sentence,
  more,
  aside,
  children,
}: {
  title: string;
  sentence?: ReactNode;
  /** What the sentence had no room for, in smaller letters. */
  more?: ReactNode;
  /** At the right of the title: export and such. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <>
      {/* On a phone what stands beside takes no width from the sentence. */}
      <header className="mb-4 grid grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-0.5 max-sm:items-center">
        <h1 className="text-xs font-semibold text-muted">{title}</h1>
        {aside ? <div className="flex items-center gap-2 self-start sm:row-span-2">{aside}</div> : null}
        {sentence ? (
          <p className="col-start-1 max-w-[80ch] text-title font-semibold text-balance max-sm:col-span-2">
            {sentence}
          </p>
        ) : null}
        {more ? <p className="col-start-1 mt-1 max-w-[90ch] text-pretty max-sm:col-span-2">{more}</p> : null}
      </header>
      {children}
    </>
  );
}
