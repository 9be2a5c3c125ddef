//! Feed files named on the command line, compiled in memory.

use super::source::FeedFile;
use crate::app::Config;
use crate::cli::output::{Output, counted};
use crate::platform_rules::is_too_old;
use anyhow::{Context as _, anyhow, bail};
use feeds::{Dates, Document, Lost, Sink, Skipped, Stop, Tally};
use jiff::Timestamp;
use matching::{FeedStamp, Rules, RulesBuilder, Skip, SkipCounts};
use model::{Advisory, Platform};
use std::collections::BTreeMap;

/// The largest document, decompressed: the largest of today's feeds has 700 MB.
const MOST_BYTES: u64 = 4 << 30;

/// Rules of the files for one platform. `at` is the present, or the day that is asked about; with
/// `as_of`, advisories published after it are left out. `date` is the date of the files' data, as of a file that
/// is imported; else what they say themselves counts, else their modification time.
///
/// # Errors
/// When a feed is not in the catalogue, or a file can't be read as a document of it.
pub fn rules(
    files: &[FeedFile],
    platform: &Platform,
    at: Timestamp,
    as_of: bool,
    date: Option<Timestamp>,
    out: &mut Output,
) -> anyhow::Result<Rules> {
    let max_age = Config::default().feed_max_age;
    let mut stamps: Vec<FeedStamp> = Vec::new();
    let (mut kept, mut skips, mut counts) = (Vec::new(), Vec::new(), BTreeMap::new());
    for file in files {
        let mut sink = OfPlatform {
            platforms: matching::platforms_of(platform),
            until: as_of.then_some(at),
            advisories: Vec::new(),
            skips: Vec::new(),
            skipped: Vec::new(),
            skipped_count: 0,
        };
        let read = read(file, &mut sink, at, date)?;
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
        let counts: &mut SkipCounts = counts.entry(file.id.clone()).or_default();
        counts.records += read.records;
        counts.lost += read.lost;
        counts.kept += read.lost.min(u64::try_from(MOST_SKIPS).unwrap_or(u64::MAX));
        skips.extend(sink.skips.into_iter().map(|skip| (file.id.clone(), skip)));
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
    for (feed, counts) in counts {
        builder.count_skips(&feed, counts);
    }
    for (feed, skip) in &skips {
        builder.add_skip(feed, skip);
    }
    Ok(builder.finish())
}

/// A document that was read.
struct DocumentRead {
    name: String,
    as_of: Timestamp,
    records: u64,
    lost: u64,
    newer_inside: bool,
    sha256: String,
}

fn read(
    file: &FeedFile,
    sink: &mut OfPlatform,
    at: Timestamp,
    date: Option<Timestamp>,
) -> anyhow::Result<DocumentRead> {
    let Some(feed) = feeds::feed(&file.id) else {
        let known: Vec<_> = feeds::FEEDS.iter().map(|feed| feed.id()).collect();
        bail!("'{}' is not a feed: expected one of {}", file.id, known.join(", "));
    };
    let shown = file.path.display();
    let found = std::fs::metadata(&file.path).with_context(|| format!("{shown}"))?;
    let name = file.path.file_name().map_or_else(|| shown.to_string(), |name| name.to_string_lossy().into_owned());
    let document = Document { name: name.clone(), url: name.clone() };
    let mut tally = Tally::new(sink).as_of(at);
    let outcome =
        feeds::read_and_hash(feed, &document, &file.path, MOST_BYTES, &mut tally).map_err(anyhow::Error::from);
    let understood = outcome.and_then(|sha256| {
        feeds::check_understood(&tally)?;
        Ok(sha256)
    });
    let sha256 = understood.map_err(|error| {
        let remark = feeds::remark(feed, &file.path, MOST_BYTES).map(|remark| format!("; {remark}"));
        anyhow!("{shown} is no document of {}: {error:#}{}", file.id, remark.unwrap_or_default())
    })?;
    let inside = tally.inside();
    let modified = found.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
    Ok(DocumentRead {
        name,
        as_of: feeds::as_of(
            Dates { given: date, inside, members: tally.members, file: modified, ..Dates::default() },
            at,
        )
        .at,
        records: tally.advisories,
        lost: tally.lost,
        newer_inside: tally.later || inside.is_some_and(|inside| inside > at),
        sha256,
    })
}

/// Most rows of what is lost with skipped records that are kept; see [`matching::SkipCounts`].
const MOST_SKIPS: usize = 20_000;

impl OfPlatform {
    /// Keeps what a skipped record would have spoken of, a row for each issue and package.
    fn lose(&mut self, skipped: &Skipped, lost: &Lost) {
        let none = [String::new()];
        let elsewhere = lost.platform.as_ref().is_some_and(|platform| !self.platforms.contains(platform));
        let cves = if lost.cves.is_empty() { &none } else { lost.cves.as_slice() };
        let packages = if lost.packages.is_empty() { &none } else { lost.packages.as_slice() };
        for (cve, package) in cves.iter().flat_map(|cve| packages.iter().map(move |package| (cve, package))) {
            let is_named = !(cve.is_empty() && package.is_empty());
            if elsewhere || self.skips.len() >= MOST_SKIPS || !(is_named || lost.anything) {
                return;
            }
            let (record, why) = (skipped.record.clone(), skipped.why.clone());
            let platform = lost.platform.clone();
            self.skips.push(Skip { platform, cve: cve.clone(), package: package.clone(), record, why });
        }
    }
}

/// How many skipped records are named; the others are counted.
const MOST_NAMED: usize = 5;

/// Keeps what speaks of the platform, which is a small part of a whole document.
struct OfPlatform {
    platforms: Vec<Platform>,
    until: Option<Timestamp>,
    advisories: Vec<Advisory>,
    skips: Vec<Skip>,
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
        if let Some(lost) = &skipped.lost {
            self.lose(&skipped, lost);
        }
        if self.skipped.len() < MOST_NAMED {
            self.skipped.push(skipped);
        }
        Ok(())
    }
}
