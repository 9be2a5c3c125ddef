/**
 * The change stream: rows update without a reload. Own reconnecting on top of EventSource, since the
 * browser gives up for good on an HTTP error (a restarting proxy) and knows no back-off.
 */

import type { Change } from "./types";

export type LiveState = "connecting" | "live" | "reconnecting";

export interface Stream {
  close: () => void;
}

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 30_000;
/** The server writes a comment every 15 s, which EventSource does not show; errors are all we get. */

/** Milliseconds before the next try: doubles to 30 s, with a random half so that tabs don't march in step. */
export function backOff(tries: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** tries);
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

export function listen(
  url: string,
  on: { change: (change: Change) => void; hello: (seq: number) => void; state: (state: LiveState) => void },
  connect: (url: string) => EventSource = (address) => new EventSource(address),
): Stream {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let closed = false;

  const open = () => {
    if (closed) return;
    source = connect(url);
    source.addEventListener("hello", (event) => {
      tries = 0;
      on.state("live");
      on.hello(read<{ seq: number }>(event)?.seq ?? 0);
    });
    source.addEventListener("change", (event) => {
      const change = read<Change>(event);
      if (change) on.change(change);
    });
    source.onerror = () => {
      source?.close();
      source = null;
      if (closed) return;
      on.state("reconnecting");
      clearTimeout(timer);
      timer = setTimeout(open, backOff(tries));
      tries += 1;
    };
  };
  // The machine woke up or the network came back: no reason to wait.
  const hurry = () => {
    if (source || closed) return;
    clearTimeout(timer);
    tries = 0;
    open();
  };
  window.addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  on.state("connecting");
  open();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      window.removeEventListener("online", hurry);
      document.removeEventListener("visibilitychange", hurry);
      source?.close();
    },
  };
}

function read<T>(event: Event): T | null {
  try {
    return JSON.parse((event as MessageEvent<string>).data) as T;
  } catch {
    return null;
  }
}
