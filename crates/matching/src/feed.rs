//! Which feed speaks for which platform, and what a verdict says of the feed that decided it.

use jiff::Timestamp;
use model::Platform;
use serde::{Deserialize, Serialize};

/// A feed as it is in force: the edition that verdicts and explanations name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedStamp {
    /// The feed's id: `debian-tracker`.
    pub id: String,
    /// The vendor's date of the data, or the date of the fetch where the vendor gives none.
    pub as_of: Timestamp,
    /// Where the document came from: its address, or the name of the imported file.
    pub document: String,
    /// SHA-256 of the document as the vendor wrote it (decompressed), 64 hex digits.
    pub sha256: String,
    /// The data is so old that what it does not mention can no longer be called unaffected. Set by
    /// the caller, who knows the time. Only negatives are withdrawn by it, never a positive.
    pub too_old: bool,
}

/// What a feed contributes to the verdicts of one platform (matching rule 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Its facts decide, and what it does not mention is not affected.
    Decides,
    /// Its facts decide positives; what it does not mention stays not assessed, since it names only
    /// what was fixed.
    PositivesOnly,
    /// It names the advisories of another feed's facts and decides nothing.
    Labels,
    /// It is in force but has no say about this platform.
    Unused,
}

/// The feeds of one distribution, by what they contribute.
#[derive(Debug)]
pub(crate) struct Speakers {
    /// os-release's `ID`.
    pub(crate) distribution: &'static str,
    /// The feed that decides where it knows the release.
    pub(crate) authority: &'static str,
    /// Feeds that label the authority's facts, and decide positives where the authority is absent.
    pub(crate) lists: &'static [&'static str],
}

/// Debian: the tracker decides, DSA and DLA lists label it (`docs/decisions`, "Debian lists").
pub(crate) const SPEAKERS: &[Speakers] =
    &[Speakers { distribution: "debian", authority: "debian-tracker", lists: &["debian-dsa", "debian-dla"] }];

/// The ids of the feeds that can speak for a platform, the deciding one first; empty where none of
/// the catalogue does.
#[must_use]
pub fn speaks_for(platform: &Platform) -> Vec<&'static str> {
    speakers(platform)
        .map(|speakers| std::iter::once(speakers.authority).chain(speakers.lists.iter().copied()).collect())
        .unwrap_or_default()
}

pub(crate) fn speakers(platform: &Platform) -> Option<&'static Speakers> {
    SPEAKERS.iter().find(|speakers| speakers.distribution == platform.distribution())
}

/// Debian releases by codename, for hosts whose os-release has no `VERSION_ID`: testing before its
/// release, and sid, which carries testing's codename. Source: `distro-info-data`, debian.csv.
const DEBIAN_CODENAMES: &[(&str, &str)] =
    &[("bullseye", "11"), ("bookworm", "12"), ("trixie", "13"), ("forky", "14"), ("duke", "15")];

/// The platform whose facts speak for `platform`, and whether a fix in sid settles them as well.
///
/// A host that calls itself `debian:forky` may run testing or sid (both say so), and testing gets
/// its packages from sid: a version that sid calls fixed is fixed.
pub(crate) fn canonical(platform: &Platform) -> (Platform, bool) {
    let numbered = (platform.distribution() == "debian")
        .then(|| DEBIAN_CODENAMES.iter().find(|(codename, _)| *codename == platform.release()))
        .flatten()
        .and_then(|(_, number)| Platform::new("debian", number).ok());
    match numbered {
        Some(numbered) => (numbered, true),
        None => (platform.clone(), false),
    }
}

/// The platforms whose facts have a say about `platform`, itself first: what has to be loaded before
/// its rules can be compiled.
#[must_use]
pub fn platforms_of(platform: &Platform) -> Vec<Platform> {
    let (numbered, sid) = canonical(platform);
    let mut platforms = vec![numbered];
    if sid {
        platforms.extend(Platform::new("debian", "sid").ok());
    }
    platforms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_the_authority_first() {
        let of = |text: &str| speaks_for(&text.parse().unwrap());
        assert_eq!(of("debian:12"), ["debian-tracker", "debian-dsa", "debian-dla"]);
        assert_eq!(of("debian:sid"), ["debian-tracker", "debian-dsa", "debian-dla"]);
        assert_eq!(of("arch:rolling"), [] as [&str; 0]);
        // A derivative rebuilds packages: Debian's words are not about its builds.
        assert_eq!(of("raspbian:12"), [] as [&str; 0]);
    }

    #[test]
    fn a_host_without_a_release_number_is_judged_by_its_codename() {
        let of = |text: &str| canonical(&text.parse().unwrap());
        assert_eq!(of("debian:trixie"), ("debian:13".parse().unwrap(), true));
        assert_eq!(of("debian:13"), ("debian:13".parse().unwrap(), false));
        assert_eq!(of("debian:sid"), ("debian:sid".parse().unwrap(), false));
    }
}
