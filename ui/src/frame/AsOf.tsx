import type { LiveState } from "../api/events";
import type { Overview } from "../api/types";
import { Door } from "../components/Door";
import { Mark } from "../components/Sign";
import { useNow } from "../hooks/useNow";
import { absolute, ageSeconds, count, duration, plural, relative } from "../lib/format";
import { paths } from "../paths";

const ageOf = (feeds: Overview["feeds"], now: number) =>
  Math.max(...feeds.map((feed) => ageSeconds(feed.as_of ?? feed.fetched_at, now) ?? 0));

/** The age of the oldest feed that verdicts rest on, and what is wrong with feeds, if something is. */
export function feedAge(
  platforms: Overview["platforms"],
  feeds: Overview["feeds"],
  now: number,
): { text: string; short: string; trouble: boolean } {
  const wanted = new Set(platforms.flatMap((platform) => platform.feeds));
  const inForce = feeds.filter(
    (feed) => feed.state === "in_force" && (wanted.size === 0 || wanted.has(feed.id)),
  );
  const uncovered = platforms.filter((platform) => platform.feed_state !== "in_force").length;
  // Those that are too old are no part of the age of what is in force, and are not passed over either.
  const old = feeds.filter((feed) => feed.state === "too_old" && wanted.has(feed.id));
  if (inForce.length === 0) {
    if (old.length === 0) return { text: "no feed in force", short: "no feed", trouble: true };
    const age = duration(ageOf(old, now));
    return { text: `feeds too old: ${age}`, short: `${age} old`, trouble: true };
  }
  const besides = old.length > 0 ? `, ${old.length} too old: ${duration(ageOf(old, now))}` : "";
  const newest = `≤ ${duration(Math.ceil(ageOf(inForce, now) / 3600) * 3600)}`;
  const age = `feeds ${newest}${besides}`;
  return uncovered > 0
    ? {
        text: `${age}, ${count(uncovered)} of ${plural(platforms.length, "system")} not fully covered`,
        short: `${uncovered} uncovered`,
        trouble: true,
      }
    : { text: age, short: newest, trouble: false };
}

const LIVE: Record<LiveState, string> = {
  connecting: "connecting",
  live: "live",
  reconnecting: "reconnecting",
};

/** What the page rests on: when it was true, how old the feeds are, whether it follows. */
export function AsOf({ overview, live }: { overview: Overview | undefined; live: LiveState }) {
  const now = useNow();
  const feeds = overview ? feedAge(overview.platforms, overview.feeds, now) : null;
  return (
    <div className="flex items-center gap-3 text-xs whitespace-nowrap text-muted">
      {feeds ? (
        <Door
          plain
          to={paths.feeds()}
          title={feeds.text}
          className="inline-flex items-center gap-1.5 hover:text-ink hover:underline"
        >
          {feeds.trouble ? <Mark shape="triangle" tone="high" /> : null}
          <span className="max-md:hidden">{feeds.text}</span>
          <span className="md:hidden">
            {feeds.short} <span className="sr-only">: {feeds.text}</span>
          </span>
        </Door>
      ) : null}
      {overview ? (
        <span title={absolute(overview.as_of)} className="max-sm:hidden">
          as of {relative(overview.as_of, now)}
        </span>
      ) : null}
      <span
        role="status"
        className="inline-flex items-center gap-1.5"
        title={
          live === "live"
            ? "This page follows the fleet by itself"
            : "The change stream is down; it is tried again by itself. What is shown may be old"
        }
      >
        <Mark shape={live === "live" ? "disc" : "ring"} tone={live === "live" ? "ok" : "high"} size={8} />
        <span className="max-sm:sr-only">{LIVE[live]}</span>
      </span>
    </div>
  );
}
