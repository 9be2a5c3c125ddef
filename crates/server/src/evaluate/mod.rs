//! Judging packages that are at hand, and explaining it: one way for the API, the commands and a scan.
//!
//! **Invariant**: nothing is stored, and the same packages and rules give the same answer wherever it
//! was asked for.

pub mod input;
pub mod judged;

use input::{HostContext, PackageLine, entries};
use judged::Judged;
use matching::{Explanation, Rules};
use model::Platform;

/// Judges the packages of a host.
#[must_use]
pub fn evaluate(rules: &Rules, platform: &Platform, host: &HostContext, packages: &[PackageLine]) -> Judged {
    let (entries, _) = entries(platform, host, packages);
    Judged::by(rules, &entries, &host.bits())
}

/// Explains what is said of the packages of a host: of one CVE or advisory or of all, of the packages
/// of one name (binary or source) or of all.
#[must_use]
pub fn explain(
    rules: &Rules,
    platform: &Platform,
    host: &HostContext,
    packages: &[PackageLine],
    (cve, package): (Option<&str>, Option<&str>),
) -> Vec<Explanation> {
    let (entries, _) = entries(platform, host, packages);
    entries
        .iter()
        .filter(|entry| package.is_none_or(|name| entry.package.name == name || entry.package.source == name))
        .map(|entry| rules.explain(&entry.package, entry.role, cve))
        .collect()
}
