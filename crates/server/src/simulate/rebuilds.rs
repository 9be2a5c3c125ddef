//! The versions that a package of an image has across a fleet: the installed one, the one that was offered, and rebuilds.

use std::cmp::Ordering;
use versions::Scheme;

/// Whether `later` is a version above `earlier`.
pub(super) fn follows(scheme: Scheme, earlier: &str, later: &str) -> bool {
    !later.is_empty() && scheme.check(later).is_ok() && scheme.compare(later, earlier) == Ordering::Greater
}

/// The `number`-th rebuild of a version, as the distributions' builders number them: `+b1` behind Debian's (a binary-only
/// upload: Debian Policy 5.6.12.1), another digit behind an rpm's or pacman's release, the next `-r` of Alpine's.
pub(super) fn rebuild(scheme: Scheme, version: &str, number: u32) -> String {
    match scheme {
        Scheme::Dpkg => format!("{version}+b{number}"),
        Scheme::Rpm | Scheme::Pacman => format!("{version}.{number}"),
        Scheme::Apk => match version.rsplit_once("-r").and_then(|(head, r)| Some((head, r.parse::<u32>().ok()?))) {
            Some((head, revision)) => format!("{head}-r{}", revision.saturating_add(number)),
            None => format!("{version}-r{number}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::images;

    #[test]
    fn rebuilds_of_real_versions_follow_each_other() {
        for image in images::embedded().unwrap() {
            for package in &image.packages {
                let last = if package.candidate.is_empty() { &package.version } else { &package.candidate };
                let (first, second) = (rebuild(image.scheme, last, 1), rebuild(image.scheme, last, 2));
                assert!(follows(image.scheme, last, &first), "{}: {last} {first}", package.name);
                assert!(follows(image.scheme, &first, &second), "{}: {first} {second}", package.name);
            }
        }
    }
}
