//! Numbers that look random and are the same on every machine: hashes of a seed and of what they are for.

/// SplitMix64's finaliser (Steele, Lea, Flood: *Fast splittable pseudorandom number generators*, 2014): every bit of the
/// result depends on every bit of what goes in.
const fn mixed(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A source of numbers: the same parts give the same numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Random(u64);

impl Random {
    /// The source of a seed and of what the numbers are for.
    pub(super) fn of(seed: u64, parts: &[u64]) -> Self {
        Self(parts.iter().fold(mixed(seed), |state, part| mixed(state ^ mixed(*part))))
    }

    /// The next number.
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// The next number below `most`; 0 where `most` is 0.
    pub(super) fn below(&mut self, most: usize) -> usize {
        let most = u128::try_from(most).unwrap_or(u128::MAX);
        // The high half of the product: as even as 64 bits are.
        usize::try_from((u128::from(self.next()) * most) >> 64).unwrap_or(0)
    }

    /// Whether the next draw of `share` in a thousand is a hit.
    pub(super) fn per_mille(&mut self, share: usize) -> bool {
        self.below(1000) < share
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_first_numbers_are_those_of_splitmix64() {
        // Outputs of the reference implementation (https://prng.di.unimi.it/splitmix64.c) for the state 0.
        let mut random = Random(0u64.wrapping_sub(0x9e37_79b9_7f4a_7c15));
        let numbers = [random.next(), random.next(), random.next()];
        assert_eq!(numbers, [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]);
    }

    #[test]
    fn draws_are_even_enough_and_stay_below() {
        let mut random = Random::of(7, &[1, 2]);
        let mut counts = [0; 10];
        (0..10_000).for_each(|_| counts[random.below(10)] += 1);
        // Of 10,000 draws 1,000 each, give or take 5 standard deviations (30).
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
        assert_eq!(random.below(0), 0);
        assert_ne!(Random::of(7, &[1, 2]).next(), Random::of(7, &[2, 1]).next());
    }
}
