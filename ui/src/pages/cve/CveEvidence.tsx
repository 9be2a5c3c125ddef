import { useQuery } from "@tanstack/react-query";
import { cveHostsQuery, explanationQuery, feedsQuery } from "../../api/queries";
import { Ago } from "../../components/Ago";
import { Door } from "../../components/Door";
import { Block, Facts } from "../../components/Facts";
import { Failure, Loading } from "../../components/Notice";
import { Sign } from "../../components/Sign";
import { feedSign, signOf } from "../../lib/states";
import { paths } from "../../paths";

/** The data that it rests on, read from the reasoning for the host that is listed first. */
export function CveEvidence({ cve }: { cve: string }) {
  const { data: hosts } = useQuery(cveHostsQuery(cve));
  const { data: feeds } = useQuery(feedsQuery);
  const first = hosts?.items[0];
  const { data, error, refetch } = useQuery({
    ...explanationQuery(String(first?.id), cve),
    enabled: first !== undefined,
  });
  if (!first || !data) {
    return (
      <Block title="By which data">
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what="the evidence" />}
      </Block>
    );
  }
  const distinct = (values: string[]) => [...new Set(values.filter(Boolean))];
  const ids = distinct(data.findings.map((each) => each.feed));
  const advisories = distinct(data.findings.map((each) => each.advisory));
  const words = distinct(data.findings.map((each) => each.words));
  return (
    <Block title="By which data">
      <Facts
        rows={[
          ...ids.map((id) => {
            const feed = feeds?.items.find((each) => each.id === id);
            return [
              "Feed",
              <span key={id} className="flex flex-wrap gap-x-3">
                <Door to={paths.feed(id)}>{id}</Door>
                {feed ? <Sign sign={signOf(feedSign, feed.state)} /> : null}
                {feed?.as_of ? (
                  <span className="text-muted">
                    as of <Ago time={feed.as_of} />
                  </span>
                ) : null}
              </span>,
            ] as const;
          }),
          ...(advisories.length > 0 ? [["Advisory", advisories.join(", ")] as const] : []),
          ...(words.length > 0 ? [["In its words", words.join("; ")] as const] : []),
          [
            "Reasoning",
            <Door key="why" to={paths.hostFindings(first.id, { q: cve, open: cve })}>
              as it is for {first.hostname}
            </Door>,
          ],
        ]}
      />
    </Block>
  );
}
