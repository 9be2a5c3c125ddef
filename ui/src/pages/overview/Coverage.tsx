import type { Overview } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Command } from "../../components/Command";
import { Door } from "../../components/Door";
import { Sign } from "../../components/Sign";
import { coverageWords } from "../../lib/coverage";
import { count, listing, platformName, plural } from "../../lib/format";
import { COVERAGES, coverageSign, feedSign, signOf } from "../../lib/states";
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

/** "with 12 hosts: 9 not assessed, 3 feed too old": what is not shown is counted all the same. */
function restWords(rest: readonly Platform[]): string {
  const hosts = rest.reduce((total, each) => total + each.hosts, 0);
  const states = COVERAGES.map((state) => ({
    word: coverageSign[state].word,
    n: rest.filter((each) => each.feed_state === state).length,
  })).filter(({ n }) => n > 0);
  return `with ${plural(hosts, "host")}: ${states.map(({ word, n }) => `${count(n)} ${word}`).join(", ")}`;
}

/** Which systems the feeds speak for, and the command where they don't. */
export function Coverage({
  overview,
  link = true,
  commands = true,
  most = Number.POSITIVE_INFINITY,
}: {
  overview: Overview;
  link?: boolean;
  /** Systems shown, those of the most hosts first; the rest is counted by how far feeds speak for it. */
  most?: number;
  /** Whether to give the commands here, too; not where they stand above already. */
  commands?: boolean;
}) {
  // One more row takes no more room than the line that would stand for it.
  const cut = overview.platforms.length > most + 1 ? most : overview.platforms.length;
  const [shown, rest] = [overview.platforms.slice(0, cut), overview.platforms.slice(cut)];
  return (
    <div className="mt-8">
      <Section
        title="Systems and the security data for them"
        more={link ? { to: paths.feeds(), text: "All feeds" } : undefined}
      >
        <ul>
          {shown.map((each) => (
            <li
              key={each.platform}
              // On a phone: name and hosts, below them the state, below it what the feeds are.
              className="grid min-h-8 grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-4 gap-y-0.5 border-t border-line py-1.5 sm:grid-cols-[8rem_13rem_5rem_minmax(0,1fr)]"
            >
              <Sign
                sign={signOf(coverageSign, each.feed_state)}
                className="max-sm:order-3 max-sm:col-span-2 max-sm:text-xs"
              />
              <span className="font-semibold">{platformName(each.platform)}</span>
              <span className="max-sm:text-xs sm:text-right">
                <Door to={paths.hostsOfPlatform(each.platform)}>{plural(each.hosts, "host")}</Door>
              </span>
              <span className="flex flex-wrap gap-x-1.5 text-muted max-sm:order-4 max-sm:col-span-2 max-sm:text-xs">
                <Standing words={coverageWords(each, overview.feeds)} />
                <Feeds platform={each} feeds={overview.feeds} />
              </span>
            </li>
          ))}
          {rest.length > 0 ? (
            <li className="flex flex-wrap gap-x-1.5 border-t border-line py-1.5 text-muted">
              <Door to={paths.feeds()}>{plural(rest.length, "more system")}</Door>
              <span>{restWords(rest)}</span>
            </li>
          ) : null}
        </ul>
        {commands ? <Commands platforms={overview.platforms} /> : null}
      </Section>
    </div>
  );
}
