import { QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "./client";
import { sessionQuery } from "./queries";

/** Reads are kept fresh by the change stream; a refused session leads back to the sign-in. */
export function makeClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (error instanceof Problem && error.status === 401 && query.queryKey[0] !== "session") {
          void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // An answer is an answer; only silence and overload are worth another try.
        retry: (failures, error) =>
          failures < 3 && error instanceof Problem && (error.status === 0 || error.status === 503),
        retryDelay: (failures) => Math.min(8_000, 500 * 2 ** failures),
      },
    },
  });
  return client;
}
