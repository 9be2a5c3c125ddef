//! The project's real data, for tests. A missing file fails the test, never skips it.

#![allow(dead_code, clippy::allow_attributes, reason = "each test takes what it needs, none takes all")]

use matching::FeedStamp;
use model::{Advisory, Origin, Package};
use std::io::Read;
use std::path::Path;

/// The shared data.
pub(crate) const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// A Zstandard file's content.
pub(crate) fn unpacked(path: &str) -> Vec<u8> {
    let path = format!("{DATA}/{path}");
    let packed = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut decoder = zstd::Decoder::new(packed).unwrap();
    decoder.window_log_max(27).unwrap();
    let mut content = Vec::new();
    decoder.read_to_end(&mut content).unwrap();
    content
}

/// The files of a bundle: path and content.
pub(crate) fn files(bundle: &str) -> Vec<(String, Vec<u8>)> {
    let tar = unpacked(bundle);
    let mut files = Vec::new();
    let mut at = 0;
    let mut long = None;
    // ustar: a head of 512 bytes with the name and the size in octal, then the content in blocks of 512; a
    // name that is too long for the head stands in an entry of its own before it (GNU `L`, pax `x`).
    while at + 512 <= tar.len() && tar[at] != 0 {
        let field = |from: usize, len: usize| {
            let field = &tar[at + from..at + from + len];
            let end = field.iter().position(|b| *b == 0).unwrap_or(len);
            String::from_utf8_lossy(&field[..end]).trim().to_owned()
        };
        let size = usize::from_str_radix(&field(124, 12), 8).unwrap();
        let content = &tar[at + 512..at + 512 + size];
        match tar[at + 156] {
            b'L' => long = Some(String::from_utf8_lossy(content).trim_end_matches('\0').to_owned()),
            b'x' => {
                let text = String::from_utf8_lossy(content);
                long = text.split_once("path=").and_then(|(_, rest)| rest.lines().next()).map(str::to_owned);
            }
            b'0' | 0 => {
                let name = long.take().unwrap_or_else(|| format!("{}/{}", field(345, 155), field(0, 100)));
                files.push((name, content.to_vec()));
            }
            _ => long = None,
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    files
}

/// The content of the one file of a bundle whose path ends so.
pub(crate) fn file(bundle: &str, end: &str) -> Vec<u8> {
    let mut found: Vec<_> = files(bundle).into_iter().filter(|(name, _)| name.ends_with(end)).collect();
    assert_eq!(found.len(), 1, "{end} in {bundle}");
    found.remove(0).1
}

/// What a feed makes of a document of a bundle.
pub(crate) fn parsed(id: &str, bundle: &str, end: &str) -> Vec<Advisory> {
    let bytes = file(bundle, end);
    let document = feeds::Document { name: Path::new(end).display().to_string(), url: end.to_owned() };
    let mut collected = feeds::Collected::default();
    feeds::feed(id).unwrap().parse(&document, &mut &*bytes, &mut collected).unwrap();
    collected.advisories
}

/// The DSA and DLA lists as (feed, advisories).
pub(crate) fn lists() -> Vec<(&'static str, Vec<Advisory>)> {
    let bundle = "feeds/debian/security-tracker-lists.tar.zst";
    vec![
        ("debian-dsa", parsed("debian-dsa", bundle, "data/DSA/list")),
        ("debian-dla", parsed("debian-dla", bundle, "data/DLA/list")),
    ]
}

/// A feed in force, of a date that no test depends on.
pub(crate) fn stamp(id: &str) -> FeedStamp {
    FeedStamp {
        id: id.to_owned(),
        as_of: "2023-04-02T00:00:00Z".parse().unwrap(),
        document: format!("{id}.list"),
        sha256: "0".repeat(64),
        too_old: false,
    }
}

/// A package of the distribution whose binary has its source's version.
pub(crate) fn package(platform: &str, name: &str, source: &str, version: &str) -> Package {
    Package {
        platform: platform.parse().unwrap(),
        name: name.to_owned(),
        version: version.to_owned(),
        arch: "amd64".to_owned(),
        source: source.to_owned(),
        source_version: version.to_owned(),
        module: String::new(),
        origin: Origin::Distribution,
    }
}
