//! How long requests took, in memory that does not grow with their number.

use serde::Serialize;
use std::time::Duration;

/// Parts of each doubling: a value is told to 3 in a hundred.
const PARTS: u64 = 32;
/// Of the first 32 microseconds and 32 doublings beyond: up to 38 hours.
const PLACES: usize = 32 * 33;

/// Counts by length, in microseconds.
#[derive(Debug, Clone)]
pub struct Latencies {
    counts: Vec<u64>,
    count: u64,
    most: u64,
}

/// The lengths by which a service is known, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LatencySummary {
    /// How many were measured.
    pub count: u64,
    /// Half of them took no longer.
    pub p50_us: u64,
    /// 99 of 100.
    pub p99_us: u64,
    /// 999 of 1,000.
    pub p999_us: u64,
    /// The longest.
    pub max_us: u64,
}

impl Default for Latencies {
    fn default() -> Self {
        Self { counts: vec![0; PLACES], count: 0, most: 0 }
    }
}

/// The place of a length, and the longest that has this place.
fn place(micros: u64) -> usize {
    let doublings = (micros / PARTS).checked_ilog2().map_or(0, |doublings| doublings + 1);
    let part = if doublings == 0 { micros } else { micros >> (doublings - 1) } % PARTS;
    usize::try_from(u64::from(doublings) * PARTS + part).unwrap_or(usize::MAX)
}

fn longest(place: usize) -> u64 {
    let (doublings, part) = (place as u64 / PARTS, place as u64 % PARTS);
    if doublings == 0 { part } else { ((PARTS + part + 1) << (doublings - 1)) - 1 }
}

impl Latencies {
    /// Notes a length.
    pub fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let last = self.counts.len() - 1;
        self.counts[place(micros).min(last)] += 1;
        self.count += 1;
        self.most = self.most.max(micros);
    }

    /// Takes in those of somebody else.
    pub fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        self.count += other.count;
        self.most = self.most.max(other.most);
    }

    /// The length that so many in 100,000 do not exceed.
    fn quantile(&self, share: u64) -> u64 {
        let wanted = (self.count * share).div_ceil(100_000).max(1);
        let mut seen = 0;
        let place = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        place.map_or(0, longest).min(self.most)
    }

    /// The summary.
    #[must_use]
    pub fn summary(&self) -> LatencySummary {
        LatencySummary {
            count: self.count,
            p50_us: self.quantile(50_000),
            p99_us: self.quantile(99_000),
            p999_us: self.quantile(99_900),
            max_us: self.most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_told_to_three_in_a_hundred() {
        let mut latencies = Latencies::default();
        (1..=100_000).for_each(|micros| latencies.add(Duration::from_micros(micros)));
        let of = latencies.summary();
        for (told, exact) in [(of.p50_us, 50_000), (of.p99_us, 99_000), (of.p999_us, 99_900)] {
            assert!(told >= exact && told * 100 <= exact * 104, "{told} for {exact}");
        }
        assert_eq!((of.count, of.max_us), (100_000, 100_000));
        assert_eq!(Latencies::default().summary(), LatencySummary::default());
    }

    #[test]
    fn places_follow_each_other_without_gaps() {
        let mut last = 0;
        for micros in 0..100_000u64 {
            let at = place(micros);
            assert!(at == last || at == last + 1, "{micros}");
            assert!(longest(at) >= micros && (at == 0 || longest(at - 1) < micros), "{micros}");
            last = at;
        }
    }

    #[test]
    fn parts_come_together() {
        let (mut a, mut b) = (Latencies::default(), Latencies::default());
        a.add(Duration::from_micros(5));
        b.add(Duration::from_secs(100_000));
        a.merge(&b);
        assert_eq!((a.summary().count, a.summary().p50_us, a.summary().max_us), (2, 5, 100_000_000_000));
    }
}
