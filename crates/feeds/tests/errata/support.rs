//! What the tests have in common.

use feeds::{Collected, Document, Unreadable, feed};
use model::{Advisory, Fact, FactStatus};
use std::collections::BTreeMap;

/// Imports a file, however it is packed, and reads it as the server does, as the document `name`.
pub(crate) fn take(id: &str, name: &str, bytes: &[u8]) -> (Collected, Result<(), Unreadable>) {
    let folder = tempfile::tempdir().unwrap();
    let (file, kept) = (folder.path().join("file"), folder.path().join("kept.zst"));
    std::fs::write(&file, bytes).unwrap();
    let fresh = match feeds::import(&file, &kept, 2 << 30, jiff::Timestamp::UNIX_EPOCH) {
        Ok(fresh) => fresh,
        Err(error) => return (Collected::default(), Err(Unreadable::Io(error.to_string()))),
    };
    let document = Document { name: name.into(), url: name.into() };
    let mut collected = Collected::default();
    let outcome = feeds::read(feed(id).unwrap(), &document, &fresh.body, 2 << 30, &mut collected);
    (collected, outcome)
}

/// The one advisory of an id.
pub(crate) fn of<'a>(collected: &'a Collected, id: &str) -> &'a Advisory {
    collected.advisories.iter().find(|advisory| advisory.id == id).unwrap_or_else(|| panic!("no {id}"))
}

/// The facts of a package: CVE (or `-`), module and version.
pub(crate) fn said<'a>(advisory: &'a Advisory, package: &str) -> Vec<(&'a str, &'a str, &'a str)> {
    let facts = advisory.facts.iter().filter(|fact| fact.subject.name() == package);
    facts.map(|fact| (if fact.cve.is_empty() { "-" } else { &fact.cve }, fact.module.as_str(), version(fact))).collect()
}

/// The version that a fact says is fixed.
pub(crate) fn version(fact: &Fact) -> &str {
    match &fact.status {
        FactStatus::Fixed(version) => version,
        other => panic!("{other:?}"),
    }
}

/// How many facts there are.
pub(crate) fn facts(collected: &Collected) -> usize {
    collected.advisories.iter().map(|advisory| advisory.facts.len()).sum()
}

/// What was skipped, by reason.
pub(crate) fn reasons(collected: &Collected) -> BTreeMap<&str, usize> {
    let mut reasons = BTreeMap::new();
    for skipped in &collected.skipped {
        *reasons.entry(skipped.why.as_str()).or_default() += 1;
    }
    reasons
}
