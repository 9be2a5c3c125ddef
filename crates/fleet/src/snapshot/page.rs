//! Pages of listings that are ordered by a key.

use crate::Page;
use std::cmp::Ordering;

/// Words that must all occur in a text, in any case.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<String>);

/// Which of the words were found, by place.
pub(super) type Found = u64;

impl Words {
    /// Words that are told apart. No row of a listing has a text with more of them than [`Found`] has
    /// places for; whoever asks for more finds nothing.
    const MOST: usize = Found::BITS as usize;

    pub(super) fn of(words: &str) -> Self {
        let mut words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        words.sort();
        words.dedup();
        Self(words)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn all_in(&self, text: &str) -> bool {
        self.is_empty() || self.all(self.found_in(text))
    }

    /// The words that occur in a text. What several texts have together is the union of what each has.
    pub(super) fn found_in(&self, text: &str) -> Found {
        if self.is_empty() {
            return 0;
        }
        let text = text.to_lowercase();
        let words = self.0.iter().take(Self::MOST).enumerate();
        words.filter(|(_, word)| text.contains(word.as_str())).map(|(at, _)| 1 << at).sum()
    }

    /// Whether every word was found.
    pub(super) fn all(&self, found: Found) -> bool {
        self.0.len() <= Self::MOST && found.count_ones() as usize == self.0.len()
    }
}

/// The keys of one page, in order.
#[derive(Debug, PartialEq)]
pub(super) struct Keys<K> {
    pub(super) page: Vec<K>,
    pub(super) total: u64,
    /// Whether keys follow after the page.
    pub(super) more: bool,
}

impl<K> Keys<K> {
    /// The page of a listing: a row of each key that still has one, and a cursor at the last key where others
    /// follow.
    pub(super) fn into_page<T, C>(
        self,
        seq: u64,
        cursor: impl FnOnce(&K) -> C,
        row: impl FnMut(K) -> Option<T>,
    ) -> Page<T, C> {
        let next = self.page.last().filter(|_| self.more).map(cursor);
        Page { items: self.page.into_iter().filter_map(row).collect(), total: self.total, next, seq }
    }
}

/// Takes keys in any order and keeps the `limit` (at least one) first ones behind `after`, in memory
/// for two pages.
pub(super) struct Best<K, F> {
    compare: F,
    after: Option<K>,
    limit: usize,
    /// Behind a first look, the one at `limit` is the last that is worth keeping.
    kept: Vec<K>,
    looked: bool,
    total: u64,
}

impl<K: Copy, F: Fn(&K, &K) -> Ordering> Best<K, F> {
    pub(super) fn new(limit: usize, after: Option<K>, compare: F) -> Self {
        Self { compare, after, limit: limit.max(1), kept: Vec::new(), looked: false, total: 0 }
    }

    /// Counts a key, and keeps it if it may be on the page.
    pub(super) fn offer(&mut self, key: K) {
        self.total += 1;
        if !self.is_behind(&key) || !self.is_wanted(&key) {
            return;
        }
        self.keep(key);
    }

    /// As [`Best::offer`] for `count` keys that are in order already, `key` tells each: looks at those
    /// only that may be on the page.
    pub(super) fn offer_run(&mut self, count: usize, key: impl Fn(usize) -> K) {
        self.total += count as u64;
        let (mut from, mut to) = (0, count);
        while from < to {
            let middle = usize::midpoint(from, to);
            if self.is_behind(&key(middle)) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        for key in (from..count).map(key) {
            if !self.is_wanted(&key) {
                return;
            }
            self.keep(key);
        }
    }

    fn is_behind(&self, key: &K) -> bool {
        self.after.as_ref().is_none_or(|after| (self.compare)(key, after).is_gt())
    }

    fn is_wanted(&self, key: &K) -> bool {
        !self.looked || self.kept.get(self.limit).is_none_or(|last| (self.compare)(key, last).is_lt())
    }

    fn keep(&mut self, key: K) {
        self.kept.push(key);
        // One more than the page shows whether another follows.
        if self.kept.len() > 2 * self.limit + 1 {
            self.kept.select_nth_unstable_by(self.limit, &self.compare);
            self.kept.truncate(self.limit + 1);
            self.looked = true;
        }
    }

    pub(super) fn finish(mut self) -> Keys<K> {
        self.kept.sort_unstable_by(&self.compare);
        let more = self.kept.len() > self.limit;
        self.kept.truncate(self.limit);
        Keys { page: self.kept, total: self.total, more }
    }
}

/// The first [`crate::MOST_NAMES`] of a list, and how many there are.
pub(super) fn first_names<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> (Vec<std::sync::Arc<str>>, u64) {
    let count = names.len() as u64;
    (names.take(crate::MOST_NAMES).map(Into::into).collect(), count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_page_is_what_sorting_everything_gives(
            mut keys in proptest::collection::vec(0u8..40, 0..60),
            limit in 1usize..9,
            after in proptest::option::of(0u8..40),
            descending in any::<bool>(),
            runs in any::<bool>(),
        ) {
            let order = |a: &u8, b: &u8| if descending { b.cmp(a) } else { a.cmp(b) };
            let mut best = Best::new(limit, after, order);
            if runs {
                for run in keys.chunks_mut(7) {
                    run.sort_by(order);
                    best.offer_run(run.len(), |at| run[at]);
                }
            } else {
                keys.iter().for_each(|key| best.offer(*key));
            }
            let total = keys.len() as u64;
            keys.sort_by(order);
            keys.retain(|key| after.is_none_or(|after| order(key, &after).is_gt()));
            let more = keys.len() > limit;
            keys.truncate(limit);
            prop_assert_eq!(best.finish(), Keys { page: keys, total, more });
        }
    }

    #[test]
    fn words_are_found_in_any_case_and_in_several_texts_together() {
        let words = Words::of("SSL cve ssl");
        assert!(words.all_in("CVE of OpenSSL"));
        assert!(!words.all_in("OpenSSL"));
        assert!(words.all(words.found_in("openssl") | words.found_in("CVE-1")));
        assert!(Words::of(" ").all_in(""));
        let many: String = (0..65).map(|n| format!("w{n:02} ")).collect();
        assert!(!Words::of(&many).all_in(&many), "more words than are told apart find nothing");
    }
}
