//! What is asked of a snapshot: filters, orders, cursors.
//!
//! A cursor names the last row of the page before by its sort key and identity, never by a number
//! of rows: under the same snapshot the pages of a listing hold every row exactly once, and under
//! a later one the listing goes on from the same place.

use crate::{HostId, PackageId, Query};
use model::Platform;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

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

/// An order of hosts: a column, and its direction. Equal values are ordered by name and then by the
/// host's number, ascending whatever the direction; only `-hostname` turns these round too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub column: SortColumn,
    /// Greatest first.
    pub descending: bool,
}

impl Default for Sort {
    /// Most security updates first.
    fn default() -> Self {
        Self { column: SortColumn::SecurityUpdates, descending: true }
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

    /// The word in `sort=`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
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

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.descending {
            f.write_str("-")?;
        }
        f.write_str(self.column.as_str())
    }
}

impl FromStr for Sort {
    type Err = String;

    /// Reads `hostname` (ascending) or `-open_findings` (descending).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let column = SortColumn::ALL.into_iter().find(|column| column.as_str() == name).ok_or_else(|| {
            let names = SortColumn::ALL.map(SortColumn::as_str).join(", ");
            format!("'{text}' is not an order of hosts: expected one of {names}, with '-' before it for descending")
        })?;
        Ok(Self { column, descending })
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

/// Which distinct packages, which page. Ordered by hosts (most first), name, version, architecture
/// (as text), platform, number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackagesQuery {
    /// Words that must all occur in the package's name, in any case; separated by white space.
    pub words: String,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts.
    pub cursor: Option<PackageCursor>,
}

/// The last row of a page of packages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PackageCursor {
    /// Hosts, negated so that most come first.
    pub hosts: i64,
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Architecture.
    pub arch: String,
    /// Platform.
    pub platform: Platform,
    /// Number.
    pub id: PackageId,
}

/// Which updates of the fleet, which page. Ordered by security first, hosts (most first), name,
/// candidate, platform, suite.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UpdatesQuery {
    /// Words that must all occur in the package's name, in any case; separated by white space.
    pub words: String,
    /// Only security updates, or only others.
    pub security: Option<bool>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts.
    pub cursor: Option<UpdateCursor>,
}

/// The last row of a page of updates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UpdateCursor {
    /// Not a security update: those come later.
    pub other: bool,
    /// Hosts, negated so that most come first.
    pub hosts: i64,
    /// Name.
    pub name: String,
    /// Candidate.
    pub candidate: String,
    /// Platform.
    pub platform: Platform,
    /// Suite.
    pub suite: String,
}

/// Which CVEs of the fleet, which page. Ordered by severity (worst first), hosts (most first), CVE
/// as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindingsQuery {
    /// Words each of which must occur in the CVE's id or in the name of a package that carries it,
    /// in any case; separated by white space.
    pub words: String,
    /// Only CVEs that are in this state on some host.
    pub state: Option<model::State>,
    /// Only CVEs of this severity.
    pub severity: Option<model::Severity>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts.
    pub cursor: Option<FindingCursor>,
}

/// The last row of a page of findings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FindingCursor {
    /// Rank of the severity, 0 is the worst.
    pub severity: u8,
    /// Hosts, negated so that most come first.
    pub hosts: i64,
    /// The CVE.
    pub cve: String,
}
