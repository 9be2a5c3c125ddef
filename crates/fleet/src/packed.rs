//! The inventory of a host in few bytes: ordinals ascending, as differences, seven bits a byte.
//!
//! 600 packages take about 700 bytes, and hosts with equal inventories share them.

use model::Role;
use std::collections::HashSet;
use std::sync::Arc;

/// One package of a host, by its ordinal in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) package: u32,
    pub(crate) role: Role,
    pub(crate) held: bool,
}

impl Slot {
    fn code(self) -> u64 {
        u64::from(self.package) << 3 | u64::from(self.role.code()) << 1 | u64::from(self.held)
    }

    fn of(code: u64) -> Option<Self> {
        let role = Role::from_code(u8::try_from(code >> 1 & 3).ok()?)?;
        Some(Self { package: u32::try_from(code >> 3).ok()?, role, held: code & 1 == 1 })
    }
}

/// A sorted set of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Packed(Arc<[u8]>);

impl Default for Packed {
    fn default() -> Self {
        Self(Arc::from([]))
    }
}

impl Packed {
    fn of(sorted: impl Iterator<Item = u64>) -> Self {
        let mut bytes = Vec::new();
        let mut last = 0;
        for number in sorted {
            let mut rest = number - last;
            last = number;
            while rest > 0x7f {
                bytes.push((rest & 0x7f) as u8 | 0x80);
                rest >>= 7;
            }
            #[expect(clippy::cast_possible_truncation, reason = "at most seven bits are left")]
            bytes.push(rest as u8);
        }
        Self(bytes.into())
    }

    /// `slots` must be sorted by (package, role), each pair once.
    pub(crate) fn of_slots(slots: &[Slot]) -> Self {
        Self::of(slots.iter().map(|slot| slot.code()))
    }

    /// `ordinals` must be sorted.
    pub(crate) fn of_ordinals(ordinals: &[u32]) -> Self {
        Self::of(ordinals.iter().map(|ordinal| u64::from(*ordinal)))
    }

    fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        let mut bytes = self.0.iter();
        let mut last = 0u64;
        std::iter::from_fn(move || {
            let (mut number, mut shift) = (0u64, 0u32);
            loop {
                let byte = bytes.next()?;
                number |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    last += number;
                    return Some(last);
                }
            }
        })
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        self.numbers().filter_map(Slot::of)
    }

    pub(crate) fn ordinals(&self) -> impl Iterator<Item = u32> + '_ {
        self.numbers().filter_map(|number| u32::try_from(number).ok())
    }
}

/// Shares equal packed sets among hosts.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    known: HashSet<Packed>,
    /// Sets that are nobody's any more are looked for when there are this many.
    sweep_at: usize,
}

impl Shared {
    pub(crate) fn share(&mut self, set: Packed) -> Packed {
        if let Some(known) = self.known.get(&set) {
            return known.clone();
        }
        if self.known.len() >= self.sweep_at.max(1024) {
            self.known.retain(|set| Arc::strong_count(&set.0) > 1);
            self.sweep_at = self.known.len() * 2;
        }
        self.known.insert(set.clone());
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_goes_in_comes_out(mut raw in proptest::collection::vec((any::<u32>(), 0u8..4, any::<bool>()), 0..50)) {
            raw.sort_unstable();
            raw.dedup_by_key(|(package, role, _)| (*package, *role));
            let slots: Vec<Slot> = raw
                .iter()
                .map(|(package, role, held)| Slot { package: *package, role: Role::from_code(*role).unwrap(), held: *held })
                .collect();
            prop_assert_eq!(Packed::of_slots(&slots).slots().collect::<Vec<_>>(), slots);
            let mut ordinals: Vec<u32> = raw.iter().map(|(package, ..)| *package).collect();
            ordinals.dedup();
            prop_assert_eq!(Packed::of_ordinals(&ordinals).ordinals().collect::<Vec<_>>(), ordinals);
        }
    }

    #[test]
    fn equal_sets_are_shared_and_forgotten_when_unused() {
        let mut shared = Shared::default();
        let one = shared.share(Packed::of_ordinals(&[1, 500, 70_000]));
        let two = shared.share(Packed::of_ordinals(&[1, 500, 70_000]));
        assert!(Arc::ptr_eq(&one.0, &two.0));
        for n in 0..5000 {
            drop(shared.share(Packed::of_ordinals(&[n])));
        }
        assert!(shared.known.len() <= 2048, "{} sets are kept for one host", shared.known.len());
        assert!(Arc::ptr_eq(&one.0, &shared.share(two).0));
    }
}
