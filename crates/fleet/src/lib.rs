//! The index: the whole fleet in memory as bitmaps and dense columns.
//!
//! *The database remembers, the index answers.* One applier owns the [`Index`] and feeds it
//! [`Change`]s; after each batch it publishes an immutable [`Snapshot`]. A request takes one
//! snapshot from its [`Reader`] and answers everything from it, so that counts, pages and facets
//! of one answer agree. Readers and the applier share no lock.
//!
//! A distinct package in a role is judged **once**, however many hosts have it: the index keeps,
//! for each, the set of hosts that have it. Which hosts a CVE affects is a union of such sets.
//!
//! **Invariants**: no IO and no clock (time enters by [`Change::Time`] alone); every answer equals
//! what plain loops over the hosts' facts and `matching` would say (the tests hold this); the
//! scope of the asker is intersected before anything is counted.

mod answers;
mod ask;
mod columns;
mod cow;
mod cve_scores;
mod facts;
mod index;
mod not_known;
mod packed;
mod posting;
pub mod query;
mod snapshot;
mod tables;
mod tally;

pub use answers::{
    AssessmentTotals, Bucket, ClosedCves, CveHost, CveOnFleet, FindingRow, FindingTotals, FleetUpdate, HostAssessment,
    HostExplanation, HostFacets, HostFindings, HostPackage, HostPage, HostRow, HostTotals, MOST_EXPLAINED,
    MOST_EXPLAINED_FINDINGS, MOST_NAMES, Overview, PackageRow, Page, PlatformTotals, ReasonCount, RestartTotals,
    SeverityCounts, SourceUpdate, StateCounts, Statement, UpdateTotals,
};
pub use ask::{
    Column, CveHostCursor, CveHostsQuery, FindingColumn, FindingCursor, FindingsQuery, HostCursor, HostFindingColumn,
    HostFindingCursor, HostFindingsQuery, HostPackageColumn, HostPackageCursor, HostPackagesQuery, HostQuery, Order,
    PackageColumn, PackageCursor, PackagesQuery, Sort, SortColumn, SortKey, UpdateColumn, UpdateCursor, UpdatesQuery,
};
pub use cve_scores::{CveScores, CveScoresBuilder, Score};
pub use facts::{
    Applied, Attributes, Availability, Change, Colour, Freshness, Held, HostFacts, HostId, Interval, PackageId,
    UpdateFacts,
};
pub use index::{Index, Reader};
pub use not_known::{Awaited, Basis, CLONES_FOR, LISTS_AHEAD, LISTS_OLD_AFTER, NotKnown, SecurityRepository};
pub use query::{Query, QueryError};
pub use snapshot::Snapshot;
