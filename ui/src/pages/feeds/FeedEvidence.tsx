import type { FeedRow } from "../../api/types";
import { Exactly } from "../../components/Ago";
import { Command } from "../../components/Command";
import { Mark } from "../../components/Sign";
import { Times } from "../../components/Times";
import { noNeed, syncCommand } from "../../lib/coverage";
import { count, platformName, plural } from "../../lib/format";

/** Where a feed comes from, which document is in force, and the commands that renew it. */
export function FeedEvidence({ feed }: { feed: FeedRow }) {
  return (
    <div className="grid gap-3 pt-1">
      {feed.error ? (
        <p className="flex items-baseline gap-2">
          <Mark shape="triangle" tone="high" />
          <span>
            The last attempt failed: <Times text={feed.error} />
            {feed.as_of ? " What was in force before stays." : ""}
          </span>
        </p>
      ) : null}
      <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-xs">
        {/* A feed with a document for each release has no one address. */}
        {feed.url ? (
          <>
            <dt className="text-muted">Address</dt>
            <dd>{feed.url}</dd>
          </>
        ) : null}
        <dt className="text-muted">Speaks for</dt>
        <dd>{feed.platforms.map(platformName).join(", ") || "no system"}</dd>
        <dt className="text-muted">Data as of</dt>
        <dd>
          <Exactly time={feed.as_of} none={feed.state === "never" ? "never fetched" : "not known"} />
        </dd>
        <dt className="text-muted">Last asked or imported</dt>
        <dd>
          <Exactly time={feed.fetched_at} none="never" />
        </dd>
        {feed.skipped > 0 ? (
          <>
            <dt className="text-muted">Skipped</dt>
            <dd>{skippedWords(feed)}</dd>
          </>
        ) : null}
        {feed.sha256 ? (
          <>
            <dt className="text-muted">SHA-256</dt>
            <dd className="font-mono">{feed.sha256}</dd>
          </>
        ) : null}
      </dl>
      {noNeed(feed) ? <p className="text-muted">{noNeed(feed)}</p> : null}
      <p className="flex flex-wrap items-center gap-3">
        <Command text={syncCommand(feed.id)} />
        <span className="text-muted">or, without internet access,</span>
        <Command text={`mendwatch feeds import ${feed.id} FILE`} />
      </p>
    </div>
  );
}

/** Records that could not be read, and what follows of it. */
function skippedWords({ skipped, lost = 0 }: FeedRow): string {
  const records = plural(skipped, "record");
  if (lost === 0) return `${records} could not be read; none would have said anything of a package`;
  const named =
    lost < skipped
      ? `${count(lost)} of them ${lost === 1 ? "names" : "name"}`
      : lost === 1
        ? "it names"
        : "they name";
  return `${records} could not be read; what ${named} is not assessed`;
}
