//! The project's real data. A missing file fails the test, never skips it.

use matching::{FeedStamp, Rules};
use model::{Advisory, Origin, Package, Platform};
use std::io::Read;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

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

/// The records of a set.
pub(crate) fn records(set: &str) -> Vec<serde_json::Value> {
    let text = String::from_utf8(unpacked(&format!("conformance/{set}.jsonl.zst"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A field that is a text; empty where it is null.
pub(crate) fn text<'a>(record: &'a serde_json::Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

/// The files of a bundle: path and content.
pub(crate) fn files(bundle: &str) -> Vec<(String, Vec<u8>)> {
    let tar = unpacked(bundle);
    let mut files = Vec::new();
    let mut at = 0;
    // ustar: a head of 512 bytes with the name and the size in octal, then the content in blocks of 512.
    while at + 512 <= tar.len() && tar[at] != 0 {
        let field = |from: usize, len: usize| {
            let field = &tar[at + from..at + from + len];
            let end = field.iter().position(|b| *b == 0).unwrap_or(len);
            String::from_utf8_lossy(&field[..end]).trim().to_owned()
        };
        let size = usize::from_str_radix(&field(124, 12), 8).unwrap();
        if matches!(tar[at + 156], b'0' | 0) {
            files.push((format!("{}/{}", field(345, 155), field(0, 100)), tar[at + 512..at + 512 + size].to_vec()));
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    files
}

/// What a feed understands of those files of a bundle that it wants.
pub(crate) fn parsed(feed: &str, bundle: &str, wanted: impl Fn(&str) -> bool) -> Vec<Advisory> {
    let of = feeds::feed(feed).unwrap();
    let mut collected = feeds::Collected::default();
    for (name, content) in files(bundle).into_iter().filter(|(name, _)| wanted(name)) {
        let document = feeds::Document { url: name.clone(), name };
        of.parse(&document, &mut &*content, &mut collected)
            .unwrap_or_else(|error| panic!("{}: {error}", document.name));
    }
    collected.advisories
}

/// What a feed understands of one document, however it is compressed.
pub(crate) fn document(feed: &str, path: &str) -> Vec<Advisory> {
    let file = std::fs::File::open(format!("{DATA}/{path}")).unwrap_or_else(|error| panic!("{path}: {error}"));
    let decoder = formats::compression::Decoder::new(std::io::BufReader::new(file), 1 << 30).unwrap();
    let document = feeds::Document { name: path.to_owned(), url: path.to_owned() };
    let mut collected = feeds::Collected::default();
    let mut body = std::io::BufReader::with_capacity(1 << 17, decoder);
    feeds::feed(feed).unwrap().parse(&document, &mut body, &mut collected).unwrap();
    collected.advisories
}

/// The rules of a platform by one feed in force.
pub(crate) fn rules(platform: &str, feed: &str, advisories: &[Advisory]) -> Rules {
    let platform: Platform = platform.parse().unwrap();
    let stamp = FeedStamp {
        id: feed.to_owned(),
        as_of: "2026-08-21T00:00:00Z".parse().unwrap(),
        document: feed.to_owned(),
        sha256: String::new(),
        too_old: false,
    };
    Rules::compile(&platform, &[stamp], advisories.iter().map(|advisory| (feed, advisory)))
}

pub(crate) fn package(platform: &str, name: &str, version: &str, arch: &str, source: &str) -> Package {
    Package {
        platform: platform.parse().unwrap(),
        name: name.to_owned(),
        version: version.to_owned(),
        arch: arch.to_owned(),
        source: if source.is_empty() { name } else { source }.to_owned(),
        source_version: version.to_owned(),
        module: String::new(),
        origin: Origin::DistributionInferred,
    }
}
