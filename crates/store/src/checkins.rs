//! Check-ins: one row touched for a host where nothing changed, nothing where something did.

use crate::{HostId, Namespace, Result, Store};
use jiff::Timestamp;
use model::wire::{Answer, CheckIn, SectionName};

/// A check-in to be answered.
#[derive(Debug, Clone)]
pub struct CheckInWrite {
    /// The name space of the credential that it came with.
    pub namespace: Namespace,
    /// The check-in.
    pub checkin: CheckIn,
    /// When it arrived, server's clock.
    pub received_at: Timestamp,
}

/// The answer to a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInOutcome {
    /// The host; `None` where it is not known yet.
    pub host_id: Option<HostId>,
    /// `known`: the host is as it was, and that was noted. `send`: a report is wanted, nothing was noted.
    pub answer: Answer,
    /// The sections wanted; empty with `known`.
    pub sections: Vec<SectionName>,
    /// The number that the next report is to carry at least.
    pub next_sequence: u64,
    /// The sequence number under which it is visible.
    pub seq: i64,
}

impl Store {
    /// Answers many check-ins with one transaction, with the discipline of
    /// [`Store::reports_commit`]. Answers stand in the order of `writes`.
    pub async fn checkins_commit(&self, writes: Vec<CheckInWrite>) -> Vec<Result<CheckInOutcome>> {
        let _ = writes;
        Vec::new()
    }
}
