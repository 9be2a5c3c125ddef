//! One CVE on the fleet.

use super::Snapshot;
use super::findings::Spread;
use super::page::{Best, first_names};
use crate::tables::{Cve, Ordinal, PlatformEntry, Tables, state_rank};
use crate::{
    Bucket, CveHost, CveHostCursor, CveHostsQuery, CveOnFleet, HostId, MOST_NAMES, Page, StateCounts, Statement,
};
use model::{Platform, Severity};
use roaring::RoaringBitmap;
use std::collections::BTreeSet;

/// Where a host of a CVE stands: state, severity, name, number; then what it is in the index, 0 for a
/// cursor, which is not reached since a number is a host's own.
type Key<'a> = (u8, u8, &'a str, HostId, Ordinal);

impl Snapshot {
    /// One CVE on the fleet; none where it is open on no host and no data in force for a platform of
    /// the fleet names it.
    #[must_use]
    pub fn cve(&self, query: &CveHostsQuery, scope: Option<&RoaringBitmap>) -> Option<CveOnFleet> {
        let (name, cve) = self.cve_named(&query.cve);
        let spread = cve.map(|cve| self.tables.spread(cve, scope)).unwrap_or_default();
        let finding = cve.and_then(|cve| self.row_of_spread(cve, &spread));
        let named_for = self.named_for(&name, scope);
        if finding.is_none() && named_for.is_empty() {
            return None;
        }
        let mut hosts = RoaringBitmap::new();
        spread.by_state.iter().for_each(|set| hosts |= set);
        Some(CveOnFleet {
            cve: name.into(),
            finding,
            hosts: self.cve_hosts(query, cve, &spread),
            platforms: self.by_platform(&hosts),
            statements: cve.map(|cve| self.statements(cve, &hosts)).unwrap_or_default(),
            named_for,
        })
    }

    /// The CVE as it is written in the data, which is in capitals for most ids.
    fn cve_named(&self, asked: &str) -> (String, Option<&Cve>) {
        let of = |name: &str| self.tables.cve_names.get(name).and_then(|ordinal| self.tables.cves.get(*ordinal));
        let upper = asked.to_uppercase();
        let named =
            |name: &str| of(name).is_some() || self.tables.platforms.iter().any(|entry| entry.rules.knows(name));
        let name = if named(asked) || !named(&upper) { asked.to_owned() } else { upper };
        let cve = of(&name);
        (name, cve)
    }

    fn named_for(&self, cve: &str, scope: Option<&RoaringBitmap>) -> Vec<Platform> {
        let in_fleet = self.tables.platforms.iter().filter(|entry| entry.hosts.count(scope) > 0);
        let mut named: Vec<Platform> =
            in_fleet.filter(|entry| entry.rules.knows(cve)).map(|entry| entry.platform.clone()).collect();
        named.sort();
        named
    }

    fn cve_hosts(&self, query: &CveHostsQuery, cve: Option<&Cve>, spread: &Spread<'_>) -> Page<CveHost, CveHostCursor> {
        let after: Option<Key<'_>> = query.cursor.as_ref().map(|cursor| {
            let CveHostCursor { state, severity, hostname, host } = cursor;
            (*state, *severity, hostname.as_str(), *host, 0)
        });
        let compare = |a: &Key<'_>, b: &Key<'_>| (a.0, a.1, a.2, a.3).cmp(&(b.0, b.1, b.2, b.3));
        let mut best = Best::new(query.limit, after, compare);
        let wanted = query.state.map(state_rank);
        for (state, hosts) in (0u8..).zip(&spread.by_state) {
            if wanted.is_some_and(|wanted| wanted != Some(usize::from(state))) {
                continue;
            }
            for (severity, of_severity) in (0u8..).zip(&spread.by_severity) {
                for host in hosts & of_severity {
                    let Some(record) = self.tables.host(host) else { continue };
                    best.offer((state, severity, record.lower.as_ref(), record.id, host));
                }
            }
        }
        let cursor = |(state, severity, hostname, host, _): &Key<'_>| CveHostCursor {
            state: *state,
            severity: *severity,
            hostname: (*hostname).to_owned(),
            host: *host,
        };
        best.finish().into_page(self.tables.seq, cursor, |(state, severity, _, _, host)| {
            let (packages, package_count) = first_names(self.tables.names_on(cve?, host).into_iter());
            Some(CveHost {
                host: self.row(host)?,
                state: StateCounts::STATES.get(usize::from(state)).copied()?,
                severity: Severity::ALL.get(usize::from(severity)).copied()?,
                packages,
                package_count,
            })
        })
    }

    fn by_platform(&self, hosts: &RoaringBitmap) -> Vec<Bucket<Platform>> {
        let count =
            |entry: &PlatformEntry| Bucket { value: entry.platform.clone(), count: entry.hosts.count_in(hosts) };
        let mut platforms: Vec<_> = self.tables.platforms.iter().map(count).filter(|bucket| bucket.count > 0).collect();
        platforms.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        platforms
    }

    /// Distinct statements about a CVE on the hosts on which it is open. Packages that share a list
    /// share what is said of them, so that one of each list is asked.
    fn statements(&self, cve: &Cve, hosts: &RoaringBitmap) -> Vec<Statement> {
        let mut statements: BTreeSet<Statement> = BTreeSet::new();
        for (list, _) in self.tables.opinions_of(cve) {
            let Some(carrier) = self.tables.carriers_in(list).find(|carrier| carrier.hosts.meets(hosts)) else {
                continue;
            };
            let Some((entry, platform)) = self.judged(carrier) else { continue };
            let _ = platform.rules.about(&entry.package, carrier.role, &cve.name, &mut |verdict| {
                let arm = verdict.principal();
                statements.insert(Statement {
                    platform: platform.platform.clone(),
                    feed: arm.feed.into(),
                    advisory: arm.advisory.into(),
                    words: arm.words.into(),
                });
            });
            if statements.len() > MOST_NAMES {
                statements.pop_last();
            }
        }
        statements.into_iter().collect()
    }
}

impl Tables {
    /// The packages that carry a CVE on a host, sorted, each once.
    fn names_on(&self, cve: &Cve, host: Ordinal) -> Vec<&str> {
        let Some(record) = self.host(host) else { return Vec::new() };
        let open = self
            .opinions_of(cve)
            .filter(|(_, opinion)| self.state_on(opinion.states, &record.context).is_open())
            .flat_map(|(list, _)| self.carriers_in(list))
            .filter(|carrier| carrier.hosts.contains(host));
        let mut names: Vec<&str> = open.filter_map(|carrier| self.name_of(carrier)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
