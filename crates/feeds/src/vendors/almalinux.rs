//! AlmaLinux: what its feeds have in common.
//!
//! AlmaLinux publishes its errata (<https://errata.almalinux.org/>) in three forms: a JSON file a
//! major release, OSV records in a repository of their own, and updateinfo in its package
//! repositories. Ids are Red Hat's with other letters: ALSA is security, ALBA mends faults, ALEA
//! brings something new. Errata of AlmaLinux' own have a letter in their number (ALSA-2025:A003).
//!
//! What is odd: one erratum may be for several major releases and then stands in the documents of
//! each; modules are named by the title where the format has no place for them.

use model::{AdvisoryKind, Platform};

/// The major releases that there are errata for.
pub(crate) const MAJORS: &[&str] = &["8", "9", "10"];

/// The platforms that the feeds speak for.
pub(crate) fn platforms() -> Vec<Platform> {
    MAJORS.iter().filter_map(|major| platform(major).ok()).collect()
}

/// The platform of a major release.
pub(crate) fn platform(major: &str) -> Result<Platform, String> {
    match MAJORS.contains(&major) {
        true => Platform::new("almalinux", major).map_err(|error| error.to_string()),
        false => Err(format!("the release '{}' of AlmaLinux is not known", crate::formats::errata::shown(major))),
    }
}

/// What an erratum is about, by its id; `None` where the id is none of AlmaLinux'.
pub(crate) fn kind(id: &str) -> Option<AdvisoryKind> {
    let (letters, rest) = id.split_once('-')?;
    let (year, number) = rest.split_once(':')?;
    let year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    if !year || number.is_empty() || !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    match letters {
        "ALSA" => Some(AdvisoryKind::Security),
        "ALBA" => Some(AdvisoryKind::Bugfix),
        "ALEA" => Some(AdvisoryKind::Enhancement),
        _ => None,
    }
}
