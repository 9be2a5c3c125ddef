//! Texts to compare, with `*` for any run of characters.

/// A text that is compared whole, or a pattern if it was written without quotes and holds `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(super) text: String,
    /// Whether `*` stands for any run of characters.
    pub(super) wild: bool,
}

impl Pattern {
    pub(super) fn of(text: String, quoted: bool) -> Self {
        let wild = !quoted && text.contains('*');
        Self { text, wild }
    }

    /// The one text that it fits, if it is no pattern.
    pub(crate) fn literal(&self) -> Option<&str> {
        (!self.wild).then_some(self.text.as_str())
    }

    /// Whether it fits a text, capitals told apart.
    pub(crate) fn fits(&self, text: &str) -> bool {
        if self.wild { fits(&self.text, text) } else { self.text == text }
    }

    /// As [`Pattern::fits`] of what was turned to lower case on both sides.
    pub(crate) fn lower(&self) -> Self {
        Self { text: self.text.to_lowercase(), wild: self.wild }
    }

    /// Whether it fits an id that is written in capitals as a rule: in any case of ASCII letters.
    pub(crate) fn fits_id(&self, id: &str) -> bool {
        if self.wild {
            fits(&self.text.to_ascii_uppercase(), &id.to_ascii_uppercase())
        } else {
            self.text == id || self.text.to_uppercase() == id
        }
    }
}

/// Takes the pieces between the stars one after the other, each at its first place: the first and the
/// last are bound to the ends. Linear in the text for each piece.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, letter by letter: as glob(7) has `*`.
    fn plainly(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some('*'), _) => plainly(&pattern[1..], text) || (!text.is_empty() && plainly(pattern, &text[1..])),
            (Some(a), Some(b)) => a == b && plainly(&pattern[1..], &text[1..]),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_star_stands_for_any_run(pattern in "[ab*é]{0,8}", text in "[abé]{0,8}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(fits(&pattern, &text), plainly(&chars(&pattern), &chars(&text)), "{} {}", pattern, text);
        }
    }

    #[test]
    fn a_star_in_quotes_is_a_star() {
        assert!(Pattern::of("linux-image-*".into(), false).fits("linux-image-amd64"));
        assert!(!Pattern::of("linux-image-*".into(), true).fits("linux-image-amd64"));
        assert!(Pattern::of("linux-image-*".into(), true).fits("linux-image-*"));
        assert!(Pattern::of("cve-2024-*".into(), false).fits_id("CVE-2024-3094"));
        assert!(Pattern::of("ghsa-xq2p".into(), false).fits_id("ghsa-xq2p"));
    }
}
