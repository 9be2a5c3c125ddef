//! What a document is that a feed can't read, in words that help: the usual things that are saved in
//! place of a vendor's document, and documents of other feeds.

use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Stop};
use formats::compression::Decoder;
use model::{Advisory, CveRecord};
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

/// How much of the beginning is looked at.
const START: u64 = 1024;
/// Notes of a feed on a document after which it is taken for none of its own.
const MAX_NOTES: usize = 50;

/// What a document that `feed` can't read looks like, and which feed would take it; `None` where nothing
/// can be told. The file may be compressed. To be asked only after reading has failed: every feed of the
/// catalogue has a look at it.
#[must_use]
pub fn remark(feed: &dyn Feed, path: &Path, max_bytes: u64) -> Option<String> {
    let mut start = Vec::new();
    open(path, max_bytes)?.take(START).read_to_end(&mut start).ok()?;
    if let Some(looks) = looks(&start) {
        return Some(looks.to_owned());
    }
    let other = crate::FEEDS.iter().chain(crate::CVE_FEEDS).find(|other| {
        other.id() != feed.id() && open(path, max_bytes).is_some_and(|mut body| understands(**other, path, &mut body))
    })?;
    Some(format!("it looks like a document of {}", other.id()))
}

fn open(path: &Path, max_bytes: u64) -> Option<BufReader<Decoder<BufReader<File>>>> {
    let decoder = Decoder::new(BufReader::new(File::open(path).ok()?), max_bytes).ok()?;
    Some(BufReader::with_capacity(1 << 17, decoder))
}

/// What the first bytes are, where that is not what a feed publishes.
fn looks(start: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(start).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    if start.is_empty() {
        Some("the file is empty")
    } else if text.is_empty() {
        Some("it begins with nothing but white space")
    } else if is_utf16(start) {
        Some("it is text in UTF-16, where UTF-8 is expected")
    } else if text.starts_with("<!doctype html") || text.starts_with("<html") {
        Some("it is a web page (HTML), such as a sign-in or error page that was saved in place of the document")
    } else if text.starts_with("cveid,") || text.starts_with("\"cveid\",") {
        Some("it is CISA's catalogue as CSV, of which the JSON is wanted: known_exploited_vulnerabilities.json")
    } else if start.contains(&0) {
        Some("it is no text")
    } else {
        None
    }
}

/// A byte order mark of UTF-16, or text of which every other byte is 0.
fn is_utf16(start: &[u8]) -> bool {
    let zeros =
        |of: usize| start.chunks_exact(2).take(64).all(|pair| pair.get(of) == Some(&0) && pair.get(1 - of) != Some(&0));
    start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") || start.len() >= 8 && (zeros(0) || zeros(1))
}

/// Whether a feed understands the beginning of a document.
fn understands(feed: &dyn Feed, path: &Path, body: &mut dyn std::io::BufRead) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut sink = Beginning { understood: false, notes: 0 };
    // How it ends does not matter: the sink stops it.
    let _ = feed.parse(&Document { url: name.clone(), name }, body, &mut sink);
    sink.understood
}

/// Waits for the first record that says something.
struct Beginning {
    understood: bool,
    notes: usize,
}

impl Sink for Beginning {
    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop> {
        self.understood |= !advisory.facts.is_empty();
        if self.understood { Err(Stop) } else { Ok(()) }
    }

    fn cve(&mut self, _record: CveRecord) -> Result<(), Stop> {
        self.understood = true;
        Err(Stop)
    }

    fn skipped(&mut self, _skipped: Skipped) -> Result<(), Stop> {
        self.notes += 1;
        if self.notes > MAX_NOTES { Err(Stop) } else { Ok(()) }
    }
}

/// What is expected of a document of a feed, for people: where the vendor has it.
#[must_use]
pub fn expected(feed: &dyn Feed) -> String {
    let mut asked = String::new();
    let documents = feed.discover(&FeedConfig::default(), &mut |url| {
        url.clone_into(&mut asked);
        Err(crate::FetchError::Address { url: url.to_owned(), why: "not asked for here".to_owned() })
    });
    match documents.ok().and_then(|documents| documents.into_iter().next()) {
        Some(document) => format!("expected what {} has", document.url),
        None => format!("expected a document that {asked} names"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_in_place_of_a_document_is_named() {
        for (bytes, wanted) in [
            (&b""[..], Some("the file is empty")),
            (b"  \n ", Some("it begins with nothing but white space")),
            (b"\xff\xfe{\0\"\0", Some("it is text in UTF-16, where UTF-8 is expected")),
            (b"{\0\"\0a\0\"\0:\0", Some("it is text in UTF-16, where UTF-8 is expected")),
            (b"\0{\0\"\0a\0\"\0:", Some("it is text in UTF-16, where UTF-8 is expected")),
            (b"\x7fELF\x02\x01\x01\0\0\0\0", Some("it is no text")),
            (
                b"cveID,vendorProject,product,vulnerabilityName",
                Some(
                    "it is CISA's catalogue as CSV, of which the JSON is wanted: known_exploited_vulnerabilities.json",
                ),
            ),
            (b"{\"a\":1}", None),
            (b"<?xml version='1.0'?><updates/>", None),
            (b"\xef\xbb\xbf{}", None),
        ] {
            assert_eq!(looks(bytes), wanted, "{bytes:?}");
        }
        for page in ["<!DOCTYPE html>\n<html>", "\n<html lang='en'>", "\u{feff}<HTML>"] {
            assert!(looks(page.as_bytes()).unwrap().contains("HTML"), "{page}");
        }
    }
}
