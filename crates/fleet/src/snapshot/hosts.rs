//! The list of hosts.

use super::Snapshot;
use crate::tables::Ordinal;
use crate::{Bucket, Colour, Freshness, HostCursor, HostFacets, HostPage, HostQuery, Page, Sort, SortColumn, SortKey};
use roaring::RoaringBitmap;
use std::collections::BinaryHeap;

/// Where a host stands in an order: its value, its place among names; both turned round where the
/// order is descending. Places are doubled so that a name that is gone fits between two.
type Place = (SortKey, i128);

impl Snapshot {
    /// A page of hosts with facets.
    #[must_use]
    pub fn hosts(&self, query: &HostQuery, scope: Option<&RoaringBitmap>) -> HostPage {
        let hosts = self.evaluate(&query.filter, scope);
        let after = query.cursor.as_ref().map(|cursor| self.cursor_place(query.sort, cursor));
        let limit = query.limit.max(1);
        // The smallest places so far, the greatest of them on top; one more than the page shows
        // whether another follows.
        let mut best: BinaryHeap<(Place, Ordinal)> = BinaryHeap::with_capacity(limit.min(1024) + 2);
        for host in &hosts {
            let place = self.place(query.sort, host);
            if after.is_some_and(|after| place <= after) {
                continue;
            }
            if best.len() <= limit || best.peek().is_some_and(|(worst, _)| place < *worst) {
                best.push((place, host));
                if best.len() > limit + 1 {
                    best.pop();
                }
            }
        }
        let mut best = best.into_sorted_vec();
        let more = best.len() > limit;
        best.truncate(limit);
        let next = best.last().filter(|_| more).and_then(|(_, host)| self.cursor(query.sort, *host));
        let page = Page {
            items: best.into_iter().filter_map(|(_, host)| self.row(host)).collect(),
            total: hosts.len(),
            next,
            seq: self.tables.seq,
        };
        HostPage { page, facets: self.facets(&hosts) }
    }

    fn facets(&self, hosts: &RoaringBitmap) -> HostFacets {
        let mut platform: Vec<Bucket<_>> = self
            .tables
            .platforms
            .iter()
            .map(|entry| Bucket { value: entry.platform.clone(), count: entry.hosts.count_in(hosts) })
            .filter(|bucket| bucket.count > 0)
            .collect();
        platform.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        let freshness = Freshness::ALL.into_iter().zip(&self.tables.by_freshness);
        let colour = Colour::ALL.into_iter().zip(&self.tables.by_colour);
        HostFacets {
            platform,
            freshness: freshness.map(|(value, set)| Bucket { value, count: set.count_in(hosts) }).collect(),
            colour: colour.map(|(value, set)| Bucket { value, count: set.count_in(hosts) }).collect(),
        }
    }

    fn place(&self, sort: Sort, host: Ordinal) -> Place {
        let name = i128::from(self.tables.columns.rank(host)) * 2;
        turned(sort, self.tables.columns.sort_key(sort.column, host), name)
    }

    fn cursor(&self, sort: Sort, host: Ordinal) -> Option<HostCursor> {
        let record = self.tables.host(host)?;
        let key = self.tables.columns.sort_key(sort.column, host);
        Some(HostCursor { key, hostname: record.lower.to_string(), host: record.id })
    }

    /// Where a cursor stands. Its host may have gone or have another name by now: then its place is
    /// right after the last name below it.
    fn cursor_place(&self, sort: Sort, cursor: &HostCursor) -> Place {
        let columns = &self.tables.columns;
        let name = (cursor.hostname.as_str(), cursor.host);
        let here = self
            .tables
            .host_ids
            .get(&cursor.host)
            .copied()
            .filter(|host| self.tables.host(*host).is_some_and(|record| *record.lower == *cursor.hostname));
        let place = match here {
            Some(host) => i128::from(columns.rank(host)) * 2,
            None => {
                let below = self.tables.all.iter().filter(|host| {
                    self.tables.host(*host).is_some_and(|record| (record.lower.as_ref(), record.id) < name)
                });
                below.map(|host| i128::from(columns.rank(host)) * 2 + 1).max().unwrap_or(-1)
            }
        };
        turned(sort, cursor.key, place)
    }
}

const fn turned(sort: Sort, key: SortKey, name: i128) -> Place {
    match (sort.descending, sort.column) {
        (true, SortColumn::Hostname) => (0, -name),
        // `!key` is `-key - 1`: the reverse order without overflow.
        (true, _) => (!key, name),
        (false, _) => (key, name),
    }
}
