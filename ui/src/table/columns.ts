import type { ReactNode } from "react";
import type { Field } from "../lib/export";

/** A column: how it looks, how it sorts, what it is in a file. */
export interface Column<Row> {
  id: string;
  header: string;
  /** Explains the header, on hover. */
  hint?: string;
  align?: "right";
  /** A Tailwind width; one column without takes the rest. */
  width?: string;
  /** Hidden on windows narrower than this. */
  from?: "md" | "lg" | "xl" | "2xl";
  /** The key of the sort, and whether the first click is descending. */
  sort?: { key: string; first: "ascending" | "descending" };
  cell: (row: Row) => ReactNode;
  /** What a file gets; one column may make several fields. */
  fields: readonly Field<Row>[];
}

export const hiddenBelow = {
  md: "max-md:hidden",
  lg: "max-lg:hidden",
  xl: "max-xl:hidden",
  "2xl": "max-2xl:hidden",
} as const;

export function fieldsOf<Row>(columns: readonly Column<Row>[]): Field<Row>[] {
  return columns.flatMap((column) => column.fields);
}

/** `-packages` → packages, descending. */
export function readSort(sort: string | undefined): { key: string; direction: "ascending" | "descending" } {
  return sort?.startsWith("-")
    ? { key: sort.slice(1), direction: "descending" }
    : { key: sort ?? "", direction: "ascending" };
}

/** What the next click on a header asks for. */
export function nextSort(
  current: string | undefined,
  key: string,
  first: "ascending" | "descending",
): string {
  const opening = first === "descending" ? `-${key}` : key;
  const other = first === "descending" ? key : `-${key}`;
  return current === opening ? other : opening;
}

/** Whether a text holds every word of a filter, in any case and order. */
export function hasWords(filter: string | undefined, text: string): boolean {
  const within = text.toLowerCase();
  return (filter ?? "")
    .toLowerCase()
    .split(/\s+/)
    .every((word) => within.includes(word));
}

const collator = new Intl.Collator("en", { numeric: true });

/** Sorts rows that are all in the browser; equal rows keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  sort: string | undefined,
  keys: Record<string, (row: Row) => string | number>,
): Row[] {
  const { key, direction } = readSort(sort);
  const value = keys[key];
  if (!value) return [...rows];
  const sign = direction === "descending" ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    const order =
      typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y));
    return sign * order;
  });
}
