import type { Overview } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Command } from "../../components/Command";
import { Door } from "../../components/Door";
import { Sign } from "../../components/Sign";
import { coverageWords } from "../../lib/coverage";
import { listing, platformName, plural } from "../../lib/format";
import { coverageSign, feedSign, signOf } from "../../lib/states";
import { paths } from "../../paths";
import { Section } from "./Section";

type Platform = Overview["platforms"][number];

/**
 * The feeds of a system, each with its own state: one that is too old was fetched all the same. Those
 * that were never fetched are named together, and only where one of them is missing.
 */
function Feeds({ platform, feeds }: { platform: Platform; feeds: Overview["feeds"] }) {
  const rows = platform.feeds.map(
    (id) => feeds.find((feed) => feed.id === id) ?? { id, state: "never" as const },
  );
  const loaded = rows.filter((feed) => feed.state !== "never");
  const missing = rows.filter((feed) => feed.state === "never" && (!("needed" in feed) || feed.needed));
  const never = platform.feed_state === "in_force" ? [] : missing;
  const groups = loaded.length + (never.length > 0 ? 1 : 0);
  const dot = (at: number) => (at < groups - 1 ? " ·" : null);
  return (
    <>
      {loaded.map((feed, at) => (
        <span key={feed.id} className="whitespace-nowrap">
          {feed.id} {feed.state === "in_force" ? null : `${signOf(feedSign, feed.state).word}, `}
          {"as_of" in feed && feed.as_of ? <Ago time={feed.as_of} /> : null}
          {dot(at)}
        </span>
      ))}
      {never.length > 0 ? (
        <span>
          {never.map((feed) => feed.id).join(", ")} {feedSign.never.word}
        </span>
      ) : null}
    </>
  );
}

/** What brings the data that is missing: each command once, with the systems that it is for. */
function Commands({ platforms }: { platforms: readonly Platform[] }) {
  const mended = platforms.filter((each) => each.command && each.feeds.length > 0);
  const commands = [...new Set(mended.map((each) => each.command ?? ""))];
  return commands.map((command) => (
    <p
      key={command}
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-line py-2 text-muted"
    >
      <Command text={command} />
      <span>
        fetches what is missing for{" "}
        {listing(
          mended.filter((each) => each.command === command).map((each) => platformName(each.platform)),
        )}
      </span>
    </p>
  ));
}

function Standing({ words }: { words: string }) {
  return words ? <span className="basis-full">{words}</span> : null;
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
              className="flex min-h-8 flex-wrap items-baseline gap-x-4 gap-y-1 border-t border-line py-1.5"
            >
              <Sign sign={signOf(coverageSign, each.feed_state)} className="w-32" />
              <span className="font-semibold max-sm:grow sm:w-36">{platformName(each.platform)}</span>
              <Door to={paths.hostsOfPlatform(each.platform)} className="sm:w-20">
                {plural(each.hosts, "host")}
              </Door>
              <span className="flex flex-wrap gap-x-1.5 text-muted max-sm:basis-full sm:min-w-0 sm:flex-1">
                <Standing words={coverageWords(each, overview.feeds)} />
                <Feeds platform={each} feeds={overview.feeds} />
              </span>
            </li>
          ))}
        </ul>
        {commands ? <Commands platforms={overview.platforms} /> : null}
      </Section>
    </div>
  );
}
