import { Fragment } from "react";
import { Ago } from "./Ago";

/**
 * A time as the server writes it within a sentence: to the second or finer (`2021-05-21T06:26:13Z`),
 * or to the minute (`2026-11-22 06:12 UTC`). A day alone is a date and stays one.
 */
const STAMP = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z|\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC)/;

const isoOf = (stamp: string) =>
  stamp.endsWith(" UTC") ? `${stamp.slice(0, 16).replace(" ", "T")}:00Z` : stamp;

/** A moment is "on" a day or "at" a time; an age stands without. */
const PREPOSITION = /\b(on|at) $/;

/** A sentence with its times as people say them, the exact ones on hover. */
export function Times({ text }: { text: string }) {
  // Split by a group, every other part is a time.
  const parts = text.split(STAMP);
  return parts.map((part, at) =>
    at % 2 === 1 ? (
      <Ago key={at} time={isoOf(part)} />
    ) : (
      <Fragment key={at}>{at < parts.length - 1 ? part.replace(PREPOSITION, "") : part}</Fragment>
    ),
  );
}
