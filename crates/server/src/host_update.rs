//! A pending update of a host with the CVEs that it closes, as the API and a scan show it.

use model::wire::sections::{PackageRecord, UpdateRecord, Withheld};
use model::{Finding, Platform, Role, Severity};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use versions::Scheme;

/// A CVE that an update closes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClosedCve {
    /// The CVE.
    pub cve: String,
    /// The vendor's severity.
    #[schema(value_type = String)]
    pub severity: Severity,
}

/// One pending update of a host.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostUpdate {
    /// Name of the package.
    pub name: String,
    /// Architecture.
    pub arch: String,
    /// The version that is installed.
    pub installed: String,
    /// The version that would be installed.
    pub candidate: String,
    /// The suite within the repository.
    pub suite: String,
    /// The repository.
    pub repository: String,
    /// The archive's name for itself.
    pub origin: String,
    /// Whether it is a security update.
    pub security: bool,
    /// Whether it is one is not known: its repository tells so of no update.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub security_unknown: bool,
    /// `held`, `phased`, `excluded` or `kept_back`: why the manager does not install it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub withheld: Option<Withheld>,
    /// What exactly keeps it back, in words that follow the package's name: `needs libfoo (>= 2), which
    /// no repository offers`. Absent where the word says all.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub withheld_reason: String,
    /// Share of machines that the archive offers it to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phased_percent: Option<u8>,
    /// Size of the download in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Advisories that the repository attaches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<String>,
    /// CVEs that are open for the package and fixed in the candidate, worst first; the first 100.
    pub cves: Vec<ClosedCve>,
    /// How many CVEs those are.
    pub cve_count: u64,
}

impl HostUpdate {
    /// An update with the CVEs that it closes, and how many these are where some are left out.
    #[must_use]
    pub fn of(record: &UpdateRecord, cves: Vec<ClosedCve>, cve_count: u64) -> Self {
        Self {
            name: record.name.clone(),
            arch: record.arch.clone(),
            installed: record.installed.clone(),
            candidate: record.candidate.clone(),
            suite: record.suite.clone(),
            repository: record.repository.clone(),
            origin: record.origin.clone(),
            security: record.security,
            security_unknown: record.security_unknown,
            withheld: record.withheld,
            withheld_reason: record.withheld_reason.clone(),
            phased_percent: record.phased_percent,
            size: record.size,
            advisories: record.advisories.clone(),
            cves,
            cve_count,
        }
    }
}

/// A binary package of a host: name and architecture.
pub type Binary<'a> = (&'a str, &'a str);

/// The binary packages whose version is their source's.
#[must_use]
pub fn alike(records: &[PackageRecord]) -> BTreeSet<Binary<'_>> {
    records
        .iter()
        .filter(|record| record.version == record.source_version())
        .map(|record| (record.name.as_str(), record.arch.as_str()))
        .collect()
}

/// Most CVEs that one update names; how many it closes in all stands beside them.
pub const MOST_CVES: usize = 100;

/// What updates of a host close: its open findings with a fix, told one by one in the order of packages' names. Holds
/// those of one name, and of each update no more than it names.
#[derive(Debug, Default)]
pub struct Closing<'a> {
    scheme: Option<Scheme>,
    updates: &'a [UpdateRecord],
    of: BTreeMap<Binary<'a>, Vec<usize>>,
    name: String,
    open: BTreeMap<usize, BTreeSet<(Reverse<Severity>, String)>>,
    closed: BTreeMap<usize, (Vec<ClosedCve>, u64)>,
}

impl<'a> Closing<'a> {
    /// Of a host's updates. The fixed version is the source's where the vendor speaks of sources, and the candidate is
    /// a binary's: they are held against each other only for packages (`alike`) whose binary has its source's version;
    /// of others nothing is claimed.
    #[must_use]
    pub fn new(platform: &Platform, updates: &'a [UpdateRecord], alike: &BTreeSet<Binary<'_>>) -> Self {
        let mut of: BTreeMap<Binary<'a>, Vec<usize>> = BTreeMap::new();
        for (at, update) in updates.iter().enumerate() {
            let package = (update.name.as_str(), update.arch.as_str());
            if alike.contains(&package) {
                of.entry(package).or_default().push(at);
            }
        }
        Self { scheme: Scheme::of_distribution(platform.distribution()), updates, of, ..Self::default() }
    }

    /// Hears of a finding.
    pub fn take(&mut self, finding: &Finding) {
        if finding.role != Role::Installed || !finding.state.is_open() || finding.fixed_version.is_empty() {
            return;
        }
        let Some(scheme) = self.scheme else { return };
        let Some(updates) = self.of.get(&(finding.package.as_str(), finding.arch.as_str())) else { return };
        if self.name != finding.package {
            settle(&mut self.open, &mut self.closed);
            self.name.clone_from(&finding.package);
        }
        for at in updates {
            let brings = |update: &UpdateRecord| scheme.compare(&update.candidate, &finding.fixed_version).is_ge();
            if self.updates.get(*at).is_some_and(brings) {
                self.open.entry(*at).or_default().insert((Reverse(finding.severity), finding.cve.clone()));
            }
        }
    }

    /// The updates as they are shown, in their order.
    #[must_use]
    pub fn rows(mut self) -> Vec<HostUpdate> {
        settle(&mut self.open, &mut self.closed);
        let mut rows = Vec::with_capacity(self.updates.len());
        for (at, record) in self.updates.iter().enumerate() {
            let (cves, count) = self.closed.remove(&at).unwrap_or_default();
            rows.push(HostUpdate::of(record, cves, count));
        }
        rows
    }
}

/// Of what a package's updates close, keeps what they name.
fn settle(
    open: &mut BTreeMap<usize, BTreeSet<(Reverse<Severity>, String)>>,
    closed: &mut BTreeMap<usize, (Vec<ClosedCve>, u64)>,
) {
    for (at, cves) in std::mem::take(open) {
        let count = cves.len() as u64;
        let named = cves.into_iter().take(MOST_CVES);
        closed.insert(at, (named.map(|(Reverse(severity), cve)| ClosedCve { cve, severity }).collect(), count));
    }
}

/// Orders updates as they are listed: security first, then by name.
pub fn sort(updates: &mut [UpdateRecord]) {
    updates.sort_by(|a, b| (!a.security, &a.name, &a.arch).cmp(&(!b.security, &b.name, &b.arch)));
}
