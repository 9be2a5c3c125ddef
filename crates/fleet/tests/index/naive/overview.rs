//! The overview.

use super::{Host, Naive, facets, findings, severities, source_updates, states};
use fleet::{Freshness, HostRow, Overview, PlatformTotals};

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
