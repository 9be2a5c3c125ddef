//! Answers about one CVE.

use super::{Bucket, FindingRow, HostRow, Page};
use crate::CveHostCursor;
use model::{Platform, Severity, State};
use serde::Serialize;
use std::sync::Arc;

/// One CVE on the fleet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CveOnFleet {
    /// Its id, or an advisory's, as the data writes it.
    pub cve: Arc<str>,
    /// The row of the list of findings; none where it is open on no host.
    pub finding: Option<FindingRow>,
    /// The hosts on which it is open.
    pub hosts: Page<CveHost, CveHostCursor>,
    /// Those hosts by platform, most hosts first, then by name; whatever state is asked for.
    pub platforms: Vec<Bucket<Platform>>,
    /// What the vendors say of it where it is open: distinct statements, by platform, feed, advisory;
    /// at most [`super::MOST_NAMES`].
    pub statements: Vec<Statement>,
    /// Platforms of the fleet whose data in force names it, whether it is open there or not; by name.
    pub named_for: Vec<Platform>,
}

/// What a vendor says of a CVE for a package of one platform.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Statement {
    /// The platform.
    pub platform: Platform,
    /// Id of the feed that decided.
    pub feed: Arc<str>,
    /// Advisory that labels it, empty where none does.
    pub advisory: Arc<str>,
    /// The vendor's own words, may be empty.
    pub words: Arc<str>,
}

/// A host on which a CVE is open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CveHost {
    /// The host.
    pub host: HostRow,
    /// The most pressing state among its packages.
    pub state: State,
    /// The worst severity among them.
    pub severity: Severity,
    /// Names of the packages that carry it there, sorted, without duplicates; the first
    /// [`super::MOST_NAMES`].
    pub packages: Vec<Arc<str>>,
    /// How many names there are.
    pub package_count: u64,
}
