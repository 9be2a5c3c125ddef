/**
 * The query line as chips. The dashboard never decides what a query means, the server does; it only
 * splits the text into terms, so that a term can be shown, removed, or replaced by a facet. A term
 * keeps its text as it was written; parentheses are one term, and a query joined by `or` is one.
 */

export interface Term {
  /** As written. */
  text: string;
  negated: boolean;
  /** `os`, `freshness`, `security` ...; empty for a free word or a group. */
  field: string;
  /** `:`, `>`, `<`, `>=`, `<=`, `=`; empty for a free word. */
  op: string;
  value: string;
}

const TERM = /^(-?)([a-z_]+)(>=|<=|[:><=])(.*)$/is;
const JOINS = /^(or|and|not)$/i;

/** Splits at blanks outside of double quotes and parentheses. */
function words(text: string): string[] {
  const found: string[] = [];
  let word = "";
  let quoted = false;
  let escaped = false;
  let depth = 0;
  for (const char of text) {
    if (escaped) escaped = false;
    else if (quoted && char === "\\") escaped = true;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === "(") depth += 1;
    else if (!quoted && char === ")") depth -= 1;
    if (!quoted && depth <= 0 && /\s/.test(char)) {
      if (word) found.push(word);
      word = "";
    } else {
      word += char;
    }
  }
  if (word) found.push(word);
  return found;
}

function unquote(text: string): string {
  const inner = /^"(.*)"$/s.exec(text);
  return inner ? (inner[1] ?? "").replace(/\\(["\\])/g, "$1") : text;
}

function term(text: string): Term {
  const match = TERM.exec(text);
  if (match) {
    const [, minus, field = "", op = "", value = ""] = match;
    return { text, negated: minus === "-", field: field.toLowerCase(), op, value: unquote(value) };
  }
  const negated = text.length > 1 && text.startsWith("-");
  return { text, negated, field: "", op: "", value: unquote(negated ? text.slice(1) : text) };
}

export function parseQuery(text: string): Term[] {
  const found = words(text);
  if (found.some((word) => JOINS.test(word))) {
    return [{ text: text.trim(), negated: false, field: "", op: "", value: text.trim() }];
  }
  return found.map(term);
}

export function formatQuery(terms: readonly Term[]): string {
  return terms.map((each) => each.text).join(" ");
}

/** The terms of a query to which another can be added: a query joined by `or` becomes a group. */
function open(text: string): Term[] {
  const terms = parseQuery(text);
  const joined = words(text).some((word) => JOINS.test(word));
  return joined ? terms.map((each) => ({ ...each, text: `(${each.text})` })) : terms;
}

/** Without the term at a position. */
export function withoutTerm(text: string, index: number): string {
  return formatQuery(parseQuery(text).filter((_, at) => at !== index));
}

export function hasTerm(text: string, wanted: string): boolean {
  return parseQuery(text).some((each) => each.text === wanted);
}

/** A facet's click: removes the term if it is there, else puts it in place of others of its field. */
export function toggleTerm(text: string, wanted: string): string {
  const added = term(wanted);
  const terms = open(text);
  if (terms.some((each) => each.text === wanted)) {
    return formatQuery(terms.filter((each) => each.text !== wanted));
  }
  return formatQuery([...terms.filter((each) => each.field !== added.field || each.negated), added]);
}

/** A value as it must stand in a query: quoted, unless it is of the characters that need no quotes. */
export function queryValue(value: string): string {
  return /^[\p{L}\p{N}._+~:-]+$/u.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/**
 * What the CVE program numbers (`CVE-2024-3094`: a year, then four digits or more), and what Debian's
 * tracker calls an issue that has no number yet (`TEMP-0290435-0B57B5`). The server knows no other.
 */
const CVE_ID = /^(?:CVE-\d{4}-\d{4,19}|TEMP-\d{7}-[0-9A-F]{6})$/;

/** A text as the id of a CVE, in capitals as it is written; null where it is none. */
export function cveId(text: string): string | null {
  const id = text.trim().toUpperCase();
  return CVE_ID.test(id) ? id : null;
}

/** The term that keeps the hosts on which a CVE is open. */
export const cveTerm = (cve: string) => `cve:${queryValue(cve)}`;

/**
 * Hosts of which it is not known what waits as of now: grey for whatever reason, or never told. A number
 * that is not known fits no comparison (`docs/query-language.md`).
 */
export const UNKNOWN_UPDATES = "colour:grey or -security>=0";

/** Hosts on which a CVE is open that a catalogue of known exploited vulnerabilities has. */
export const EXPLOITED = "kev:yes";
