//! What every manager's list of installed packages has in common.

use crate::tidy;
use model::wire::Limits;
use model::wire::sections::{PackageRecord, Packages, Skipped};
use std::collections::BTreeMap;

/// Ends a section: sorted, each record once. One that stands in the database twice is noted.
pub(crate) fn section(manager: &str, mut records: Vec<PackageRecord>, mut skipped: Vec<Skipped>) -> Packages {
    records.sort_by(|a, b| (&a.name, &a.arch, &a.version).cmp(&(&b.name, &b.arch, &b.version)));
    records.dedup_by(|b, a| {
        let same = (&a.name, &a.arch, &a.version) == (&b.name, &b.arch, &b.version);
        if same {
            skipped.push(Skipped { record: a.name.clone(), why: "stands in the database twice".to_owned() });
        }
        same
    });
    Packages { manager: manager.to_owned(), records, skipped: tidy(skipped) }
}

/// Native architecture: the one that most packages are built for, empty where none is. A 64-bit system with some
/// packages of 32 bits is one of 64 bits.
pub(crate) fn native<'a>(architectures: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for arch in architectures.filter(|arch| !matches!(*arch, "" | "noarch" | "any")) {
        *counts.entry(arch).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(arch, _)| arch.to_owned()).unwrap_or_default()
}

/// Refuses a database with more packages than a report may carry: what was left out would seem not to be installed.
///
/// # Errors
/// That it has, naming the place.
pub(crate) fn check_count(path: &str, count: usize) -> Result<(), String> {
    let most = Limits::default().packages;
    if count > most {
        return Err(format!("{path} holds more than {most} installed packages, the most that a report carries"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, version: &str) -> PackageRecord {
        PackageRecord { name: name.to_owned(), version: version.to_owned(), ..PackageRecord::default() }
    }

    #[test]
    fn a_record_that_stands_there_twice_counts_once_and_is_noted() {
        let section =
            section("rpm", vec![record("b", "1"), record("a", "2"), record("a", "1"), record("b", "1")], vec![]);
        let names: Vec<String> = section.records.iter().map(|of| format!("{} {}", of.name, of.version)).collect();
        assert_eq!(names, ["a 1", "a 2", "b 1"]);
        let why = "stands in the database twice".to_owned();
        assert_eq!(section.skipped, [Skipped { record: "b".to_owned(), why }]);
    }

    #[test]
    fn the_architecture_of_most_packages_is_the_hosts() {
        assert_eq!(native(["i686", "x86_64", "noarch", "noarch", "noarch", "x86_64"].into_iter()), "x86_64");
        assert_eq!(native(["any", "", "noarch"].into_iter()), "");
        assert!(check_count("/x", 100_000).is_ok() && check_count("/x", 100_001).is_err());
    }
}
