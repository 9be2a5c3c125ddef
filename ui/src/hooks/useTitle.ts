import { useEffect } from "react";

/** The title of the tab: "web-17 · Mendwatch". */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Mendwatch` : "Mendwatch";
  }, [title]);
}
