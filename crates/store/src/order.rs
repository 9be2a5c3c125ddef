//! In which order reports count, and which were taken before.
//!
//! A host numbers its reports. A higher number than the last is the next report. A lower one, or the
//! same with other content, is an older report that was under way for long, or comes from a counter that
//! began anew (the agent was reinstalled, its state is lost, somebody sent a number far too high): the
//! time of the look tells which. No number can keep later reports out.

use crate::current::HostRow;
use crate::db::{Tx, args};
use crate::plan;
use crate::reports::{Fate, ReportWrite};
use crate::{Result, StoreError};
use jiff::Timestamp;
use model::wire::{Accepted, Incoming, MAX_SEQUENCE};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// How far a host's clock may be ahead of the server's for what it says to be corrected by that much.
/// A clock further off is believed for nothing.
const MOST_AHEAD_MICROSECONDS: i64 = 24 * 3_600_000_000;

/// What is to become of a report of a host that is known.
pub(crate) enum Place {
    /// It is the next.
    Next,
    /// It was numbered anew, and is the next all the same.
    Renumbered,
    /// It is not to be taken: why, and the change under which it, or the last one, is visible.
    Not(Fate, i64),
}

/// Tells what a report is beside the last one.
pub(crate) async fn place(tx: &mut Tx, write: &ReportWrite, row: &HostRow) -> Result<Place> {
    const SAME: &str = "SELECT seq, what FROM change_log WHERE host_id = ? AND sequence = ? ORDER BY seq DESC LIMIT 1";
    const LAST: &str = "SELECT MAX(seq) FROM change_log WHERE host_id = ?";
    let number = plan::sequence(write.report.sequence)?;
    let is_newer = is_newer(write.report.observed_at, write.received_at, row);
    if number > row.sequence && is_newer {
        return Ok(Place::Next);
    }
    if let Some(before) = tx.first(SAME, args![row.id, number]).await? {
        let what: serde_json::Value = before.json(1)?;
        if what.get("report").and_then(serde_json::Value::as_str) == Some(digest(&write.report)?.as_str()) {
            return Ok(Place::Not(Fate::Duplicate, before.int(0)?));
        }
    }
    // A clock that was set back goes on with higher numbers; the last number of all has none behind it.
    let exhausted = row.sequence.unsigned_abs() >= MAX_SEQUENCE;
    Ok(if number > row.sequence {
        Place::Next
    } else if is_newer || exhausted {
        Place::Renumbered
    } else {
        let last = tx.one(LAST, args![row.id]).await?.opt_int(0)?.unwrap_or_default();
        Place::Not(Fate::OutOfOrder, last)
    })
}

/// Whether a look was taken after the last one on record, by the host's clock as far as it is sound.
fn is_newer(observed: Timestamp, received: Timestamp, row: &HostRow) -> bool {
    let ahead = row.clock_skew.clamp(0, MOST_AHEAD_MICROSECONDS);
    let ahead = if ahead == row.clock_skew { ahead } else { 0 };
    let corrected = observed.as_microsecond().saturating_sub(ahead).min(received.as_microsecond());
    corrected > row.observed_at.as_microsecond()
}

/// Tells a report from every other of its host: what it says, and when that was so.
pub(crate) fn digest(report: &Accepted) -> Result<String> {
    fn section<T>(section: &Incoming<T>) -> (&'static str, String) {
        match section {
            Incoming::Present { hash, .. } => ("present", hash.to_string()),
            Incoming::Unchanged { hash } => ("unchanged", hash.to_string()),
            Incoming::Unavailable { reason } => ("unavailable", reason.clone()),
        }
    }
    let said = (
        report.observed_at.as_microsecond(),
        [&report.boot_id, &report.hostname, &report.tag, &report.site, &report.env],
        [
            section(&report.host),
            section(&report.packages),
            section(&report.updates),
            section(&report.repositories),
            section(&report.runtime),
            section(&report.history),
        ],
    );
    let bytes = serde_json::to_vec(&said).map_err(|error| StoreError::damaged("a report", error))?;
    let mut hex = String::with_capacity(32);
    for byte in &Sha256::digest(bytes)[..16] {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}
