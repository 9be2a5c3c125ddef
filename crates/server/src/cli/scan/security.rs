//! Which pending updates are of security, where their repositories say so of none.
//!
//! Those of Arch and Alpine, and those of rpm without `updateinfo`, carry no advisories. Where a feed in force speaks
//! for the package, its findings tell: an update that closes an open one is of security, and one that closes none is
//! not. Where none does, it stays not known.

use crate::evaluate::judged::Summary;
use crate::host_update::{self, HostUpdate};
use model::wire::Collected;
use std::collections::BTreeSet;

/// Settles what findings tell, and puts the updates in order again: security first.
pub(super) fn by_findings(updates: &mut [HostUpdate], collected: &Collected, judged: &Summary) {
    let Ok(packages) = &collected.packages else { return };
    // What an update closes is only claimed of packages whose version is their source's.
    let told = host_update::alike(&packages.records);
    let silent: BTreeSet<(&str, &str)> = judged
        .not_assessed
        .iter()
        .flat_map(|group| &group.packages)
        .map(|package| (package.name.as_str(), package.arch.as_str()))
        .chain(judged.skipped.iter().map(|finding| (finding.package.as_str(), finding.arch.as_str())))
        .collect();
    for update in updates.iter_mut().filter(|update| update.security_unknown) {
        let package = (update.name.as_str(), update.arch.as_str());
        if update.cve_count > 0 {
            (update.security, update.security_unknown) = (true, false);
        } else if judged.assessed > 0 && told.contains(&package) && !silent.contains(&package) {
            update.security_unknown = false;
        }
    }
    updates.sort_by(|a, b| (!a.security, &a.name, &a.arch).cmp(&(!b.security, &b.name, &b.arch)));
}
