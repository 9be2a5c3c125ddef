//! What is said of one CVE over the fleet.

use crate::naive::{self, Host, Naive};
use crate::pages;
use fleet::{CveHost, CveHostsQuery, Snapshot};
use model::{Platform, State};
use roaring::RoaringBitmap;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn check(
    snapshot: &Snapshot,
    model: &Naive,
    hosts: &[&Host],
    bits: Option<&RoaringBitmap>,
    cve: &str,
    limit: usize,
) {
    let mut open: Vec<CveHost> = hosts
        .iter()
        .filter_map(|host| {
            let (state, severity) = *host.pairs.get(cve)?;
            let of = host.findings.iter().filter(|finding| finding.cve == cve);
            let packages: BTreeSet<&str> = of.map(|finding| finding.package.as_str()).collect();
            Some(CveHost {
                host: host.row.clone(),
                state,
                severity,
                package_count: packages.len() as u64,
                packages: packages.into_iter().map(Into::into).collect(),
            })
        })
        .collect();
    let place = |state: State| State::ALL.into_iter().position(|of| of == state);
    open.sort_by_key(|row| (place(row.state), Reverse(row.severity), row.host.hostname.to_lowercase(), row.host.id));
    let platforms: BTreeSet<&Platform> = hosts.iter().map(|host| &host.row.platform).collect();
    let names = |platform: &Platform| {
        model.rules.get(platform).is_some_and(|rules| {
            model
                .packages
                .values()
                .any(|package| model::Role::ALL.into_iter().any(|role| rules.verdict(package, role, cve).is_some()))
                || rules.knows(cve)
        })
    };
    let named_for: Vec<Platform> = platforms.into_iter().filter(|platform| names(platform)).cloned().collect();
    // Ids are found in any case.
    let ask = |state| CveHostsQuery { cve: cve.to_lowercase(), state, limit, cursor: None };
    let Some(found) = snapshot.cve(&ask(None), bits) else {
        assert_eq!((open, named_for), (vec![], vec![]), "nothing is known of {cve}");
        return;
    };
    assert_eq!(&*found.cve, cve);
    assert_eq!(found.named_for, named_for);
    assert_eq!(found.finding, naive::findings(hosts).into_iter().find(|row| *row.cve == *cve));
    let mut by_platform: BTreeMap<Platform, u64> = BTreeMap::new();
    open.iter().for_each(|row| *by_platform.entry(row.host.platform.clone()).or_default() += 1);
    let mut by_platform: Vec<_> = by_platform.into_iter().collect();
    by_platform.sort_by_key(|(_, count)| Reverse(*count));
    let buckets: Vec<_> = found.platforms.iter().map(|bucket| (bucket.value.clone(), bucket.count)).collect();
    assert_eq!(buckets, by_platform);
    assert_eq!(found.statements.is_empty(), open.is_empty());
    for statement in &found.statements {
        let said = |host: &&Host| {
            host.row.platform == statement.platform
                && host.findings.iter().any(|finding| {
                    (finding.cve.as_str(), finding.feed.as_str()) == (cve, &*statement.feed)
                        && model.rules.contains_key(&statement.platform)
                })
        };
        assert!(hosts.iter().any(said), "{statement:?}");
    }
    for state in [None, Some(State::FixAvailable), Some(State::NoFix), Some(State::NotAffected)] {
        let expected: Vec<CveHost> =
            open.iter().filter(|row| state.is_none_or(|state| row.state == state)).cloned().collect();
        let query = ask(state);
        let rows = pages!(query, |query| snapshot.cve(&query, bits).unwrap().hosts);
        assert_eq!(rows, expected, "{cve} {state:?}");
    }
}
