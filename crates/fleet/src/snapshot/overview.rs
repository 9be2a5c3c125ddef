//! The fleet at a glance.

use super::Snapshot;
use crate::{FindingsQuery, Freshness, Overview, PlatformTotals};
use roaring::RoaringBitmap;

/// Rows of the overview's short lists.
const TOP: usize = 10;

impl Snapshot {
    /// The fleet at a glance.
    #[must_use]
    pub fn overview(&self, scope: Option<&RoaringBitmap>) -> Overview {
        let scope = scope.map(|scope| self.tables.all.and(scope));
        let scope = scope.as_ref();
        let totals = scope.map_or(self.tables.totals, |scope| self.tables.columns.sum(scope));
        let mut platforms: Vec<PlatformTotals> = self
            .tables
            .platforms
            .iter()
            .map(|entry| PlatformTotals {
                platform: entry.platform.clone(),
                hosts: entry.hosts.count(scope),
                has_rules: entry.has_rules,
            })
            .filter(|platform| platform.hosts > 0)
            .collect();
        platforms.sort_by(|a, b| b.hosts.cmp(&a.hosts).then_with(|| a.platform.cmp(&b.platform)));
        let [fresh, ..] = &self.tables.by_freshness;
        debug_assert_eq!(Freshness::Fresh as usize, 0);
        let oldest = |hosts: &mut dyn Iterator<Item = u32>| {
            hosts.filter_map(|host| self.tables.columns.row(host).lists_at).min()
        };
        let oldest_lists_at = match scope {
            None => oldest(&mut fresh.iter()),
            Some(scope) => oldest(&mut fresh.and(scope).iter()),
        };
        Overview {
            as_of: self.tables.now,
            seq: self.tables.seq,
            hosts: totals.hosts,
            updates: totals.updates,
            restarts: totals.restarts,
            findings: totals.findings,
            assessment: totals.assessment,
            platforms,
            top_updates: self.source_updates(TOP, scope),
            top_findings: self.findings(&FindingsQuery { limit: TOP, ..FindingsQuery::default() }, scope).items,
            oldest_lists_at,
        }
    }
}
