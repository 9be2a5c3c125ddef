//! The platforms whose facts speak for a host's packages.

use model::{Origin, Platform};

/// How the facts of a distribution name a release.
enum Release {
    /// By its first number: `9.4` is `9`.
    Major,
    /// By its first two numbers: `3.18.4` is `3.18`; a version with `_` is `edge`.
    Alpine,
    /// There is one only.
    Rolling,
}

/// Distributions whose hosts name their release otherwise than the facts. Others are alike.
/// Source: the vendors' own `os-release` files.
const RELEASES: &[(&str, Release)] = &[
    ("rhel", Release::Major),
    ("almalinux", Release::Major),
    ("rocky", Release::Major),
    ("centos", Release::Major),
    ("ol", Release::Major),
    ("epel", Release::Major),
    ("alpine", Release::Alpine),
    ("arch", Release::Rolling),
    ("wolfi", Release::Rolling),
    ("chainguard", Release::Rolling),
];

/// Distributions for which EPEL builds.
const ENTERPRISE_LINUX: &[&str] = &["rhel", "almalinux", "rocky", "centos", "ol"];

/// Debian releases by codename, for hosts whose os-release has no `VERSION_ID`: testing before its
/// release, and sid, which carries testing's codename. Source: `distro-info-data`, debian.csv.
const DEBIAN_CODENAMES: &[(&str, &str)] =
    &[("bullseye", "11"), ("bookworm", "12"), ("trixie", "13"), ("forky", "14"), ("duke", "15")];

/// The platform whose facts speak for `platform`, and whether a fix in sid settles them as well.
///
/// A host that calls itself `debian:forky` may run testing or sid (both say so), and testing gets
/// its packages from sid: a version that sid calls fixed is fixed.
pub(crate) fn canonical(platform: &Platform) -> (Platform, bool) {
    let (distribution, release) = (platform.distribution(), platform.release());
    if distribution == "debian"
        && let Some((_, number)) = DEBIAN_CODENAMES.iter().find(|(codename, _)| *codename == release)
        && let Ok(numbered) = Platform::new(distribution, number)
    {
        return (numbered, true);
    }
    let named = RELEASES.iter().find(|(of, _)| *of == distribution).and_then(|(_, how)| {
        let numbers = |count: usize| release.split('.').take(count).collect::<Vec<_>>().join(".");
        let release = match how {
            Release::Major => numbers(1),
            Release::Alpine if release.contains('_') => "edge".to_owned(),
            Release::Alpine => numbers(2),
            Release::Rolling => "rolling".to_owned(),
        };
        Platform::new(distribution, &release).ok()
    });
    (named.unwrap_or_else(|| platform.clone()), false)
}

/// Repositories that are built for a platform by somebody else, as platforms of their own.
pub(crate) fn guests(platform: &Platform) -> Vec<Platform> {
    let (canonical, _) = canonical(platform);
    let epel = ENTERPRISE_LINUX.contains(&canonical.distribution());
    epel.then(|| Platform::new("epel", canonical.release()).ok()).flatten().into_iter().collect()
}

/// Whether a package's origin says that it comes from the guest.
pub(crate) fn comes_from(origin: &Origin, guest: &Platform) -> bool {
    let Origin::Foreign(name) = origin else { return false };
    let name = name.to_ascii_lowercase();
    guest.distribution() == "epel" && (name == "epel" || name == "fedora epel" || name == "fedora project")
}

/// The platforms whose facts have a say about `platform`, itself first: what has to be loaded before
/// its rules can be compiled.
#[must_use]
pub fn platforms_of(platform: &Platform) -> Vec<Platform> {
    let (canonical, sid) = canonical(platform);
    let mut platforms = vec![canonical];
    if sid {
        platforms.extend(Platform::new("debian", "sid").ok());
    }
    platforms.extend(guests(platform));
    platforms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_judged_by_the_release_that_facts_name() {
        for (host, facts) in [
            ("debian:13", "debian:13"),
            ("debian:sid", "debian:sid"),
            ("ubuntu:22.04", "ubuntu:22.04"),
            ("rhel:9.4", "rhel:9"),
            ("rhel:10", "rhel:10"),
            ("almalinux:9.3", "almalinux:9"),
            ("rocky:8.9", "rocky:8"),
            ("centos:7", "centos:7"),
            ("fedora:40", "fedora:40"),
            ("alpine:3.18.4", "alpine:3.18"),
            ("alpine:3.22.0_alpha20250108", "alpine:edge"),
            ("arch:20240101.0.1", "arch:rolling"),
            ("wolfi:20230201", "wolfi:rolling"),
            ("chainguard:20230214", "chainguard:rolling"),
        ] {
            assert_eq!(canonical(&host.parse().unwrap()), (facts.parse().unwrap(), false), "{host}");
        }
        assert_eq!(canonical(&"debian:trixie".parse().unwrap()), ("debian:13".parse().unwrap(), true));
    }

    #[test]
    fn epel_is_a_guest_of_enterprise_linux_alone() {
        let of = |text: &str| platforms_of(&text.parse().unwrap()).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(of("rhel:9.4"), ["rhel:9", "epel:9"]);
        assert_eq!(of("centos:7"), ["centos:7", "epel:7"]);
        assert_eq!(of("fedora:40"), ["fedora:40"]);
        assert_eq!(of("debian:forky"), ["debian:14", "debian:sid"]);
    }
}
