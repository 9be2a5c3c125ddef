import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { forgetSeq, sawSeq } from "../api/client";
import { type LiveState, listen } from "../api/events";
import { api } from "../api/queries";
import type { Change } from "../api/types";

/** Changes within this time are read in one go: a busy fleet reports many times a second. */
const GATHER_MS = 1_000;

/** Which reads a set of changes makes old: every list, and the pages of the hosts that changed. */
function refresh(client: QueryClient, changes: readonly Change[]): void {
  const everyHost = changes.some((change) => change.hosts === null || change.cause !== "report");
  const changed = new Set(changes.flatMap((change) => change.hosts ?? []).map(String));
  void client.invalidateQueries({
    predicate: ({ queryKey: [name, id] }) => {
      if (name === "session") return false;
      return name !== "host" || everyHost || changed.has(String(id));
    },
  });
}

/** Follows the change stream and keeps what is shown fresh. */
export function useLive(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    let gathered: Change[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen = 0;
    const take = (change: Change) => {
      sawSeq(change.seq);
      seen = Math.max(seen, change.seq);
      gathered.push(change);
      timer ??= setTimeout(() => {
        timer = undefined;
        const changes = gathered;
        gathered = [];
        refresh(client, changes);
      }, GATHER_MS);
    };
    const stream = listen(api.events, {
      change: take,
      // After a gap the changes in between were missed: read everything again if there were any.
      hello: (seq) => {
        if (seq < seen) forgetSeq();
        if (seen > 0 && seq !== seen) take({ seq, hosts: null, cause: "time" });
        seen = seq;
      },
      state: setState,
    });
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, [client]);
  return state;
}
