import type { ReactNode } from "react";
import { useTitle } from "../../hooks/useTitle";

/** The plain page before the dashboard: sign-in and set-up. */
export function Doorway({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-5 px-5 py-10">
      <p className="flex items-center gap-2 font-semibold">
        <img src="/favicon.svg" alt="" width="24" height="24" />
        Mendwatch
      </p>
      <h1 className="text-title font-semibold text-balance">{title}</h1>
      {children}
    </main>
  );
}
