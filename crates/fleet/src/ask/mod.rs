//! What is asked of a snapshot: filters, orders, cursors.
//!
//! A cursor names the last row of the page before by its sort key and identity, never by a number
//! of rows: under the same snapshot the pages of a listing hold every row exactly once, and under
//! a later one the listing goes on from the same place. It means something only together with the
//! filter and the order that it was given for.

mod cve;
mod host;
mod hosts;
mod listings;
mod order;

pub use cve::{CveHostCursor, CveHostsQuery};
pub use host::{
    HostFindingColumn, HostFindingCursor, HostFindingsQuery, HostPackageColumn, HostPackageCursor, HostPackagesQuery,
};
pub use hosts::{HostCursor, HostQuery, Sort, SortColumn, SortKey};
pub use listings::{
    FindingColumn, FindingCursor, FindingsQuery, PackageColumn, PackageCursor, PackagesQuery, UpdateColumn,
    UpdateCursor, UpdatesQuery,
};
pub use order::{Column, Order};
