import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backOff, type LiveState, listen } from "./events";

/** An EventSource that the test drives. */
class FakeSource extends EventTarget {
  onerror: (() => void) | null = null;
  closed = false;
  close() {
    this.closed = true;
  }
  say(event: string, data: unknown) {
    this.dispatchEvent(Object.assign(new Event(event), { data: JSON.stringify(data) }));
  }
}

describe("the change stream", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function start() {
    const sources: FakeSource[] = [];
    const states: LiveState[] = [];
    const seen: number[] = [];
    const stream = listen(
      "/api/v1/events",
      {
        change: (change) => seen.push(change.seq),
        hello: (seq) => seen.push(seq),
        state: (state) => states.push(state),
      },
      () => {
        const source = new FakeSource();
        sources.push(source);
        return source as unknown as EventSource;
      },
    );
    const last = () => sources.at(-1) as FakeSource;
    return { stream, sources, states, seen, last };
  }

  it("is live after hello and hands on changes", () => {
    const { states, seen, last } = start();
    last().say("hello", { seq: 7 });
    last().say("change", { seq: 8, hosts: [1], cause: "report" });
    expect(states).toEqual(["connecting", "live"]);
    expect(seen).toEqual([7, 8]);
  });

  it("reconnects by itself, later each time, and starts afresh after success", () => {
    const { sources, states, last } = start();
    last().say("hello", { seq: 1 });
    for (let tries = 1; tries <= 4; tries += 1) {
      last().onerror?.();
      expect(last().closed).toBe(true);
      expect(states.at(-1)).toBe("reconnecting");
      vi.advanceTimersByTime(1_000 * 2 ** (tries - 1));
      expect(sources).toHaveLength(tries + 1);
    }
    last().say("hello", { seq: 2 });
    expect(states.at(-1)).toBe("live");
    last().onerror?.();
    vi.advanceTimersByTime(1_000);
    expect(sources).toHaveLength(6);
  });

  it("does not wait when the network comes back", () => {
    const { sources, last } = start();
    for (let tries = 0; tries < 6; tries += 1) {
      last().onerror?.();
      vi.advanceTimersByTime(60_000);
    }
    last().onerror?.();
    const before = sources.length;
    window.dispatchEvent(new Event("online"));
    expect(sources).toHaveLength(before + 1);
  });

  it("stays closed once closed", () => {
    const { stream, sources, last } = start();
    last().onerror?.();
    stream.close();
    vi.advanceTimersByTime(120_000);
    expect(sources).toHaveLength(1);
  });

  it("ignores what is no JSON", () => {
    const { seen, last } = start();
    last().dispatchEvent(Object.assign(new Event("change"), { data: "{" }));
    expect(seen).toEqual([]);
  });
});

it("backs off to 30 s at most, never to nothing", () => {
  expect(backOff(0, () => 0)).toBe(500);
  expect(backOff(0, () => 1)).toBe(1_000);
  expect(backOff(3, () => 1)).toBe(8_000);
  expect(backOff(40, () => 1)).toBe(30_000);
});
