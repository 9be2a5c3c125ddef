//! What leaves the index: rows, pages, counts.

mod cve;
mod host;

pub use cve::{CveHost, CveOnFleet, Statement};
pub use host::{
    ClosedCves, HostAssessment, HostExplanation, HostFindings, HostPackage, MOST_EXPLAINED, MOST_EXPLAINED_FINDINGS,
    ReasonCount,
};

use crate::{Colour, Freshness, HostCursor, HostId, NotKnown, PackageId};
use jiff::Timestamp;
use model::{Package, Platform, Severity, State};
use serde::Serialize;
use std::sync::Arc;

/// Most names in a row that lists what it is about; how many there are in all stands beside it.
pub const MOST_NAMES: usize = 10;

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T, C> {
    /// The rows.
    pub items: Vec<T>,
    /// How many rows there are in all, cursor and limit apart.
    pub total: u64,
    /// Where the next page starts, if there is one.
    pub next: Option<C>,
    /// Sequence number of the snapshot that answered.
    pub seq: u64,
}

/// One page of hosts with the facets of the whole result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HostPage {
    /// The page.
    #[serde(flatten)]
    pub page: Page<HostRow, HostCursor>,
    /// Counts over all hosts that the filter keeps, not over the page.
    pub facets: HostFacets,
}

/// How the hosts of a result spread.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct HostFacets {
    /// By platform, most hosts first, then by name; only platforms with hosts.
    pub platform: Vec<Bucket<Platform>>,
    /// By freshness, in the order of [`Freshness`]; every value.
    pub freshness: Vec<Bucket<Freshness>>,
    /// By colour, in the order of [`Colour`]; every value.
    pub colour: Vec<Bucket<Colour>>,
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bucket<T> {
    /// The value.
    pub value: T,
    /// How many hosts have it.
    pub count: u64,
}

/// One host as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HostRow {
    /// Its public number.
    pub id: HostId,
    /// Its name.
    pub hostname: Arc<str>,
    /// Its distribution and release.
    pub platform: Platform,
    /// Its system's name for people.
    pub os_name: Arc<str>,
    /// How it is shown.
    pub colour: Colour,
    /// How long ago it was heard of.
    pub freshness: Freshness,
    /// Whether it is known what waits: section `updates` was reported once. Where it was not, the
    /// numbers of updates are 0 and say nothing.
    pub updates_known: bool,
    /// What is not known of it: why "nothing waits" would be no knowledge. Empty with green.
    #[serde(serialize_with = "codes")]
    pub not_known: Vec<NotKnown>,
    /// Pending security updates, withheld ones too.
    pub security_updates: u32,
    /// Pending updates that are neither security updates nor withheld.
    pub other_updates: u32,
    /// Pending updates that the manager withholds (held, phased, excluded, kept back), security
    /// ones too.
    pub withheld_updates: u32,
    /// CVEs that are open on it.
    pub open_findings: u32,
    /// Open CVEs by state.
    pub by_state: StateCounts,
    /// Open CVEs by severity.
    pub by_severity: SeverityCounts,
    /// The worst severity among open CVEs; absent without any.
    pub worst_severity: Option<Severity>,
    /// Whether it must be rebooted, if it can tell.
    pub reboot_required: Option<bool>,
    /// Installed packages.
    pub packages: u32,
    /// Installed packages that some feed in force speaks for.
    pub assessed_packages: u32,
    /// Whether any installed package is assessed.
    pub assessed: bool,
    /// When it was last heard of.
    pub last_seen_at: Timestamp,
    /// When its package lists were last fetched.
    pub lists_at: Option<Timestamp>,
    /// Tags, sorted.
    pub tags: Vec<Arc<str>>,
}

fn codes<S: serde::Serializer>(not_known: &[NotKnown], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(not_known.iter().map(|one| one.code()))
}

/// Counts of open (host, CVE) pairs by state. A pair has the one state that comes first in
/// [`StateCounts::STATES`] among its packages and roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StateCounts(pub [u64; 6]);

impl StateCounts {
    /// The open states, the most pressing first (the order of [`State::ALL`]).
    pub const STATES: [State; 6] = [
        State::FixAvailable,
        State::FixNeedsChannel,
        State::RestartNeeded,
        State::NoFix,
        State::WillNotFix,
        State::UnderInvestigation,
    ];

    /// Every state with its count.
    pub fn iter(&self) -> impl Iterator<Item = (State, u64)> + '_ {
        Self::STATES.into_iter().zip(self.0)
    }

    /// The count of one state; 0 for states that are not open.
    #[must_use]
    pub fn get(&self, state: State) -> u64 {
        self.iter().find(|(of, _)| *of == state).map_or(0, |(_, count)| count)
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl Serialize for StateCounts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(state, count)| (state.as_str(), count)))
    }
}

/// Counts of open (host, CVE) pairs by severity. A pair has the worst severity among its open
/// packages and roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeverityCounts(pub [u64; 6]);

impl SeverityCounts {
    /// Every severity with its count, worst first (the order of [`Severity::ALL`]).
    pub fn iter(&self) -> impl Iterator<Item = (Severity, u64)> + '_ {
        Severity::ALL.into_iter().zip(self.0)
    }

    /// The count of one severity.
    #[must_use]
    pub fn get(&self, severity: Severity) -> u64 {
        self.iter().find(|(of, _)| *of == severity).map_or(0, |(_, count)| count)
    }

    /// The worst severity with a count.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.iter().find(|(_, count)| *count > 0).map(|(severity, _)| severity)
    }
}

impl Serialize for SeverityCounts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(severity, count)| (severity.as_str(), count)))
    }
}

/// The fleet at a glance. All counts are of hosts in the asker's scope.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// The moment for which freshness holds: the last [`crate::Change::Time`].
    pub as_of: Timestamp,
    /// Sequence number of the snapshot.
    pub seq: u64,
    /// Hosts.
    pub hosts: HostTotals,
    /// Pending updates.
    pub updates: UpdateTotals,
    /// Restarts.
    pub restarts: RestartTotals,
    /// Open findings.
    pub findings: FindingTotals,
    /// What is assessed.
    pub assessment: AssessmentTotals,
    /// Platforms with hosts, most hosts first, then by name.
    pub platforms: Vec<PlatformTotals>,
    /// At most 10 source packages, in the order of [`crate::Snapshot::source_updates`].
    pub top_updates: Vec<SourceUpdate>,
    /// At most 10 findings, in the order of [`crate::Snapshot::findings`].
    pub top_findings: Vec<FindingRow>,
    /// The oldest package lists of any fresh host.
    pub oldest_lists_at: Option<Timestamp>,
}

/// Hosts by freshness and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct HostTotals {
    /// All.
    pub total: u64,
    /// In the order of [`Freshness`].
    pub freshness: [u64; 4],
    /// In the order of [`Colour`].
    pub colours: [u64; 5],
}

impl HostTotals {
    /// Hosts of one freshness.
    #[must_use]
    pub const fn fresh(&self, freshness: Freshness) -> u64 {
        self.freshness[freshness as usize]
    }

    /// Hosts of one colour.
    #[must_use]
    pub const fn coloured(&self, colour: Colour) -> u64 {
        self.colours[colour as usize]
    }
}

/// Pending updates, summed over hosts; the words are those of [`HostRow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct UpdateTotals {
    /// Hosts with a security update.
    pub hosts_with_security: u64,
    /// Hosts with a security or other update.
    pub hosts_with_any: u64,
    /// Security updates.
    pub security: u64,
    /// Other updates.
    pub other: u64,
    /// Withheld updates.
    pub withheld: u64,
}

/// Restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct RestartTotals {
    /// Hosts that say they must be rebooted.
    pub hosts_reboot_required: u64,
}

/// Open findings, as (host, CVE) pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct FindingTotals {
    /// Open pairs.
    pub open: u64,
    /// Hosts with one or more.
    pub hosts: u64,
    /// Open pairs by state.
    pub by_state: StateCounts,
    /// Open pairs by severity.
    pub by_severity: SeverityCounts,
}

/// What is assessed, as (host, installed package) pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct AssessmentTotals {
    /// Installed packages.
    pub packages: u64,
    /// Those that some feed in force speaks for.
    pub assessed: u64,
    /// The others.
    pub not_assessed: u64,
    /// Hosts without a single assessed package.
    pub hosts_not_assessed: u64,
}

/// One platform of the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlatformTotals {
    /// Which.
    pub platform: Platform,
    /// Its hosts.
    pub hosts: u64,
    /// Whether rules were given for it. Whether their feeds are in force is the caller's to say.
    pub has_rules: bool,
}

/// One update, wherever it is pending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FleetUpdate {
    /// Name of the package.
    pub name: Arc<str>,
    /// The version that would be installed.
    pub candidate: Arc<str>,
    /// Platform of the hosts.
    pub platform: Platform,
    /// The suite within the repository.
    pub suite: Arc<str>,
    /// Whether it is a security update.
    pub security: bool,
    /// Hosts on which it is pending, withheld or not.
    pub hosts: u64,
}

/// The pending updates of one source package on one platform: what one decision settles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceUpdate {
    /// The source package; the updated package's own name where no host has it installed.
    pub source: Arc<str>,
    /// Platform of the hosts.
    pub platform: Platform,
    /// Whether one of them is a security update.
    pub security: bool,
    /// Names of the packages that wait, sorted; the first [`MOST_NAMES`].
    pub packages: Vec<Arc<str>>,
    /// How many packages wait.
    pub package_count: u64,
    /// Versions that would be installed, the one that most wait for first; the first [`MOST_NAMES`].
    pub candidates: Vec<Arc<str>>,
    /// How many versions would be installed.
    pub candidate_count: u64,
    /// Hosts on which one is pending, withheld or not.
    pub hosts: u64,
    /// Updates, counted per host and package.
    pub updates: u64,
    /// Open (host, CVE) pairs that the candidates fix, as far as the versions can be compared.
    pub findings: u64,
}

/// One distinct package that some host has installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageRow {
    /// Its number.
    pub id: PackageId,
    /// What it is.
    pub package: Arc<Package>,
    /// Hosts that have it installed.
    pub hosts: u64,
    /// CVEs that are open for it in any role in which a host has it, before a host's own context
    /// (restart, channels) is looked at.
    pub open_findings: u32,
    /// Whether a feed in force speaks for it.
    pub assessed: bool,
}

/// One CVE that is open somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// The CVE, or the advisory's id where it names none.
    pub cve: Arc<str>,
    /// The worst severity among its (host, CVE) pairs.
    pub severity: Severity,
    /// The first state of [`StateCounts::STATES`] that any host has.
    pub state: State,
    /// Hosts on which it is open.
    pub hosts: u64,
    /// Names of packages that carry it there, sorted, without duplicates; the first [`MOST_NAMES`].
    pub packages: Vec<Arc<str>>,
    /// How many names there are.
    pub package_count: u64,
    /// Hosts by state; they add up to `hosts`.
    pub states: StateCounts,
    /// First versions that are not affected, sorted as text, without duplicates; the first
    /// [`MOST_NAMES`].
    pub fixed_versions: Vec<Arc<str>>,
    /// How many versions there are.
    pub fixed_version_count: u64,
}
