import type { HostDetail } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Mark } from "../../components/Sign";
import { Times } from "../../components/Times";
import { Words } from "../../components/Words";

/**
 * Why this host is grey, or what its numbers leave out, each with what mends it: above everything
 * else of the page, as it says how far the rest can be trusted.
 */
export function NotKnownHere({ host }: { host: HostDetail }) {
  const silent = host.freshness === "stale" || host.freshness === "lost";
  if (!silent && host.not_known.length === 0) return null;
  return (
    <section aria-labelledby="not-known" className="mt-3 rounded-md bg-unknown-soft px-3 py-2">
      <h2 id="not-known" className="flex items-center gap-2 font-semibold">
        <Mark shape="hatch" tone="unknown" />
        What is not known of this host
      </h2>
      <ul className="mt-1 grid gap-y-1 pl-4.5">
        {silent ? (
          <li>
            No report since <Ago time={host.last_seen_at} />: shown is what was known then.
          </li>
        ) : null}
        {host.not_known.map((each) => (
          <li key={each.code} className="flex flex-wrap items-center gap-x-1.5 gap-y-1">
            <span>
              <Times text={each.text} />
            </span>
            {each.remedy ? (
              <span className="text-muted">
                <Words text={each.remedy} />
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
