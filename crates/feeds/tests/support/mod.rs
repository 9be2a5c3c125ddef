//! The project's real data, for tests. A missing file fails the test, never skips it.

use feeds::{Collected, Document, Unreadable, feed};
use std::io::Read;

/// `feeds/debian` of the shared data.
pub(crate) const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/debian");

/// The one file of a bundle whose path ends so.
pub(crate) fn file(bundle: &str, end: &str) -> Vec<u8> {
    let path = format!("{DATA}/{bundle}.tar.zst");
    let packed = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut tar = Vec::new();
    let mut decoder = zstd::Decoder::new(packed).unwrap();
    decoder.window_log_max(27).unwrap();
    decoder.read_to_end(&mut tar).unwrap();
    untar(&tar, end)
}

/// The one file of a ustar archive whose path ends so.
pub(crate) fn untar(tar: &[u8], end: &str) -> Vec<u8> {
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
            found.push(tar[at + 512..at + 512 + size].to_vec());
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    assert_eq!(found.len(), 1, "{end}");
    found.remove(0)
}

/// Everything that a feed's parser makes of a document.
pub(crate) fn parse(id: &str, bytes: &[u8]) -> (Collected, Result<(), Unreadable>) {
    let document = Document { name: "x".into(), url: "x".into() };
    let mut collected = Collected::default();
    let outcome = feed(id).unwrap().parse(&document, &mut &*bytes, &mut collected);
    (collected, outcome)
}
