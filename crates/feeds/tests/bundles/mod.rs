//! Whole bundles of vendors' documents, for tests. A missing one fails the test, never skips it.

use feeds::{CVE_FEEDS, Collected, Document, FEEDS, Unreadable};
use std::io::Read;

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

/// The files of a bundle whose paths end so, with their paths, in the bundle's order.
pub(crate) fn members(bundle: &str, end: &str) -> Vec<(String, Vec<u8>)> {
    let tar = document(bundle);
    let mut found = Vec::new();
    let mut at = 0;
    // A head of 512 bytes with the name and the size in octal, then the content in blocks of 512.
    while at + 512 <= tar.len() && tar[at] != 0 {
        let text = |from: usize, len: usize| {
            let field = &tar[at + from..at + from + len];
            let end = field.iter().position(|b| *b == 0).unwrap_or(len);
            String::from_utf8_lossy(&field[..end]).trim().to_owned()
        };
        let (prefix, name, size) = (text(345, 155), text(0, 100), text(124, 12));
        let size = usize::from_str_radix(&size, 8).unwrap();
        let name = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if name.ends_with(end) {
            found.push((name, tar[at + 512..at + 512 + size].to_vec()));
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    assert!(!found.is_empty(), "{bundle} holds no {end}");
    found
}

/// Everything that a feed's parser makes of a document.
pub(crate) fn parse(id: &str, bytes: &[u8]) -> (Collected, Result<(), Unreadable>) {
    let document = Document { name: "x".into(), url: "x".into() };
    let mut collected = Collected::default();
    let feed = FEEDS.iter().chain(CVE_FEEDS).find(|feed| feed.id() == id).unwrap_or_else(|| panic!("no feed {id}"));
    let outcome = feed.parse(&document, &mut &*bytes, &mut collected);
    (collected, outcome)
}
