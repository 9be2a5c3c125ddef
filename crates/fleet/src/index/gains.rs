//! Hosts that carriers gain, gathered before they are put into the carriers' sets.
//!
//! A host has hundreds of packages, and the sets of their carriers lie anywhere in memory: putting each host into
//! each of its sets costs a few misses of the caches every time. Sorted by carrier, many hosts go into one set at
//! once, at its end where they are new.

use super::Index;
use crate::tables::Ordinal;

/// Most pairs that are gathered, 8 bytes each: what 8,000 hosts have.
const MOST: usize = 1 << 22;

/// Room for pairs that is kept between batches that are published: what a large group of reports gains.
const KEPT: usize = 1 << 16;

/// Pairs of a carrier (the upper half) and a host, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Gains(Vec<u64>);

impl Gains {
    /// Gives back the room that only a whole record needs.
    pub(super) fn give_back(&mut self) {
        self.0.shrink_to(KEPT);
    }
}

impl Index {
    /// Puts a host into a carrier's set, or notes that it belongs there until [`Index::settle_gains`].
    pub(super) fn carrier_gains(&mut self, carrier: Ordinal, host: Ordinal) {
        self.gains.0.push(u64::from(carrier) << 32 | u64::from(host));
        if self.gains.0.len() >= MOST {
            self.settle_gains();
        }
    }

    /// Puts all hosts that are only noted into the sets where they belong. Whoever reads the hosts of carriers asks
    /// for it first.
    pub(super) fn settle_gains(&mut self) {
        let mut pairs = std::mem::take(&mut self.gains.0);
        pairs.sort_unstable();
        pairs.dedup();
        let mut hosts: Vec<Ordinal> = Vec::new();
        for of_one in pairs.chunk_by(|a, b| a >> 32 == b >> 32) {
            let [first, ..] = of_one else { continue };
            hosts.clear();
            hosts.extend(of_one.iter().map(|pair| lower(*pair)));
            if let Some(Some(carrier)) = self.tables.carriers.get_mut(lower(*first >> 32)) {
                carrier.hosts.insert_sorted(&hosts);
            }
        }
        pairs.clear();
        // Its room is kept for the next part of a record; see `give_back`.
        self.gains.0 = pairs;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn lower(pair: u64) -> Ordinal {
    pair as Ordinal
}
