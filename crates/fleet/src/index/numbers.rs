//! Maps by numbers that nobody outside chooses: ordinals of the index and ids that the record counts up. They need no
//! hash that withstands whoever chooses its keys, and a host asks for hundreds of them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by such a number.
pub(super) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;

/// Spreads a number over the bits that tables look at: the product with 2^64 over the golden ratio (Knuth, The Art of
/// Computer Programming 3, section 6.4), whose upper half is folded into the lower.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64((*byte).into());
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        let product = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ product >> 32;
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::hash::Hash;

    /// Tables take the low bits for the place and the top seven for the tag.
    #[test]
    fn consecutive_numbers_spread() {
        let hash = |number: i64| {
            let mut hasher = NumberHasher::default();
            number.hash(&mut hasher);
            hasher.finish()
        };
        let places: HashSet<u64> = (0..4096).map(|number| hash(number) & 0xffff).collect();
        let tags: HashSet<u64> = (0..4096).map(|number| hash(number) >> 57).collect();
        assert!(places.len() > 3500, "{} places for 4,096 numbers", places.len());
        assert_eq!(tags.len(), 128);
    }
}
