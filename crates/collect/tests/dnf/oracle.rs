//! Holds what we collect against what dnf says of the same root.

use crate::lab::Lab;
use model::wire::sections::{UpdateRecord, Updates};
use std::collections::{BTreeMap, BTreeSet};

/// What dnf says.
#[derive(Debug, Default)]
pub(crate) struct Theirs {
    /// Version and repositories by `name.arch`.
    pub(crate) updates: BTreeMap<String, (String, BTreeSet<String>)>,
    /// `new.arch evr repository` and `old.arch evr`, where the names differ.
    pub(crate) replacements: BTreeSet<(String, String)>,
    /// The updates that are left of them for security.
    pub(crate) security: BTreeSet<String>,
    /// Lines of `updateinfo list`: id, kind, package.
    pub(crate) advisories: BTreeSet<(String, String, String)>,
}

/// Two answers that are to be the same; shows what only one of them has.
fn same<T: Ord + std::fmt::Debug>(what: &str, mine: &BTreeSet<T>, wanted: &BTreeSet<T>) {
    let ours: Vec<&T> = mine.difference(wanted).collect();
    let theirs: Vec<&T> = wanted.difference(mine).collect();
    assert!(ours.is_empty() && theirs.is_empty(), "{what}: only ours {ours:?}; only dnf's {theirs:?}");
}

fn updates_of(words: &[String]) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut updates: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for line in words.chunks(3) {
        let [name, evr, repository] = line else { panic!("{line:?}") };
        let entry = updates.entry(name.clone()).or_insert_with(|| (evr.clone(), BTreeSet::new()));
        assert_eq!(entry.0, *evr, "dnf gives one version of {name}");
        entry.1.insert(repository.clone());
    }
    updates
}

/// What `check-update`, `check-update --security` and `updateinfo list` say.
pub(crate) fn theirs(lab: &Lab) -> Theirs {
    let split = |words: Vec<String>| {
        let at = words.iter().position(|word| word == "Obsoleting").unwrap_or(words.len());
        let after = words.get(at + 2..).unwrap_or_default().to_vec();
        (words[..at].to_vec(), after)
    };
    let (updates, obsoletes) = split(lab.dnf(&["check-update"]));
    let (security, _) = split(lab.dnf(&["check-update", "--security"]));
    // Every version of a successor has a line, of which the newest counts: here the last by its text.
    let mut newest: BTreeMap<(String, String), String> = BTreeMap::new();
    for pair in obsoletes.chunks(6) {
        let name = |word: &str| word.rsplit_once('.').unwrap().0.to_owned();
        if name(&pair[0]) != name(&pair[3]) {
            let rest = newest.entry((pair[0].clone(), pair[3..5].join(" "))).or_default();
            *rest = pair[1..3].join(" ").max(rest.clone());
        }
    }
    let replacements = newest.into_iter().map(|((new, old), rest)| (format!("{new} {rest}"), old)).collect();
    let advisories = lab.dnf(&["updateinfo", "list"]);
    let advisories = advisories.chunks(3).map(|line| {
        let [id, kind, package] = line else { panic!("{line:?}") };
        (id.clone(), kind.clone(), package.clone())
    });
    Theirs {
        updates: updates_of(&updates),
        replacements,
        security: updates_of(&security).into_keys().collect(),
        advisories: advisories.collect(),
    }
}

/// The updates of a root; nothing of it may be left out.
pub(crate) fn ours(lab: &Lab) -> Updates {
    let updates = lab.collect().updates.unwrap();
    assert_eq!(updates.skipped, []);
    updates
}

pub(crate) fn key(record: &UpdateRecord) -> String {
    format!("{}.{}", record.name, record.arch)
}

/// Asks both and holds them against each other, line by line. Gives both for further questions.
pub(crate) fn compare(lab: &Lab) -> (Theirs, Updates) {
    let (theirs, ours) = (theirs(lab), ours(lab));
    let shown: Vec<&UpdateRecord> = ours.records.iter().filter(|record| record.withheld.is_none()).collect();
    let mine: BTreeSet<(String, String)> = shown.iter().map(|r| (key(r), r.candidate.clone())).collect();
    let wanted: BTreeSet<(String, String)> =
        theirs.updates.iter().map(|(name, (evr, _))| (name.clone(), evr.clone())).collect();
    same("check-update", &mine, &wanted);
    for record in &shown {
        let (_, repositories) = &theirs.updates[&key(record)];
        assert!(repositories.contains(&record.repository), "{record:?}: {repositories:?}");
    }
    let mine: BTreeSet<String> = shown.iter().filter(|record| record.security).map(|record| key(record)).collect();
    same("check-update --security", &mine, &theirs.security);
    let mine: BTreeSet<(String, String)> = ours
        .replacements
        .iter()
        .map(|r| {
            let new = format!("{}.{} {} {}", r.by, r.by_arch, r.candidate, r.repository);
            (new, format!("{}.{} {}", r.name, r.arch, r.installed))
        })
        .collect();
    same("obsoleting packages", &mine, &theirs.replacements);
    // dnf lists advisories whether it would take the packages or not, but none of packages among the main excludes,
    // by which it does not see the installed ones either.
    let of = |name: &str, arch: &str| format!("{name}.{arch}");
    let mine: BTreeSet<(String, String)> = ours
        .records
        .iter()
        .filter(|record| !record.withheld_reason.starts_with("is among excludepkgs"))
        .flat_map(|record| record.advisories.iter().map(|id| (id.clone(), of(&record.name, &record.arch))))
        .collect();
    let wanted: BTreeSet<(String, String)> = theirs
        .advisories
        .iter()
        .map(|(id, _, package)| {
            let (rest, arch) = package.rsplit_once('.').unwrap();
            (id.clone(), of(rest.rsplitn(3, '-').nth(2).unwrap(), arch))
        })
        .collect();
    same("updateinfo list", &mine, &wanted);
    (theirs, ours)
}
