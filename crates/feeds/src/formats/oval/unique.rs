//! Telling things apart by their hashes: texts of a document, terms of a definition.
//!
//! A document has millions of them, and the hash of the standard library, made to withstand whoever chooses the
//! keys, takes longer than all else that is done with one. This one multiplies and folds (as wyhash and its
//! followers do: <https://github.com/wangyi-fudan/wyhash>) from a beginning that is drawn at random, so that nobody
//! can know which texts would meet; order and numbers do not depend on it.

use std::hash::{BuildHasher as _, RandomState};

/// Where hashes begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed([u64; 2]);

impl Default for Seed {
    fn default() -> Self {
        let random = RandomState::new();
        Self([random.hash_one(1_u8), random.hash_one(2_u8)])
    }
}

/// Both halves of a product, one over the other.
const fn folded(a: u64, b: u64) -> u64 {
    let product = (a as u128) * (b as u128);
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant, the upper is taken beside it")]
    let low = product as u64;
    low ^ (product >> 64) as u64
}

impl Seed {
    /// The hash of bytes.
    pub(super) fn of(self, bytes: &[u8]) -> u64 {
        let Self([first, second]) = self;
        let mut hash = first ^ bytes.len() as u64;
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            hash = folded(hash ^ u64::from_le_bytes(*word), second);
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        folded(hash ^ u64::from_le_bytes(last), second)
    }

    /// The hash of numbers.
    pub(super) fn of_numbers(self, numbers: impl Iterator<Item = u64>) -> u64 {
        let Self([first, second]) = self;
        numbers.fold(first, |hash, number| folded(hash ^ number, second))
    }
}

/// Numbers of things, found by the hash of the thing.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// Half of a hash and, below it, the number and 1; each at the place that the half says, or at the next that was
    /// free; 0 where nothing is. Their count is a power of two, of which at most three quarters are taken.
    slots: Vec<u64>,
    taken: usize,
}

/// The part of a hash that is kept, where it is kept.
const KEPT: u64 = !0 << 32;

impl Places {
    /// Forgets everything and makes room for so many things.
    pub(super) fn prepare(&mut self, things: usize) {
        self.slots.clear();
        self.slots.resize((things * 2).next_power_of_two(), 0);
        self.taken = 0;
    }

    /// The number of the thing that `is` says is the same.
    pub(super) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.probe(hash, is).ok()
    }

    /// The same; where there is none, `number` is from now on.
    pub(super) fn find_or_add(&mut self, hash: u64, number: u32, is: impl Fn(u32) -> bool) -> u32 {
        if (self.taken + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        match self.probe(hash, is) {
            Ok(known) => known,
            Err(at) => {
                if let Some(slot) = self.slots.get_mut(at) {
                    *slot = hash & KEPT | u64::from(number.saturating_add(1));
                    self.taken += 1;
                }
                number
            }
        }
    }

    /// The number of the same thing, or the place that is free for it.
    fn probe(&self, hash: u64, is: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = place(hash) & mask;
        loop {
            match self.slots.get(at) {
                None | Some(0) => return Err(at),
                Some(slot) if (slot ^ hash) & KEPT == 0 && is(number(*slot)) => return Ok(number(*slot)),
                Some(_) => at = (at + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let length = (self.slots.len() * 2).max(64);
        let mask = length - 1;
        let mut slots = vec![0; length];
        for slot in self.slots.iter().filter(|slot| **slot != 0) {
            let mut at = place(*slot) & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }
}

/// Where to look, told by what is kept, so that what is there can move.
const fn place(hash: u64) -> usize {
    (hash >> 32) as usize
}

/// The number in a slot that is not empty.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn number(slot: u64) -> u32 {
    (slot as u32).wrapping_sub(1)
}
