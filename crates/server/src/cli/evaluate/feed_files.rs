//! Feed files named on the command line, compiled in memory.

use super::source::FeedFile;
use crate::app::Config;
use crate::cli::output::{Output, counted};
use crate::platform_rules::is_too_old;
use anyhow::{Context as _, bail};
use feeds::{Dates, Document, Sink, Skipped, Stop, Tally};
use formats::compression::Decoder;
use jiff::Timestamp;
use matching::{FeedStamp, Rules, RulesBuilder};
use model::{Advisory, Platform};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufReader, Read};

/// The largest document, decompressed: the largest of today's feeds has 700 MB.
const MOST_BYTES: u64 = 4 << 30;

/// Rules of the files for one platform. `at` is the present, or the day that is asked about; with
/// `as_of`, advisories published after it are left out.
///
/// # Errors
/// When a feed is not in the catalogue, or a file can't be read as a document of it.
pub fn rules(
    files: &[FeedFile],
    platform: &Platform,
    at: Timestamp,
    as_of: bool,
    out: &mut Output,
) -> anyhow::Result<Rules> {
    let max_age = Config::default().feed_max_age;
    let mut stamps: Vec<FeedStamp> = Vec::new();
    let mut kept = Vec::new();
    for file in files {
        let mut sink = OfPlatform {
            platforms: matching::platforms_of(platform),
            until: as_of.then_some(at),
            advisories: Vec::new(),
            skipped: Vec::new(),
            skipped_count: 0,
        };
        let read = read(file, &mut sink, at)?;
        for skipped in &sink.skipped {
            out.note(&format!("{}: skipped {skipped}", file.path.display()));
        }
        if sink.skipped_count > sink.skipped.len() {
            let total = counted(sink.skipped_count, "record", "records");
            out.note(&format!("{}: {total} skipped in all", file.path.display()));
        }
        if as_of && read.as_of == at && read.newer_inside {
            out.note(&format!("{}: knows of days after --as-of", file.path.display()));
        }
        kept.extend(sink.advisories.into_iter().map(|advisory| (file.id.clone(), advisory)));
        match stamps.iter_mut().find(|stamp| stamp.id == file.id) {
            // Several documents of one feed: as old as the oldest.
            Some(stamp) => {
                stamp.as_of = stamp.as_of.min(read.as_of);
                stamp.too_old |= is_too_old(read.as_of, at, max_age);
                stamp.document = format!("{}, {}", stamp.document, read.name);
                stamp.sha256 = format!("{}, {}", stamp.sha256, read.sha256);
            }
            None => stamps.push(FeedStamp {
                id: file.id.clone(),
                as_of: read.as_of,
                too_old: is_too_old(read.as_of, at, max_age),
                document: read.name,
                sha256: read.sha256,
            }),
        }
    }
    let mut builder = RulesBuilder::new(platform, &stamps);
    for (feed, advisory) in &kept {
        builder.add(feed, advisory);
    }
    Ok(builder.finish())
}

/// A document that was read.
struct DocumentRead {
    name: String,
    as_of: Timestamp,
    newer_inside: bool,
    sha256: String,
}

fn read(file: &FeedFile, sink: &mut OfPlatform, at: Timestamp) -> anyhow::Result<DocumentRead> {
    let Some(feed) = feeds::feed(&file.id) else {
        let known: Vec<_> = feeds::FEEDS.iter().map(|feed| feed.id()).collect();
        bail!("'{}' is not a feed: expected one of {}", file.id, known.join(", "));
    };
    let shown = file.path.display();
    let opened = File::open(&file.path).with_context(|| format!("{shown}"))?;
    let decoder = Decoder::new(BufReader::new(opened), MOST_BYTES).with_context(|| format!("{shown}"))?;
    let mut body = BufReader::with_capacity(1 << 17, Hashing { inner: decoder, digest: Sha256::new() });
    let name = file.path.file_name().map_or_else(|| shown.to_string(), |name| name.to_string_lossy().into_owned());
    let document = Document { name: name.clone(), url: name.clone() };
    let mut tally = Tally::new(sink);
    feed.parse(&document, &mut body, &mut tally).with_context(|| format!("{shown} is no document of {}", file.id))?;
    feeds::check_understood(&tally).with_context(|| format!("{shown} is no document of {}", file.id))?;
    let inside = tally.inside();
    // What a parser leaves unread (white space at the end) is part of the checksum.
    let mut rest = body.into_inner();
    io::copy(&mut rest, &mut io::sink()).with_context(|| format!("{shown}"))?;
    Ok(DocumentRead {
        name,
        as_of: feeds::as_of(Dates { inside, ..Dates::default() }, at).at,
        newer_inside: inside.is_some_and(|inside| inside > at),
        sha256: hex::encode(rest.digest.finalize()),
    })
}

/// Hashes what is read through it.
struct Hashing<R> {
    inner: R,
    digest: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}

/// How many skipped records are named; the others are counted.
const MOST_NAMED: usize = 5;

/// Keeps what speaks of the platform, which is a small part of a whole document.
struct OfPlatform {
    platforms: Vec<Platform>,
    until: Option<Timestamp>,
    advisories: Vec<Advisory>,
    skipped: Vec<Skipped>,
    skipped_count: usize,
}

impl Sink for OfPlatform {
    fn advisory(&mut self, mut advisory: Advisory) -> Result<(), Stop> {
        let published_later = self.until.zip(advisory.published).is_some_and(|(until, published)| published > until);
        advisory.facts.retain(|fact| self.platforms.contains(&fact.platform));
        if !published_later && !advisory.facts.is_empty() {
            self.advisories.push(advisory);
        }
        Ok(())
    }

    fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop> {
        self.skipped_count += 1;
        if self.skipped.len() < MOST_NAMED {
            self.skipped.push(skipped);
        }
        Ok(())
    }
}
