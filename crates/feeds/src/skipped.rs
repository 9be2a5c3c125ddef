//! What a parser did not understand, and what is lost by it.

use model::Platform;
use std::fmt;

/// Most CVEs and packages that are kept of one note; a definition of OVAL names some dozens.
const MAX_NAMES: usize = 64;
/// Longest name of a package or CVE that is kept.
const MAX_NAME: usize = 200;

/// A record, or a part of one, that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Which: the record's key or its text, at most 200 characters.
    pub record: String,
    /// The line where it begins, where the format has lines.
    pub line: Option<u64>,
    /// Why, in words.
    pub why: String,
    /// What it would have spoken of, so that silence about it is not taken for a word. `None` where
    /// nothing is lost: it is about what is judged by nobody (another vendor's product, a container),
    /// or the record was taken without a part that no verdict needs (a date).
    pub lost: Option<Lost>,
}

/// What a skipped record names. One that names neither is only counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lost {
    /// CVEs, or the vendor's names of issues; none where the record does not tell.
    pub cves: Vec<String>,
    /// Source or binary packages; none where the record does not tell.
    pub packages: Vec<String>,
    /// The release that it is about, where it is about one.
    pub platform: Option<Platform>,
}

impl Skipped {
    /// Makes a note; `record` is cut to 200 characters. The CVEs in it are taken for lost.
    #[must_use]
    pub fn new(record: &str, line: Option<u64>, why: impl Into<String>) -> Self {
        let lost = Lost { cves: cves_in(record), ..Lost::default() };
        Self { record: record.chars().take(200).collect(), line, why: why.into(), lost: Some(lost) }
    }

    /// Says that nothing is lost, see [`Skipped::lost`].
    #[must_use]
    pub fn harmless(mut self) -> Self {
        self.lost = None;
        self
    }

    /// Adds CVEs that the record names.
    #[must_use]
    pub fn of_cves<'a>(mut self, cves: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(lost) = &mut self.lost {
            extend(&mut lost.cves, cves);
        }
        self
    }

    /// Adds packages that the record names.
    #[must_use]
    pub fn of_packages<'a>(mut self, packages: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(lost) = &mut self.lost {
            extend(&mut lost.packages, packages);
        }
        self
    }

    /// Says which release it is about.
    #[must_use]
    pub fn on(mut self, platform: &Platform) -> Self {
        if let Some(lost) = &mut self.lost {
            lost.platform = Some(platform.clone());
        }
        self
    }
}

/// Names that are no text, too long or too many are left out: the note then is about fewer of them, and
/// where none is left, about all.
fn extend<'a>(names: &mut Vec<String>, more: impl IntoIterator<Item = &'a str>) {
    for name in more {
        let fits = !name.is_empty() && name.len() <= MAX_NAME && !name.chars().any(char::is_control);
        if names.len() < MAX_NAMES && fits && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
}

/// The CVEs that a text names (`CVE-` year `-` four digits or more), each once.
fn cves_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("CVE-") {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let rest = text.get(at + 4..).unwrap_or_default();
        let Some((year, number)) = rest.split_once('-') else { continue };
        let length = digits(number);
        if year.len() == 4 && digits(year) == 4 && (4..=19).contains(&length) {
            extend(&mut found, text.get(at..at + 9 + length));
        }
    }
    found
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}: {}", self.record, self.why),
            None => write!(f, "{}: {}", self.record, self.why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cves_of_a_records_text_are_lost_with_it() {
        let of = |text: &str| Skipped::new(text, None, "x").lost.unwrap().cves;
        assert_eq!(of("CVE-2024-3094 xz-utils bookworm"), ["CVE-2024-3094"]);
        assert_eq!(of("{CVE-2014-6271 CVE-2014-7169 CVE-2014-6271}"), ["CVE-2014-6271", "CVE-2014-7169"]);
        assert_eq!(of("UBUNTU-CVE-2024-123456."), ["CVE-2024-123456"]);
        for text in ["CVE-2023-XXXX", "CVE-24-30940", "CVE-", "CVE-2024", "CVE-2024-123", "xCVE-20240-1234"] {
            assert_eq!(of(text), [""; 0], "{text}");
        }
        assert_eq!(Skipped::new("CVE-2024-3094", None, "x").harmless().of_packages(["a"]).lost, None);
        let many: Vec<String> = (0..1000).map(|n| format!("p{n}")).collect();
        let note = Skipped::new("x", None, "x").of_packages(many.iter().map(String::as_str));
        assert_eq!(note.lost.unwrap().packages.len(), MAX_NAMES);
    }
}
