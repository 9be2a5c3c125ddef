//! What comes in while the index is being filled from the record.
//!
//! A message is answered as soon as the record has it; its change waits here until the index has all of the record, and
//! is applied then, in the order in which the changes came. So a host that was read from the record before its report
//! came is not left at what it was.

use crate::api::events::Cause;
use fleet::Change;

/// Changes that wait: how many hosts' check-ins, at most. A report counts as [`REPORT`] of them.
const MOST: usize = 1 << 18;
/// How many check-ins a report's facts weigh in memory: tens of kilobytes beside some tens of bytes.
const REPORT: usize = 256;

/// Changes in the order in which they came, each with its number and cause.
#[derive(Debug, Default)]
pub struct Early {
    waiting: Vec<(i64, Vec<Change>, Cause)>,
    weight: usize,
}

impl Early {
    /// Whether more may come in. Without room, senders are told to come back.
    #[must_use]
    pub const fn has_room(&self) -> bool {
        self.weight < MOST
    }

    /// Notes changes.
    pub fn push(&mut self, seq: i64, changes: Vec<Change>, cause: Cause) {
        let weigh = |change: &Change| if matches!(change, Change::Host(_)) { REPORT } else { 1 };
        self.weight += changes.iter().map(weigh).sum::<usize>();
        self.waiting.push((seq, changes, cause));
    }

    /// Everything that waits, in its order.
    #[must_use]
    pub fn take(self) -> Vec<(i64, Vec<Change>, Cause)> {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn room_runs_out_and_the_order_stays() {
        let mut early = Early::default();
        let seen = |host: i64| Change::HostSeen { host: fleet::HostId(host), last_seen_at: Timestamp::UNIX_EPOCH };
        early.push(7, vec![seen(1)], Cause::Report);
        assert!(early.has_room());
        early.push(8, (0..MOST).map(|_| seen(2)).collect(), Cause::Report);
        assert!(!early.has_room());
        assert_eq!(early.take().iter().map(|(seq, ..)| *seq).collect::<Vec<_>>(), [7, 8]);
    }
}
