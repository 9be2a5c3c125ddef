//! The shared data and what the tests have in common. A missing file fails the test, never skips it.

use feeds::{Collected, Document, Unreadable, feed};
use model::{Advisory, Fact, FactStatus};
use std::collections::BTreeMap;
use std::io::Read;

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

/// The files of a bundle whose paths end so, with their paths; bundles hold paths too long for a plain head.
pub(crate) fn members(bundle: &str, end: &str) -> Vec<(String, Vec<u8>)> {
    let bytes = document(bundle);
    let mut found = Vec::new();
    for entry in tar::Archive::new(&*bytes).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        if path.ends_with(end) {
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            found.push((path, content));
        }
    }
    assert!(!found.is_empty(), "{bundle} holds no {end}");
    found
}

/// The one file of a bundle whose path ends so.
pub(crate) fn member(bundle: &str, end: &str) -> Vec<u8> {
    let mut found = members(bundle, end);
    assert_eq!(found.len(), 1, "{bundle} holds {end} once");
    found.remove(0).1
}

/// A file of the shared data's `feeds` folder, decompressed.
pub(crate) fn document(path: &str) -> Vec<u8> {
    let path = format!("{}/../../../shared/data/feeds/{path}", env!("CARGO_MANIFEST_DIR"));
    let packed = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut bytes = Vec::new();
    formats::compression::Decoder::new(std::io::BufReader::new(packed), 2 << 30)
        .and_then(|mut decoder| decoder.read_to_end(&mut bytes))
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    bytes
}

/// Everything that a feed's parser makes of a document.
pub(crate) fn parse(id: &str, bytes: &[u8]) -> (Collected, Result<(), Unreadable>) {
    let document = Document { name: "x".into(), url: "x".into() };
    let mut collected = Collected::default();
    let outcome = feed(id).unwrap().parse(&document, &mut &*bytes, &mut collected);
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
