import { useEffect, useId, useState } from "react";
import type { Problem } from "../../api/client";
import { Door } from "../../components/Door";
import { useUrl } from "../../hooks/useUrl";
import { parseQuery, withoutTerm } from "../../lib/query";
import { paths } from "../../paths";
import { QueryInput, taken } from "./QueryInput";

/** The query as it is written, and as chips that can be taken out. */
export function QueryLine({ q, problem }: { q: string; problem: Problem | null }) {
  const { search, set } = useUrl();
  const [text, setText] = useState(q);
  const id = useId();
  useEffect(() => setText(q), [q]);
  const terms = parseQuery(q);
  return (
    <div className="mb-3 flex flex-col gap-2">
      <form
        aria-label="Query"
        className="flex max-w-3xl gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          set({ q: text.trim() || undefined });
        }}
      >
        <QueryInput
          text={text}
          onText={setText}
          describedBy={problem ? id : undefined}
          invalid={problem !== null}
        />
        <button type="submit" className="button h-8">
          Find
        </button>
      </form>
      {problem ? (
        <p id={id} role="alert" className="text-sm">
          <span className="text-critical">{problem.detail}</span>
          <Meant q={q} problem={problem} />
          {problem.position === undefined ? null : <Position text={q} at={problem.position} />}
        </p>
      ) : terms.length > 0 ? (
        <ul className="flex flex-wrap items-center gap-1.5" aria-label="Filters">
          {terms.map((term, at) => {
            const word = term.text;
            return (
              <li
                key={`${at} ${word}`}
                className="inline-flex h-6 items-center rounded-full bg-accent-soft pl-2.5 font-mono text-xs"
              >
                {word}
                <Door
                  plain
                  to={paths.hosts({ q: withoutTerm(q, at) || undefined, sort: search.sort })}
                  aria-label={`Remove ${word}`}
                  className="flex h-6 items-center rounded-full px-2 text-muted hover:text-ink"
                >
                  ×
                </Door>
              </li>
            );
          })}
          {terms.length > 1 ? (
            <li>
              <Door to={paths.hosts({ sort: search.sort })} className="text-xs text-muted">
                Clear all
              </Door>
            </li>
          ) : null}
        </ul>
      ) : null}
    </div>
  );
}

/** The query with what was probably meant, where the server has a guess. */
function Meant({ q, problem }: { q: string; problem: Problem }) {
  const { search } = useUrl();
  const { position, more } = problem;
  if (position === undefined || !more.suggestion) return null;
  const next = taken(q, position, position + (more.length ?? 0), more.suggestion).text;
  return (
    <>
      {" "}
      <Door to={paths.hosts({ q: next, sort: search.sort })}>
        Ask <span className="font-mono">{next}</span>
      </Door>
    </>
  );
}

/** Where the query can't be read: the server counts characters, not UTF-16 units. */
function Position({ text, at }: { text: string; at: number }) {
  const characters = [...text];
  const before = characters.slice(0, at).join("");
  const after = characters.slice(at).join("");
  return (
    <code className="mt-1 block font-mono text-xs">
      {before}
      <mark className="bg-critical-soft text-critical underline">{after || "…"}</mark>
    </code>
  );
}
