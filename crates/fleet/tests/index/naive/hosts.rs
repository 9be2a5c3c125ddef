//! The listing of hosts, and its facets.

use super::Host;
use fleet::{Bucket, Colour, Freshness, HostFacets, HostRow, Sort, SortColumn};
use model::Platform;
use std::cmp::Reverse;
use std::collections::BTreeSet;

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
