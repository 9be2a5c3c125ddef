import type { Overview } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Command } from "../../components/Command";
import { Door } from "../../components/Door";
import { Sign } from "../../components/Sign";
import { platformName, plural } from "../../lib/format";
import { feedSign, type Sign as SignType, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import { Section } from "./Section";

export const coverageSign: Record<Overview["platforms"][number]["feed_state"], SignType> = {
  in_force: { ...feedSign.in_force, word: "assessed" },
  too_old: { ...feedSign.too_old, word: "feed too old" },
  none: stateSign.not_assessed,
};

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
              <Sign sign={coverageSign[each.feed_state]} className="w-32" />
              <span className="w-36 font-semibold">{platformName(each.platform)}</span>
              <Door to={paths.hostsOfPlatform(each.platform)} className="w-20">
                {plural(each.hosts, "host")}
              </Door>
              <span className="text-muted">
                {each.as_of ? (
                  <>
                    {each.feeds.join(", ")}, <Ago time={each.as_of} />
                  </>
                ) : each.feeds.length > 0 ? (
                  `${each.feeds.join(", ")}: never fetched`
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
