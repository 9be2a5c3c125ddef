//! Packages whose fixes the vendor states under another source package.
//!
//! Boot code is signed in source packages of its own, while the vendor's data speaks of what was
//! signed. The version of a signed source is derived from that of the signed one, so it can be read
//! back. One table a distribution; the tests quote real packages.

mod debian;
mod ubuntu;

use model::Package;
use std::borrow::Cow;

/// The source package whose facts speak for a package, and the version to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias<'a> {
    /// Name of the source package that the vendor speaks of.
    pub source: Cow<'a, str>,
    /// The package's version in that source's terms.
    pub version: Cow<'a, str>,
    /// Which rule of the table said so, in words.
    pub rule: &'static str,
}

/// The other source under which the vendor speaks of the package, if there is one.
#[must_use]
pub(crate) fn alias(package: &Package) -> Option<Alias<'_>> {
    match package.platform.distribution() {
        "debian" => debian::alias(package),
        "ubuntu" => ubuntu::alias(package),
        _ => None,
    }
}
