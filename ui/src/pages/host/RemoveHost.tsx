import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { change, Problem } from "../../api/client";
import { api, sessionQuery } from "../../api/queries";
import type { HostDetail } from "../../api/types";
import { Block } from "../../components/Facts";
import { Sheet } from "../../components/Sheet";
import { paths } from "../../paths";

/** Takes a host out of every count, after saying what that means. For administrators. */
export function RemoveHost({ host }: { host: HostDetail }) {
  const { data: session } = useQuery(sessionQuery);
  const [asking, setAsking] = useState(false);
  if (session?.user?.role !== "admin") return null;
  return (
    <Block title="Retire">
      <p className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2">
        <span className="text-muted">For a machine that is gone.</span>
        <button type="button" className="button" onClick={() => setAsking(true)}>
          Remove host …
        </button>
      </p>
      <Sheet open={asking} onClose={() => setAsking(false)} title={`Remove ${host.hostname}?`}>
        <Confirm host={host} close={() => setAsking(false)} />
      </Sheet>
    </Block>
  );
}

function Confirm({ host, close }: { host: HostDetail; close: () => void }) {
  const client = useQueryClient();
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const remove = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await change("DELETE", api.host(String(host.id)));
    } catch (error) {
      // Removed by somebody else meanwhile: that is what was wanted.
      if (!(error instanceof Problem && error.code === "removed")) {
        setFailure(error instanceof Problem ? error.detail : "Removing the host failed.");
        setBusy(false);
        return;
      }
    }
    router.history.push(paths.hosts());
    client.removeQueries({ queryKey: ["host", String(host.id)] });
    await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  };
  return (
    <>
      <ul className="mb-4 grid max-w-prose list-disc gap-1.5 pl-5">
        <li>It no longer counts: it leaves every list, every number and every finding, at once.</li>
        <li>What is known of it and its history stay on record.</li>
        <li>
          If it reports again, it comes back under the same number. To retire it for good, stop its agent,
          too.
        </li>
      </ul>
      <p role="alert" className="min-h-5 text-sm text-critical">
        {failure}
      </p>
      <div className="flex flex-wrap gap-2">
        <button type="button" className="button button-danger" disabled={busy} onClick={remove}>
          {busy ? "Removing …" : "Remove host"}
        </button>
        <button type="button" className="button" onClick={close}>
          Keep it
        </button>
      </div>
    </>
  );
}
