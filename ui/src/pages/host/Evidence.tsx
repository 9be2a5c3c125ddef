import { useQuery } from "@tanstack/react-query";
import { explanationQuery } from "../../api/queries";
import type { Finding } from "../../api/types";
import { Failure, Loading } from "../../components/Notice";
import { Sign } from "../../components/Sign";
import { Times } from "../../components/Times";
import { STATES, signOf, stateSign } from "../../lib/states";
import { verdictSentence } from "../../lib/verdicts";
import type { CveRow } from "./findings";

/** Why it is said: each package's comparison, then the whole reasoning as `mendwatch explain` prints it. */
export function Evidence({ hostId, row }: { hostId: string; row: CveRow }) {
  const { data, error, refetch } = useQuery(explanationQuery(hostId, row.cve));
  return (
    <div className="grid gap-4 pt-1">
      <ul aria-label={`Packages with ${row.cve}`} className="grid gap-2">
        {row.findings.map((finding) => (
          <Comparison
            key={`${finding.package} ${finding.version} ${finding.arch} ${finding.role}`}
            finding={finding}
          />
        ))}
      </ul>
      {data ? (
        <section className="grid gap-1.5">
          <h2 className="text-xs font-semibold text-muted">How that was decided, step by step</h2>
          <Reasoning lines={data.explanation} />
        </section>
      ) : error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Loading what="the evidence" />
      )}
    </div>
  );
}

function Comparison({ finding }: { finding: Finding }) {
  const { fixed_version: fixed } = finding;
  const affected = finding.state !== "not_affected";
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
      <span className="font-semibold">{finding.package}</span>
      <span className="font-mono text-xs">
        {fixed && (affected || finding.version !== fixed)
          ? `${finding.version} ${affected && finding.state !== "restart_needed" ? "<" : "≥"} ${fixed}`
          : finding.version}
      </span>
      <Sign sign={signOf(stateSign, finding.state)} />
      <p className="basis-full text-muted">
        <Times text={verdictSentence(finding)} />
      </p>
    </li>
  );
}

/** Words of states as the server writes them; those without an underscore are plain words as well. */
const STATE_WORD = new RegExp(`\\b(${STATES.filter((state) => state.includes("_")).join("|")})\\b`);

/** A line with each state's word as the sign that tables show, and its times as ages. */
function withSigns(line: string) {
  // Split by a group, every other part is a word of a state.
  return line
    .split(STATE_WORD)
    .map((part, at) =>
      at % 2 === 1 ? <Sign key={at} sign={signOf(stateSign, part)} /> : <Times key={at} text={part} />,
    );
}

/** The sentences, package by package: an empty line parts them. */
function Reasoning({ lines }: { lines: readonly string[] }) {
  const groups: string[][] = [[]];
  for (const line of lines) {
    if (line === "") groups.push([]);
    else groups.at(-1)?.push(line);
  }
  return (
    <div className="grid gap-3">
      {groups
        .filter((group) => group.length > 0)
        .map((group, at) => (
          <ol key={at} className="border-l-2 border-line pl-3 text-xs leading-5">
            {group.map((line, number) => (
              <li key={number} className="whitespace-pre-wrap">
                {withSigns(line)}
              </li>
            ))}
          </ol>
        ))}
    </div>
  );
}
