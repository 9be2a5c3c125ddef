//! Documents of a feed that are at hand are parsed, written in slices and made current.
//!
//! A parser runs on a thread of its own and hands its records over a short channel, so that a large
//! document is never held and a slow disk slows the parser, not the server. Nothing of a document is
//! in force before all of it was read; what was in force stays until then, and when anything fails.

use super::feed_platforms::{self, Spoken};
use super::feed_sync::{Outcome, ceiling, judge_again, touched};
use crate::api::events::Cause;
use crate::app::App;
use anyhow::{Context as _, anyhow};
use feeds::{AsOf, Dates, Document, Edition, Feed, Fresh, HeldBack, NothingUnderstood, Sink, Skipped, Stop, Tally};
use jiff::Timestamp;
use model::{Advisory, CveRecord};
use store::{FeedDocument, Named, Signature, SkippedRecord, SkippedRecords};
use tokio::sync::mpsc;

/// Records handed over at a time.
const SLICE: usize = 500;

/// Documents that are to be a feed's next edition.
pub(super) struct Incoming {
    /// Every document of the edition, those that did not change as well.
    pub(super) documents: Vec<Coming>,
    /// The document in force whose place the first of them takes, where that is told by its name.
    pub(super) replaced: Option<FeedDocument>,
    /// Documents that shrank or went back in time are taken, too.
    pub(super) force: bool,
}

/// One of them.
pub(super) struct Coming {
    pub(super) document: Document,
    pub(super) fresh: Fresh,
    /// What is known of who signed it.
    pub(super) signature: Signature,
    /// What is known of its date from outside.
    pub(super) brought: Dates,
    /// SHA-256 of the imported file, packed as it was.
    pub(super) file_sha256: Option<[u8; 32]>,
    /// Who said the date of a copy that was kept; empty where the date is to be found.
    pub(super) dated: String,
}

impl Coming {
    /// A document that was just fetched.
    pub(super) fn fetched(document: Document, fresh: Fresh, signature: Signature) -> Self {
        Self { document, fresh, signature, brought: Dates::default(), file_sha256: None, dated: String::new() }
    }

    /// A document in force, as it was kept. Nothing that others bring with them is about it.
    pub(super) fn again(app: &App, held: FeedDocument) -> anyhow::Result<Self> {
        let document = Document { name: held.name.clone(), url: held.url.clone() };
        let (fresh, file_sha256, dated) = (kept(app, &held)?, held.file_sha256, held.dated);
        Ok(Self { document, fresh, signature: held.signature, brought: Dates::default(), file_sha256, dated })
    }
}

/// Whether a document in force is the one that is brought under a name: a file's name alone stands for the
/// document at the end of whose address it stands, packed or not.
pub(super) fn is_called(held: &FeedDocument, name: &str) -> bool {
    let plain = |name: &str| {
        let ends = [".gz", ".xz", ".bz2", ".zst", ".lz4"];
        ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
    };
    let (name, path) = (plain(name), plain(held.url.strip_prefix("file:").unwrap_or(&held.url)));
    let is_end = |of: &str| of.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    !name.is_empty() && (is_end(&plain(&held.name)) || is_end(&path))
}

/// The edition of a document that was kept.
pub(super) fn kept(app: &App, held: &FeedDocument) -> anyhow::Result<Fresh> {
    let (path, sha256, fetched_at) = held
        .path
        .as_ref()
        .zip(held.sha256)
        .zip(held.fetched_at)
        .map(|((path, sha256), fetched_at)| (path, sha256, fetched_at))
        .with_context(|| format!("{} was not kept; sync again with --force", held.url))?;
    Ok(Fresh {
        body: app.data().path().join(path),
        origin: held.url.clone(),
        etag: held.etag.clone(),
        last_modified: held.last_modified.clone(),
        modified_at: held.as_of,
        sha256: hex::encode(sha256),
        bytes: held.bytes.unwrap_or(0),
        fetched_at,
    })
}

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
        self.cves.push(record);
        if self.cves.len() >= SLICE { self.flush() } else { Ok(()) }
    }

    fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop> {
        self.send(Parsed::Skipped(Box::new(skipped)))
    }
}

/// What was counted of one document.
#[derive(Debug, Clone, Default)]
struct Counts {
    /// Advisories, or records of CVEs.
    records: u64,
    skipped: u64,
    spoken: Spoken,
    inside: Option<Timestamp>,
}

impl Counts {
    fn of(tally: &Tally<'_>) -> Self {
        Self {
            records: tally.advisories + tally.cves,
            skipped: tally.skipped,
            spoken: Spoken::default(),
            inside: tally.inside(),
        }
    }
}

/// A document that was read.
struct Taken {
    document: Document,
    fresh: Fresh,
    counts: Counts,
    as_of: AsOf,
    signature: Signature,
    file_sha256: Option<[u8; 32]>,
    dated: String,
}

/// Reads documents into a new generation and makes it current.
pub(super) async fn take(app: &App, feed: &'static dyn Feed, incoming: Incoming) -> anyhow::Result<Outcome> {
    let Incoming { documents, replaced, force } = incoming;
    let held = app.store().feed_documents(feed.id()).await?;
    let mut generation = app.store().feed_generation_begin(feed.id(), app.now()).await?;
    let mut skipped = SkippedRecords::default();
    let mut taken = Vec::new();
    for Coming { document, fresh, signature, brought, file_sha256, dated } in documents {
        let counts = read(app, feed, &document, &fresh, &mut generation, &mut skipped).await.with_context(|| {
            format!("{} can't be read", document.url.strip_prefix("file:").unwrap_or(&document.url))
        })?;
        let dates = Dates { server: fresh.modified_at, inside: counts.inside, ..brought };
        let as_of = feeds::as_of(dates, fresh.fetched_at);
        let dated = if dated.is_empty() { as_of.dated.as_str().to_owned() } else { dated };
        taken.push(Taken { document, fresh, counts, as_of, signature, file_sha256, dated });
    }
    if taken.iter().all(|taken| taken.counts.records == 0) {
        let remark = match taken.first() {
            Some(taken) => remark(feed, &taken.fresh).await?,
            None => String::new(),
        };
        return Err(anyhow!("{}{remark}", NothingUnderstood::Empty));
    }
    let current =
        app.store().feed_list().await?.into_iter().find(|state| state.id == feed.id() && state.generation > 0);
    if let Some(current) = current.filter(|_| !force) {
        if let (Some(replaced), Some(first)) = (&replaced, taken.first()) {
            feed_platforms::hold_against(app, feed, replaced, &first.document, &first.counts.spoken).await?;
        }
        check_succession(feed, &current, &held, replaced.as_ref(), &taken)?;
    }
    let edition = edition(&taken).unwrap_or_else(|| feeds::as_of(Dates::default(), app.now()));
    let outcome = app.store().feed_generation_publish(generation, Some(edition.at), &skipped, app.now()).await?;
    for taken in &taken {
        keep(app, feed, taken).await?;
    }
    let urls: Vec<&str> = taken.iter().map(|taken| taken.document.url.as_str()).collect();
    forget(app, feed, app.store().feed_documents_retain(feed.id(), &urls).await?).await?;
    judge_again(app, touched(app, feed), outcome.seq, Cause::Feed).await?;
    Ok(Outcome::Updated { generation: outcome, as_of: edition, skipped: skipped.kept().to_vec(), notes: Vec::new() })
}

/// The date of all documents together: the newest, but where files were imported the oldest of them, since
/// nobody asks their vendor whether they are the latest.
fn edition(taken: &[Taken]) -> Option<AsOf> {
    let imported = taken.iter().filter(|taken| taken.document.url.starts_with("file:"));
    let oldest = imported.map(|taken| taken.as_of).min_by_key(|as_of| as_of.at);
    oldest.or_else(|| taken.iter().map(|taken| taken.as_of).max_by_key(|as_of| as_of.at))
}

/// Holds each document against the one whose place it takes, so that a release that lost its records does not
/// hide behind the others; documents that are gone count as lost from the whole.
fn check_succession(
    feed: &dyn Feed,
    current: &store::FeedState,
    held: &[FeedDocument],
    replaced: Option<&FeedDocument>,
    taken: &[Taken],
) -> Result<(), HeldBack> {
    let percent = feeds::succession::MAX_SHRINK_PERCENT;
    let whole = |as_of| Edition { as_of, advisories: u64::try_from(current.records).unwrap_or(0), facts: 0 };
    if !feed.has_many() {
        let Some(as_of) = edition(taken).map(|as_of| as_of.at) else { return Ok(()) };
        let records = taken.iter().map(|taken| taken.counts.records).sum();
        let next = Edition { as_of, advisories: records, facts: 0 };
        return feeds::check_succession(&whole(current.as_of.unwrap_or(as_of)), &next, percent);
    }
    let mut gone: Vec<&FeedDocument> = held.iter().collect();
    for (at, taken) in taken.iter().enumerate() {
        let before = held.iter().find(|held| held.url == taken.document.url).or(replaced.filter(|_| at == 0));
        gone.retain(|held| before.is_none_or(|before| before.url != held.url));
        let Some(before) = before else { continue };
        let edition = |as_of, advisories| Edition { as_of, advisories, facts: 0 };
        let (was, is) = (before.as_of.unwrap_or(taken.as_of.at), taken.as_of.at);
        feeds::check_succession(&edition(was, before.records), &edition(is, taken.counts.records), percent)
            .map_err(|HeldBack { why }| HeldBack { why: format!("{}: {why}", taken.document.name) })?;
    }
    let lost: u64 = gone.iter().map(|held| held.records).sum();
    let now = Timestamp::UNIX_EPOCH;
    let rest =
        Edition { as_of: now, advisories: u64::try_from(current.records).unwrap_or(0).saturating_sub(lost), facts: 0 };
    feeds::check_succession(&whole(now), &rest, percent).map_err(|_| {
        let names: Vec<&str> = gone.iter().map(|held| held.name.as_str()).take(5).collect();
        HeldBack { why: format!("{} of its documents are gone, with {lost} records: {}", gone.len(), names.join(", ")) }
    })
}

/// What a document that can't be read looks like, behind a semicolon; empty where nothing can be told.
async fn remark(feed: &'static dyn Feed, fresh: &Fresh) -> anyhow::Result<String> {
    let (body, max_bytes) = (fresh.body.clone(), ceiling(feed)?);
    let remark = tokio::task::spawn_blocking(move || feeds::remark(feed, &body, max_bytes)).await?;
    Ok(remark.map(|remark| format!("; {remark}")).unwrap_or_default())
}

async fn read(
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
        tokio::task::spawn_blocking(move || {
            let mut slices =
                Slices { to, advisories: Vec::with_capacity(SLICE), cves: Vec::new(), spoken: Spoken::default() };
            let mut tally = Tally::new(&mut slices);
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

fn push(skipped: &mut SkippedRecords, document: &Document, note: Skipped) {
    let record = match note.line {
        Some(line) => format!("line {line}: {}", note.record),
        None => note.record,
    };
    let platform = note.lost.as_ref().and_then(|lost| lost.platform.as_ref()).map(ToString::to_string);
    let lost = note.lost.as_ref().map(|lost| Named {
        platform: platform.as_deref().unwrap_or_default(),
        cves: &lost.cves,
        packages: &lost.packages,
    });
    skipped.push(SkippedRecord { document: document.url.clone(), record, why: note.why }, lost);
}

/// Moves the raw document to its place and notes where it came from.
async fn keep(app: &App, feed: &dyn Feed, taken: &Taken) -> anyhow::Result<()> {
    let Taken { document, fresh, counts, as_of, signature, file_sha256, dated } = taken;
    let name: String = document
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
        .take(100)
        .collect();
    let place = app.data().feed(feed.id()).join(format!("{}.zst", name.trim_start_matches('.')));
    std::fs::rename(&fresh.body, &place).with_context(|| format!("{} can't be kept", place.display()))?;
    let mut sha256 = [0; 32];
    hex::decode_to_slice(&fresh.sha256, &mut sha256)?;
    let note = FeedDocument {
        name: document.name.clone(),
        url: document.url.clone(),
        etag: fresh.etag.clone(),
        last_modified: fresh.last_modified.clone(),
        sha256: Some(sha256),
        fetched_at: Some(fresh.fetched_at),
        checked_at: Some(app.now()),
        as_of: Some(as_of.at),
        bytes: Some(fresh.bytes),
        path: place.strip_prefix(app.data().path()).ok().map(|path| path.display().to_string()),
        parser: feed.parser_version(),
        records: counts.records,
        skipped: counts.skipped,
        error: None,
        signature: signature.clone(),
        file_sha256: *file_sha256,
        dated: dated.clone(),
    };
    Ok(app.store().feed_document_set(feed.id(), &note).await?)
}

/// Removes the copies of documents that are no longer the feed's, unless another has taken their place.
async fn forget(app: &App, feed: &dyn Feed, gone: Vec<FeedDocument>) -> anyhow::Result<()> {
    let left = app.store().feed_documents(feed.id()).await?;
    for path in gone.into_iter().filter_map(|document| document.path) {
        if left.iter().any(|document| document.path.as_deref() == Some(path.as_str())) {
            continue;
        }
        let path = app.data().path().join(path);
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "a document that is no longer in force could not be removed");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_document_at_whose_end_its_name_stands() {
        let held =
            |name: &str, url: &str| FeedDocument { name: name.into(), url: url.into(), ..FeedDocument::default() };
        let fetched = held("RHEL8/rhel-8.oval.xml.bz2", "https://x.example/v2/RHEL8/rhel-8.oval.xml.bz2");
        let imported = held("rhel-8.oval.xml", "file:rhel-8.oval.xml");
        for document in [&fetched, &imported] {
            for name in ["rhel-8.oval.xml", "rhel-8.oval.xml.bz2", "rhel-8.oval.xml.zst"] {
                assert!(is_called(document, name), "{name}");
            }
            for name in ["rhel-7.oval.xml", "8.oval.xml", "", ".oval.xml", "xml"] {
                assert!(!is_called(document, name), "{name}");
            }
        }
        assert!(is_called(&fetched, "RHEL8/rhel-8.oval.xml") && !is_called(&fetched, "RHEL9/rhel-8.oval.xml"));
    }
}
