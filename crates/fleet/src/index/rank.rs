//! The order of hosts by name, kept as a number per host.
//!
//! A new name gets a number between its neighbours', so that sorting by name compares numbers. When
//! there is no room left between two, or many names are new, every number is given anew.

use crate::HostId;
use crate::columns::Columns;
use crate::tables::Ordinal;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// The distance of neighbours that leaves room for 40 halvings.
const GAP: u64 = 1 << 40;

type Name = (Arc<str>, HostId);

#[derive(Debug, Default)]
pub(super) struct Ranks {
    order: BTreeMap<Name, (Ordinal, u64)>,
    /// Names of this batch that have no number yet.
    fresh: BTreeMap<Name, Ordinal>,
}

impl Ranks {
    pub(super) fn insert(&mut self, lower: &Arc<str>, id: HostId, host: Ordinal) {
        self.fresh.insert((Arc::clone(lower), id), host);
    }

    pub(super) fn remove(&mut self, lower: &Arc<str>, id: HostId) {
        let name = (Arc::clone(lower), id);
        self.order.remove(&name);
        self.fresh.remove(&name);
    }

    /// Gives the new names of a batch their numbers.
    pub(super) fn settle(&mut self, columns: &mut Columns) {
        let fresh = std::mem::take(&mut self.fresh);
        if fresh.len() * 8 > self.order.len() {
            self.order.extend(fresh.into_iter().map(|(name, host)| (name, (host, 0))));
            return self.renumber(columns);
        }
        let mut full = false;
        for (name, host) in fresh {
            let rank = if full { None } else { self.between(&name) };
            full |= rank.is_none();
            self.order.insert(name, (host, rank.unwrap_or(0)));
            columns.set_rank(host, rank.unwrap_or(0));
        }
        if full {
            self.renumber(columns);
        }
    }

    fn between(&self, name: &Name) -> Option<u64> {
        let rank = |entry: Option<(&Name, &(Ordinal, u64))>| entry.map(|(_, (_, rank))| *rank);
        let below = rank(self.order.range::<Name, _>(..name).next_back());
        let above = rank(self.order.range::<Name, _>((Bound::Excluded(name), Bound::Unbounded)).next());
        match (below, above) {
            (None, None) => Some(u64::MAX / 2),
            (Some(below), None) => below.checked_add(GAP),
            (None, Some(above)) => above.checked_sub(GAP),
            (Some(below), Some(above)) => Some(below + (above - below) / 2).filter(|rank| *rank > below),
        }
    }

    fn renumber(&mut self, columns: &mut Columns) {
        let count = self.order.len() as u64;
        let gap = GAP.min(u64::MAX / (count + 2));
        let mut rank = (u64::MAX - gap * count) / 2;
        for (host, of) in self.order.values_mut() {
            *of = rank;
            columns.set_rank(*host, rank);
            rank += gap;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn numbers_order_as_names(batches in proptest::collection::vec(proptest::collection::vec("[ab]{0,6}", 1..20), 1..8)) {
            let (mut ranks, mut columns) = (Ranks::default(), Columns::default());
            let mut names: Vec<(String, u32)> = Vec::new();
            for batch in batches {
                for name in batch {
                    let host = u32::try_from(names.len()).unwrap();
                    ranks.insert(&name.as_str().into(), HostId(host.into()), host);
                    names.push((name, host));
                }
                ranks.settle(&mut columns);
                let mut by_name = names.clone();
                by_name.sort();
                let mut by_rank = names.clone();
                by_rank.sort_by_key(|(_, host)| columns.rank(*host));
                prop_assert_eq!(by_rank, by_name);
            }
        }
    }

    #[test]
    fn a_full_gap_renumbers() {
        let (mut ranks, mut columns) = (Ranks::default(), Columns::default());
        for host in 0..1000u32 {
            // Each name falls between the first and the one before it.
            let name = if host == 0 { "a".to_owned() } else { format!("b{:04}", 9999 - host) };
            ranks.insert(&name.as_str().into(), HostId(host.into()), host);
            ranks.settle(&mut columns);
        }
        let order: Vec<u64> = std::iter::once(0).chain((1..1000).rev()).map(|host| columns.rank(host)).collect();
        assert!(order.is_sorted_by(|a, b| a < b));
    }
}
