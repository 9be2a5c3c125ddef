//! What the texts of an erratum say: its title, its severity, its dates, the builds' marks.

use crate::formats::cve_id::is_cve;
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::TimeZone};
use model::Severity;

/// The CVEs that a text names, in order, with where each begins.
pub fn cves(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("CVE-").filter_map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
        let id = rest[..end].trim_end_matches('-');
        is_cve(id).then_some((at, id))
    })
}

/// A severity in the words of rpm's distributions.
#[must_use]
pub fn severity(word: &str) -> Option<Severity> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        // Bodhi's `urgent` becomes `Critical` in the updateinfo that it writes.
        "critical" | "urgent" => Severity::Critical,
        "important" | "high" => Severity::High,
        "moderate" | "medium" => Severity::Medium,
        "low" => Severity::Low,
        // `None` and `unspecified` are how they say that they give none.
        "" | "none" | "unspecified" | "unknown" => Severity::Unknown,
        _ => return None,
    })
}

/// A title's severity and the rest: `Important: nodejs:20 security update`.
#[must_use]
pub fn title_severity(title: &str) -> (Option<Severity>, &str) {
    match title.split_once(": ") {
        Some((word, rest)) if matches!(word, "Critical" | "Important" | "Moderate" | "Low" | "None") => {
            (severity(word), rest)
        }
        _ => (None, title),
    }
}

/// What a title says the erratum updates: the words before `security update`, `bug fix` ...
#[must_use]
pub fn components(title: &str) -> &str {
    const ENDS: [&str; 6] = [" security", " bug fix", " bugfix", " enhancement", " update", " metadata"];
    let rest = title_severity(title).1;
    let end = ENDS.iter().filter_map(|end| rest.find(end)).min().unwrap_or(0);
    rest[..end].trim()
}

/// The modules that a title names: `virt:rhel and virt-devel:rhel security update` has two.
#[must_use]
pub fn modules(title: &str) -> Vec<String> {
    let words = components(title).split([' ', ',']).filter(|word| {
        let Some((name, stream)) = word.split_once(':') else { return false };
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b));
        !name.is_empty() && !stream.is_empty() && plain(name) && plain(stream)
    });
    words.map(str::to_owned).collect()
}

/// The one component that a title names, where it names one: `lz4` of `Moderate: lz4 security update`.
/// The vendors file .NET under a product's name of two words, built from one source.
#[must_use]
pub fn one_component(title: &str) -> Option<&str> {
    let components = components(title);
    let one = !components.is_empty() && !components.contains([' ', ',', ':']);
    (one || is_dotnet(components)).then_some(components)
}

/// `.NET 8.0`, `.NET Core 3.1`: whose packages are called otherwise.
#[must_use]
pub fn is_dotnet(component: &str) -> bool {
    let version = component.strip_prefix(".NET Core ").or_else(|| component.strip_prefix(".NET "));
    version.is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

/// Whether a build was made for a module: its release says `.module_el8...`, `.module+el9...`, `.module_f38...`.
#[must_use]
pub fn is_modular(evr: &str) -> bool {
    evr.contains(".module_") || evr.contains(".module+")
}

/// The major release of Enterprise Linux that a build was made for: 8 of `10.el8_4.1`,
/// `3.module_el8.6.0+3137+d33c3efb`, `2.module+el8.9.0+1`.
#[must_use]
pub fn el_major(evr: &str) -> Option<&str> {
    mark(evr, "el")
}

/// The release of Fedora that a build was made for: 36 of `1.fc36`, 38 of `1.module_f38+1`.
#[must_use]
pub fn fedora_release(evr: &str) -> Option<&str> {
    mark(evr, "fc").or_else(|| if is_modular(evr) { mark(evr, "f") } else { None })
}

/// The number after a mark that begins a part of a release.
fn mark<'a>(evr: &'a str, word: &str) -> Option<&'a str> {
    evr.match_indices(word).find_map(|(at, _)| {
        let before = evr[..at].bytes().next_back();
        let rest = &evr[at + word.len()..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        (matches!(before, Some(b'.' | b'_' | b'+')) && (1..=3).contains(&end)).then(|| &rest[..end])
    })
}

/// A date in one of the forms that errata have, all of them UTC: `2023-11-28 00:00:00`,
/// `2018-01-11 21:05`, `2021-11-10`, RFC 3339, seconds since 1970.
#[must_use]
pub fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if !text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let civil = text
        .parse::<DateTime>()
        .or_else(|_| format!("{text}:00").parse::<DateTime>())
        .or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)))
        .ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_say_what_is_updated() {
        // Titles of AlmaLinux' and Rocky's errata.
        assert_eq!(one_component("Moderate: lz4 security update"), Some("lz4"));
        assert_eq!(one_component("pcsc-lite bug fix and enhancement update"), Some("pcsc-lite"));
        assert_eq!(one_component("Important: .NET 8.0 security update"), Some(".NET 8.0"));
        assert_eq!(one_component("Moderate: delve and golang security update"), None);
        assert_eq!(one_component("Important: nodejs:20 security update"), None);
        assert_eq!(one_component("Critical: cockpit: Unauthenticated remote code execution"), None);
        assert_eq!(
            modules("Moderate: virt:rhel and virt-devel:rhel security, bug fix, and enhancement update"),
            ["virt:rhel", "virt-devel:rhel"]
        );
        assert_eq!(modules("perl:5.32 metadata for the AlmaLinux 8 module matrix (2/4)"), ["perl:5.32"]);
        assert_eq!(modules("Important: firefox security update"), [] as [&str; 0]);
        assert_eq!(title_severity("Important: x update").0, Some(Severity::High));
        assert_eq!(title_severity("x: y update"), (None, "x: y update"));
    }

    #[test]
    fn builds_say_what_they_were_made_for() {
        for (evr, el, fedora, modular) in [
            ("1.0.6-2.el8_4", Some("8"), None, false),
            ("1:21.0.5.0.10-3.el9.alma.1", Some("9"), None, false),
            ("3.15-3.module_el8.6.0+3137+d33c3efb", Some("8"), None, true),
            ("3.3.1-2.module+el9.4.0+20787+4c237fd3", Some("9"), None, true),
            ("102.0-1.fc36", None, Some("36"), false),
            ("1.25.4-1.module_f38+18224+7ab32aa9", None, Some("38"), true),
            ("2.4-1.1", None, None, false),
            ("1.0-1.reelab8", None, None, false),
        ] {
            assert_eq!((el_major(evr), fedora_release(evr), is_modular(evr)), (el, fedora, modular), "{evr}");
        }
    }

    #[test]
    fn dates_come_in_several_forms() {
        for (text, at) in [
            ("2022-06-08 00:00:00", "2022-06-08T00:00:00Z"),
            ("2018-01-11 21:05", "2018-01-11T21:05:00Z"),
            ("2021-11-10", "2021-11-10T00:00:00Z"),
            ("2025-11-27T09:11:22.820964+00:00", "2025-11-27T09:11:22.820964Z"),
            // `date -ud @1628589283`
            ("1628589283", "2021-08-10T09:54:43Z"),
        ] {
            assert_eq!(date(text), Some(at.parse().unwrap()), "{text}");
        }
        for text in ["", "None", "2021-02-31 00:00:00", "99999999999999999999", "yesterday"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn cves_are_found_in_texts() {
        let found: Vec<&str> =
            cves("(CVE-2020-1, CVE-2021-12345) TRIAGE-CVE-2022-0001: CVE-2023-44487.").map(|(_, id)| id).collect();
        assert_eq!(found, ["CVE-2021-12345", "CVE-2022-0001", "CVE-2023-44487"]);
        assert!(is_cve("CVE-1999-0001") && !is_cve("CVE-1999-1") && !is_cve("cve-1999-0001") && !is_cve("CVE-99-0001"));
    }
}
