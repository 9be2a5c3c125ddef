//! zypper's rules: which of the packages on offer it would take, as `zypper list-updates` has it (zypper 1.14).
//!
//! Unlike dnf it keeps to the vendor of what is installed and to the repository with the best priority that has the name,
//! and its locks are its own. The rules are those of libzypp's `SelectableImpl::updateCandidateObj`; the lists are read
//! as dnf's are. What its solver says of dependencies is not computed.

mod locks;
mod vendors;

use super::candidates::{Candidate, Step};
use super::excludes::Reason;
use super::settings::Settings;
use crate::Root;
use formats::ini::Section;
use model::wire::sections::{PackageRecord, Withheld};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use versions::Scheme;

pub(super) use locks::Lock;
pub(super) use vendors::Vendors;

/// Where repositories are configured unless `reposdir` says otherwise.
pub(super) const REPOSITORIES: &str = "/etc/zypp/repos.d";
/// The main settings.
pub(super) const SETTINGS: &str = "/etc/zypp/zypp.conf";
/// Where metadata lie unless `metadatadir` says otherwise.
pub(super) const CACHE: &str = "/var/cache/zypp/raw";

/// What zypper has beside repositories.
#[derive(Debug, Default)]
pub(super) struct Zypper {
    pub(super) vendors: Vendors,
    pub(super) locks: Vec<Lock>,
}

/// Whether zypper is configured here.
pub(crate) fn is_there(root: &Root) -> bool {
    root.exists(REPOSITORIES)
}

impl Zypper {
    /// Reads locks and vendors. `main` are the main settings.
    pub(super) fn read(root: &Root, main: &Section, settings: &mut Settings) -> Self {
        Self { vendors: Vendors::read(root, main, settings), locks: locks::read(root, main, settings) }
    }
}

/// Whether a package that provides this is hidden from updates: its patch was retracted, or it is a temporary fix for
/// some (libzypp's `retracted-patch-package()` and `ptf()`).
pub(super) fn is_taken_back(provides: &str) -> bool {
    matches!(provides, "retracted-patch-package()" | "ptf()")
}

/// What `zypper list-updates` lists, and of what it does not list for a reason the newest; by name and architecture.
pub(super) fn steps<'a>(
    installed: &HashMap<&'a str, Vec<&'a PackageRecord>>,
    all: &'a [Candidate],
    priority: &dyn Fn(usize) -> i64,
    vendors: &Vendors,
) -> Vec<Step<'a>> {
    let mut offered: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
    for candidate in all {
        offered.entry(&candidate.name).or_default().push(candidate);
    }
    let mut steps = Vec::new();
    for (name, candidates) in offered {
        let Some(packages) = installed.get(name) else { continue };
        // One step for each architecture that is installed: of several kernels the newest counts.
        let mut newest: BTreeMap<&str, &'a PackageRecord> = BTreeMap::new();
        for package in packages {
            let known = newest.entry(&package.arch).or_insert(package);
            if is_newer(&package.version, &known.version) {
                *known = package;
            }
        }
        for package in newest.into_values() {
            let fits = |candidate: &&&Candidate| {
                candidate.arch == package.arch || candidate.arch == "noarch" || package.arch == "noarch"
            };
            let fitting: Vec<&Candidate> = candidates.iter().filter(fits).copied().collect();
            let best = fitting.iter().map(|candidate| priority(candidate.repository)).min();
            let of_best = |candidate: &&Candidate| Some(priority(candidate.repository)) == best;
            let newer = fitting.into_iter().filter(of_best).filter(|of| is_newer(&of.evr, &package.version));
            let (same, other): (Vec<_>, Vec<_>) = newer.partition(|of| vendors.are_alike(&package.vendor, &of.vendor));
            let greatest =
                |list: Vec<&'a Candidate>| list.into_iter().reduce(|a, b| if is_newer(&b.evr, &a.evr) { b } else { a });
            if let Some(candidate) = greatest(same) {
                steps.push(Step { candidate, installed: package, reason: candidate.reason.clone() });
            } else if let Some(candidate) = greatest(other) {
                let why = format!(
                    "would come from another vendor ({} in place of {})",
                    said(&candidate.vendor),
                    said(&package.vendor)
                );
                let reason: Reason = candidate.reason.clone().unwrap_or((Withheld::Excluded, why));
                steps.push(Step { candidate, installed: package, reason: Some(reason) });
            }
        }
    }
    steps
}

fn said(vendor: &str) -> &str {
    if vendor.is_empty() { "none" } else { vendor }
}

fn is_newer(version: &str, than: &str) -> bool {
    Scheme::Rpm.compare(version, than) == Ordering::Greater
}
