import type { Overview } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Command } from "../../components/Command";
import { Door } from "../../components/Door";
import { Sign } from "../../components/Sign";
import { platformName, plural } from "../../lib/format";
import { coverageSign, feedSign, signOf } from "../../lib/states";
import { paths } from "../../paths";
import { Section } from "./Section";

/** The feeds of a system, each with its own state: one that is too old was fetched all the same. */
function Feeds({ ids, feeds }: { ids: readonly string[]; feeds: Overview["feeds"] }) {
  return ids.map((id, at) => {
    const feed = feeds.find((each) => each.id === id);
    const state = feed?.state ?? "never";
    return (
      <span key={id} className="whitespace-nowrap">
        {id} {state === "in_force" ? null : signOf(feedSign, state).word}
        {state !== "in_force" && feed?.as_of ? ", " : null}
        {feed?.as_of ? <Ago time={feed.as_of} /> : null}
        {at < ids.length - 1 ? " ·" : null}
      </span>
    );
  });
}

/** Which systems the feeds speak for, and the command where they don't. */
export function Coverage({
  overview,
  link = true,
  commands = true,
}: {
  overview: Overview;
  link?: boolean;
  /** Whether to give the commands here, too; not where they stand above already. */
  commands?: boolean;
}) {
  return (
    <div className="mt-8">
      <Section
        title="Systems and the security data for them"
        more={link ? { to: paths.feeds(), text: "All feeds" } : undefined}
      >
        <ul>
          {overview.platforms.map((each) => (
            <li
              key={each.platform}
              className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-1 border-t border-line py-1"
            >
              <Sign sign={signOf(coverageSign, each.feed_state)} className="w-32" />
              <span className="font-semibold max-sm:grow sm:w-36">{platformName(each.platform)}</span>
              <Door to={paths.hostsOfPlatform(each.platform)} className="sm:w-20">
                {plural(each.hosts, "host")}
              </Door>
              <span className="flex flex-wrap gap-x-1.5 text-muted max-sm:basis-full">
                {each.feeds.length > 0 ? (
                  <Feeds ids={each.feeds} feeds={overview.feeds} />
                ) : (
                  "no feed speaks for it yet"
                )}
              </span>
              {commands && each.command ? <Command text={each.command} /> : null}
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}
