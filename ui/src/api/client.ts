/** The one place that talks to the server: JSON in and out, problem+json as `Problem`, CSRF header. */

/** What few problems have. */
export interface ProblemMore {
  /** With `position`: how many characters from there are meant. */
  length?: number | undefined;
  /** What was probably meant in their place, or in place of the id that is none. */
  suggestion?: string | undefined;
  /** With `removed`: the host that stands for the same machine. */
  successor?: number | undefined;
}

/** An answer that is not a success: the server's problem+json, or what the network said. */
export class Problem extends Error {
  constructor(
    /** HTTP status; 0 when there was no answer at all. */
    readonly status: number,
    /** The server's stable name of the case: `bad_query`, `wrong_credentials`, `unreachable` ... */
    readonly code: string,
    /** A sentence for people. */
    readonly detail: string,
    readonly field?: string,
    /** In a query: the character at which it can't be read. */
    readonly position?: number,
    /** Seconds the server asks to wait. */
    readonly retryAfter?: number,
    readonly more: ProblemMore = {},
  ) {
    super(detail);
    this.name = "Problem";
  }
}

export type Params = Record<string, string | number | boolean | undefined | null>;

/** The newest change this tab has seen; reads ask for at least this, whichever server answers. */
let newestSeq = 0;
/** Answers in a row that said "not here yet". */
let misses = 0;
/** After as many the record is another one (a backup was restored), not a server that is behind. */
const MOST_MISSES = 3;

export function sawSeq(seq: number): void {
  if (seq > newestSeq) newestSeq = seq;
}

/** Forgets what was seen: the server's record is another one than before. */
export function forgetSeq(): void {
  newestSeq = 0;
  misses = 0;
}

export function queryString(params: Params): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  }
  // Colons and commas may stand in a query as they are, and read better there.
  const text = search.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}

async function problemOf(response: Response): Promise<Problem> {
  const retry = Number(response.headers.get("Retry-After")) || undefined;
  let body: Record<string, unknown> = {};
  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    // Not ours: a proxy's page, an empty body. The status has to do.
  }
  const text = (key: string) => (typeof body[key] === "string" ? (body[key] as string) : undefined);
  const number = (key: string) => (typeof body[key] === "number" ? (body[key] as number) : undefined);
  return new Problem(
    response.status,
    text("code") ?? `http_${response.status}`,
    text("detail") ?? text("title") ?? `The server answered ${response.status} ${response.statusText}`.trim(),
    text("field"),
    number("position"),
    retry,
    { length: number("length"), suggestion: text("suggestion"), successor: number("successor") },
  );
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new Problem(0, "unreachable", "The server can't be reached. It may be restarting.");
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** Reads; `params` that are empty are left out. */
export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const floor = newestSeq > 0 ? { min_seq: newestSeq } : {};
  const response = await send(path + queryString({ ...params, ...floor }), {
    headers: { Accept: "application/json" },
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (newestSeq > 0 && error instanceof Problem && error.status === 503) {
      misses += 1;
      if (misses >= MOST_MISSES) forgetSeq();
    }
    throw error;
  });
  misses = 0;
  sawSeq(Number(response.headers.get("Mendwatch-Seq")) || 0);
  return (await response.json()) as T;
}

/** Changes something; the header proves that this page sent it, not a form on another site. */
export async function change<T>(method: "POST" | "DELETE", path: string, body?: unknown): Promise<T | null> {
  const response = await send(path, {
    method,
    headers: {
      Accept: "application/json",
      "X-Mendwatch-Csrf": "1",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return text ? (JSON.parse(text) as T) : null;
}

/** Rows that a whole list may have in the browser; beyond it the list says that it is cut. */
export const WHOLE_LIST_LIMIT = 50_000;

interface AnyPage<T> {
  items: T[];
  total: number;
  next_cursor?: string | null;
}

/** Every page of a list that is bounded by nature (what one host has), or of an export. */
export async function getAll<T, P extends AnyPage<T> = AnyPage<T>>(
  path: string,
  params: Params = {},
  signal?: AbortSignal,
  progress?: (rows: number, total: number) => void,
): Promise<P> {
  const first = await get<P>(path, { ...params, limit: 500 }, signal);
  const items = [...first.items];
  let cursor = first.next_cursor;
  while (cursor && items.length < WHOLE_LIST_LIMIT) {
    progress?.(items.length, first.total);
    const page: P = await get<P>(path, { ...params, limit: 500, cursor }, signal);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return { ...first, items, next_cursor: cursor ?? null };
}
