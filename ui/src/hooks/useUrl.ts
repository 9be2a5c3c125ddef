import { useLocation, useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { queryString } from "../api/client";

export type Search = Record<string, string | undefined>;

/** The state of a page is its address: filters, sort, the open row. */
export function useUrl(): {
  path: string;
  search: Search;
  /** Changes parameters; `undefined` removes one. Typing replaces the entry, choosing adds one. */
  set: (patch: Search, how?: "push" | "replace") => void;
} {
  const router = useRouter();
  const path = useLocation({ select: (location) => location.pathname });
  const search = useLocation({ select: (location) => location.search }) as unknown as Search;
  const set = useCallback(
    (patch: Search, how: "push" | "replace" = "push") => {
      const { pathname, search: now } = router.latestLocation;
      const href = pathname + queryString({ ...(now as unknown as Search), ...patch });
      router.history[how](href, { keepScroll: true });
    },
    [router],
  );
  return { path, search, set };
}
