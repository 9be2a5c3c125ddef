//! What a parser did not understand, and what is lost by it.

use model::Platform;
use std::fmt;

/// Most CVEs and most packages that are kept of one note; a definition of OVAL names some dozens, an erratum of a
/// whole distribution's rebuild some hundred.
const MAX_NAMES: usize = 512;
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

/// What a skipped record names. One that names neither is only counted, unless it may be about anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lost {
    /// CVEs, or the vendor's names of issues; none where the record does not tell.
    pub cves: Vec<String>,
    /// Source or binary packages; none where the record does not tell.
    pub packages: Vec<String>,
    /// The release that it is about, where it is about one.
    pub platform: Option<Platform>,
    /// It names neither, and may have spoken of every issue of every package: a whole document, or a record that
    /// names more than can be kept. The feed's silence then counts for nothing (on `platform`, where that is told).
    pub anything: bool,
}

impl Lost {
    /// What is lost with a document of one record, of which only the name is known: the CVEs in it, in capitals or
    /// not (`2024/cve-2024-3094.json`); where it names none, it may be anything.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let cves = cves_in(&name.to_ascii_uppercase());
        Self { anything: cves.is_empty(), cves, ..Self::default() }
    }
}

impl Skipped {
    /// Makes a note; `record` is cut to 200 characters. The CVEs in it are taken for lost.
    #[must_use]
    pub fn new(record: &str, line: Option<u64>, why: impl Into<String>) -> Self {
        let mut lost = Lost::default();
        extend_all(&mut lost.cves, cves_in(record).iter().map(String::as_str));
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
            let all = extend_all(&mut lost.cves, cves);
            lost.anything |= !all && lost.packages.is_empty();
        }
        self
    }

    /// Adds the CVEs that a text begins to name: `CVE-2011-2484` of `CVE-2011-2484a`.
    #[must_use]
    pub fn of_text(self, text: &str) -> Self {
        let found = cves_in(&text.to_ascii_uppercase());
        self.of_cves(found.iter().map(String::as_str))
    }

    /// Adds packages that the record names.
    #[must_use]
    pub fn of_packages<'a>(mut self, packages: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(lost) = &mut self.lost {
            let all = extend_all(&mut lost.packages, packages);
            lost.anything = (lost.anything && lost.packages.is_empty()) || (!all && lost.cves.is_empty());
        }
        self
    }

    /// Says what is lost with it, whatever was said before; `None` is nothing.
    #[must_use]
    pub fn losing(mut self, lost: Option<Lost>) -> Self {
        self.lost = lost;
        self
    }

    /// Says that it may have spoken of anything, where it is not known to name an issue or a package.
    #[must_use]
    pub fn of_anything(mut self) -> Self {
        if let Some(lost) = &mut self.lost {
            lost.anything = lost.cves.is_empty() && lost.packages.is_empty();
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

/// Adds names, each once; those that are no text or too long can be no package's or issue's, and are left out.
/// `false` where there are more than can be kept: then none is, since a note on some of them would say that nothing
/// is lost of the others.
fn extend_all<'a>(names: &mut Vec<String>, more: impl IntoIterator<Item = &'a str>) -> bool {
    for name in more {
        let fits = !name.is_empty() && name.len() <= MAX_NAME && !name.chars().any(char::is_control);
        if fits && !names.iter().any(|known| known == name) {
            if names.len() >= MAX_NAMES {
                names.clear();
                return false;
            }
            names.push(name.to_owned());
        }
    }
    true
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
            found.extend(text.get(at..at + 9 + length).map(str::to_owned));
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
        let many = || many.iter().map(String::as_str);
        // Too many to be kept: about all packages, and with no issue named about anything.
        let lost = Skipped::new("x", None, "x").of_packages(many()).lost.unwrap();
        assert_eq!((lost.packages.len(), lost.anything), (0, true));
        let lost = Skipped::new("CVE-2024-3094", None, "x").of_packages(many()).lost.unwrap();
        assert_eq!((lost.cves.len(), lost.packages.len(), lost.anything), (1, 0, false));
        let lost = Skipped::new("x", None, "x").of_packages(["a"]).of_cves(many()).lost.unwrap();
        assert_eq!((lost.cves.len(), lost.packages.len(), lost.anything), (0, 1, false));
    }

    #[test]
    fn what_is_lost_with_a_document_is_told_by_its_name_where_it_can_be() {
        assert_eq!(Lost::of_name("2024/cve-2024-3094.json").cves, ["CVE-2024-3094"]);
        assert!(!Lost::of_name("2024/cve-2024-3094.json").anything);
        let erratum = Lost::of_name("advisories/almalinux8/ALSA-2022:4940.json");
        assert_eq!((erratum.cves.len(), erratum.anything), (0, true));
        assert!(Skipped::new("x", None, "x").of_anything().lost.unwrap().anything);
        assert!(!Skipped::new("x", None, "x").of_packages(["a"]).of_anything().lost.unwrap().anything);
        assert!(!Skipped::new("x", None, "x").of_anything().of_packages(["a"]).lost.unwrap().anything);
    }
}
