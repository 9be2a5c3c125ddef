//! Pages of listings that are ordered by a key.

/// Words that must all occur in a text, in any case.
pub(super) struct Words(Vec<String>);

impl Words {
    pub(super) fn of(words: &str) -> Self {
        Self(words.split_whitespace().map(str::to_lowercase).collect())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn all_in(&self, text: &str) -> bool {
        if self.is_empty() {
            return true;
        }
        let text = text.to_lowercase();
        self.0.iter().all(|word| text.contains(word))
    }

    /// Whether each word occurs in one of the texts.
    pub(super) fn all_in_any<'a>(&self, texts: impl Iterator<Item = &'a str>) -> bool {
        if self.is_empty() {
            return true;
        }
        let mut missing: Vec<&String> = self.0.iter().collect();
        for text in texts {
            let text = text.to_lowercase();
            missing.retain(|word| !text.contains(word.as_str()));
        }
        missing.is_empty()
    }
}

/// The keys of one page, in order.
pub(super) struct Keys<K> {
    pub(super) page: Vec<K>,
    pub(super) total: u64,
    /// Whether keys follow after the page.
    pub(super) more: bool,
}

/// Takes the `limit` (at least one) smallest keys above `after`, without sorting the others.
pub(super) fn smallest<K: Ord>(mut keys: Vec<K>, limit: usize, after: Option<&K>) -> Keys<K> {
    let total = keys.len() as u64;
    if let Some(after) = after {
        keys.retain(|key| key > after);
    }
    let limit = limit.max(1);
    let more = keys.len() > limit;
    if more {
        keys.select_nth_unstable(limit);
        keys.truncate(limit);
    }
    keys.sort_unstable();
    Keys { page: keys, total, more }
}

/// A count as part of a key that puts the greatest first.
pub(super) fn most_first(count: u64) -> i64 {
    i64::try_from(count).map_or(i64::MIN, |count| -count)
}
