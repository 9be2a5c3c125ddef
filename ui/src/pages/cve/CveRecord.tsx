import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { cveRecordQuery, overviewQuery } from "../../api/queries";
import type { CveRecord as Known } from "../../api/types";
import { Exactly } from "../../components/Ago";
import { Command } from "../../components/Command";
import { Door } from "../../components/Door";
import { Block, Facts } from "../../components/Facts";
import { Failure, FirstLine } from "../../components/Notice";
import { Mark, Sign } from "../../components/Sign";
import { useNow } from "../../hooks/useNow";
import { byUse, syncCommand } from "../../lib/coverage";
import { ageSeconds, chance, count, duration, listing } from "../../lib/format";
import { exploitedSign, severitySign, signOf } from "../../lib/states";
import { paths } from "../../paths";
import { CveReferences } from "./CveReferences";

/** The feeds that describe CVEs and are small, as `docs/feeds.md` has them; the others are gigabytes. */
const SMALL = ["cisa-kev", "first-epss"];

/** What is known of the CVE itself: text, scores, exploitation, each with the feed that says so. */
export function CveRecord({ cve }: { cve: string }) {
  const { data, error, refetch } = useQuery(cveRecordQuery(cve));
  if (!data) return error ? <Failure error={error} retry={() => void refetch()} /> : null;
  if (data.asked.length === 0) {
    return (
      <Absent words="No feed that describes CVEs is loaded: texts, scores and known exploitation are not known.">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-muted">
          <Command text={syncCommand(SMALL.join(" "))} />
          <span>
            fetches the two small ones; <Door to={paths.feeds()}>all of them</Door>
          </span>
        </p>
      </Absent>
    );
  }
  if (isSilent(data))
    return (
      <Absent words={`Nothing is known of ${data.id} itself: not in ${listing(data.asked)}.`}>
        <NotLoaded />
      </Absent>
    );
  return (
    <div className="mb-8 grid gap-x-10 gap-y-8 md:grid-cols-2">
      <Block title="About it">
        <About record={data} />
      </Block>
      <Block title="How it is rated">
        <Facts rows={ratings(data)} />
        <p className="pt-2 text-xs text-muted">
          These describe and rank. The severity and the states on this page are the vendors&rsquo; own.
        </p>
      </Block>
    </div>
  );
}

/** Feeds that might have it, were they loaded; nothing where all are. */
function NotLoaded() {
  const { data: overview } = useQuery(overviewQuery);
  const ids = byUse(overview?.feeds ?? [], [])
    .ofCves.filter((feed) => feed.state === "never")
    .map((feed) => feed.id);
  if (ids.length === 0) return null;
  return (
    <p className="text-muted">
      Never fetched: {listing(ids)}. <Door to={paths.feeds()}>Feeds about CVEs</Door>
    </p>
  );
}

/** Whether none of the feeds that were asked has it. */
function isSilent({ id, asked, ...said }: Known): boolean {
  return Object.values(said).every((statements) => statements.length === 0);
}

/** Why nothing is said about it, and what mends that. */
function Absent({ words, children }: { words: string; children?: ReactNode }) {
  return (
    <div className="mb-8">
      <Block title="About it">
        <p className="flex items-start gap-2 py-2 text-muted">
          <FirstLine>
            <Mark shape="hatch" tone="unknown" />
          </FirstLine>
          {words}
        </p>
        {children}
      </Block>
    </div>
  );
}

/** The same as a sign beside the name; nothing where no catalogue in force has it. */
export function ExploitedSign({ cve }: { cve: string }) {
  const { data } = useQuery(cveRecordQuery(cve));
  const now = useNow();
  const entry = data?.exploited[0];
  return entry ? (
    <Sign sign={exploitedSign} word={`known to be exploited${dueWords(entry.due, now)}`} />
  ) : null;
}

/** By when it is to be mended: days ahead count, a day that has passed is only named. */
function dueWords(due: string | null | undefined, now: number): string {
  // The day itself still counts: it ends a day after it began.
  const age = due ? ageSeconds(`${due}T00:00:00Z`, now) : null;
  if (age === null) return "";
  const left = 86_400 - age;
  if (left <= 0) return `, was due on ${due}`;
  return left <= 86_400 ? ", due today" : `, due in ${duration(left)}`;
}

function From({ feed }: { feed: string }) {
  return <span className="text-xs text-muted">{feed}</span>;
}

function About({ record }: { record: Known }) {
  const [title] = record.titles;
  const [description] = record.descriptions;
  return (
    <div className="grid gap-y-2 py-2">
      {record.rejected.length > 0 ? (
        <p className="flex items-center gap-2">
          <Mark shape="dash" tone="unknown" />
          Its numbering authority has rejected it: it names no vulnerability.{" "}
          <From feed={record.rejected[0] ?? ""} />
        </p>
      ) : null}
      {title ? (
        <p className="font-semibold">
          {title.text} <From feed={title.feed} />
        </p>
      ) : null}
      {description ? (
        <p className="max-w-prose">
          {description.text} <From feed={description.feed} />
        </p>
      ) : null}
      {!title && !description ? <p className="text-muted">No feed in force describes it.</p> : null}
      <CveReferences links={record.references} />
    </div>
  );
}

function ratings(record: Known): [string, ReactNode][] {
  const rows: [string, ReactNode][] = record.exploited.map((entry) => [
    "Exploited",
    <span key={`kev ${entry.feed}`}>
      known since {entry.added}
      {entry.due ? `; United States agencies had to act by ${entry.due}` : ""}
      {entry.ransomware ? "; used by ransomware" : ""} <From feed={entry.feed} />
    </span>,
  ]);
  rows.push(
    ...record.epss.map((epss): [string, ReactNode] => [
      "EPSS",
      <span key={`epss ${epss.feed}`}>
        {chance(epss.score)} chance of exploitation within 30 days, at or above {chance(epss.percentile)} of
        all CVEs; of {epss.date} <From feed={epss.feed} />
      </span>,
    ]),
    ...record.scores.map((score): [string, ReactNode] => [
      `CVSS ${score.version}`,
      <span key={`${score.version} ${score.source} ${score.feed} ${score.vector}`} className="grid">
        <span className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-semibold">{score.score.toFixed(1)}</span>
          <Sign
            sign={{
              ...signOf(severitySign, score.rating),
              word: score.rating,
              meaning: "The word for this score",
            }}
          />
          <span className="text-muted">by {score.source}</span>
          <From feed={score.feed} />
        </span>
        <code className="font-mono text-xs text-muted">{score.vector}</code>
      </span>,
    ]),
  );
  if (record.weaknesses.length > 0) {
    const ids = [...new Set(record.weaknesses.map((each) => each.id))];
    const feeds = [...new Set(record.weaknesses.map((each) => each.feed))];
    rows.push([
      "Weakness",
      <span key="cwe">
        {ids.join(", ")} <From feed={feeds.join(", ")} />
      </span>,
    ]);
  }
  const dates = record.dates[0];
  if (dates) {
    rows.push([
      "Published",
      <span key="dates">
        <Exactly time={dates.published} none="not known" />
        {dates.updated ? (
          <>
            , changed <Exactly time={dates.updated} none="" />
          </>
        ) : null}{" "}
        <From feed={dates.feed} />
        {record.dates.length > 1 ? (
          <span className="text-xs text-muted"> and {count(record.dates.length - 1)} more</span>
        ) : null}
      </span>,
    ]);
  }
  return rows.length > 0 ? rows : [["Scores", <span key="none">none of the feeds in force rates it</span>]];
}
