import type { ErrorComponentProps } from "@tanstack/react-router";
import { Page } from "../components/Page";

/** The dashboard itself failed: say so, and let the rest of the frame stand. */
export function Failed({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Error" sentence="This page failed to show.">
      <p className="max-w-prose text-muted">
        That is a fault of the dashboard, not of your fleet. What it said:{" "}
        <code className="font-mono text-ink">{error instanceof Error ? error.message : String(error)}</code>
      </p>
      <p className="mt-4 flex gap-2">
        <button type="button" className="button" onClick={reset}>
          Try again
        </button>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload
        </button>
      </p>
    </Page>
  );
}
