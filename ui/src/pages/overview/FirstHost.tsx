import { useState } from "react";
import { change, Problem } from "../../api/client";
import { api } from "../../api/queries";
import { Command } from "../../components/Command";

/** No host yet: the two ways to the first one. */
export function FirstHost() {
  const [said, setSaid] = useState<string | null>(null);
  const scan = async () => {
    setSaid("Asked. The host appears here as soon as the scan is done.");
    try {
      await change("POST", api.scanOwnHost);
    } catch (error) {
      setSaid(
        error instanceof Problem && error.code === "own_host_off"
          ? "This server does not watch its own host. Start it with --own-host on, or use the agent."
          : error instanceof Problem
            ? error.detail
            : "The scan could not be asked for.",
      );
    }
  };
  return (
    <div className="grid gap-x-10 gap-y-6 border-t border-line pt-5 md:grid-cols-2">
      <section>
        <h2 className="mb-2 font-semibold">The server's own host</h2>
        <p className="mb-3 max-w-prose text-muted">
          Reads its package database and lists where they are. Nothing is installed, refreshed or run.
        </p>
        <button type="button" className="button" onClick={scan}>
          Scan this host now
        </button>
        <p role="status" className="mt-2 text-muted">
          {said}
        </p>
      </section>
      <section>
        <h2 className="mb-2 font-semibold">Any other host</h2>
        <p className="mb-3 max-w-prose text-muted">
          Make a token on the server, then let the agent report once. The host appears here by itself.
        </p>
        <p className="mb-2">
          <Command text="mendwatch tokens create" />
        </p>
        <Command text={`mendwatch-agent once --server-url ${window.location.origin} --token TOKEN`} />
      </section>
    </div>
  );
}
