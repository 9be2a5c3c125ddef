//! Listings of the fleet: packages, updates, findings.

use super::order::{Column, Order};
use crate::PackageId;
use model::Platform;
use serde::{Deserialize, Serialize};

/// Which distinct packages, in which order, which page. Rows of equal value are ordered by hosts
/// (most first), name, version, architecture (as text), platform, number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackagesQuery {
    /// Words that must all occur in the package's name, in any case; separated by white space.
    pub words: String,
    /// In which order.
    pub sort: Order<PackageColumn>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts.
    pub cursor: Option<PackageCursor>,
}

/// What distinct packages can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackageColumn {
    /// Hosts that have it installed.
    Hosts,
    /// CVEs that are open for it.
    Findings,
    /// The name, as text.
    Name,
}

impl Column for PackageColumn {
    const COLUMNS: &'static [Self] = &[Self::Hosts, Self::Findings, Self::Name];
    const ROWS: &'static str = "packages";

    fn as_str(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Findings => "findings",
            Self::Name => "name",
        }
    }
}

impl Default for Order<PackageColumn> {
    /// Most hosts first.
    fn default() -> Self {
        Self::descending(PackageColumn::Hosts)
    }
}

/// The last row of a page of packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageCursor {
    /// Hosts that have it installed.
    pub hosts: u64,
    /// CVEs that are open for it; 0 where they do not order.
    pub findings: u32,
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

/// Which updates of the fleet, in which order, which page. Rows of equal value are ordered by
/// security first, hosts (most first), name, candidate, platform, suite.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UpdatesQuery {
    /// Words that must all occur in the package's name, in any case; separated by white space.
    pub words: String,
    /// Only security updates, or only others.
    pub security: Option<bool>,
    /// In which order.
    pub sort: Order<UpdateColumn>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts.
    pub cursor: Option<UpdateCursor>,
}

/// What updates of the fleet can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpdateColumn {
    /// Whether it is a security update; descending has them first.
    Security,
    /// Hosts on which it is pending.
    Hosts,
    /// The package's name, as text.
    Name,
}

impl Column for UpdateColumn {
    const COLUMNS: &'static [Self] = &[Self::Security, Self::Hosts, Self::Name];
    const ROWS: &'static str = "updates";

    fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Hosts => "hosts",
            Self::Name => "name",
        }
    }
}

impl Default for Order<UpdateColumn> {
    /// Security updates first.
    fn default() -> Self {
        Self::descending(UpdateColumn::Security)
    }
}

/// The last row of a page of updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateCursor {
    /// Whether it is a security update.
    pub security: bool,
    /// Hosts on which it is pending.
    pub hosts: u64,
    /// Name.
    pub name: String,
    /// Candidate.
    pub candidate: String,
    /// Platform.
    pub platform: Platform,
    /// Suite.
    pub suite: String,
}

/// Which CVEs of the fleet, in which order, which page. Rows of equal value are ordered by severity
/// (worst first), hosts (most first), CVE as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindingsQuery {
    /// Words each of which must occur in the CVE's id or in the name of a package that carries it,
    /// in any case; separated by white space.
    pub words: String,
    /// Only CVEs that are in this state on some host.
    pub state: Option<model::State>,
    /// Only CVEs of this severity.
    pub severity: Option<model::Severity>,
    /// In which order.
    pub sort: Order<FindingColumn>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts.
    pub cursor: Option<FindingCursor>,
}

/// What CVEs of the fleet can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingColumn {
    /// The worst severity among its hosts; descending has the worst first.
    Severity,
    /// Hosts on which it is open.
    Hosts,
    /// The CVE's id, as text.
    Cve,
}

impl Column for FindingColumn {
    const COLUMNS: &'static [Self] = &[Self::Severity, Self::Hosts, Self::Cve];
    const ROWS: &'static str = "findings";

    fn as_str(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Hosts => "hosts",
            Self::Cve => "cve",
        }
    }
}

impl Default for Order<FindingColumn> {
    /// Worst first.
    fn default() -> Self {
        Self::descending(FindingColumn::Severity)
    }
}

/// The last row of a page of findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingCursor {
    /// Rank of the severity, 0 is the worst.
    pub severity: u8,
    /// Hosts on which it is open.
    pub hosts: u64,
    /// The CVE.
    pub cve: String,
}
