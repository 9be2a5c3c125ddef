//! Fedora and EPEL: what their feeds have in common.
//!
//! Both publish updates through Bodhi (<https://bodhi.fedoraproject.org>), which writes the
//! updateinfo of their repositories and has an interface of its own. Releases come and go twice a
//! year, so the current ones are asked for: <https://bodhi.fedoraproject.org/releases/>.
//!
//! What is odd: CVEs stand nowhere but in texts: titles of bugs (`CVE-2022-2124 vim: out of bounds
//! read`), the update's title and notes. All that a security update names there is taken for mended by
//! it. Epochs of source packages are not part of a source package's name; a release has variants
//! for containers (F38C), flatpaks (F38F) and modules (F38M).

use super::rpm_repositories::{Index, unusable};
use crate::fetch::FetchError;
use crate::formats::errata::shown;
use model::Platform;
use serde::Deserialize;

/// Where the current releases are listed.
pub(crate) const RELEASES: &str = "https://bodhi.fedoraproject.org/releases/?state=current&rows_per_page=100";

/// First and last releases that a platform is made for: those with updates in Bodhi's time, and well
/// beyond today's.
const FEDORA: std::ops::RangeInclusive<u16> = 18..=99;
const EPEL: std::ops::RangeInclusive<u16> = 5..=19;

/// Fedora's platforms.
pub(crate) fn fedora_platforms() -> Vec<Platform> {
    FEDORA.filter_map(|release| Platform::new("fedora", &release.to_string()).ok()).collect()
}

/// EPEL's platforms, by the major release of Enterprise Linux.
pub(crate) fn epel_platforms() -> Vec<Platform> {
    EPEL.filter_map(|release| Platform::new("epel", &release.to_string()).ok()).collect()
}

/// `fedora:40` of the release 40.
pub(crate) fn fedora(release: &str) -> Result<Platform, String> {
    known("fedora", release, &FEDORA).ok_or_else(|| format!("the release '{}' of Fedora is not known", shown(release)))
}

/// `epel:9` of the release 9, and of its minor releases (10.1).
pub(crate) fn epel(release: &str) -> Result<Platform, String> {
    let major = release.split('.').next().unwrap_or(release);
    known("epel", major, &EPEL).ok_or_else(|| format!("the release '{}' of EPEL is not known", shown(release)))
}

fn known(distribution: &str, release: &str, range: &std::ops::RangeInclusive<u16>) -> Option<Platform> {
    let number: u16 = release.parse().ok().filter(|number| range.contains(number))?;
    Platform::new(distribution, &number.to_string()).ok()
}

/// A release as Bodhi lists it.
#[derive(Deserialize)]
pub(crate) struct Release {
    /// `F40`, `EPEL-9`, `F38M`.
    pub(crate) name: String,
    /// `40`, `9`, `10.1`.
    pub(crate) version: String,
    /// `FEDORA`, `FEDORA-EPEL`, `FEDORA-MODULAR` ...
    pub(crate) id_prefix: String,
}

impl Release {
    /// The platform of a release of packages.
    ///
    /// # Errors
    /// Why it is none: containers, flatpaks, modules, or a number that is not known.
    pub(crate) fn platform(&self) -> Result<Platform, String> {
        match self.id_prefix.as_str() {
            "FEDORA" => fedora(&self.version),
            "FEDORA-EPEL" => epel(&self.version),
            other => Err(format!("updates of '{}' are not packages of a release", shown(other))),
        }
    }
}

/// The current releases.
pub(crate) fn releases(index: Index<'_>) -> Result<Vec<Release>, FetchError> {
    #[derive(Deserialize)]
    struct Releases {
        releases: Vec<Release>,
    }
    let read: Result<Releases, _> = serde_json::from_slice(&index(RELEASES)?);
    let releases = read.map_err(|error| unusable(RELEASES, &error.to_string()))?.releases;
    if releases.is_empty() { Err(unusable(RELEASES, "it lists no release")) } else { Ok(releases) }
}
