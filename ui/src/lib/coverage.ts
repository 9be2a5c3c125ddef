/** For which hosts there is security data, and what brings it where it is missing. Pure functions. */

import type { FeedRow, Overview } from "../api/types";
import { count, plural } from "./format";

type Platform = Overview["platforms"][number];

/** Hosts by how far feeds speak for their systems; they add up to all hosts. */
interface HostsByCoverage {
  all: number;
  /** The feed that decides is in force. */
  full: number;
  tooOld: number;
  /** The data names what is vulnerable and clears nothing. */
  partial: number;
  /** Feeds speak for the system, none is in force. */
  none: number;
  /** No feed speaks for the system, or none says anything of its release. */
  silent: number;
}

/** Nothing that could be fetched would speak for it: the server gives no command. */
const isSilent = (platform: Pick<Platform, "feed_state" | "feeds" | "command">) =>
  platform.feeds.length === 0 || (platform.feed_state === "none" && !platform.command);

function hostsByCoverage(platforms: readonly Platform[]): HostsByCoverage {
  const hosts: HostsByCoverage = { all: 0, full: 0, tooOld: 0, partial: 0, none: 0, silent: 0 };
  for (const platform of platforms) {
    hosts.all += platform.hosts;
    if (isSilent(platform)) hosts.silent += platform.hosts;
    else if (platform.feed_state === "in_force") hosts.full += platform.hosts;
    else if (platform.feed_state === "too_old") hosts.tooOld += platform.hosts;
    else if (platform.feed_state === "partial") hosts.partial += platform.hosts;
    else hosts.none += platform.hosts;
  }
  return hosts;
}

/** For how much of the fleet there is security data: what a reader of the feeds' page came for. */
export function feedsSentence(feeds: readonly FeedRow[], overview: Overview | undefined): string {
  if (feeds.length === 0) return "No feed is configured.";
  const hosts = hostsByCoverage(overview?.platforms ?? []);
  if (hosts.all === 0) return inForceOf(feeds);
  const every = hosts.all === 1 ? "the host" : `all ${plural(hosts.all, "host")}`;
  switch (hosts.all) {
    case hosts.full:
      return `Security data is in force for ${every}.`;
    case hosts.tooOld:
      return `The security data for ${every} is too old: what it names as vulnerable stays, nothing is said to be safe.`;
    case hosts.partial:
      return `The security data for ${every} speaks only in part: what it names is known, the rest is not assessed.`;
    case hosts.none:
      return `No security data in force speaks for ${hosts.all === 1 ? "the host" : `any of ${plural(hosts.all, "host")}`}: vulnerabilities are not assessed.`;
    case hosts.silent:
      return `No feed speaks for the ${hosts.all === 1 ? "system of the host" : "systems of these hosts"}: vulnerabilities are not assessed.`;
  }
  const rest = [
    hosts.tooOld > 0 ? `for ${count(hosts.tooOld)} it is too old` : "",
    hosts.partial > 0 ? `for ${count(hosts.partial)} it speaks only in part` : "",
    hosts.none > 0 ? `for ${count(hosts.none)} none is in force` : "",
    hosts.silent > 0 ? `for ${count(hosts.silent)} no feed speaks` : "",
  ].filter(Boolean);
  return `Security data is in force for ${hosts.full === 0 ? "none" : count(hosts.full)} of ${plural(hosts.all, "host")}; ${rest.join(", ")}.`;
}

function inForceOf(feeds: readonly FeedRow[]): string {
  const n = feeds.filter((feed) => feed.state === "in_force").length;
  return n === 0
    ? "No feed is in force."
    : `${count(n)} of ${plural(feeds.length, "feed")} ${n === 1 ? "is" : "are"} in force.`;
}

/** How far feeds speak for one system, in words that go after its name. */
export function coverageWords(
  platform: Pick<Platform, "feed_state" | "feeds" | "command">,
  feeds: readonly Pick<FeedRow, "id" | "state">[],
): string {
  if (platform.feeds.length === 0) return "no feed speaks for it";
  if (isSilent(platform)) return "no feed says anything of this release";
  if (platform.feed_state === "partial") return "what the data names is known, the rest is not assessed";
  const loaded = feeds.some((feed) => feed.state !== "never" && platform.feeds.includes(feed.id));
  // Without a word a feed that is in force beside "not assessed" would read as a mistake.
  if (platform.feed_state === "none" && loaded) return "what is loaded says nothing of this release";
  return "";
}

/**
 * The command that brings what is missing for all systems of the fleet: the feeds that each system's own
 * command names, in one. None where no feed speaks for a system: fetching would change nothing.
 */
export function mendingCommand({ platforms }: Pick<Overview, "platforms">): string | undefined {
  const commands = platforms
    .filter((each) => each.feed_state !== "in_force" && each.feeds.length > 0)
    .flatMap((each) => each.command ?? []);
  const named = new Set<string>();
  for (const command of commands) {
    const feeds = command.startsWith(SYNC) ? command.slice(SYNC.length).trim() : "";
    // Without names it fetches whatever is needed; what is no such command stands for itself.
    if (!feeds) return command;
    for (const feed of feeds.split(" ")) named.add(feed);
  }
  return named.size > 0 ? syncCommand([...named].join(" ")) : undefined;
}

/**
 * What brings the hosts that are not assessed under data: the command, where it helps any of them, and
 * for how many it does not, as no feed speaks for their systems.
 */
export function mending(overview: Pick<Overview, "platforms" | "assessment">): {
  command: string | undefined;
  silent: number;
} {
  const n = overview.assessment.hosts_not_assessed;
  const silent = Math.min(n, hostsByCoverage(overview.platforms).silent);
  return { command: n === 0 || n > silent ? mendingCommand(overview) : undefined, silent };
}

/**
 * The command that brings what the answer to a query lacks: the feeds that its sentence names and that
 * are not in force, or what brings hosts under data. None where fetching would change nothing, and
 * where the sentence gives one itself, between backticks.
 */
export function lackCommand(
  lack: string,
  overview: Pick<Overview, "platforms" | "assessment" | "feeds">,
): string | undefined {
  const named = overview.feeds.filter((feed) => lack.match(/[a-z][a-z0-9-]+/g)?.includes(feed.id));
  if (lack.includes("`")) return undefined;
  if (named.length === 0) return /not assessed/.test(lack) ? mending(overview).command : undefined;
  const missing = named.filter((feed) => feed.state !== "in_force").map((feed) => feed.id);
  return missing.length > 0 ? syncCommand(missing.join(" ")) : undefined;
}

const SYNC = "mendwatch feeds sync";

/** The command that fetches feeds, named with blanks between them. */
export const syncCommand = (feeds: string) => `${SYNC} ${feeds}`;

/** Feeds by what they are to this fleet. */
export interface FeedsByUse {
  /** The fleet needs them, in the order in which they decide; then others that are loaded. */
  main: FeedRow[];
  /** They describe CVEs and speak for no system. */
  ofCves: FeedRow[];
  /** Neither needed nor loaded. */
  others: FeedRow[];
}

export function byUse(feeds: readonly FeedRow[], platforms: readonly Platform[]): FeedsByUse {
  const order = [...new Set(platforms.flatMap((platform) => platform.feeds))];
  const place = (feed: FeedRow) => (order.includes(feed.id) ? order.indexOf(feed.id) : order.length);
  const ofCves = feeds.filter((feed) => feed.platforms.length === 0);
  const ofSystems = feeds.filter((feed) => feed.platforms.length > 0);
  const loaded = (feed: FeedRow) => feed.state !== "never" || Boolean(feed.error);
  return {
    main: ofSystems
      .filter((feed) => feed.needed || loaded(feed))
      .sort((a, b) => Number(b.needed) - Number(a.needed) || place(a) - place(b)),
    ofCves,
    others: ofSystems.filter((feed) => !feed.needed && !loaded(feed)),
  };
}

/** What a feed that no host needs is good for; empty for one that is needed. */
export function noNeed(feed: FeedRow): string {
  if (feed.needed) return "";
  if (feed.platforms.length === 0) return "It describes and ranks CVEs; no verdict comes of it.";
  return feed.speaks_for && feed.speaks_for.length > 0
    ? "No host needs it: another feed says the same and decides."
    : "No host runs a system that it speaks for: loading it changes no verdict.";
}
