//! Judging packages that are at hand, and explaining it: one way for the API, the commands and a scan.
//!
//! **Invariant**: nothing is stored, and the same packages and rules give the same answer wherever it
//! was asked for.

pub mod input;
pub mod judged;

use input::{HostContext, PackageLine, entries};
use judged::Summary;
use matching::{Explanation, Rules};
use model::{Finding, Platform};
use std::ops::ControlFlow;

/// Judges the packages of a host: tells each open finding, sorted, until `each` breaks.
pub fn evaluate<B>(
    rules: &Rules,
    platform: &Platform,
    host: &HostContext,
    packages: &[PackageLine],
    each: &mut dyn FnMut(Finding) -> ControlFlow<B>,
) -> ControlFlow<B, Summary> {
    let (entries, _) = entries(platform, host, packages);
    Summary::by(rules, &entries, &host.bits(), each)
}

/// What is to be explained: one CVE or advisory or all, the packages of one name (binary or source) or
/// all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Only<'a> {
    /// The CVE or advisory.
    pub cve: Option<&'a str>,
    /// The name.
    pub package: Option<&'a str>,
}

/// Explains what is said of the packages of a host, package by package, until `each` breaks.
pub fn explain<B>(
    rules: &Rules,
    platform: &Platform,
    host: &HostContext,
    packages: &[PackageLine],
    only: Only<'_>,
    each: &mut dyn FnMut(Explanation) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let (entries, _) = entries(platform, host, packages);
    entries
        .iter()
        .filter(|entry| only.package.is_none_or(|name| entry.package.name == name || entry.package.source == name))
        .try_for_each(|entry| each(rules.explain(&entry.package, entry.role, only.cve)))
}
