//! Answers about one host.

use super::Page;
use crate::{Held, HostFindingCursor, PackageId};
use model::{Finding, Package, Severity};
use serde::Serialize;
use std::sync::Arc;

/// One package that a host has installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostPackage {
    /// Its number.
    pub id: PackageId,
    /// What it is.
    pub package: Arc<Package>,
    /// The administrator keeps this version.
    pub held: Held,
    /// CVEs that are open for it on this host.
    pub open_findings: u32,
    /// Whether a feed in force speaks for it.
    pub assessed: bool,
}

/// A page of the findings of one host.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HostFindings {
    /// One row per package, role and CVE: what `matching::each_host_finding` says, and the negatives
    /// if they were asked for.
    #[serde(flatten)]
    pub page: Page<Finding, HostFindingCursor>,
    /// What of the host is assessed.
    pub assessment: HostAssessment,
}

/// Most packages of a host that one explanation is about.
pub const MOST_EXPLAINED: usize = 20;

/// Most open findings beside an explanation.
pub const MOST_EXPLAINED_FINDINGS: usize = 100;

/// What is said of one CVE on a host, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HostExplanation {
    /// The reasoning for each package and role: those for which it is open first, then by package;
    /// the first [`MOST_EXPLAINED`].
    pub explanations: Vec<matching::Explanation>,
    /// How many packages and roles there are to explain.
    pub explanation_count: u64,
    /// Its open findings, by package and role; the first [`MOST_EXPLAINED_FINDINGS`].
    pub findings: Vec<Finding>,
    /// How many open findings there are.
    pub finding_count: u64,
}

/// The CVEs that an update of a host closes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ClosedCves {
    /// With the vendor's severity; worst first, then as text; as many as were asked for.
    pub worst: Vec<(Arc<str>, Severity)>,
    /// How many there are.
    pub total: u64,
}

/// What of one host is assessed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct HostAssessment {
    /// Installed packages.
    pub packages: u64,
    /// Those that some feed in force speaks for.
    pub assessed: u64,
    /// The others.
    pub not_assessed: u64,
    /// Why the others are not, most packages first, then by reason.
    pub reasons: Vec<ReasonCount>,
}

/// How many packages are not assessed for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// The reason; its `Display` is for people.
    pub reason: matching::Reason,
    /// Packages.
    pub count: u64,
}
