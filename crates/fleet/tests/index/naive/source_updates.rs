//! Updates by source package, with what they close.

use super::{Host, Naive};
use fleet::{HostId, SourceUpdate, UpdateFacts};
use model::{Package, Platform, Role};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

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
