//! Listings of one host: findings, packages.

use super::order::{Column, Order};
use crate::PackageId;
use model::{Role, Severity, State};
use serde::{Deserialize, Serialize};

/// Which findings of a host, in which order, which page. Rows of equal value are ordered by state
/// (the order of [`State::ALL`]), severity (worst first), CVE, package, version, architecture (as
/// text), role, number of the package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostFindingsQuery {
    /// Words each of which must occur in the CVE's id, the package's name or the advisory's id, in
    /// any case; separated by white space.
    pub words: String,
    /// Only findings in this state. One that is not open asks for negatives by itself.
    pub state: Option<State>,
    /// Only findings of this severity.
    pub severity: Option<Severity>,
    /// Also what is said not to affect the host.
    pub negatives: bool,
    /// In which order.
    pub sort: Order<HostFindingColumn>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts.
    pub cursor: Option<HostFindingCursor>,
}

/// What findings of a host can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HostFindingColumn {
    /// The state, the most pressing first.
    State,
    /// The severity; descending has the worst first.
    Severity,
    /// The CVE's id, as text.
    Cve,
    /// The package's name, as text.
    Package,
}

impl Column for HostFindingColumn {
    const COLUMNS: &'static [Self] = &[Self::State, Self::Severity, Self::Cve, Self::Package];
    const ROWS: &'static str = "findings";

    fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Severity => "severity",
            Self::Cve => "cve",
            Self::Package => "package",
        }
    }
}

impl Default for Order<HostFindingColumn> {
    /// The most pressing state first.
    fn default() -> Self {
        Self::ascending(HostFindingColumn::State)
    }
}

/// The last row of a page of a host's findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostFindingCursor {
    /// Place of the state in [`State::ALL`].
    pub state: u8,
    /// Rank of the severity, 0 is the worst.
    pub severity: u8,
    /// The CVE.
    pub cve: String,
    /// Name of the package.
    pub package: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub arch: String,
    /// Its role.
    pub role: Role,
    /// Its number.
    pub id: PackageId,
}

/// Which installed packages of a host, in which order, which page. Rows of equal value are ordered
/// by name, architecture, version (as text), number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostPackagesQuery {
    /// Words that must all occur in the package's name, in any case; separated by white space.
    pub words: String,
    /// In which order.
    pub sort: Order<HostPackageColumn>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts.
    pub cursor: Option<HostPackageCursor>,
}

/// What packages of a host can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HostPackageColumn {
    /// The name, as text.
    Name,
    /// CVEs that are open for it on this host.
    Findings,
}

impl Column for HostPackageColumn {
    const COLUMNS: &'static [Self] = &[Self::Name, Self::Findings];
    const ROWS: &'static str = "packages";

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Findings => "findings",
        }
    }
}

impl Default for Order<HostPackageColumn> {
    /// By name.
    fn default() -> Self {
        Self::ascending(HostPackageColumn::Name)
    }
}

/// The last row of a page of a host's packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostPackageCursor {
    /// CVEs that are open for it; 0 where they do not order.
    pub findings: u32,
    /// Name.
    pub name: String,
    /// Architecture.
    pub arch: String,
    /// Version.
    pub version: String,
    /// Number.
    pub id: PackageId,
}
