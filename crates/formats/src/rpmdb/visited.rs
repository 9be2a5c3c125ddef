//! Which pages were seen: each belongs to one thing, so that whoever meets one again is in a circle,
//! or in two chains that run into each other. Either way the work is bounded by the file.

/// One more than the greatest page: 16 GB of the smallest pages. The set takes a bit for each.
pub(super) const MOST_PAGES: u32 = 1 << 25;

/// A set of page numbers.
#[derive(Debug, Default)]
pub(super) struct Visited {
    bits: Vec<u64>,
}

impl Visited {
    /// Notes a page below `pages`; false where it was noted before, or there is no such page.
    pub(super) fn insert(&mut self, page: u32, pages: u32) -> bool {
        if page >= pages.min(MOST_PAGES) {
            return false;
        }
        let (word, bit) = (super::size(page / 64), 1_u64 << (page % 64));
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        let known = self.bits.get_mut(word);
        known.is_some_and(|bits| {
            let is_new = *bits & bit == 0;
            *bits |= bit;
            is_new
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_new_once() {
        let mut visited = Visited::default();
        assert!(visited.insert(0, 200) && visited.insert(63, 200) && visited.insert(199, 200));
        assert!(!visited.insert(63, 200) && !visited.insert(199, 200) && visited.insert(64, 200));
        assert!(!visited.insert(200, 200), "there is no such page");
    }
}
