/**
 * The nouns of the HTTP API, as the dashboard reads them: the generated schema, with the words that
 * the server documents as text (states, severities, colours) narrowed to what they can be. A field
 * that the server renames or drops fails the type check here.
 */

import type { components } from "./schema";

type Schemas = components["schemas"];
type Narrow<T, Fields extends { [K in keyof T]?: unknown }> = Omit<T, keyof Fields> & Fields;

export type Severity = "critical" | "high" | "medium" | "low" | "negligible" | "unknown";
export type State =
  | "fix_available"
  | "fix_needs_channel"
  | "restart_needed"
  | "no_fix"
  | "will_not_fix"
  | "under_investigation"
  | "accepted"
  | "not_affected"
  | "not_assessed";
export type Colour = "green" | "yellow" | "orange" | "red" | "grey";
export type Freshness = "fresh" | "late" | "stale" | "lost";
export type FeedState = "in_force" | "too_old" | "never";
export type Coverage = "in_force" | "too_old" | "partial" | "none";
export type SectionState = "present" | "unavailable" | "never";

/** Counts by state have a field for each open state; the other states have none. */
export type StateCounts = Schemas["StateCounts"] & { [K in State]?: number };
export type SeverityCounts = Schemas["SeverityCounts"];
export type Count = Schemas["Count"];
export type QueryCompletion = Schemas["QueryCompletion"];
export type QuerySuggestion = Schemas["QuerySuggestion"];
export type NotAssessed = Schemas["NotAssessed"];

/** One page of a list; `next_cursor` is absent on the last. */
export interface Page<T> {
  items: T[];
  total: number;
  next_cursor?: string | null;
  seq: number;
}

export type Session = Narrow<Schemas["Session"], { state: "signed_in" | "signed_out" | "setup_needed" }>;

export type FeedRow = Narrow<Schemas["FeedRow"], { state: FeedState }>;
export type Feeds = Narrow<Schemas["Feeds"], { items: FeedRow[] }>;
export type PlatformRow = Narrow<Schemas["PlatformRow"], { feed_state: Coverage }>;

export type FleetPackage = Schemas["PackageRow"];
export type FleetUpdate = Schemas["FleetUpdate"];
export type SourceUpdate = Schemas["SourceUpdate"];
export type FleetFinding = Narrow<
  Schemas["FleetFinding"],
  { severity: Severity; state: State; states: StateCounts }
>;

export type CveHost = Narrow<
  Schemas["CveOnFleet"]["hosts"]["items"][number],
  { host: HostRow; state: State; severity: Severity }
>;
export type CveStatement = Schemas["CveStatement"];
/** One CVE; its hosts page by page. */
export type CveOnFleet = Narrow<
  Schemas["CveOnFleet"],
  { finding?: FleetFinding | null; hosts: Page<CveHost> }
>;

/** What is known of a CVE itself; each statement names the feed that makes it. */
export type CveRecord = Schemas["CveRecordRow"];

export type Overview = Narrow<
  Schemas["Overview"],
  {
    feeds: FeedRow[];
    platforms: PlatformRow[];
    findings: Narrow<Schemas["Overview"]["findings"], { by_state: StateCounts }>;
    top_findings: FleetFinding[];
  }
> & {
  /** Hosts of which it is not known what waits as of now; counted by a query on hosts (`UNKNOWN_UPDATES`). */
  hosts_unknown: number;
  /** Hosts with an open CVE that is known to be exploited; counted by a query on hosts (`EXPLOITED`). */
  hosts_exploited: number;
};

export type HostRow = Narrow<
  Schemas["HostRow"],
  {
    colour: Colour;
    freshness: Freshness;
    worst_severity?: Severity;
  }
>;
/** Something that is not known of a host, in a sentence; commands in the remedy stand between backticks. */
export type NotKnown = Schemas["NotKnown"];
export type HostPage = Narrow<Schemas["HostPage"], { items: HostRow[] }>;
export type Section = Narrow<Schemas["SectionRow"], { state: SectionState }>;
export type HostDetail = Narrow<
  Schemas["HostDetail"],
  {
    colour: Colour;
    freshness: Freshness;
    worst_severity?: Severity;
    sections: Section[];
    findings: Narrow<Schemas["HostFindingCounts"], { by_state: StateCounts }>;
  }
>;

export type HostPackage = Schemas["HostPackage"];
export type HostUpdate = Schemas["HostUpdate"];
export type Finding = Narrow<Schemas["FindingRow"], { severity: Severity; state: State }>;
export type HostFinding = Narrow<Schemas["HostFinding"], { severity: Severity; state: State }>;
export type HostFindings = Narrow<Schemas["HostFindingPage"], { items: HostFinding[] }>;
export type Explanation = Narrow<Schemas["HostExplanation"], { findings: Finding[] }>;
export type Change = Schemas["ChangeEvent"];
