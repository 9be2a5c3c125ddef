import { useQuery } from "@tanstack/react-query";
import { feedsQuery } from "../../api/queries";
import type { CveOnFleet, CveStatement } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Door } from "../../components/Door";
import { Block } from "../../components/Facts";
import { Sign } from "../../components/Sign";
import { listing, platformName } from "../../lib/format";
import { feedSign, signOf } from "../../lib/states";
import { paths } from "../../paths";

/** What a feed says in the same words, with the systems for which it says so. */
interface Said extends Pick<CveStatement, "feed" | "advisory" | "words"> {
  platforms: string[];
}

function grouped(statements: readonly CveStatement[]): Said[] {
  const said = new Map<string, Said>();
  for (const { platform, ...rest } of statements) {
    const key = JSON.stringify([rest.feed, rest.advisory, rest.words]);
    const held = said.get(key);
    if (held) held.platforms.push(platform);
    else said.set(key, { ...rest, platforms: [platform] });
  }
  return [...said.values()];
}

/** The vendors' statements that it is open by, each under the feed that makes it. */
export function CveStatements({ found }: { found: CveOnFleet }) {
  const { data: feeds } = useQuery(feedsQuery);
  const said = grouped(found.statements);
  const ids = [...new Set(said.map((each) => each.feed))];
  const first = found.hosts.items[0]?.host;
  return (
    <Block title="By which data">
      <ul>
        {ids.map((id) => {
          const feed = feeds?.items.find((each) => each.id === id);
          return (
            <li key={id} className="border-b border-line py-1.5">
              <p className="flex flex-wrap gap-x-3">
                <Door to={paths.feed(id)}>{id}</Door>
                {feed ? <Sign sign={signOf(feedSign, feed.state)} /> : null}
                {feed?.as_of ? (
                  <span className="text-muted">
                    as of <Ago time={feed.as_of} />
                  </span>
                ) : null}
              </p>
              <ul className="text-muted">
                {said
                  .filter((each) => each.feed === id)
                  .map((each) => (
                    <li key={`${each.advisory} ${each.words}`}>
                      {listing(each.platforms.map(platformName))}
                      {each.advisory ? `: ${each.advisory}` : ""}
                      {each.words ? `, “${each.words}”` : ""}
                    </li>
                  ))}
              </ul>
            </li>
          );
        })}
      </ul>
      {first ? (
        <p className="py-1.5">
          <Door to={paths.hostFindings(first.id, { q: found.cve, open: found.cve })}>
            The reasoning, as it is for {first.hostname}
          </Door>
        </p>
      ) : null}
    </Block>
  );
}
