//! What is wrong with the text of a query.

use std::fmt;

/// Why a text is no query. [`fmt::Display`] gives a sentence without the position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct QueryError {
    /// Where, in characters from the start; the length of the text where something is missing at
    /// its end.
    pub position: usize,
    /// How many characters are meant; 0 where something is missing.
    pub length: usize,
    /// What is wrong.
    pub message: String,
    /// What was probably meant in place of those characters.
    pub suggestion: Option<String>,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean '{suggestion}'?"),
            None => Ok(()),
        }
    }
}

/// The known word that is nearest to what was typed, if one is near: at most two edits, and fewer
/// than half of the word.
pub(crate) fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed: Vec<char> = typed.chars().take(64).flat_map(char::to_lowercase).collect();
    known
        .into_iter()
        .map(|word| (distance(&typed, word), word))
        .filter(|(edits, word)| *edits <= 2 && edits * 2 < word.len().max(typed.len()))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, word)| word)
}

/// Levenshtein's distance, one row at a time.
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (y, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let best = (*cell + 1).min(left + 1).min(diagonal + usize::from(x != y));
            diagonal = *cell;
            *cell = best;
            left = best;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_words_are_suggested() {
        let known = ["freshness", "colour", "os", "pkg", "cve"];
        assert_eq!(nearest("freshnes", known), Some("freshness"));
        assert_eq!(nearest("Color", known), Some("colour"));
        assert_eq!(nearest("pgk", known), None, "two edits of three letters are too many");
        assert_eq!(nearest("pk", known), Some("pkg"));
        assert_eq!(nearest("x", known), None);
        assert_eq!(nearest("", known), None);
        // kitten -> sitting is the textbook's example: 3.
        assert_eq!(distance(&"kitten".chars().collect::<Vec<_>>(), "sitting"), 3);
    }
}
