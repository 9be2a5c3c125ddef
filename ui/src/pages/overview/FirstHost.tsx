import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { change, Problem } from "../../api/client";
import { api, sessionQuery } from "../../api/queries";
import { Command } from "../../components/Command";

/** No host yet: the ways to the first one. */
export function FirstHost() {
  return (
    <div className="grid gap-x-10 gap-y-6 border-t border-line pt-5 md:grid-cols-2">
      <ByAgent />
      <OwnHost />
    </div>
  );
}

/** Names by which a machine reaches only itself. */
const LOOPBACK = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What stands between the agent and this address, in words; empty where nothing does. */
export function addressNote({ protocol, hostname }: Pick<Location, "protocol" | "hostname">): string {
  if (LOOPBACK.test(hostname))
    return `Only this machine reaches ${hostname}: for other machines put a TLS proxy before the server, and name its address.`;
  if (protocol === "http:")
    return "This page came over plain HTTP, over which the agent sends its token only when told so: --allow-http.";
  return "";
}

/** The same lines as in the README. */
function ByAgent() {
  const note = addressNote(window.location);
  return (
    <section>
      <h2 className="mb-2 font-semibold">Any host, by its agent</h2>
      <p className="mb-2 max-w-prose text-muted">
        Make a token on the server. On the host, with the agent's one file copied there, let it report once,
        the token in place of the dots. The host appears here by itself.
      </p>
      <p className="mb-2">
        <Command text="mendwatch tokens create" />
      </p>
      <Command text={`MENDWATCH_TOKEN=... ./mendwatch-agent once --server-url ${window.location.origin}`} />
      {note ? <p className="mt-2 max-w-prose text-muted">{note}</p> : null}
      <p className="mt-4 mb-2 max-w-prose text-muted">
        Without a network between the two: write the report there, take the file here.
      </p>
      <p className="mb-2">
        <Command text="./mendwatch-agent print > report.json" />
      </p>
      <Command text="mendwatch hosts import report.json" />
    </section>
  );
}

/** Where the server looks at its own host, it does so by itself; the button only hurries it. */
function OwnHost() {
  const { data: session } = useQuery(sessionQuery);
  const [said, setSaid] = useState<string | null>(null);
  const scan = async () => {
    setSaid("Asked. The host appears here as soon as the scan is done.");
    try {
      await change("POST", api.scanOwnHost);
    } catch (error) {
      setSaid(error instanceof Problem ? error.detail : "The scan could not be asked for.");
    }
  };
  if (!session) return null;
  return (
    <section>
      <h2 className="mb-2 font-semibold">The server's own host</h2>
      {session.own_host ? (
        <>
          <p className="mb-3 max-w-prose text-muted">
            This server looks at its own host by itself. It reads the package database and the lists where
            they are. Nothing is installed, refreshed or run.
          </p>
          <button type="button" className="button" onClick={scan}>
            Scan this host now
          </button>
        </>
      ) : (
        <p className="max-w-prose text-muted">
          This server was started with --own-host off: it does not look at its own host. An agent there
          reports it like any other.
        </p>
      )}
      <p role="status" className="mt-2 text-muted">
        {said}
      </p>
    </section>
  );
}
