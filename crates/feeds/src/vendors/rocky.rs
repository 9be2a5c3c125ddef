//! Rocky Linux: what its feeds have in common.
//!
//! Rocky publishes its errata (<https://errata.rockylinux.org/>) through its own service Apollo, as
//! OSV records and as updateinfo in its package repositories. Ids are Red Hat's with other letters:
//! RLSA is security, RLBA mends faults, RLEA brings something new. RX.. are those of special interest
//! groups, whose packages are not the distribution's.

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
        true => Platform::new("rocky", major).map_err(|error| error.to_string()),
        false => Err(format!("the release '{}' of Rocky Linux is not known", crate::formats::errata::shown(major))),
    }
}

/// Why an id is none of the distribution's errata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotOurs {
    /// It is of a special interest group's.
    Group(&'static str),
    /// It is no id of an erratum.
    NoId(&'static str),
}

/// What an erratum is about, by its id.
///
/// # Errors
/// Why it is none of the distribution's.
pub(crate) fn kind(id: &str) -> Result<AdvisoryKind, NotOurs> {
    const NONE: NotOurs = NotOurs::NoId("the id is none of Rocky Linux' errata");
    let (letters, rest) = id.split_once('-').ok_or(NONE)?;
    let (year, number) = rest.split_once(':').ok_or(NONE)?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !digits(year) || !digits(number) {
        return Err(NONE);
    }
    match letters {
        "RLSA" => Ok(AdvisoryKind::Security),
        "RLBA" => Ok(AdvisoryKind::Bugfix),
        "RLEA" => Ok(AdvisoryKind::Enhancement),
        "RXSA" | "RXBA" | "RXEA" => {
            Err(NotOurs::Group("it is for packages of a special interest group, not the distribution's"))
        }
        _ => Err(NONE),
    }
}
