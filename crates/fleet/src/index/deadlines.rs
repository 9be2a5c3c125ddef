//! When the freshness of which host changes next.

use crate::tables::Ordinal;
use crate::{Freshness, Interval};
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const LATE_UNTIL: SignedDuration = SignedDuration::from_hours(24);
const STALE_UNTIL: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The freshness of a host at a moment, and the last moment at which it holds; none for lost.
pub(super) fn freshness(last_seen: Timestamp, interval: Interval, now: Timestamp) -> (Freshness, Option<Timestamp>) {
    let fresh_until = interval.0.max(SignedDuration::ZERO).saturating_mul(2);
    let age = now.duration_since(last_seen);
    [(fresh_until, Freshness::Fresh), (LATE_UNTIL, Freshness::Late), (STALE_UNTIL, Freshness::Stale)]
        .into_iter()
        .find(|(until, _)| age <= *until)
        .map_or((Freshness::Lost, None), |(until, freshness)| {
            (freshness, Some(last_seen.checked_add(until).unwrap_or(Timestamp::MAX)))
        })
}

/// The queue of deadlines. A host that checks in again leaves its old deadline in place: it fires
/// too early, is looked at and registered anew, so that a check-in costs no work here.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    queue: BinaryHeap<Reverse<(Timestamp, Ordinal)>>,
    /// By host, the one entry of the queue that counts.
    registered: Vec<Option<Timestamp>>,
}

impl Deadlines {
    pub(super) fn set(&mut self, host: Ordinal, deadline: Option<Timestamp>) {
        let at = host as usize;
        if self.registered.len() <= at {
            self.registered.resize(at + 1, None);
        }
        let Some(registered) = self.registered.get_mut(at) else { return };
        match (*registered, deadline) {
            (_, None) => *registered = None,
            (Some(earlier), Some(deadline)) if earlier <= deadline => {}
            (_, Some(deadline)) => {
                *registered = Some(deadline);
                self.queue.push(Reverse((deadline, host)));
            }
        }
    }

    /// The first moment after which a host may be due.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.queue.peek().map(|Reverse((deadline, _))| *deadline)
    }

    /// Hosts whose deadline has passed; they are to be registered anew.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Ordinal> {
        let mut due = Vec::new();
        while let Some(Reverse((deadline, host))) = self.queue.peek().copied() {
            if deadline >= now {
                break;
            }
            self.queue.pop();
            if let Some(registered) = self.registered.get_mut(host as usize)
                && *registered == Some(deadline)
            {
                *registered = None;
                due.push(host);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    #[test]
    fn boundaries_belong_to_the_fresher_side() {
        let hour = Interval(SignedDuration::from_hours(1));
        let of = |age: i64| freshness(at(0), hour, at(age)).0;
        let (hours, days) = (3600, 24 * 3600);
        assert_eq!([of(-10), of(0), of(2 * hours)], [Freshness::Fresh; 3]);
        assert_eq!([of(2 * hours + 1), of(days)], [Freshness::Late; 2]);
        assert_eq!([of(days + 1), of(7 * days)], [Freshness::Stale; 2]);
        assert_eq!(of(7 * days + 1), Freshness::Lost);
        assert_eq!(freshness(at(0), hour, at(1)).1, Some(at(2 * hours)));
        assert_eq!(freshness(at(0), hour, at(8 * days)).1, None);
        // Who is asked every two days is not late after one.
        let rare = Interval(SignedDuration::from_hours(48));
        assert_eq!(freshness(at(0), rare, at(4 * days)).0, Freshness::Fresh);
        assert_eq!(freshness(at(0), rare, at(4 * days + 1)).0, Freshness::Stale);
        assert_eq!(freshness(Timestamp::MAX, rare, Timestamp::MIN).0, Freshness::Fresh);
        assert_eq!(freshness(Timestamp::MIN, rare, Timestamp::MAX).0, Freshness::Lost);
    }

    #[test]
    fn a_deadline_fires_once_after_its_moment() {
        let mut deadlines = Deadlines::default();
        deadlines.set(3, Some(at(100)));
        deadlines.set(3, Some(at(200)));
        deadlines.set(1, Some(at(50)));
        deadlines.set(1, Some(at(20)));
        deadlines.set(2, Some(at(60)));
        deadlines.set(2, None);
        assert_eq!(deadlines.next(), Some(at(20)));
        assert_eq!(deadlines.due(at(20)), [] as [u32; 0]);
        assert_eq!(deadlines.due(at(21)), [1]);
        assert_eq!(deadlines.due(at(1000)), [3], "at its first deadline, whatever came later");
        deadlines.set(3, Some(at(2000)));
        assert_eq!(deadlines.due(at(2001)), [3]);
    }
}
