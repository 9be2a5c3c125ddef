import { afterEach, describe, expect, it, vi } from "vitest";
import { change, forgetSeq, get, getAll, Problem, queryString, sawSeq } from "./client";

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
}

afterEach(() => {
  vi.unstubAllGlobals();
  forgetSeq();
});

it("leaves empty parameters out and keeps queries readable", () => {
  expect(queryString({ q: "os:debian:12 security>10", sort: undefined, cursor: "", limit: 0 })).toBe(
    "?q=os:debian:12+security%3E10&limit=0",
  );
  expect(queryString({})).toBe("");
});

describe("errors", () => {
  it("problem+json becomes a Problem with its code, field and position", async () => {
    vi.stubGlobal("fetch", async () =>
      answer(422, {
        type: "about:blank",
        title: "x",
        status: 422,
        code: "bad_query",
        detail: "no",
        field: "q",
        position: 4,
      }),
    );
    const problem = await get("/x").catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ status: 422, code: "bad_query", detail: "no", field: "q", position: 4 });
  });

  it("an answer that is none of ours still says its status", async () => {
    vi.stubGlobal("fetch", async () => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(get("/x")).rejects.toMatchObject({ status: 502, code: "http_502" });
  });

  it("silence is 'unreachable'", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed");
    });
    await expect(get("/x")).rejects.toMatchObject({ status: 0, code: "unreachable" });
  });

  it("Retry-After is kept", async () => {
    vi.stubGlobal("fetch", async () =>
      answer(429, { code: "too_many_attempts", detail: "x" }, { "Retry-After": "30" }),
    );
    await expect(change("POST", "/x", {})).rejects.toMatchObject({ retryAfter: 30 });
  });
});

it("changes carry the header that a form on another site can't send, reads do not", async () => {
  const calls: RequestInit[] = [];
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    calls.push(init);
    return answer(200, {});
  });
  await change("DELETE", "/x");
  await get("/x");
  expect(calls.map((init) => new Headers(init.headers).get("X-Mendwatch-Csrf"))).toEqual(["1", null]);
});

it("reads ask for at least the newest change they have seen", async () => {
  const urls: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    urls.push(url);
    return answer(200, {}, { "Mendwatch-Seq": "42" });
  });
  await get("/x");
  await get("/x");
  expect(urls.at(-1)).toBe("/x?min_seq=42");
});

it("a record that went back is read again, not waited for", async () => {
  const urls: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    urls.push(url);
    return url.includes("min_seq") ? answer(503, { code: "busy", detail: "not here yet" }) : answer(200, {});
  });
  sawSeq(900);
  for (let tries = 0; tries < 3; tries += 1) await get("/x").catch(() => null);
  await expect(get("/x")).resolves.toEqual({});
  expect(urls).toEqual(["/x?min_seq=900", "/x?min_seq=900", "/x?min_seq=900", "/x"]);
});

it("a whole list is read page by page", async () => {
  const pages: Record<string, unknown> = {
    first: { items: [1, 2], total: 3, next_cursor: "c", seq: 1 },
    c: { items: [3], total: 3, seq: 1 },
  };
  vi.stubGlobal("fetch", async (url: string) =>
    answer(200, pages[new URL(url, "http://x").searchParams.get("cursor") ?? "first"]),
  );
  expect((await getAll<number>("/x")).items).toEqual([1, 2, 3]);
});
