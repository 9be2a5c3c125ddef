//! What can be the id of a CVE or an advisory.
//!
//! A CVE is `CVE-`, a year of four digits, `-` and a number ([CVE's rules](https://www.cve.org/ResourcesSupport/FAQs),
//! "What is a CVE ID"); the number of its digits is not looked at, since documents do hold numbers with too few.
//! Vendors name their advisories as they please, but every name that feeds give begins with a letter, and has a
//! hyphen or colon and a digit: `RHSA-2024:0001`, `DSA-5532-1`, `TEMP-0000000-ABCDEF`, `oval:org.debian:def:1`.

use std::fmt;

/// A text that can be no id. [`fmt::Display`] gives a sentence with the suggestion, without its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct NoId {
    /// Why, a sentence without its end: `'foo' is no id …`.
    pub message: String,
    /// The CVE that was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for NoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean '{suggestion}'?"),
            None => Ok(()),
        }
    }
}

/// Looks whether a text can be the id of a CVE or of an advisory, capitals or not.
///
/// # Errors
/// When it can't, with the CVE that was probably meant.
pub fn check_id(text: &str) -> Result<(), NoId> {
    // What some feeds say of a CVE has an id of its own: `CVE-1999-0428 rhel:8 unaffected`.
    let first = text.split(' ').next().unwrap_or_default();
    let found = if begins_as_cve(first) {
        let (year, number) = first.get(4..).and_then(|rest| rest.split_once('-')).unwrap_or_default();
        first.get(3..4) == Some("-") && year.len() == 4 && is_number(year) && is_number(number)
    } else {
        let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
        // GitHub's and Chainguard's have letters and digits at random, so perhaps no digit.
        let random = ["GHSA-", "CGA-"]
            .iter()
            .any(|known| text.get(..known.len()).is_some_and(|b| b.eq_ignore_ascii_case(known)));
        begins && text.contains(['-', ':']) && (random || text.contains(|c: char| c.is_ascii_digit()))
    };
    if found { Ok(()) } else { Err(no_id(text)) }
}

/// Looks whether a pattern with `*` can fit an id.
pub(super) fn check_pattern(text: &str) -> Result<(), NoId> {
    let begin = text.split('*').next().unwrap_or_default();
    let may = match begin.get(3..).filter(|_| begins_as_cve(begin)) {
        // As much as is written must be the beginning of `-2024-3094`.
        Some(rest) => {
            let (year, number) = rest.strip_prefix('-').unwrap_or_default().split_once('-').unwrap_or_default();
            let year_begins = rest.is_empty()
                || rest
                    .strip_prefix('-')
                    .is_some_and(|year| year.len() <= 4 && year.bytes().all(|b| b.is_ascii_digit()));
            year_begins || (year.len() == 4 && is_number(year) && number.bytes().all(|b| b.is_ascii_digit()))
        }
        None => begin.is_empty() || begin.starts_with(|c: char| c.is_ascii_alphabetic()),
    };
    if may { Ok(()) } else { Err(no_id(text)) }
}

/// Whether it is the id of a CVE, and none of an advisory.
pub(super) fn is_cve(text: &str) -> bool {
    begins_as_cve(text)
}

fn begins_as_cve(text: &str) -> bool {
    text.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case("CVE"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn no_id(text: &str) -> NoId {
    let shown = text.escape_debug();
    let message = if begins_as_cve(text) {
        format!("'{shown}' is no CVE: one is called like CVE-2024-3094")
    } else {
        format!("'{shown}' is no id of a CVE or an advisory: they are called like CVE-2024-3094 and RHSA-2024:0001")
    };
    NoId { message, suggestion: meant(text) }
}

/// The CVE that was meant by a year and a number: with another separator than the hyphen, or without `CVE-`.
fn meant(text: &str) -> Option<String> {
    // Texts from word processors and web pages have other dashes: U+2010 to U+2015, and the minus sign.
    let separates = |c: char| matches!(c, '-' | '_' | ':' | '/' | ' ' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let rest = if begins_as_cve(text) { text.get(3..)? } else { text };
    let mut parts = rest.trim_matches(separates).split(separates).filter(|part| !part.is_empty());
    let (year, number, more) = (parts.next()?, parts.next()?, parts.next());
    let is_year = year.len() == 4 && (year.starts_with("19") || year.starts_with("20")) && is_number(year);
    let ends = number.strip_suffix('*').unwrap_or(number);
    let is_number = is_number(ends) || (ends.is_empty() && number == "*");
    (more.is_none() && is_year && is_number).then(|| format!("CVE-{year}-{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_feeds_give_are_ids() {
        // From the documents of Debian, Red Hat, AlmaLinux, Amazon, Arch, Alpine, GitHub, Fedora and Ubuntu.
        for id in [
            "CVE-2024-3094",
            "cve-1999-0001",
            "CVE-2016-54",
            "CVE-1999-0428 rhel:8 unaffected",
            "DSA-5532-1",
            "DLA-0001-1",
            "RHSA-2024:0001",
            "ALSA-2026:A010",
            "ALAS2-2024-2390",
            "AVG-1",
            "TEMP-0000000-ABCDEF",
            "GHSA-vfrc-gqwh-cpwx",
            "FEDORA-EPEL-2024-0a1b2c3d4e",
            "UBUNTU-CVE-2024-3094",
            "wnpa-sec-2017-21",
            "oval:org.debian:def:1",
        ] {
            assert_eq!(check_id(id), Ok(()), "{id}");
        }
    }

    #[test]
    fn what_is_no_id_is_told_with_the_one_meant() {
        for (text, meant) in [
            ("2024-3094", Some("CVE-2024-3094")),
            ("CVE_2024_3094", Some("CVE-2024-3094")),
            ("cve2024-3094", Some("CVE-2024-3094")),
            ("CVE\u{2011}2024\u{2011}3094", Some("CVE-2024-3094")),
            ("CVE:2024-3094", Some("CVE-2024-3094")),
            ("CVE-2024", None),
            ("CVE-24-3094", None),
            ("CVE-2024-3094x", None),
            ("CVE-abc", None),
            ("CVE-2017-17434-1", None),
            ("foo", None),
            ("log4shell2", None),
            ("7", None),
            ("", None),
        ] {
            assert_eq!(check_id(text).unwrap_err().suggestion.as_deref(), meant, "{text}");
        }
    }

    #[test]
    fn a_pattern_may_fit_an_id() {
        for text in ["*", "CVE-*", "cve*", "CVE-20*", "CVE-2024-*", "CVE-2024-3*4", "*-3094", "DSA-*", "RHSA-2024:*"] {
            assert_eq!(check_pattern(text), Ok(()), "{text}");
        }
        for (text, meant) in [
            ("2024-*", Some("CVE-2024-*")),
            ("CVE-abc*", None),
            ("CVE_2024*", None),
            ("CVE-20244-*", None),
            ("-*", None),
        ] {
            assert_eq!(check_pattern(text).unwrap_err().suggestion.as_deref(), meant, "{text}");
        }
    }
}
