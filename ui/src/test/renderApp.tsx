import { createMemoryHistory } from "@tanstack/react-router";
import { act, cleanup, configure, render } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { createMock, type Mock } from "../../mock/api.mjs";
import { App } from "../App";
import { makeClient } from "../api/queryClient";
import { makeRouter } from "../routes";

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
// Builds share the machine with other work; a slow answer is no wrong answer.
configure({ asyncUtilTimeout: 10_000 });

/** The change stream as the page sees it; tests speak through it. */
export class TestEvents extends EventTarget {
  static open: TestEvents[] = [];
  onerror: (() => void) | null = null;
  constructor() {
    super();
    TestEvents.open.push(this);
  }
  close() {}
  say(event: string, data: unknown) {
    this.dispatchEvent(Object.assign(new Event(event), { data: JSON.stringify(data) }));
  }
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  TestEvents.open = [];
});

export interface Shown {
  mock: Mock;
  href: () => string;
  /** Requests so far, as "GET /path". */
  asked: string[];
}

/** The whole dashboard at an address, against the mock; `answer` may replace answers. */
export async function renderApp(
  path: string,
  options: {
    scenario?: string;
    signedIn?: boolean;
    answer?: (method: string, url: string) => Response | undefined;
  } = {},
): Promise<Shown> {
  const mock = createMock({ scenario: options.scenario ?? "fleet", signedIn: options.signedIn ?? true });
  const asked: string[] = [];
  vi.stubGlobal("EventSource", TestEvents);
  vi.stubGlobal("scrollTo", () => {});
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    const method = init.method ?? "GET";
    asked.push(`${method} ${url}`);
    const other = options.answer?.(method, url);
    if (other) return other;
    const headers = Object.fromEntries(
      [...new Headers(init.headers)].map(([name, value]) => [name.toLowerCase(), value]),
    );
    const body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const { status, body: said, headers: more } = mock.handle(method, url, headers, body);
    return new Response(said === undefined ? null : JSON.stringify(said), { status, headers: more });
  });
  window.location.hash = path.includes("#") ? path.slice(path.indexOf("#")) : "";
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = makeRouter(history);
  await act(async () => {
    render(<App client={makeClient()} router={router} />);
  });
  return { mock, asked, href: () => history.location.href };
}
