//! Ids of CVEs as vendors write them.
//!
//! An id is `CVE-`, a year and four to nineteen digits (`cveId` of <https://github.com/CVEProject/cve-schema>). Some
//! records have it otherwise: `CVE 2018-16859` and `CVE_2019-2426` stand in Alpine's database, `cve-2024-3094` in
//! the names of files. Such an id means what it looks like. Kept as it is written nobody would find it, and who asks for
//! the CVE would be told that the vendor says nothing of it.

use std::borrow::Cow;

/// Most digits of a number, by the schema; the longest that were given out have seven.
const MOST_DIGITS: usize = 19;

/// What a text is that stands where an id is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CveId<'a> {
    /// An id, as it should be.
    Sound(&'a str),
    /// An id that is written otherwise, as it should be.
    Mended(String),
    /// It begins as one does, but is none: nobody knows which CVE is meant (`CVE-2017-17434-1`, `CVE-????-?????`).
    Broken,
    /// Something else: another authority's name, a link.
    Other,
}

impl<'a> CveId<'a> {
    /// What a text is.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        let begins = |word: &str| text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if is_cve(text) {
            Self::Sound(text)
        } else if let Some(id) = mended(text.trim()) {
            Self::Mended(id)
        } else if begins("cve") && !text[3..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            Self::Broken
        } else {
            Self::Other
        }
    }

    /// The id, where it is known which is meant.
    #[must_use]
    pub fn id(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Sound(id) => Some(Cow::Borrowed(id)),
            Self::Mended(id) => Some(Cow::Owned(id)),
            Self::Broken | Self::Other => None,
        }
    }
}

/// Whether a text is a CVE's id, written as it should be: `CVE-2024-3094`.
#[must_use]
pub fn is_cve(text: &str) -> bool {
    let Some((year, number)) = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')) else { return false };
    is_year(year) && is_number(number)
}

/// The id that is meant: other case, blanks, underscores or several dashes for a dash.
fn mended(text: &str) -> Option<String> {
    let is_dash = |c: char| matches!(c, '-' | '_' | ' ' | '\u{2010}'..='\u{2013}');
    let (word, rest) = text.split_at_checked(3)?;
    let year = rest.trim_start_matches(is_dash);
    let (year, rest) = year.split_at_checked(4)?;
    let number = rest.trim_start_matches(is_dash);
    let fits = word.eq_ignore_ascii_case("cve") && is_year(year) && is_number(number) && number.len() < rest.len();
    fits.then(|| format!("CVE-{year}-{number}"))
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    (4..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The note on an id that was mended.
#[must_use]
pub fn is_written(text: &str, id: &str) -> String {
    format!("'{}' is taken for {id}", super::errata::shown(text))
}

/// Why an id is refused that is [`CveId::Broken`], or of no kind that is known.
#[must_use]
pub fn is_none(text: &str) -> String {
    format!("'{}' is no id of a CVE", super::errata::shown(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_are_written_otherwise_are_understood() {
        assert_eq!(CveId::of("CVE-2024-3094"), CveId::Sound("CVE-2024-3094"));
        for (text, id) in [
            // The first two and the blank behind the dash as they stand in Alpine's database of v3.8 to v3.11.
            ("CVE 2018-16859", "CVE-2018-16859"),
            ("CVE_2019-2426", "CVE-2019-2426"),
            (" CVE-2016-6263", "CVE-2016-6263"),
            ("cve-2024-3094", "CVE-2024-3094"),
            ("Cve-2024_3094 ", "CVE-2024-3094"),
            ("CVE2024-3094", "CVE-2024-3094"),
            ("CVE\u{2013}2024\u{2013}3094", "CVE-2024-3094"),
        ] {
            assert_eq!(CveId::of(text), CveId::Mended(id.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_told() {
        for text in
            ["CVE-2017-17434-1", "CVE-????-?????", "CVE-2024", "CVE", "CVE-2024-309", "cve-24-3094", "CVE-20243094"]
        {
            assert_eq!(CveId::of(text), CveId::Broken, "{text}");
        }
        for text in ["see", "", "XSA-207", "https://launchpad.net/bugs/1", "GHSA-88jx-383q-w4qc", "é", "cvevalidator"]
        {
            assert_eq!(CveId::of(text), CveId::Other, "{text}");
        }
    }
}
