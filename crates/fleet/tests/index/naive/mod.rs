//! The naive model. Slow and plain on purpose.

mod findings;
mod host;
mod hosts;
mod overview;
mod packages;
mod query;
mod source_updates;
mod updates;

pub(crate) use findings::findings;
pub(crate) use host::Host;
pub(crate) use hosts::{facets, sorted};
pub(crate) use overview::overview;
pub(crate) use packages::packages;
pub(crate) use query::Ask;
pub(crate) use source_updates::source_updates;
pub(crate) use updates::updates;

use fleet::{Change, CveScores, HostFacts, HostId, PackageId, SeverityCounts, StateCounts};
use jiff::Timestamp;
use matching::Rules;
use model::inventory::Entry;
use model::{Package, Platform, Role, Severity, State};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub(crate) struct Naive {
    pub(crate) now: Timestamp,
    pub(crate) seq: u64,
    pub(crate) packages: BTreeMap<PackageId, Package>,
    pub(crate) hosts: BTreeMap<HostId, HostFacts>,
    pub(crate) rules: BTreeMap<Platform, Arc<Rules>>,
    pub(crate) scores: Arc<CveScores>,
}

/// The order in which a host's states for one CVE are looked at.
const WORST_FIRST: [State; 6] = [
    State::FixAvailable,
    State::FixNeedsChannel,
    State::RestartNeeded,
    State::NoFix,
    State::WillNotFix,
    State::UnderInvestigation,
];

fn worse(a: State, b: State) -> State {
    WORST_FIRST.into_iter().find(|state| *state == a || *state == b).unwrap()
}

pub(crate) fn states(of: impl Iterator<Item = State>) -> StateCounts {
    let mut counts = [0; 6];
    of.for_each(|state| counts[WORST_FIRST.iter().position(|other| *other == state).unwrap()] += 1);
    StateCounts(counts)
}

pub(crate) fn severities(of: impl Iterator<Item = Severity>) -> SeverityCounts {
    let order =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Negligible, Severity::Unknown];
    let mut counts = [0; 6];
    of.for_each(|severity| counts[order.iter().position(|other| *other == severity).unwrap()] += 1);
    SeverityCounts(counts)
}

impl Naive {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            seq: 0,
            packages: BTreeMap::new(),
            hosts: BTreeMap::new(),
            rules: BTreeMap::new(),
            scores: Arc::default(),
        }
    }

    pub(crate) fn apply(&mut self, seq: u64, changes: &[Change]) {
        self.seq = seq;
        for change in changes {
            match change.clone() {
                Change::PackageIds(packages) => packages.into_iter().for_each(|(id, package)| {
                    self.packages.entry(id).or_insert(package);
                }),
                Change::Host(facts) => {
                    self.hosts.insert(facts.id, *facts);
                }
                Change::HostSeen { host, last_seen_at } => {
                    if let Some(facts) = self.hosts.get_mut(&host) {
                        facts.last_seen_at = facts.last_seen_at.max(last_seen_at);
                        facts.awaited = fleet::Awaited::default();
                    }
                }
                Change::HostAwaited { host, awaited } => {
                    if let Some(facts) = self.hosts.get_mut(&host) {
                        facts.awaited = awaited;
                    }
                }
                Change::HostGone(host) => {
                    self.hosts.remove(&host);
                }
                Change::Rules { platform, rules } => {
                    self.rules.insert(platform, rules);
                }
                Change::CveScores(scores) => self.scores = scores,
                Change::Time(now) => self.now = self.now.max(now),
            }
        }
    }

    fn rules_of(&self, platform: &Platform) -> Arc<Rules> {
        let none = || Arc::new(Rules::compile::<&str, &model::Advisory>(platform, &[], []));
        self.rules.get(platform).cloned().unwrap_or_else(none)
    }

    /// What an open verdict says of a package on any host with any context.
    pub(crate) fn open_for(&self, package: &Package, role: Role) -> BTreeSet<String> {
        let verdicts = self.rules_of(&package.platform).judge(package, role).verdicts;
        verdicts.into_iter().filter(|verdict| verdict.states.iter().any(|s| s.state.is_open())).map(|v| v.cve).collect()
    }

    pub(crate) fn all(&self) -> Vec<Host> {
        self.hosts.values().map(|facts| self.host(facts)).collect()
    }

    pub(crate) fn context(entries: &[Entry], facts: &HostFacts) -> BTreeSet<String> {
        let mut context = matching::context_of(entries);
        context.extend(facts.context.iter().cloned());
        context
    }

    pub(crate) fn entries(&self, facts: &HostFacts) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for (id, role, held) in &facts.inventory {
            let package = self.packages[id].clone();
            match entries.iter_mut().find(|entry| entry.package == package && entry.role == *role) {
                Some(entry) => entry.held |= *held,
                None => entries.push(Entry { package, role: *role, held: *held, auto: false }),
            }
        }
        entries.sort();
        entries
    }
}

/// Sorts by a number or a text; rows of equal value keep their order.
pub(crate) fn sort_by<T>(rows: &mut [T], descending: bool, key: impl Fn(&T) -> (u64, String)) {
    rows.sort_by(|a, b| if descending { key(b).cmp(&key(a)) } else { key(a).cmp(&key(b)) });
}
