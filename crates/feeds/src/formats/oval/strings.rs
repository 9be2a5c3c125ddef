//! The texts of a document, by number: one of 54 MB names the same tests, comments and packages over and over.

use super::unique::{Places, Seed};

/// A text of a [`Document`](super::Document), by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub(super) u32);

/// The texts of a document, each once.
#[derive(Debug, Clone, Default)]
pub struct Strings {
    seed: Seed,
    numbers: Places,
    /// All of them, one behind the other, and where each ends.
    texts: String,
    ends: Vec<u32>,
}

impl Strings {
    /// The number of a text, which is kept if it is new.
    pub fn intern(&mut self, text: &str) -> Sym {
        let hash = self.seed.of(text.as_bytes());
        let (texts, ends) = (&self.texts, &self.ends);
        // A document is limited to 512 MiB, and numbers go to texts that are told apart by some bytes of it.
        let next = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        let number = self.numbers.find_or_add(hash, next, |known| of(texts, ends, known) == text);
        if number == next {
            self.texts.push_str(text);
            self.ends.push(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        }
        Sym(number)
    }

    /// The text of a number.
    #[must_use]
    pub fn get(&self, sym: Sym) -> &str {
        of(&self.texts, &self.ends, sym.0)
    }

    /// The number of a text, if the document has it.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Sym> {
        let found = self.numbers.find(self.seed.of(text.as_bytes()), |known| self.get(Sym(known)) == text);
        found.map(Sym)
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

fn of<'s>(texts: &'s str, ends: &[u32], number: u32) -> &'s str {
    let at = number as usize;
    let from = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(at).and_then(|end| texts.get(from as usize..*end as usize)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number_whatever_comes_between() {
        let mut strings = Strings::default();
        let texts: Vec<String> =
            (0..5000).map(|n| format!("{}{n}", "oval:com.redhat.rhsa:tst:".repeat(n % 3))).collect();
        let numbers: Vec<Sym> = texts.iter().map(|text| strings.intern(text)).collect();
        assert_eq!(strings.intern(""), Sym(5000));
        for (at, (text, number)) in texts.iter().zip(&numbers).enumerate() {
            assert_eq!(number.0 as usize, at, "in their order");
            assert_eq!(
                (strings.intern(text), strings.find(text), strings.get(*number)),
                (*number, Some(*number), text.as_str())
            );
        }
        assert_eq!((strings.len(), strings.find("no such"), strings.get(Sym(9999))), (5001, None, ""));
    }
}
