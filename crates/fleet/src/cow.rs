//! Containers that a snapshot shares with the applier: cloning one is cheap, and writing to one
//! copies only the page or shard that is touched, once per published snapshot.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

/// A vector in pages of `PAGE` values.
#[derive(Debug)]
pub(crate) struct Paged<T, const PAGE: usize> {
    spine: Arc<Vec<Arc<Vec<T>>>>,
    len: usize,
}

impl<T, const PAGE: usize> Clone for Paged<T, PAGE> {
    fn clone(&self) -> Self {
        Self { spine: Arc::clone(&self.spine), len: self.len }
    }
}

impl<T, const PAGE: usize> Default for Paged<T, PAGE> {
    fn default() -> Self {
        Self { spine: Arc::default(), len: 0 }
    }
}

impl<T: Clone, const PAGE: usize> Paged<T, PAGE> {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, at: u32) -> Option<&T> {
        let at = at as usize;
        self.spine.get(at / PAGE)?.get(at % PAGE)
    }

    /// The value for writing; copies its page if a snapshot shares it.
    pub(crate) fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        let at = at as usize;
        if at >= self.len {
            return None;
        }
        let page = Arc::make_mut(&mut self.spine).get_mut(at / PAGE)?;
        Arc::make_mut(page).get_mut(at % PAGE)
    }

    pub(crate) fn push(&mut self, value: T) {
        let spine = Arc::make_mut(&mut self.spine);
        if self.len.is_multiple_of(PAGE) {
            spine.push(Arc::new(Vec::new()));
        }
        if let Some(page) = spine.last_mut() {
            Arc::make_mut(page).push(value);
            self.len += 1;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.spine.iter().flat_map(|page| page.iter())
    }
}

/// How many shards a map has: a new key copies one of them.
const SHARDS: usize = 256;

/// A hash map in shards, for keys that come and go rarely.
#[derive(Debug)]
pub(crate) struct ShardMap<K, V> {
    hasher: RandomState,
    shards: Arc<Vec<Arc<HashMap<K, V>>>>,
}

impl<K, V> Clone for ShardMap<K, V> {
    fn clone(&self) -> Self {
        Self { hasher: self.hasher.clone(), shards: Arc::clone(&self.shards) }
    }
}

impl<K, V> Default for ShardMap<K, V> {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Arc::new(HashMap::new())).collect();
        Self { hasher: RandomState::new(), shards: Arc::new(shards) }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> ShardMap<K, V> {
    fn shard<Q: Hash + ?Sized>(&self, key: &Q) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "any bits of the hash will do")]
        let hash = self.hasher.hash_one(key) as usize;
        hash % SHARDS
    }

    pub(crate) fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.shards.get(self.shard(key))?.get(key)
    }

    fn shard_mut<Q: Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut HashMap<K, V>> {
        let at = self.shard(key);
        Arc::make_mut(&mut self.shards).get_mut(at).map(Arc::make_mut)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if let Some(shard) = self.shard_mut(&key) {
            shard.insert(key, value);
        }
    }

    pub(crate) fn remove<Q>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if self.get(key).is_some()
            && let Some(shard) = self.shard_mut(key)
        {
            shard.remove(key);
        }
    }

    /// The value for writing, made by `make` if it is new.
    pub(crate) fn entry(&mut self, key: K, make: impl FnOnce() -> V) -> Option<&mut V> {
        Some(self.shard_mut(&key)?.entry(key).or_insert_with(make))
    }

    /// Every key with its value, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.shards.iter().flat_map(|shard| shard.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_what_it_saw() {
        let mut paged: Paged<u32, 4> = Paged::default();
        (0..9).for_each(|n| paged.push(n));
        let before = paged.clone();
        *paged.get_mut(8).unwrap() = 80;
        paged.push(9);
        assert_eq!(before.iter().copied().collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
        assert_eq!(before.get(9), None);
        assert_eq!((paged.len(), paged.get(8), paged.get(9), paged.get(10)), (10, Some(&80), Some(&9), None));
        // The first page was not copied.
        assert!(Arc::ptr_eq(&before.spine[0], &paged.spine[0]));
        assert!(!Arc::ptr_eq(&before.spine[2], &paged.spine[2]));
    }

    #[test]
    fn a_new_key_copies_one_shard() {
        let mut map: ShardMap<Arc<str>, u32> = ShardMap::default();
        (0..2000u32).for_each(|n| map.insert(n.to_string().into(), n));
        let before = map.clone();
        map.insert("new".into(), 1);
        map.remove("17");
        assert_eq!((before.get("new"), before.get("17"), before.iter().count()), (None, Some(&17), 2000));
        assert_eq!((map.get("new"), map.get("17"), map.iter().count()), (Some(&1), None, 2000));
        let copied = before.shards.iter().zip(map.shards.iter()).filter(|(a, b)| !Arc::ptr_eq(a, b)).count();
        assert!((1..=2).contains(&copied), "{copied} shards were copied for two keys");
    }
}
