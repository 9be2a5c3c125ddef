//! A document of a feed is parsed and handed on, record by record.
//!
//! A parser runs on a thread of its own and hands its records over a short channel, so that a large
//! document is never held and a slow disk slows the parser, not the server.

use super::feed_platforms::Spoken;
use super::feed_sync::ceiling;
use crate::app::App;
use anyhow::anyhow;
use feeds::{Document, Feed, Fresh, NothingUnderstood, Sink, Skipped, Stop, Tally};
use jiff::Timestamp;
use model::{Advisory, CveRecord};
use store::{Named, SkippedRecord, SkippedRecords};
use tokio::sync::mpsc;

/// Records handed over at a time.
const SLICE: usize = 500;

/// A record on its way from the parser's thread.
enum Parsed {
    Advisories(Vec<Advisory>),
    Cves(Vec<CveRecord>),
    Skipped(Box<Skipped>),
}

/// Hands records over in slices.
struct Slices {
    to: mpsc::Sender<Parsed>,
    advisories: Vec<Advisory>,
    cves: Vec<CveRecord>,
    spoken: Spoken,
}

impl Slices {
    fn send(&self, parsed: Parsed) -> Result<(), Stop> {
        self.to.blocking_send(parsed).map_err(|_| Stop)
    }

    fn flush(&mut self) -> Result<(), Stop> {
        if !self.advisories.is_empty() {
            let slice = std::mem::take(&mut self.advisories);
            self.send(Parsed::Advisories(slice))?;
        }
        if !self.cves.is_empty() {
            let slice = std::mem::take(&mut self.cves);
            self.send(Parsed::Cves(slice))?;
        }
        Ok(())
    }
}

impl Sink for Slices {
    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop> {
        self.spoken.note(&advisory);
        self.advisories.push(advisory);
        if self.advisories.len() >= SLICE { self.flush() } else { Ok(()) }
    }

    fn cve(&mut self, record: CveRecord) -> Result<(), Stop> {
        self.spoken.keys.insert(record.id.clone(), 0);
        self.cves.push(record);
        if self.cves.len() >= SLICE { self.flush() } else { Ok(()) }
    }

    fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop> {
        self.send(Parsed::Skipped(Box::new(skipped)))
    }
}

/// What was counted of one document.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    /// Advisories, or records of CVEs.
    pub(super) records: u64,
    pub(super) skipped: u64,
    /// Of the skipped ones those that would have had something to say, and those of them that are kept.
    pub(super) lost: u64,
    pub(super) lost_kept: u64,
    pub(super) spoken: Spoken,
    /// The date inside, and of an archive the newest of its members.
    pub(super) inside: Option<Timestamp>,
    pub(super) members: Option<Timestamp>,
}

impl Counts {
    fn of(tally: &Tally<'_>) -> Self {
        Self {
            records: tally.advisories + tally.cves,
            skipped: tally.skipped,
            inside: tally.inside(),
            members: tally.members,
            ..Self::default()
        }
    }
}

/// What a document that can't be read looks like, behind a semicolon; empty where nothing can be told.
pub(super) async fn remark(feed: &'static dyn Feed, fresh: &Fresh) -> anyhow::Result<String> {
    let (body, max_bytes) = (fresh.body.clone(), ceiling(feed)?);
    let remark = tokio::task::spawn_blocking(move || feeds::remark(feed, &body, max_bytes)).await?;
    Ok(remark.map(|remark| format!("; {remark}")).unwrap_or_default())
}

/// Reads a document into a generation.
pub(super) async fn read(
    app: &App,
    feed: &'static dyn Feed,
    document: &Document,
    fresh: &Fresh,
    generation: &mut store::FeedGeneration,
    skipped: &mut SkippedRecords,
) -> anyhow::Result<Counts> {
    let (to, mut parsed) = mpsc::channel(4);
    let parser = {
        let (document, body, max_bytes) = (document.clone(), fresh.body.clone(), ceiling(feed)?);
        let now = app.now();
        tokio::task::spawn_blocking(move || {
            let mut slices =
                Slices { to, advisories: Vec::with_capacity(SLICE), cves: Vec::new(), spoken: Spoken::default() };
            let mut tally = Tally::new(&mut slices).as_of(now);
            feeds::read(feed, &document, &body, max_bytes, &mut tally)?;
            match feeds::check_understood(&tally) {
                // One of a vendor's documents may be empty; that all of them are is refused later.
                Ok(()) | Err(NothingUnderstood::Empty) => {}
                Err(nothing) => return Err(nothing.into()),
            }
            let mut counts = Counts::of(&tally);
            counts.spoken = std::mem::take(&mut slices.spoken);
            slices.flush().map_err(feeds::Unreadable::from)?;
            anyhow::Ok(counts)
        })
    };
    let mut written = Ok(());
    while let Some(record) = parsed.recv().await {
        written = match record {
            Parsed::Advisories(advisories) => app.store().feed_generation_write(generation, &advisories).await,
            Parsed::Cves(records) => app.store().feed_generation_write_cves(generation, &records).await,
            Parsed::Skipped(note) => {
                push(skipped, document, *note);
                Ok(())
            }
        };
        if written.is_err() {
            break;
        }
    }
    drop(parsed);
    let counts = parser.await?;
    written?;
    match counts {
        Ok(counts) => Ok(counts),
        Err(error) => Err(anyhow!("{error:#}{}", remark(feed, fresh).await?)),
    }
}

/// Takes a note on what of a document was skipped.
pub(super) fn push(skipped: &mut SkippedRecords, document: &Document, note: Skipped) {
    let record = match note.line {
        Some(line) => format!("line {line}: {}", note.record),
        None => note.record,
    };
    let platform = note.lost.as_ref().and_then(|lost| lost.platform.as_ref()).map(ToString::to_string);
    let lost = note.lost.as_ref().map(|lost| Named {
        platform: platform.as_deref().unwrap_or_default(),
        cves: &lost.cves,
        packages: &lost.packages,
        anything: lost.anything,
    });
    skipped.push(SkippedRecord { document: document.url.clone(), record, why: note.why }, lost);
}
