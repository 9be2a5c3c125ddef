//! Sets of hosts, as dense ordinals, in chunks that snapshots share.

use roaring::RoaringBitmap;
use std::sync::Arc;

/// How many hosts a chunk covers: the span of one container of a roaring bitmap, so that copying a
/// chunk copies at most 8 KiB.
pub(crate) const CHUNK: u32 = 65_536;

/// A set of hosts. Cloning shares the chunks; a change copies the one chunk that it touches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posting {
    /// Non-empty chunks, ascending; each bitmap holds ordinals of its chunk only, as they are in
    /// the whole.
    chunks: Vec<(u16, Arc<RoaringBitmap>)>,
}

fn chunk_of(host: u32) -> u16 {
    (host / CHUNK) as u16
}

impl Posting {
    /// Adds a host; whether it is new.
    pub(crate) fn insert(&mut self, host: u32) -> bool {
        let chunk = chunk_of(host);
        match self.chunks.binary_search_by_key(&chunk, |(of, _)| *of) {
            Ok(at) => self.chunks.get_mut(at).is_some_and(|(_, set)| {
                // Asked first: a chunk that needs no change is not copied.
                !set.contains(host) && Arc::make_mut(set).insert(host)
            }),
            Err(at) => {
                self.chunks.insert(at, (chunk, Arc::new(RoaringBitmap::from([host]))));
                true
            }
        }
    }

    /// Adds hosts, ascending and each once.
    pub(crate) fn insert_sorted(&mut self, hosts: &[u32]) {
        for of_one in hosts.chunk_by(|a, b| chunk_of(*a) == chunk_of(*b)) {
            let [first, ..] = of_one else { continue };
            let new = || of_one.iter().copied();
            match self.chunks.binary_search_by_key(&chunk_of(*first), |(of, _)| *of) {
                Ok(at) => {
                    let Some((_, set)) = self.chunks.get_mut(at) else { continue };
                    let are_behind = set.max().is_none_or(|last| last < *first);
                    if are_behind {
                        // They are ascending, so that none is refused.
                        let _ = Arc::make_mut(set).append(new());
                    } else if !new().all(|host| set.contains(host)) {
                        Arc::make_mut(set).extend(new());
                    }
                }
                Err(at) => self.chunks.insert(at, (chunk_of(*first), Arc::new(new().collect()))),
            }
        }
    }

    /// Takes a host out; whether it was in.
    pub(crate) fn remove(&mut self, host: u32) -> bool {
        let Ok(at) = self.chunks.binary_search_by_key(&chunk_of(host), |(of, _)| *of) else {
            return false;
        };
        let Some((_, set)) = self.chunks.get_mut(at) else { return false };
        if !set.contains(host) {
            return false;
        }
        Arc::make_mut(set).remove(host);
        if set.is_empty() {
            self.chunks.remove(at);
        }
        true
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub(crate) fn len(&self) -> u64 {
        self.chunks.iter().map(|(_, set)| set.len()).sum()
    }

    /// Ordinals, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.chunks.iter().flat_map(|(_, set)| set.iter())
    }

    /// Adds every member to `into`.
    pub(crate) fn add_to(&self, into: &mut RoaringBitmap) {
        for (_, set) in &self.chunks {
            *into |= set.as_ref();
        }
    }

    /// Takes every member out of `from`.
    pub(crate) fn take_from(&self, from: &mut RoaringBitmap) {
        for (_, set) in &self.chunks {
            *from -= set.as_ref();
        }
    }

    pub(crate) fn to_bitmap(&self) -> RoaringBitmap {
        let mut all = RoaringBitmap::new();
        self.add_to(&mut all);
        all
    }

    /// Members that are in `within` too.
    pub(crate) fn and(&self, within: &RoaringBitmap) -> RoaringBitmap {
        let mut both = RoaringBitmap::new();
        for (_, set) in &self.chunks {
            both |= set.as_ref() & within;
        }
        both
    }

    /// How many members are in `within` too.
    pub(crate) fn count_in(&self, within: &RoaringBitmap) -> u64 {
        self.chunks.iter().map(|(_, set)| set.intersection_len(within)).sum()
    }

    /// Whether a member is in `within` too.
    pub(crate) fn meets(&self, within: &RoaringBitmap) -> bool {
        self.chunks.iter().any(|(_, set)| !set.is_disjoint(within))
    }

    pub(crate) fn contains(&self, host: u32) -> bool {
        let at = self.chunks.binary_search_by_key(&chunk_of(host), |(of, _)| *of).ok();
        at.and_then(|at| self.chunks.get(at)).is_some_and(|(_, set)| set.contains(host))
    }

    /// How many members there are, or how many in the scope.
    pub(crate) fn count(&self, scope: Option<&RoaringBitmap>) -> u64 {
        scope.map_or_else(|| self.len(), |scope| self.count_in(scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunk_boundary_splits_nothing() {
        let mut posting = Posting::default();
        let members = [0, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK];
        for host in members.iter().rev() {
            assert!(posting.insert(*host));
            assert!(!posting.insert(*host));
        }
        assert_eq!(posting.chunks.len(), 3);
        assert_eq!(posting.iter().collect::<Vec<_>>(), members);
        assert_eq!(posting.to_bitmap().iter().collect::<Vec<_>>(), members);
        let within = RoaringBitmap::from([CHUNK - 1, CHUNK, 2 * CHUNK]);
        assert_eq!(posting.and(&within).iter().collect::<Vec<_>>(), [CHUNK - 1, CHUNK]);
        assert_eq!((posting.count_in(&within), posting.count(None)), (2, 5));
        assert!(posting.meets(&within) && !posting.meets(&RoaringBitmap::from([2 * CHUNK, 1])));
        assert!(posting.contains(3 * CHUNK) && !posting.contains(2 * CHUNK) && !posting.contains(1));

        let mut at_once = Posting::default();
        for part in [&members[3..4], &members[..3], &members[..], &members[1..2]] {
            at_once.insert_sorted(part);
        }
        assert_eq!(at_once.iter().collect::<Vec<_>>(), members);
        let shared = at_once.clone();
        at_once.insert_sorted(&members);
        assert!(Arc::ptr_eq(&shared.chunks[0].1, &at_once.chunks[0].1), "nothing new copies nothing");

        let before = posting.clone();
        assert!(posting.remove(CHUNK));
        assert!(!posting.remove(CHUNK));
        assert!(posting.remove(3 * CHUNK));
        assert_eq!((posting.len(), before.len()), (3, 5));
        assert!(Arc::ptr_eq(&before.chunks[0].1, &posting.chunks[0].1), "an untouched chunk is shared");
        assert_eq!(posting.chunks.len(), 2, "an empty chunk goes");
    }
}
