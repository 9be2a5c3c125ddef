//! Answers.

mod cve;
mod findings;
mod host;
mod host_explain;
mod host_findings;
mod host_packages;
mod hosts;
mod overview;
mod packages;
mod page;
mod source_updates;
mod updates;

use crate::tables::{Ordinal, Tables};
use crate::{HostId, HostRow, Query, Score, SeverityCounts, StateCounts};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use std::sync::Arc;

/// The fleet at one moment. Immutable; everything one request answers comes from one snapshot.
///
/// `scope` is the set of hosts that the asker may see, as [`Snapshot::evaluate`] of **this**
/// snapshot gives it; `None` is all. It is intersected first, in rows, totals, facets and counts.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) tables: Tables,
}

impl Snapshot {
    /// The record's sequence number up to which changes are in it.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.tables.seq
    }

    /// The moment for which freshness holds.
    #[must_use]
    pub const fn as_of(&self) -> Timestamp {
        self.tables.now
    }

    /// The hosts that a query keeps, as dense ordinals that mean something in this snapshot only.
    #[must_use]
    pub fn evaluate(&self, query: &Query, scope: Option<&RoaringBitmap>) -> RoaringBitmap {
        query.evaluate(&self.tables, self.within(scope))
    }

    /// One host, if it is there and in the scope.
    #[must_use]
    pub fn host(&self, id: HostId, scope: Option<&RoaringBitmap>) -> Option<HostRow> {
        self.row(self.find(id, scope)?)
    }

    /// What is known of a CVE itself; nothing where no source speaks of it.
    #[must_use]
    pub fn cve_score(&self, cve: &str) -> Score {
        self.tables.scores.of(cve)
    }

    /// The hosts of the scope that are there.
    pub(crate) fn within(&self, scope: Option<&RoaringBitmap>) -> RoaringBitmap {
        scope.map_or_else(|| self.tables.all.to_bitmap(), |scope| self.tables.all.and(scope))
    }

    fn find(&self, id: HostId, scope: Option<&RoaringBitmap>) -> Option<Ordinal> {
        let host = *self.tables.host_ids.get(&id)?;
        scope.is_none_or(|scope| scope.contains(host)).then_some(host)
    }

    fn row(&self, host: Ordinal) -> Option<HostRow> {
        let record = self.tables.host(host)?;
        let row = self.tables.columns.row(host);
        let by_severity = SeverityCounts(row.by_severity.map(u64::from));
        Some(HostRow {
            id: record.id,
            hostname: Arc::clone(&record.hostname),
            platform: self.tables.platform(record.platform)?.platform.clone(),
            os_name: Arc::clone(&record.os_name),
            colour: row.colour,
            freshness: row.freshness,
            updates_known: record.basis.updates.is_known(),
            not_known: record.basis(&row).not_known(self.tables.now),
            security_updates: row.security,
            other_updates: row.other,
            withheld_updates: row.withheld,
            open_findings: row.open(),
            by_state: StateCounts(row.by_state.map(u64::from)),
            by_severity,
            worst_severity: by_severity.worst(),
            reboot_required: row.reboot,
            packages: row.packages,
            assessed_packages: row.assessed,
            assessed: row.assessed > 0,
            last_seen_at: row.last_seen_at,
            lists_at: row.lists_at,
            tags: record.tags.to_vec(),
        })
    }
}
