//! The listing of updates.

use super::Host;
use fleet::{FleetUpdate, HostId};
use model::Platform;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

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
