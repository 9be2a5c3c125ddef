//! A package as a record of the report.

use crate::text::{clean, identifier_of};
use formats::rpmdb::{Kind, Package};
use jiff::Timestamp;
use model::wire::Limits;
use model::wire::sections::PackageRecord;
use std::collections::HashSet;

/// The record.
///
/// The file name of the source package says no epoch. Where its version and release are the
/// package's own, the epoch is taken to be, too; where they differ, the source's version stands without.
pub(super) fn of(package: &Package<'_>) -> PackageRecord {
    let (source, source_version) = package.source().unwrap_or_default();
    let own = format!("{}-{}", package.version, package.release);
    let differs = |value: &str, from: &str| if value == from { String::new() } else { value.to_owned() };
    PackageRecord {
        arch: package.arch.to_owned(),
        depends: depends(package),
        installed_at: package.install_time.and_then(|seconds| Timestamp::from_second(seconds.into()).ok()),
        module: module(package.module).to_owned(),
        name: package.name.to_owned(),
        source: differs(source, package.name),
        source_version: differs(source_version, &own),
        vendor: identifier_of(package.vendor.unwrap_or_default()),
        version: package.full_version(),
        ..PackageRecord::default()
    }
}

/// `name:stream` of `name:stream:version:context`.
fn module(label: &str) -> &str {
    label.match_indices(':').nth(1).map_or(label, |(at, _)| label.get(..at).unwrap_or(label))
}

/// What it needs, as `rpm -q --requires` writes it, each once. Scripts ask for the same again, and what
/// rpm itself must be able to do says nothing about other packages.
fn depends(package: &Package<'_>) -> String {
    let most = Limits::default().text_bytes;
    let (mut seen, mut depends) = (HashSet::new(), String::new());
    for dependency in package.dependencies(Kind::Requires).filter(|dependency| !dependency.is_of_rpm()) {
        let text = dependency.to_string();
        if depends.len() > most || seen.contains(&text) {
            continue;
        }
        if !depends.is_empty() {
            depends.push_str(", ");
        }
        depends.push_str(&text);
        seen.insert(text);
    }
    clean(&depends, most)
}
