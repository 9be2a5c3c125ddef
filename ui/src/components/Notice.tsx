import { type ReactNode, useEffect } from "react";
import { Problem } from "../api/client";
import { Command } from "./Command";
import { Mark } from "./Sign";
import { Times } from "./Times";

/** Why a place is empty, and what fills it. */
export function Empty({
  title,
  children,
  command,
  bare = false,
}: {
  title: string;
  children?: ReactNode;
  command?: string | null;
  /** Without a rule above: right below something that ends in one. */
  bare?: boolean;
}) {
  return (
    <div className={`flex flex-col items-start gap-2 ${bare ? "pt-2 pb-8" : "border-t border-line py-8"}`}>
      <p className="font-semibold">{title}</p>
      {children ? <div className="max-w-prose text-muted">{children}</div> : null}
      {command ? <Command text={command} /> : null}
    </div>
  );
}

/** Keeps a mark at the first line of a text that may have several. */
export function FirstLine({ children }: { children: ReactNode }) {
  return <span className="inline-flex h-5 shrink-0 items-center">{children}</span>;
}

/** Something is not known, above content that is shown all the same. */
export function NotKnown({ children, command }: { children: ReactNode; command?: string | null }) {
  return (
    <div
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-md bg-unknown-soft px-3 py-2"
      role="note"
    >
      <span className="inline-flex items-start gap-2">
        <FirstLine>
          <Mark shape="hatch" tone="unknown" />
        </FirstLine>
        <span>{children}</span>
      </span>
      {command ? <Command text={command} /> : null}
    </div>
  );
}

/** Between tries of a read that fails because the server starts or can't be reached. */
const TRY_AGAIN_MS = 3_000;

/** A read that failed, and the way on. What time mends is tried again by itself. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof Problem ? error : null;
  const passing = problem !== null && (problem.status === 0 || problem.status === 503);
  // Never was, or was removed: asking again finds nothing either.
  const gone = problem?.status === 404 || problem?.status === 410;
  useEffect(() => {
    if (!passing || !retry) return;
    const timer = setInterval(retry, TRY_AGAIN_MS);
    return () => clearInterval(timer);
  }, [passing, retry]);
  return (
    <div className="flex flex-col items-start gap-2 py-8" role="alert">
      <p className="inline-flex items-center gap-2 font-semibold">
        <Mark shape="triangle" tone="high" />
        {gone ? "There is nothing here" : "This could not be read"}
      </p>
      <p className="max-w-prose text-muted">
        <Times text={problem?.detail ?? "Something in the dashboard failed."} />
      </p>
      {problem && !gone ? (
        <p className="text-xs text-muted">
          Code <code>{problem.code}</code>
          {problem.status ? `, HTTP ${problem.status}` : ""}
          {passing && retry ? ". Tried again by itself." : ""}
        </p>
      ) : null}
      {retry && !gone ? (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      ) : null}
    </div>
  );
}

/** Shown only if reading takes a while: a flash of grey helps nobody. */
export function Loading({ what }: { what: string }) {
  return (
    <p className="appear-late py-8 text-muted" role="status">
      Reading {what} …
    </p>
  );
}
