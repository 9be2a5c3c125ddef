/**
 * The nouns of the HTTP API, as the dashboard reads them.
 * What the server says stands in `schema.d.ts`, generated from `api/openapi.json`; `contract.test-d.ts`
 * holds the two together.
 */

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

export interface Page<T> {
  items: T[];
  total: number;
  next_cursor?: string | null;
  seq: number;
}

export interface Count {
  value: string;
  count: number;
}

export interface Session {
  state: "signed_in" | "signed_out" | "setup_needed";
  user?: { name: string; role: string } | null;
  title: string;
  version: string;
}

export type SeverityCounts = Record<Severity, number>;
export type StateCounts = Partial<Record<State, number>>;

export interface NotAssessed {
  reason: string;
  packages: number;
  command?: string | null;
}

export interface FeedRow {
  id: string;
  title: string;
  url: string;
  platforms: string[];
  state: "in_force" | "too_old" | "never";
  as_of?: string | null;
  fetched_at?: string | null;
  records: number;
  skipped: number;
  sha256?: string | null;
  error?: string | null;
}

export interface PlatformRow {
  platform: string;
  hosts: number;
  feed_state: "in_force" | "too_old" | "none";
  feeds: string[];
  as_of?: string | null;
  command?: string | null;
}

export interface Overview {
  as_of: string;
  seq: number;
  hosts: {
    total: number;
    fresh: number;
    late: number;
    stale: number;
    lost: number;
    colours: Record<Colour, number>;
  };
  updates: {
    hosts_with_security: number;
    hosts_with_any: number;
    security: number;
    other: number;
    withheld: number;
  };
  restarts: { hosts_reboot_required: number };
  findings: { open: number; hosts: number; by_state: StateCounts; by_severity: SeverityCounts };
  assessment: { packages: number; assessed: number; not_assessed: number; hosts_not_assessed: number };
  platforms: PlatformRow[];
  feeds: FeedRow[];
  top_updates: FleetUpdate[];
  top_findings: FleetFinding[];
  lists: { oldest_at?: string | null };
}

export interface HostRow {
  id: number;
  hostname: string;
  platform: string;
  os_name: string;
  colour: Colour;
  freshness: Freshness;
  security_updates: number;
  /** Neither for security nor withheld. */
  other_updates: number;
  /** Held, phased or kept back by the host's package manager; security updates among them count above, too. */
  withheld_updates: number;
  open_findings: number;
  worst_severity?: Severity | null;
  reboot_required?: boolean | null;
  packages: number;
  last_seen_at: string;
  tags: string[];
  assessed: boolean;
}

export interface HostPage extends Page<HostRow> {
  facets: { platform: Count[]; freshness: Count[]; colour: Count[] };
}

export interface Section {
  name: string;
  state: "present" | "unavailable" | "never";
  observed_at?: string | null;
  reason?: string | null;
}

export interface HostDetail extends HostRow {
  machine_id: string;
  fqdn?: string | null;
  arch: string;
  kernel: {
    running?: string | null;
    next?: string | null;
    installed: { release: string; package?: string | null; version?: string | null }[];
  };
  boot_time?: string | null;
  uptime_seconds?: number | null;
  virtualization?: string | null;
  cpu_count?: number | null;
  cpu_model?: string | null;
  memory_bytes?: number | null;
  memory_available_bytes?: number | null;
  load?: number[] | null;
  disks: { mount: string; size_bytes: number; available_bytes: number }[];
  ip_addresses: string[];
  package_manager: string;
  agent: { name: string; version: string };
  first_seen_at: string;
  lists_at?: string | null;
  reboot_reasons: string[];
  sections: Section[];
  odd: { section: string; record: string; why: string }[];
  updates: { security: number; other: number; withheld: number };
  findings: { open: number; by_state: StateCounts; by_severity: SeverityCounts };
  assessment: { packages: number; assessed: number; not_assessed: number; reasons: NotAssessed[] };
  summary: string;
}

export interface HostPackage {
  name: string;
  version: string;
  arch: string;
  source: string;
  source_version: string;
  origin: { kind: string; name?: string | null };
  held: boolean;
  auto: boolean;
  status?: string | null;
  update?: { candidate: string; security: boolean } | null;
  open_findings: number;
  assessed: boolean;
}

export interface HostUpdate {
  name: string;
  arch: string;
  installed: string;
  candidate: string;
  suite: string;
  repository: string;
  origin: string;
  security: boolean;
  withheld?: string | null;
  phased_percent?: number | null;
  size?: number | null;
  cves: { cve: string; severity: Severity }[];
}

export interface Finding {
  package: string;
  version: string;
  arch: string;
  role: string;
  cve: string;
  advisory: string;
  state: State;
  fixed_version: string;
  severity: Severity;
  feed: string;
  words: string;
}

export interface HostFindings extends Page<Finding> {
  not_assessed?: NotAssessed | null;
}

export interface Explanation {
  /** Sentences; an empty one parts the packages. */
  explanation: string[];
  findings: Finding[];
}

export interface FleetPackage {
  name: string;
  version: string;
  arch: string;
  platform: string;
  hosts: number;
  open_findings: number;
  assessed: boolean;
}

export interface FleetUpdate {
  name: string;
  candidate: string;
  platform: string;
  security: boolean;
  suite: string;
  hosts: number;
}

export interface FleetFinding {
  cve: string;
  /** The worst among its hosts. */
  severity: Severity;
  /** The most pressing that any host has. */
  state: State;
  hosts: number;
  packages: string[];
  states: StateCounts;
  fixed_versions: string[];
}

export interface Change {
  seq: number;
  hosts: number[] | null;
  cause: "report" | "feed" | "time";
}
