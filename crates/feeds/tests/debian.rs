//! Debian's documents, genuine and damaged, against counts taken by other means.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use feeds::{Collected, Document, Feed, Unreadable, feed};
use std::collections::BTreeMap;
use std::io::Read;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/debian");

/// One file of a bundle, by the end of its path, which must be unique.
fn file(bundle: &str, end: &str) -> Vec<u8> {
    let path = format!("{DATA}/{bundle}.tar.zst");
    let packed = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut tar = Vec::new();
    let mut decoder = zstd::Decoder::new(packed).unwrap();
    decoder.window_log_max(27).unwrap();
    decoder.read_to_end(&mut tar).unwrap();
    let mut found = Vec::new();
    let mut at = 0;
    // ustar: a head of 512 bytes with the name and the size in octal, then the content in blocks of 512.
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
    assert_eq!(found.len(), 1, "{end} in {bundle}");
    found.remove(0)
}

fn parse(id: &str, bytes: &[u8]) -> (Collected, Result<(), Unreadable>) {
    let document = Document { name: "x".into(), url: "x".into() };
    let mut collected = Collected::default();
    let outcome = feed(id).unwrap().parse(&document, &mut &*bytes, &mut collected);
    (collected, outcome)
}

fn facts(collected: &Collected) -> usize {
    collected.advisories.iter().map(|advisory| advisory.facts.len()).sum()
}

fn by_why(collected: &Collected) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for skipped in &collected.skipped {
        *counts.entry(skipped.why.as_str()).or_default() += 1;
    }
    counts
}

#[test]
fn explore() {
    for (id, end) in [("debian-dsa", "data/DSA/list"), ("debian-dla", "data/DLA/list")] {
        let (c, o) = parse(id, &file("security-tracker-lists", end));
        println!("{id} {o:?} adv {} facts {} {:?}", c.advisories.len(), facts(&c), by_why(&c));
        for s in c.skipped.iter().take(40) {
            println!("   {s}");
        }
    }
    for (b, end) in [
        ("samples-vunnel-debian", "input/debian.json"),
        ("samples-vuls-data-update", "fixtures/advisory.json"),
        ("samples-vuls-data-update", "fixtures/invalid.json"),
    ] {
        let (c, o) = parse("debian-tracker", &file(b, end));
        println!("{end} {o:?} adv {} facts {} {:?}", c.advisories.len(), facts(&c), by_why(&c));
    }
}
