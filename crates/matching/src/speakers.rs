//! Which feed speaks for which distribution (matching rule 11), as data.

use model::Platform;

/// The feeds of one distribution, by what they contribute.
#[derive(Debug)]
pub(crate) struct Speakers {
    /// os-release's `ID`.
    pub(crate) distribution: &'static str,
    /// Feeds that may decide, the best first. The first that is in force and knows the release does.
    pub(crate) deciding: &'static [Deciding],
    /// What the deciding feeds after the first are for.
    pub(crate) others: Others,
    /// Feeds that label the facts of the one that decides, and decide positives where none does.
    pub(crate) lists: &'static [&'static str],
}

/// A feed that may decide.
#[derive(Debug)]
pub(crate) struct Deciding {
    pub(crate) feed: &'static str,
    pub(crate) names: Names,
}

/// What a deciding feed names, and so what its silence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Every issue that affects the release, fixed or not.
    Everything,
    /// As [`Names::Everything`] if the edition in force names an issue without a fix; editions of the
    /// same feed that list fixes alone exist as well (Red Hat's first OVAL format).
    EverythingIfUnfixed,
    /// Issues with a fix. The vendor publishes nothing about others, so that nothing better exists:
    /// silence means that no fix is missing.
    Fixes,
}

/// What the deciding feeds after the first one in force are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    /// They say the same in another format, and have no say.
    Unused,
    /// They decide the CVEs of which the first has no record for the release.
    Supplement,
}

const fn everything(feed: &'static str) -> Deciding {
    Deciding { feed, names: Names::Everything }
}

const fn fixes(feed: &'static str) -> Deciding {
    Deciding { feed, names: Names::Fixes }
}

/// The table.
///
/// - Debian: the tracker; the OVAL files are made from it and carry less. DSA and DLA lists label it.
/// - Ubuntu: OSV before OVAL. Both are made from the same tracker and speak of sources; OSV says which
///   part of Ubuntu Pro has a fix, which OVAL leaves to its version. What OVAL has more are the words
///   for what is not fixed (`needed`, `deferred`).
/// - Red Hat: VEX; OVAL for CVEs that VEX has no record of (documents of old CVEs came late).
/// - AlmaLinux, Rocky Linux: errata with the most detail first (module streams), then OSV, then the
///   repositories' own lists. All three are one vendor's statements.
/// - Fedora, EPEL: the repositories' lists, then the update system's pages.
/// - Arch: the tracker. Alpine, Wolfi, Chainguard: their security databases, which name fixes and
///   what is not affected.
pub(crate) const SPEAKERS: &[Speakers] = &[
    Speakers {
        distribution: "debian",
        deciding: &[everything("debian-tracker"), everything("debian-oval")],
        others: Others::Unused,
        lists: &["debian-dsa", "debian-dla"],
    },
    Speakers {
        distribution: "ubuntu",
        deciding: &[everything("ubuntu-osv"), everything("ubuntu-oval")],
        others: Others::Unused,
        lists: &["ubuntu-usn", "ubuntu-usn-oval"],
    },
    Speakers {
        distribution: "rhel",
        deciding: &[everything("redhat-vex"), Deciding { feed: "redhat-oval", names: Names::EverythingIfUnfixed }],
        others: Others::Supplement,
        lists: &["redhat-csaf"],
    },
    Speakers {
        distribution: "almalinux",
        deciding: &[fixes("almalinux-errata"), fixes("almalinux-osv"), fixes("almalinux-updateinfo")],
        others: Others::Unused,
        lists: &[],
    },
    Speakers {
        distribution: "rocky",
        deciding: &[fixes("rocky-errata"), fixes("rocky-osv"), fixes("rocky-updateinfo")],
        others: Others::Unused,
        lists: &[],
    },
    Speakers {
        distribution: "fedora",
        deciding: &[fixes("fedora-updateinfo"), fixes("fedora-bodhi")],
        others: Others::Unused,
        lists: &[],
    },
    Speakers { distribution: "epel", deciding: &[fixes("epel-updateinfo")], others: Others::Unused, lists: &[] },
    Speakers { distribution: "arch", deciding: &[everything("arch-tracker")], others: Others::Unused, lists: &[] },
    Speakers { distribution: "alpine", deciding: &[fixes("alpine-secdb")], others: Others::Unused, lists: &[] },
    Speakers { distribution: "wolfi", deciding: &[fixes("wolfi-secdb")], others: Others::Unused, lists: &[] },
    Speakers { distribution: "chainguard", deciding: &[fixes("chainguard-secdb")], others: Others::Unused, lists: &[] },
];

impl Speakers {
    /// The place of a feed among those that may decide.
    pub(crate) fn rank(&self, feed: &str) -> Option<usize> {
        self.deciding.iter().position(|deciding| deciding.feed == feed)
    }

    /// Whether the feed may have a say at all.
    pub(crate) fn knows(&self, feed: &str) -> bool {
        self.rank(feed).is_some() || self.lists.contains(&feed)
    }

    fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.deciding.iter().map(|deciding| deciding.feed).chain(self.lists.iter().copied())
    }
}

pub(crate) fn speakers(platform: &Platform) -> Option<&'static Speakers> {
    SPEAKERS.iter().find(|speakers| speakers.distribution == platform.distribution())
}

/// The ids of the feeds that can speak for the distribution's own packages, the deciding one first;
/// empty where none of the catalogue does.
#[must_use]
pub fn speaks_for(platform: &Platform) -> Vec<&'static str> {
    speakers(platform).map(|speakers| speakers.ids().collect()).unwrap_or_default()
}

/// Those of [`speaks_for`] of which the first in force decides, the best first.
#[must_use]
pub fn deciding_for(platform: &Platform) -> Vec<&'static str> {
    let deciding = speakers(platform).map(|speakers| speakers.deciding).unwrap_or_default();
    deciding.iter().map(|deciding| deciding.feed).collect()
}

/// The feeds that a fleet with hosts of a platform needs: of those that may decide the best, with those that
/// fill its gaps, the lists that name advisories, and the same for repositories that are built for it (EPEL).
#[must_use]
pub fn needed_for(platform: &Platform) -> Vec<&'static str> {
    let of = |platform: &Platform| {
        speakers(platform).into_iter().flat_map(|speakers| {
            let count = if speakers.others == Others::Supplement { speakers.deciding.len() } else { 1 };
            let deciding = speakers.deciding.iter().take(count).map(|deciding| deciding.feed);
            deciding.chain(speakers.lists.iter().copied())
        })
    };
    let guests = crate::platforms::guests(platform);
    of(platform).chain(guests.iter().flat_map(of)).collect()
}

/// The ids of every feed that has a say about packages on hosts of a platform: its own
/// ([`speaks_for`]) and those of the repositories that are built for it (EPEL).
#[must_use]
pub fn feeds_for(platform: &Platform) -> Vec<&'static str> {
    let mut ids = speaks_for(platform);
    for guest in crate::platforms::guests(platform) {
        ids.extend(speaks_for(&guest));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_the_authority_first() {
        let of = |text: &str| speaks_for(&text.parse().unwrap());
        let debian = ["debian-tracker", "debian-oval", "debian-dsa", "debian-dla"];
        assert_eq!(of("debian:12"), debian);
        assert_eq!(of("debian:sid"), debian);
        assert_eq!(of("rhel:9.4"), ["redhat-vex", "redhat-oval", "redhat-csaf"]);
        assert_eq!(of("arch:rolling"), ["arch-tracker"]);
        // A derivative rebuilds packages: its parent's words are not about its builds.
        for other in ["raspbian:12", "linuxmint:21", "centos:7", "ol:9", "manjaro:rolling"] {
            assert_eq!(of(other), [] as [&str; 0], "{other}");
        }
    }

    #[test]
    fn of_feeds_that_say_the_same_one_is_needed() {
        let of = |text: &str| needed_for(&text.parse().unwrap());
        assert_eq!(of("debian:12"), ["debian-tracker", "debian-dsa", "debian-dla"]);
        assert_eq!(of("almalinux:9"), ["almalinux-errata", "epel-updateinfo"]);
        assert_eq!(of("rhel:9.4"), ["redhat-vex", "redhat-oval", "redhat-csaf", "epel-updateinfo"]);
        assert_eq!(of("raspbian:12"), [""; 0]);
    }

    #[test]
    fn repositories_built_for_a_platform_are_asked_too() {
        let of = |text: &str| feeds_for(&text.parse().unwrap());
        assert_eq!(of("centos:7"), ["epel-updateinfo"]);
        assert_eq!(of("rhel:9.4"), ["redhat-vex", "redhat-oval", "redhat-csaf", "epel-updateinfo"]);
        assert_eq!(of("fedora:40"), ["fedora-updateinfo", "fedora-bodhi"]);
    }
}
