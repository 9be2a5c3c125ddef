import type { Overview } from "../api/types";
import { plural } from "../lib/format";
import { paths } from "../paths";
import type { IconName } from "./Icon";

export interface Place {
  name: string;
  /** For the bottom bar, where there is little room. */
  icon: IconName;
  to: string;
  isCurrent: (path: string) => boolean;
  /** How many the list behind it has. */
  count?: (overview: Overview) => number;
  trouble?: (overview: Overview) => string | null;
}

const below = (root: string) => (path: string) => path === root || path.startsWith(`${root}/`);

/** Only pages that exist. */
export const PLACES: readonly Place[] = [
  { name: "Overview", icon: "overview", to: paths.overview(), isCurrent: (path) => path === "/" },
  {
    name: "Hosts",
    icon: "hosts",
    to: paths.hosts(),
    isCurrent: below("/hosts"),
    count: (overview) => overview.hosts.total,
  },
  {
    name: "Findings",
    icon: "findings",
    to: paths.findings(),
    isCurrent: (path) => below("/findings")(path) || below("/cves")(path),
  },
  { name: "Updates", icon: "updates", to: paths.updates(), isCurrent: below("/updates") },
  { name: "Packages", icon: "packages", to: paths.packages(), isCurrent: below("/packages") },
];

export const SYSTEM_PLACES: readonly Place[] = [
  {
    name: "Feeds",
    icon: "feeds",
    to: paths.feeds(),
    isCurrent: below("/feeds"),
    trouble: (overview) => {
      const bad = overview.platforms.filter((platform) => platform.feed_state !== "in_force").length;
      return bad > 0 ? `${plural(bad, "system")} not fully covered` : null;
    },
  },
];
