import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, type Ref, useId, useState } from "react";
import { get } from "../api/client";
import { api } from "../api/queries";
import type { FleetFinding, FleetPackage, HostPage, Page } from "../api/types";
import { Mark } from "../components/Sign";
import { useDebounced } from "../hooks/useDebounced";
import { plural } from "../lib/format";
import { cveId, parseQuery } from "../lib/query";
import { colourOf, severitySign, signOf } from "../lib/states";
import { paths } from "../paths";
import { Icon } from "./Icon";

interface Suggestion {
  key: string;
  to: string;
  kind: string;
  text: string;
  note: string;
  mark?: React.ReactNode;
}

const ROWS = 5;

async function suggest(text: string, signal: AbortSignal): Promise<Suggestion[]> {
  const asked = parseQuery(text);
  const plain = asked.every((term) => term.field === "") ? text : "";
  // Each kind answers for itself: one that fails takes nothing from the others.
  const read = <T,>(path: string, q: string) =>
    q ? get<T>(path, { q, limit: ROWS }, signal).catch(() => null) : Promise.resolve(null);
  const [hosts, packages, findings] = await Promise.all([
    read<HostPage>(api.hosts, text),
    read<Page<FleetPackage>>(api.packages, plain),
    read<Page<FleetFinding>>(api.findings, plain),
  ]);
  const found: Suggestion[] = [];
  if (hosts && hosts.total > 0) {
    for (const host of hosts.items) {
      const sign = colourOf(host);
      found.push({
        key: `host ${host.id}`,
        to: paths.host(host.id),
        kind: "Host",
        text: host.hostname,
        note: host.os_name,
        mark: <Mark shape={sign.shape} tone={sign.tone} />,
      });
    }
    if (hosts.total > hosts.items.length) {
      found.push({
        key: "hosts",
        to: paths.hosts({ q: text }),
        kind: "Hosts",
        text: plural(hosts.total, "host"),
        note: text,
      });
    }
  }
  const byCve: Suggestion[] = [];
  for (const finding of findings?.items ?? []) {
    const sign = signOf(severitySign, finding.severity);
    byCve.push({
      key: `cve ${finding.cve}`,
      to: paths.cve(finding.cve),
      kind: "CVE",
      text: finding.cve,
      note: `${plural(finding.hosts, "host")}, ${sign.word}`,
      mark: <Mark shape={sign.shape} tone={sign.tone} />,
    });
  }
  const byPackage = [...new Set((packages?.items ?? []).map((each) => each.name))].map((name) => ({
    key: `package ${name}`,
    to: paths.packages({ q: name }),
    kind: "Package",
    text: name,
    note: "",
  }));
  // A CVE that is open nowhere has a page, too: what is known of it, and how far that it is open nowhere is.
  const id = cveId(text);
  if (id && !byCve.some((each) => each.text === id)) {
    byCve.unshift({
      key: `cve ${id}`,
      to: paths.cve(id),
      kind: "CVE",
      text: id,
      // Without the answer it may be open.
      note: findings ? "not known to be open on any host" : "",
    });
  }
  // A package's CVEs match by its name, too: the package itself comes first.
  return /^(cve|temp)-/i.test(text) ? [...found, ...byCve, ...byPackage] : [...found, ...byPackage, ...byCve];
}

/** Where a text leads of which no suggestion was chosen. */
function target(text: string): string {
  const id = cveId(text);
  if (id) return paths.cve(id);
  return /^(cve|temp)-/i.test(text) ? paths.findings({ q: text }) : paths.hosts({ q: text });
}

/** One field for everything: hosts by name or query, packages, CVEs. Enter takes what is marked. */
export function Omnibox({ ref }: { ref?: Ref<HTMLInputElement> }) {
  const router = useRouter();
  const id = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const asked = useDebounced(text.trim(), 150);
  const { data: found = [], isFetching } = useQuery({
    queryKey: ["omnibox", asked],
    queryFn: ({ signal }) => suggest(asked, signal),
    enabled: asked.length > 1,
    placeholderData: (before) => before,
  });
  const shown = open && asked.length > 1 && text.trim().length > 1;
  const list = shown ? found : [];

  const go = (to: string) => {
    setOpen(false);
    setText("");
    setAt(-1);
    (document.activeElement as HTMLElement | null)?.blur();
    router.history.push(to);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.length > 0) {
      event.preventDefault();
      setAt((at + step + list.length) % list.length);
    } else if (event.key === "Enter" && text.trim()) {
      // A list of one needs no choice, unless it answers an earlier text.
      const [only] = list.length === 1 && asked === text.trim() ? list : [];
      go((list[at] ?? only)?.to ?? target(text.trim()));
    } else if (event.key === "Escape") {
      setText("");
      setAt(-1);
    }
  };

  return (
    <search className="relative min-w-0 max-w-xl grow">
      <span className="pointer-events-none absolute top-2 left-2.5 text-muted">
        <Icon name="search" />
      </span>
      <input
        ref={ref}
        type="text"
        role="combobox"
        aria-label="Search hosts, packages, CVEs"
        aria-expanded={list.length > 0}
        aria-controls={id}
        aria-activedescendant={list[at] ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder="Hosts, packages, CVEs …"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setAt(-1);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-8 pl-8 text-base placeholder:text-muted"
      />
      <kbd
        title="Press / to search"
        className="pointer-events-none absolute top-1.5 right-2 rounded-sm border border-line px-1.5 font-mono text-xs text-muted max-rail:hidden"
      >
        /
      </kbd>
      <div
        id={id}
        role="listbox"
        aria-label="Suggestions"
        className={`absolute inset-x-0 top-full z-40 mt-1 max-h-96 overflow-auto rounded-md border border-line bg-surface py-1 shadow-lg ${shown ? "" : "hidden"}`}
      >
        {list.map((each, index) => (
          <div
            key={each.key}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            // Before the field loses the focus, which would close the list under the pointer.
            onPointerDown={(event) => {
              event.preventDefault();
              go(each.to);
            }}
            className={`flex h-8 cursor-pointer items-center gap-2 px-3 ${index === at ? "bg-hover" : "hover:bg-hover"}`}
          >
            <span className="flex w-3 shrink-0">{each.mark}</span>
            <span className="min-w-0 truncate">{each.text}</span>
            <span className="min-w-0 truncate text-xs text-muted max-sm:hidden">{each.note}</span>
            <span className="ml-auto text-xs text-muted">{each.kind}</span>
          </div>
        ))}
        {shown && list.length === 0 ? (
          <div
            className="px-3 py-1 text-muted"
            role="option"
            aria-selected="false"
            aria-disabled="true"
            tabIndex={-1}
          >
            {isFetching || asked !== text.trim() ? "Searching …" : `Nothing is called “${asked}”`}
          </div>
        ) : null}
      </div>
    </search>
  );
}
