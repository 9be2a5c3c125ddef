//! Answers.

use crate::*;
use jiff::Timestamp;
use roaring::RoaringBitmap;

/// The fleet at one moment. Immutable; everything one request answers comes from one snapshot.
///
/// `scope` is the set of hosts that the asker may see, as [`Snapshot::evaluate`] of **this**
/// snapshot gives it; `None` is all. It is intersected first, in rows, totals, facets and counts.
#[derive(Debug)]
pub struct Snapshot {}

impl Snapshot {
    /// The record's sequence number up to which changes are in it.
    #[must_use]
    pub fn seq(&self) -> u64 {
        todo!()
    }

    /// The moment for which freshness holds.
    #[must_use]
    pub fn as_of(&self) -> Timestamp {
        todo!()
    }

    /// The hosts that a query keeps, as dense ordinals that mean something in this snapshot only.
    #[must_use]
    pub fn evaluate(&self, query: &Query, scope: Option<&RoaringBitmap>) -> RoaringBitmap {
        let _ = (query, scope);
        todo!()
    }

    /// A page of hosts with facets.
    #[must_use]
    pub fn hosts(&self, query: &HostQuery, scope: Option<&RoaringBitmap>) -> HostPage {
        let _ = (query, scope);
        todo!()
    }

    /// One host, if it is there and in the scope.
    #[must_use]
    pub fn host(&self, id: HostId, scope: Option<&RoaringBitmap>) -> Option<HostRow> {
        let _ = (id, scope);
        todo!()
    }

    /// The packages of a host, sorted by package and role.
    #[must_use]
    pub fn host_packages(&self, id: HostId, scope: Option<&RoaringBitmap>) -> Option<Vec<HostPackage>> {
        let _ = (id, scope);
        todo!()
    }

    /// The findings of a host: open ones, or with `negatives` also what is said not to affect it.
    #[must_use]
    pub fn host_findings(&self, id: HostId, negatives: bool, scope: Option<&RoaringBitmap>) -> Option<HostFindings> {
        let _ = (id, negatives, scope);
        todo!()
    }

    /// The fleet at a glance.
    #[must_use]
    pub fn overview(&self, scope: Option<&RoaringBitmap>) -> Overview {
        let _ = scope;
        todo!()
    }

    /// A page of distinct installed packages.
    #[must_use]
    pub fn packages(&self, query: &PackagesQuery, scope: Option<&RoaringBitmap>) -> Page<PackageRow, PackageCursor> {
        let _ = (query, scope);
        todo!()
    }

    /// A page of pending updates, fleet-wide.
    #[must_use]
    pub fn updates(&self, query: &UpdatesQuery, scope: Option<&RoaringBitmap>) -> Page<FleetUpdate, UpdateCursor> {
        let _ = (query, scope);
        todo!()
    }

    /// A page of open CVEs, fleet-wide.
    #[must_use]
    pub fn findings(&self, query: &FindingsQuery, scope: Option<&RoaringBitmap>) -> Page<FindingRow, FindingCursor> {
        let _ = (query, scope);
        todo!()
    }
}
