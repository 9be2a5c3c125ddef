//! What the model says of one host.

use super::{Naive, severities, states, worse};
use fleet::{
    Availability, Colour, CveScores, Freshness, HostAssessment, HostFacts, HostPackage, HostRow, NotKnown, ReasonCount,
    SecurityRepository,
};
use jiff::{SignedDuration, Timestamp};
use model::inventory::Entry;
use model::{Finding, Package, Role, Severity, State};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the model says of one host.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    pub(crate) now: Timestamp,
    pub(crate) scores: Arc<CveScores>,
    pub(crate) facts: HostFacts,
    /// Packages in all roles.
    pub(crate) entries: Vec<Entry>,
    pub(crate) row: HostRow,
    pub(crate) findings: Vec<Finding>,
    pub(crate) pairs: BTreeMap<String, (State, Severity)>,
    pub(crate) packages: Vec<HostPackage>,
    pub(crate) assessment: HostAssessment,
}

impl Naive {
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
        let (now, scores) = (self.now, Arc::clone(&self.scores));
        Host { now, scores, facts: facts.clone(), entries, row, findings, pairs, packages, assessment }
    }

    /// Every reason by a condition of its own.
    fn not_known(&self, facts: &HostFacts, installed: usize) -> Vec<NotKnown> {
        let came = |section| matches!(section, Availability::Present | Availability::Unavailable);
        let failed = |section| matches!(section, Availability::Unread | Availability::Unavailable);
        let hours = SignedDuration::from_hours;
        let lists = facts.lists_at.filter(|_| came(facts.updates_section));
        let awaited = facts.awaited;
        let sources = |of: SecurityRepository| came(facts.updates_section) && facts.security_repository == of;
        let reasons = [
            (facts.host_section == Availability::Never).then_some(NotKnown::HostNeverReceived),
            failed(facts.host_section).then_some(NotKnown::HostUnavailable),
            (facts.packages == Availability::Never).then_some(NotKnown::PackagesNeverReceived),
            failed(facts.packages).then_some(NotKnown::PackagesUnavailable),
            awaited.packages.filter(|_| came(facts.packages)).map(NotKnown::PackagesOutdated),
            (came(facts.packages) && installed == 0).then_some(NotKnown::PackagesEmpty),
            (facts.packages_skipped > 0).then_some(NotKnown::PackagesSkipped(facts.packages_skipped)),
            (facts.updates_section == Availability::Never).then_some(NotKnown::UpdatesNeverReceived),
            failed(facts.updates_section).then_some(NotKnown::UpdatesUnavailable),
            awaited.updates.map(NotKnown::UpdatesOutdated),
            (facts.updates_skipped > 0).then_some(NotKnown::UpdatesSkipped(facts.updates_skipped)),
            (facts.security_unknown > 0).then_some(NotKnown::SecurityUnknown(facts.security_unknown)),
            (facts.repositories_skipped > 0).then_some(NotKnown::RepositoriesSkipped(facts.repositories_skipped)),
            awaited.repositories.map(NotKnown::RepositoriesOutdated),
            sources(SecurityRepository::Unknown).then_some(NotKnown::RepositoriesUnknown),
            sources(SecurityRepository::NoSources).then_some(NotKnown::RepositoriesNone),
            sources(SecurityRepository::Missing).then_some(NotKnown::SecurityRepositoryMissing),
            (came(facts.updates_section) && facts.lists_at.is_none()).then_some(NotKnown::ListsAgeUnknown),
            lists.filter(|at| *at + hours(7 * 24) < self.now).map(NotKnown::ListsOld),
            lists.filter(|at| *at > self.now + hours(1)).map(NotKnown::ListsInFuture),
            facts.clock_ahead.map(NotKnown::ClockAhead),
            facts.kernel_unowned.then_some(NotKnown::KernelUnowned),
            facts.reboot_unknown.then_some(NotKnown::RebootUnknown),
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
        let (security, other) = (security + facts.replacements.0 as usize, other + facts.replacements.1 as usize);
        let withheld = facts.updates.iter().filter(|update| update.withheld.is_some()).count();
        let critical = findings.iter().any(|f| f.state == State::FixAvailable && f.severity == Severity::Critical);
        let silent = matches!(freshness, Freshness::Stale | Freshness::Lost);
        let not_known = self.not_known(facts, packages);
        let colour = match (silent, critical, security, other) {
            (true, ..) => Colour::Grey,
            (_, true, ..) => Colour::Red,
            (.., 1.., _) => Colour::Orange,
            (.., 1..) => Colour::Yellow,
            _ if facts.reboot_required == Some(true) => Colour::Yellow,
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
