import { useQuery } from "@tanstack/react-query";
import { useId, useLayoutEffect, useRef, useState } from "react";
import { completionQuery } from "../../api/queries";
import type { QuerySuggestion } from "../../api/types";
import { useDebounced } from "../../hooks/useDebounced";
import { plural } from "../../lib/format";

/** The server counts characters, an input counts UTF-16 units. */
const characters = (text: string, units: number) => [...text.slice(0, units)].length;

/** A text with a suggestion in place of some characters, and where the cursor stands behind it. */
export function taken(text: string, start: number, end: number, suggestion: string) {
  const all = [...text];
  const before = all.slice(0, start).join("") + suggestion;
  return { text: before + all.slice(end).join(""), caret: before.length };
}

/** The query as it is typed, with what may stand at the cursor in a list below it. */
export function QueryInput(props: {
  text: string;
  onText: (text: string) => void;
  describedBy: string | undefined;
  invalid: boolean;
}) {
  const { text, onText } = props;
  const input = useRef<HTMLInputElement>(null);
  const caret = useRef<number | null>(null);
  const list = useId();
  const [at, setAt] = useState(text.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const asked = useDebounced(`${characters(text, at)} ${text}`, 120);
  const isSettled = asked === `${characters(text, at)} ${text}`;
  const { data } = useQuery({ ...completionQuery(text, characters(text, at)), enabled: open && isSettled });
  // What was asked for another text or place would replace the wrong characters.
  const found = open && isSettled ? (data?.suggestions ?? []) : [];

  useLayoutEffect(() => {
    if (caret.current === null) return;
    input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  const moved = () => {
    setAt(input.current?.selectionStart ?? text.length);
    setActive(-1);
  };
  const take = (suggestion: QuerySuggestion) => {
    const next = taken(text, data?.start ?? 0, data?.end ?? 0, suggestion.text);
    caret.current = next.caret;
    onText(next.text);
    setAt(next.caret);
    setActive(-1);
  };
  const move = (by: number) => setActive((now) => (now + by + found.length) % found.length);

  return (
    <div className="relative min-w-0 grow">
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Query on hosts"
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid ? true : undefined}
        aria-autocomplete="list"
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        placeholder="name, os:debian:12, security>10, pkg:openssl, -freshness:lost …"
        value={text}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
        onChange={(event) => {
          onText(event.target.value);
          setAt(event.target.selectionStart ?? event.target.value.length);
          setOpen(true);
          setActive(-1);
        }}
        onSelect={moved}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          const chosen = found[active];
          if (event.key === "ArrowDown" && !open) setOpen(true);
          else if (event.key === "ArrowDown" && found.length > 0) move(1);
          else if (event.key === "ArrowUp" && found.length > 0) move(active < 0 ? 0 : -1);
          else if (event.key === "Enter" && chosen) take(chosen);
          else if (event.key === "Escape" && found.length > 0) setOpen(false);
          else {
            // Enter without a choice asks the query.
            if (event.key === "Enter") setOpen(false);
            return;
          }
          event.preventDefault();
        }}
        className="h-8 w-full rounded-md border border-line-strong bg-surface px-2.5 font-mono text-sm placeholder:font-sans placeholder:text-muted"
      />
      <div
        id={list}
        role="listbox"
        aria-label="What may stand here"
        hidden={found.length === 0}
        className="absolute z-20 mt-1 max-h-72 w-full overflow-y-auto rounded-md border border-line bg-surface py-1 shadow-lg"
      >
        {found.map((one, index) => (
          <div
            key={`${one.kind} ${one.text}`}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            // The input keeps the focus, and with it the list stays.
            onMouseDown={(event) => {
              event.preventDefault();
              take(one);
            }}
            className={`flex cursor-pointer items-baseline gap-3 px-2.5 py-0.5 text-sm hover:bg-hover ${index === active ? "bg-hover" : ""}`}
          >
            <span className="font-mono">{one.text}</span>
            <span className="ml-auto truncate text-xs text-muted">
              {one.hosts == null ? one.note : plural(one.hosts, "host")}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
