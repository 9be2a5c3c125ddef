//! The naive model. Slow and plain on purpose.

use fleet::{
    Availability, Bucket, Change, Colour, FindingRow, FleetUpdate, Freshness, HostAssessment, HostFacets, HostFacts,
    HostId, HostPackage, HostRow, NotKnown, Overview, PackageId, PackageRow, PlatformTotals, ReasonCount,
    SeverityCounts, Sort, SortColumn, SourceUpdate, StateCounts, UpdateFacts,
};
use jiff::{SignedDuration, Timestamp};
use matching::Rules;
use model::inventory::Entry;
use model::{Finding, Package, Platform, Role, Severity, State};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub(crate) struct Naive {
    pub(crate) now: Timestamp,
    pub(crate) seq: u64,
    pub(crate) packages: BTreeMap<PackageId, Package>,
    pub(crate) hosts: BTreeMap<HostId, HostFacts>,
    pub(crate) rules: BTreeMap<Platform, Arc<Rules>>,
}

/// What the model says of one host.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Host {
    pub(crate) facts: HostFacts,
    pub(crate) row: HostRow,
    pub(crate) findings: Vec<Finding>,
    pub(crate) pairs: BTreeMap<String, (State, Severity)>,
    pub(crate) packages: Vec<HostPackage>,
    pub(crate) assessment: HostAssessment,
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
        Self { now, seq: 0, packages: BTreeMap::new(), hosts: BTreeMap::new(), rules: BTreeMap::new() }
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
                    }
                }
                Change::HostGone(host) => {
                    self.hosts.remove(&host);
                }
                Change::Rules { platform, rules } => {
                    self.rules.insert(platform, rules);
                }
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

    pub(crate) fn host(&self, facts: &HostFacts) -> Host {
        let rules = self.rules_of(&facts.platform);
        let entries = self.entries(facts);
        let findings = matching::host_findings(&rules, &entries, &Self::context(&entries, facts));
        let mut pairs: BTreeMap<String, (State, Severity)> = BTreeMap::new();
        for finding in &findings {
            let pair = pairs.entry(finding.cve.clone()).or_insert((finding.state, finding.severity));
            *pair = (worse(pair.0, finding.state), pair.1.max(finding.severity));
        }
        let installed: Vec<&Entry> = entries.iter().filter(|entry| entry.role == Role::Installed).collect();
        let assessed = |entry: &Entry| rules.judge(&entry.package, entry.role).assessment.is_assessed();
        let assessed_packages = installed.iter().filter(|entry| assessed(entry)).count();
        let mut reasons: BTreeMap<matching::Reason, u64> = BTreeMap::new();
        for unassessed in installed.iter().filter(|entry| !assessed(entry)) {
            let reason = rules.judge(&unassessed.package, Role::Installed).assessment.reason().unwrap().clone();
            *reasons.entry(reason).or_default() += 1;
        }
        let mut reasons: Vec<ReasonCount> =
            reasons.into_iter().map(|(reason, count)| ReasonCount { reason, count }).collect();
        reasons.sort_by_key(|reason| (Reverse(reason.count), reason.reason.clone()));
        let assessment = HostAssessment {
            packages: installed.len() as u64,
            assessed: assessed_packages as u64,
            not_assessed: (installed.len() - assessed_packages) as u64,
            reasons,
        };
        let mut packages: Vec<HostPackage> = entries
            .iter()
            .filter(|entry| entry.role == Role::Installed)
            .map(|entry| HostPackage {
                id: *self.packages.iter().find(|(_, package)| **package == entry.package).unwrap().0,
                package: Arc::new(entry.package.clone()),
                held: entry.held,
                open_findings: findings
                    .iter()
                    .filter(|f| {
                        (&f.package, &f.version, &f.arch, f.role)
                            == (&entry.package.name, &entry.package.version, &entry.package.arch, entry.role)
                            && entry.package.origin.is_distribution()
                    })
                    .map(|finding| &finding.cve)
                    .collect::<BTreeSet<_>>()
                    .len()
                    .try_into()
                    .unwrap(),
                assessed: assessed(entry),
            })
            .collect();
        packages.sort_by_key(|row| {
            let Package { name, arch, version, .. } = &*row.package;
            (name.clone(), arch.clone(), version.clone(), row.id)
        });
        let row = self.row(facts, &findings, &pairs, installed.len(), assessed_packages);
        Host { facts: facts.clone(), row, findings, pairs, packages, assessment }
    }

    /// Every reason by a condition of its own.
    fn not_known(&self, facts: &HostFacts, installed: usize) -> Vec<NotKnown> {
        let came = |section| matches!(section, Availability::Present | Availability::Unavailable);
        let failed = |section| matches!(section, Availability::Unread | Availability::Unavailable);
        let hours = SignedDuration::from_hours;
        let lists = facts.lists_at.filter(|_| came(facts.updates_section));
        let reasons = [
            (facts.packages == Availability::Never).then_some(NotKnown::PackagesNeverReceived),
            failed(facts.packages).then_some(NotKnown::PackagesUnavailable),
            (came(facts.packages) && installed == 0).then_some(NotKnown::PackagesEmpty),
            (facts.packages_skipped > 0).then_some(NotKnown::PackagesSkipped(facts.packages_skipped)),
            (facts.updates_section == Availability::Never).then_some(NotKnown::UpdatesNeverReceived),
            failed(facts.updates_section).then_some(NotKnown::UpdatesUnavailable),
            (facts.updates_skipped > 0).then_some(NotKnown::UpdatesSkipped(facts.updates_skipped)),
            (facts.repositories_skipped > 0).then_some(NotKnown::RepositoriesSkipped(facts.repositories_skipped)),
            (came(facts.updates_section) && facts.lists_at.is_none()).then_some(NotKnown::ListsAgeUnknown),
            lists.filter(|at| *at + hours(7 * 24) < self.now).map(NotKnown::ListsOld),
            lists.filter(|at| *at > self.now + hours(1)).map(NotKnown::ListsInFuture),
            facts.alternated_at.filter(|at| *at + hours(7 * 24) >= self.now).map(NotKnown::PossibleClones),
        ];
        reasons.into_iter().flatten().collect()
    }

    fn row(
        &self,
        facts: &HostFacts,
        findings: &[Finding],
        pairs: &BTreeMap<String, (State, Severity)>,
        packages: usize,
        assessed: usize,
    ) -> HostRow {
        let age = self.now.duration_since(facts.last_seen_at);
        let freshness = if age <= facts.interval.0 * 2 {
            Freshness::Fresh
        } else if age <= SignedDuration::from_hours(24) {
            Freshness::Late
        } else if age <= SignedDuration::from_hours(24 * 7) {
            Freshness::Stale
        } else {
            Freshness::Lost
        };
        let security = facts.updates.iter().filter(|update| update.security).count();
        let other = facts.updates.iter().filter(|update| !update.security && update.withheld.is_none()).count();
        let withheld = facts.updates.iter().filter(|update| update.withheld.is_some()).count();
        let critical = findings.iter().any(|f| f.state == State::FixAvailable && f.severity == Severity::Critical);
        let silent = matches!(freshness, Freshness::Stale | Freshness::Lost);
        let not_known = self.not_known(facts, packages);
        let colour = match (silent, critical, security, other) {
            (true, ..) => Colour::Grey,
            (_, true, ..) => Colour::Red,
            (.., 1.., _) => Colour::Orange,
            (.., 1..) => Colour::Yellow,
            _ if not_known.is_empty() => Colour::Green,
            _ => Colour::Grey,
        };
        let tags: BTreeSet<&String> = facts.tags.iter().collect();
        HostRow {
            id: facts.id,
            hostname: facts.hostname.as_str().into(),
            platform: facts.platform.clone(),
            os_name: facts.os_name.as_str().into(),
            colour,
            freshness,
            updates_known: matches!(facts.updates_section, Availability::Present | Availability::Unavailable),
            not_known,
            security_updates: security.try_into().unwrap(),
            other_updates: other.try_into().unwrap(),
            withheld_updates: withheld.try_into().unwrap(),
            open_findings: pairs.len().try_into().unwrap(),
            by_state: states(pairs.values().map(|pair| pair.0)),
            by_severity: severities(pairs.values().map(|pair| pair.1)),
            worst_severity: pairs.values().map(|pair| pair.1).max(),
            reboot_required: facts.reboot_required,
            packages: packages.try_into().unwrap(),
            assessed_packages: assessed.try_into().unwrap(),
            assessed: assessed > 0,
            last_seen_at: facts.last_seen_at,
            lists_at: facts.lists_at,
            tags: tags.into_iter().map(|tag| tag.as_str().into()).collect(),
        }
    }
}

/// Sorts by a number or a text; rows of equal value keep their order.
pub(crate) fn sort_by<T>(rows: &mut [T], descending: bool, key: impl Fn(&T) -> (u64, String)) {
    rows.sort_by(|a, b| if descending { key(b).cmp(&key(a)) } else { key(a).cmp(&key(b)) });
}

/// The rows in an order.
pub(crate) fn sorted(hosts: &[&Host], sort: Sort) -> Vec<HostRow> {
    let mut rows: Vec<HostRow> = hosts.iter().map(|host| host.row.clone()).collect();
    rows.sort_by_key(|row| (row.hostname.to_lowercase(), row.id));
    let key = |row: &HostRow| -> i64 {
        match sort.column {
            SortColumn::Hostname => 0,
            SortColumn::SecurityUpdates => row.security_updates.into(),
            SortColumn::OtherUpdates => row.other_updates.into(),
            SortColumn::WithheldUpdates => row.withheld_updates.into(),
            SortColumn::OpenFindings => row.open_findings.into(),
            SortColumn::LastSeenAt => row.last_seen_at.as_microsecond(),
            SortColumn::Packages => row.packages.into(),
        }
    };
    match (sort.column, sort.descending) {
        (SortColumn::Hostname, true) => rows.reverse(),
        (_, true) => rows.sort_by_key(|row| Reverse(key(row))),
        (_, false) => rows.sort_by_key(key),
    }
    rows
}

pub(crate) fn facets(hosts: &[&Host]) -> HostFacets {
    let count = |keep: &dyn Fn(&HostRow) -> bool| hosts.iter().filter(|host| keep(&host.row)).count() as u64;
    let platforms: BTreeSet<&Platform> = hosts.iter().map(|host| &host.row.platform).collect();
    let mut platform: Vec<Bucket<Platform>> = platforms
        .into_iter()
        .map(|value| Bucket { value: value.clone(), count: count(&|row| row.platform == *value) })
        .collect();
    platform.sort_by_key(|bucket| Reverse(bucket.count));
    let freshness = [Freshness::Fresh, Freshness::Late, Freshness::Stale, Freshness::Lost];
    let colours = [Colour::Green, Colour::Yellow, Colour::Orange, Colour::Red, Colour::Grey];
    HostFacets {
        platform,
        freshness: freshness.map(|value| Bucket { value, count: count(&|row| row.freshness == value) }).to_vec(),
        colour: colours.map(|value| Bucket { value, count: count(&|row| row.colour == value) }).to_vec(),
    }
}

pub(crate) fn updates(hosts: &[&Host]) -> Vec<FleetUpdate> {
    let mut found: BTreeMap<(bool, String, String, Platform, String), BTreeSet<HostId>> = BTreeMap::new();
    for host in hosts {
        for update in &host.facts.updates {
            let platform = host.facts.platform.clone();
            let key = (!update.security, update.name.clone(), update.candidate.clone(), platform, update.suite.clone());
            found.entry(key).or_default().insert(host.facts.id);
        }
    }
    let mut rows: Vec<FleetUpdate> = found
        .into_iter()
        .map(|((other, name, candidate, platform, suite), hosts)| FleetUpdate {
            name: name.into(),
            candidate: candidate.into(),
            platform,
            suite: suite.into(),
            security: !other,
            hosts: hosts.len() as u64,
        })
        .collect();
    rows.sort_by_key(|row| (!row.security, Reverse(row.hosts)));
    rows
}

/// Of a group of updates: hosts and packages that wait, candidates, pairs that they close.
#[derive(Default)]
struct Group {
    security: bool,
    waits: BTreeSet<(HostId, String, String, String, bool)>,
    closed: BTreeSet<(HostId, String)>,
}

pub(crate) fn source_updates(naive: &Naive, hosts: &[&Host]) -> Vec<SourceUpdate> {
    let mut groups: BTreeMap<(String, Platform), Group> = BTreeMap::new();
    for host in hosts {
        for update in &host.facts.updates {
            let platform = &host.facts.platform;
            let named = |package: &&Package| package.name == update.name && package.platform == *platform;
            let source = naive.packages.values().filter(named).map(|package| &package.source).min();
            let key = (source.unwrap_or(&update.name).clone(), platform.clone());
            let group = groups.entry(key).or_default();
            group.security |= update.security;
            let UpdateFacts { name, candidate, suite, security, .. } = update.clone();
            group.waits.insert((host.row.id, name, candidate, suite, security));
            let scheme = versions::Scheme::of_distribution(platform.distribution());
            for finding in host.findings.iter().filter(|finding| finding.role == Role::Installed) {
                let comparable = host.packages.iter().any(|row| {
                    let package = &row.package;
                    (&package.name, &package.version, &package.arch)
                        == (&finding.package, &finding.version, &finding.arch)
                        && package.version == package.source_version
                });
                if finding.package == update.name
                    && comparable
                    && !finding.fixed_version.is_empty()
                    && scheme.is_some_and(|scheme| scheme.compare(&update.candidate, &finding.fixed_version).is_ge())
                {
                    group.closed.insert((host.row.id, finding.cve.clone()));
                }
            }
        }
    }
    let mut rows: Vec<SourceUpdate> = groups
        .into_iter()
        .map(|((source, platform), group)| {
            let mut candidates: BTreeMap<&str, u64> = BTreeMap::new();
            group.waits.iter().for_each(|(_, _, candidate, ..)| *candidates.entry(candidate).or_default() += 1);
            let mut candidates: Vec<(&str, u64)> = candidates.into_iter().collect();
            candidates.sort_by_key(|(_, count)| Reverse(*count));
            let of = |at: fn(&(HostId, String, String, String, bool)) -> String| -> BTreeSet<String> {
                group.waits.iter().map(at).collect()
            };
            SourceUpdate {
                source: source.into(),
                platform,
                security: group.security,
                package_count: of(|wait| wait.1.clone()).len() as u64,
                packages: of(|wait| wait.1.clone()).into_iter().map(Into::into).collect(),
                candidate_count: candidates.len() as u64,
                candidates: candidates.into_iter().map(|(candidate, _)| candidate.into()).collect(),
                hosts: of(|wait| wait.0.0.to_string()).len() as u64,
                updates: group.waits.len() as u64,
                findings: group.closed.len() as u64,
            }
        })
        .collect();
    rows.sort_by_key(|row| (Reverse(row.findings), !row.security, Reverse(row.updates)));
    rows
}

pub(crate) fn findings(hosts: &[&Host]) -> Vec<FindingRow> {
    let cves: BTreeSet<&String> = hosts.iter().flat_map(|host| host.pairs.keys()).collect();
    let mut rows: Vec<FindingRow> = cves
        .into_iter()
        .map(|cve| {
            let pairs: Vec<(State, Severity)> = hosts.iter().filter_map(|host| host.pairs.get(cve).copied()).collect();
            let of = || hosts.iter().flat_map(|host| &host.findings).filter(|finding| finding.cve == *cve);
            let packages: BTreeSet<&str> = of().map(|finding| finding.package.as_str()).collect();
            let fixed: BTreeSet<&str> = of().map(|f| f.fixed_version.as_str()).filter(|v| !v.is_empty()).collect();
            FindingRow {
                cve: cve.as_str().into(),
                severity: pairs.iter().map(|pair| pair.1).max().unwrap(),
                state: pairs.iter().map(|pair| pair.0).reduce(worse).unwrap(),
                hosts: pairs.len() as u64,
                package_count: packages.len() as u64,
                packages: packages.into_iter().map(Into::into).collect(),
                states: states(pairs.iter().map(|pair| pair.0)),
                fixed_version_count: fixed.len() as u64,
                fixed_versions: fixed.into_iter().map(Into::into).collect(),
            }
        })
        .collect();
    rows.sort_by_key(|row| (Reverse(row.severity), Reverse(row.hosts)));
    rows
}

pub(crate) fn packages(naive: &Naive, hosts: &[&Host]) -> Vec<PackageRow> {
    let has = |host: &Host, id: PackageId, role: Role| {
        host.facts.inventory.iter().any(|(of, in_role, _)| *of == id && *in_role == role)
    };
    let mut rows: Vec<PackageRow> = Vec::new();
    for (id, package) in &naive.packages {
        let count = hosts.iter().filter(|host| has(host, *id, Role::Installed)).count() as u64;
        if count == 0 {
            continue;
        }
        let mut open = BTreeSet::new();
        for role in Role::ALL {
            // A next kernel that runs already is not looked at a second time.
            let counts = |host: &Host| {
                has(host, *id, role) && !(role == Role::NextKernel && has(host, *id, Role::RunningKernel))
            };
            if hosts.iter().any(|host| counts(host)) {
                open.extend(naive.open_for(package, role));
            }
        }
        rows.push(PackageRow {
            id: *id,
            package: Arc::new(package.clone()),
            hosts: count,
            open_findings: open.len().try_into().unwrap(),
            assessed: naive.rules_of(&package.platform).judge(package, Role::Installed).assessment.is_assessed(),
        });
    }
    rows.sort_by_key(|row| {
        let Package { name, version, arch, platform, .. } = &*row.package;
        (Reverse(row.hosts), name.clone(), version.clone(), arch.clone(), platform.clone(), row.id)
    });
    rows
}

pub(crate) fn overview(naive: &Naive, hosts: &[&Host]) -> Overview {
    let count = |keep: &dyn Fn(&HostRow) -> bool| hosts.iter().filter(|host| keep(&host.row)).count() as u64;
    let sum = |of: &dyn Fn(&HostRow) -> u32| hosts.iter().map(|host| u64::from(of(&host.row))).sum::<u64>();
    let facets = facets(hosts);
    let mut overview = Overview {
        as_of: naive.now,
        seq: naive.seq,
        hosts: fleet::HostTotals::default(),
        updates: fleet::UpdateTotals {
            hosts_with_security: count(&|row| row.security_updates > 0),
            hosts_with_any: count(&|row| row.security_updates + row.other_updates > 0),
            security: sum(&|row| row.security_updates),
            other: sum(&|row| row.other_updates),
            withheld: sum(&|row| row.withheld_updates),
        },
        restarts: fleet::RestartTotals { hosts_reboot_required: count(&|row| row.reboot_required == Some(true)) },
        findings: fleet::FindingTotals {
            open: sum(&|row| row.open_findings),
            hosts: count(&|row| row.open_findings > 0),
            by_state: states(hosts.iter().flat_map(|host| host.pairs.values().map(|pair| pair.0))),
            by_severity: severities(hosts.iter().flat_map(|host| host.pairs.values().map(|pair| pair.1))),
        },
        assessment: fleet::AssessmentTotals {
            packages: sum(&|row| row.packages),
            assessed: sum(&|row| row.assessed_packages),
            not_assessed: sum(&|row| row.packages - row.assessed_packages),
            hosts_not_assessed: count(&|row| !row.assessed),
        },
        platforms: facets
            .platform
            .iter()
            .map(|bucket| PlatformTotals {
                platform: bucket.value.clone(),
                hosts: bucket.count,
                has_rules: naive.rules.contains_key(&bucket.value),
            })
            .collect(),
        top_updates: source_updates(naive, hosts).into_iter().take(10).collect(),
        top_findings: findings(hosts).into_iter().take(10).collect(),
        oldest_lists_at: hosts
            .iter()
            .filter(|host| host.row.freshness == Freshness::Fresh)
            .filter_map(|host| host.row.lists_at)
            .min(),
    };
    overview.hosts.total = hosts.len() as u64;
    overview.hosts.freshness =
        facets.freshness.iter().map(|bucket| bucket.count).collect::<Vec<_>>().try_into().unwrap();
    overview.hosts.colours = facets.colour.iter().map(|bucket| bucket.count).collect::<Vec<_>>().try_into().unwrap();
    overview
}
