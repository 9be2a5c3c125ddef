//! Hosts.

use super::order::{Column, Order};
use crate::{HostId, Query};
use serde::{Deserialize, Serialize};

/// Which hosts, in which order, which page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HostQuery {
    /// Which hosts; the empty query keeps all.
    pub filter: Query,
    /// In which order.
    pub sort: Sort,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts: [`crate::Page::next`] of the page before, asked in the same order.
    pub cursor: Option<HostCursor>,
}

/// An order of hosts. Equal values are ordered by name and then by the host's number, ascending
/// whatever the direction; only `-hostname` turns these round too.
pub type Sort = Order<SortColumn>;

impl Default for Sort {
    /// Most security updates first.
    fn default() -> Self {
        Self::descending(SortColumn::SecurityUpdates)
    }
}

/// What hosts can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortColumn {
    /// The name, in lower case, by code points.
    Hostname,
    /// Pending security updates.
    SecurityUpdates,
    /// Pending other updates.
    OtherUpdates,
    /// Pending updates that the manager withholds.
    WithheldUpdates,
    /// Open CVEs.
    OpenFindings,
    /// The time last seen.
    LastSeenAt,
    /// Installed packages.
    Packages,
}

impl SortColumn {
    /// Every column.
    pub const ALL: [Self; 7] = [
        Self::Hostname,
        Self::SecurityUpdates,
        Self::OtherUpdates,
        Self::WithheldUpdates,
        Self::OpenFindings,
        Self::LastSeenAt,
        Self::Packages,
    ];
}

impl Column for SortColumn {
    const COLUMNS: &'static [Self] = &Self::ALL;
    const ROWS: &'static str = "hosts";

    fn as_str(self) -> &'static str {
        match self {
            Self::Hostname => "hostname",
            Self::SecurityUpdates => "security_updates",
            Self::OtherUpdates => "other_updates",
            Self::WithheldUpdates => "withheld_updates",
            Self::OpenFindings => "open_findings",
            Self::LastSeenAt => "last_seen_at",
            Self::Packages => "packages",
        }
    }
}

/// The last row of a page of hosts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostCursor {
    /// Its value in the column that orders; 0 where the hostname orders.
    pub key: SortKey,
    /// Its name in lower case.
    pub hostname: String,
    /// Its number.
    pub host: HostId,
}

/// A value by which hosts are ordered: a count, or microseconds since the epoch.
pub type SortKey = i64;
