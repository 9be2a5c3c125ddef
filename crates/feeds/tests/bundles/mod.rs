//! Vendors' documents of the shared data, alone and in bundles. A missing one fails the test, never skips it.

#![allow(dead_code, clippy::allow_attributes, reason = "each test takes what it needs, none takes all")]

use feeds::{CVE_FEEDS, Collected, Document, FEEDS, Unreadable};
use std::io::Read;

/// A file of the shared data's `feeds` folder, decompressed.
pub(crate) fn document(path: &str) -> Vec<u8> {
    let path = format!("{}/../../../shared/data/feeds/{path}", env!("CARGO_MANIFEST_DIR"));
    let packed = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    unpack(std::io::BufReader::new(packed)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What is compressed in any of the ways that a feed may use.
pub(crate) fn unpack(packed: impl std::io::BufRead) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    formats::compression::Decoder::new(packed, 2 << 30)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The files of a tar archive whose paths end so, with their paths, in the archive's order; one at least.
pub(crate) fn untar(archive: &[u8], end: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in tar::Archive::new(archive).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        if path.ends_with(end) {
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            found.push((path, content));
        }
    }
    assert!(!found.is_empty(), "the archive holds no {end}");
    found
}

/// The files of a bundle whose paths end so, with their paths.
pub(crate) fn members(bundle: &str, end: &str) -> Vec<(String, Vec<u8>)> {
    untar(&document(bundle), end)
}

/// The one file of a bundle whose path ends so.
pub(crate) fn member(bundle: &str, end: &str) -> Vec<u8> {
    only(members(bundle, end), end)
}

/// The content of the one file that was found.
pub(crate) fn only(mut found: Vec<(String, Vec<u8>)>, end: &str) -> Vec<u8> {
    assert_eq!(found.len(), 1, "{end}");
    found.remove(0).1
}

/// Everything that a feed's parser makes of a document.
pub(crate) fn parse(id: &str, bytes: &[u8]) -> (Collected, Result<(), Unreadable>) {
    let document = Document { name: "x".into(), url: "x".into() };
    let mut collected = Collected::default();
    let feed = FEEDS.iter().chain(CVE_FEEDS).find(|feed| feed.id() == id).unwrap_or_else(|| panic!("no feed {id}"));
    let outcome = feed.parse(&document, &mut &*bytes, &mut collected);
    (collected, outcome)
}
