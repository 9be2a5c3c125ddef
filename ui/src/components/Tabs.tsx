import type { ReactNode } from "react";
import { count } from "../lib/format";
import { Door } from "./Door";

export interface Tab {
  to: string;
  label: string;
  count?: number;
  current: boolean;
}

/** Views of one thing; each has an address of its own. */
export function Tabs({
  tabs,
  label,
  children,
}: {
  tabs: readonly Tab[];
  label: string;
  children?: ReactNode;
}) {
  return (
    <nav
      aria-label={label}
      className="flex flex-wrap items-end gap-x-3 border-b border-line max-sm:text-sm sm:gap-x-5"
    >
      {tabs.map((tab) => (
        <Door
          key={tab.to}
          plain
          to={tab.to}
          aria-current={tab.current ? "page" : undefined}
          className={`-mb-px border-b-2 py-2 whitespace-nowrap ${
            tab.current
              ? "border-accent font-semibold text-ink"
              : "border-transparent text-muted hover:border-line-strong hover:text-ink"
          }`}
        >
          {tab.label}{" "}
          {tab.count === undefined ? null : <span className="ml-0.5 font-normal">{count(tab.count)}</span>}
        </Door>
      ))}
      {children}
    </nav>
  );
}

/** A row of choices in the address, with counts; the chosen one again removes it. */
export function Choices({
  label,
  choices,
}: {
  label: string;
  choices: readonly { key: string; to: string; content: ReactNode; count?: number; current: boolean }[];
}) {
  if (choices.length === 0) return null;
  return (
    <ul className="flex flex-wrap items-center gap-x-1.5 gap-y-2" aria-label={label}>
      {choices.map((choice) => (
        <li key={choice.key}>
          <Door
            plain
            to={choice.to}
            aria-current={choice.current ? "true" : undefined}
            className={`inline-flex h-6 items-center gap-1.5 rounded-full border px-2.5 text-xs whitespace-nowrap hover:bg-hover ${
              choice.current ? "border-accent bg-accent-soft font-semibold" : "border-line"
            }`}
          >
            {choice.content}{" "}
            {choice.count === undefined ? null : <span className="text-muted">{count(choice.count)}</span>}
          </Door>
        </li>
      ))}
    </ul>
  );
}
