//! A feed changes: fetched or imported, parsed, written in slices, made current, judged by.
//!
//! A parser runs on a thread of its own and hands its records over a short channel, so that a large
//! document is never held and a slow disk slows the parser, not the server. Nothing of a document is
//! in force before all of it was read; what was in force stays until then, and when anything fails.

use crate::api::events::Cause;
use crate::app::App;
use anyhow::{Context as _, bail};
use feeds::{
    AsOf, Dates, Document, Edition, Feed, FeedConfig, FetchOptions, Fetched, Fetcher, Fresh, Known, NothingUnderstood,
    Sink, Skipped, Stop, Tally,
};
use jiff::Timestamp;
use model::{Advisory, Platform};
use std::path::PathBuf;
use store::{FeedDocument, GenerationOutcome, Lease, SkippedRecord};
use tokio::sync::mpsc;

/// Records handed over at a time.
const SLICE: usize = 500;
/// A feed being written is somebody's for this long; a server that died meanwhile blocks it no longer.
const LEASE: jiff::SignedDuration = jiff::SignedDuration::from_mins(30);
/// Skipped records that are kept with their reason; all are counted.
const SKIPPED_KEPT: usize = 1000;

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// The vendor has nothing new.
    Unchanged {
        /// Advisories in force.
        records: u64,
    },
    /// A new edition is in force.
    Updated {
        /// What it changed.
        generation: GenerationOutcome,
        /// The date of its data, and who says so.
        as_of: AsOf,
        /// What could not be read, the first ones.
        skipped: Vec<SkippedRecord>,
    },
}

/// The feed of an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Feed> {
    feeds::feed(id)
}

/// What the administrator has set for a feed. `MENDWATCH_FEED_DEBIAN_DSA_URL` is the address of the
/// feed `debian-dsa` in place of the vendor's.
fn config(feed: &dyn Feed) -> FeedConfig {
    let variable = format!("MENDWATCH_FEED_{}_URL", feed.id().to_uppercase().replace('-', "_"));
    FeedConfig { url: std::env::var(variable).ok().filter(|url| !url.is_empty()) }
}

/// The address that a feed's first document is fetched from, for people.
#[must_use]
pub fn address(feed: &dyn Feed) -> String {
    let mut none =
        |url: &str| Err(feeds::FetchError::Address { url: url.to_owned(), why: "not asked for here".to_owned() });
    feed.discover(&config(feed), &mut none)
        .ok()
        .and_then(|documents| documents.into_iter().next())
        .map(|document| document.url)
        .unwrap_or_default()
}

/// The platforms of a feed, as text.
#[must_use]
pub fn platforms(feed: &dyn Feed) -> Vec<String> {
    feed.platforms().iter().map(ToString::to_string).collect()
}

/// The feeds that speak for a platform of the fleet; all, where there is no host yet.
///
/// # Errors
/// While the index is being filled.
pub async fn of_the_fleet(app: &App) -> Result<Vec<&'static dyn Feed>, crate::api::error::ApiError> {
    let (snapshot, _) = app.snapshot(None).await?;
    let wanted: Vec<&str> =
        snapshot.overview(None).platforms.iter().flat_map(|platform| matching::feeds_for(&platform.platform)).collect();
    let all = feeds::FEEDS.iter().copied();
    Ok(all.filter(|feed| wanted.is_empty() || wanted.contains(&feed.id())).collect())
}

/// What the folders of documents on their way in begin with.
const SPOOL: &str = "in-";
/// A folder for documents on their way in that is older than this was left by a server that died.
const SPOOL_LEFT_BEHIND: std::time::Duration = std::time::Duration::from_hours(24);

/// A folder for documents on their way in, beside the feed's own. What was not moved to its place
/// is gone when it is dropped.
#[derive(Debug)]
pub struct Spool(PathBuf);

impl Spool {
    /// Where a document of it is.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "a folder for incoming documents could not be removed");
        }
    }
}

/// A place for documents on their way in. Clears away what servers that died left behind.
///
/// # Errors
/// When it can't be made.
pub fn spool(app: &App, feed: &dyn Feed) -> anyhow::Result<Spool> {
    let folder = app.data().feed(feed.id());
    let made = folder.join(crate::auth::secret::generate(SPOOL)?);
    std::fs::create_dir_all(&made).with_context(|| format!("{} can't be made", made.display()))?;
    for entry in std::fs::read_dir(&folder)?.flatten() {
        let left = entry.file_name().to_string_lossy().starts_with(SPOOL)
            && entry.metadata()?.modified()?.elapsed().is_ok_and(|age| age > SPOOL_LEFT_BEHIND);
        if left {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(Spool(made))
}

/// Asks the vendor, and puts what is new in force.
///
/// # Errors
/// When it can't be fetched or read, or is held back; what was in force stays, and the failure is
/// noted with the feed.
pub async fn sync(app: &App, feed: &'static dyn Feed, force: bool) -> anyhow::Result<Outcome> {
    let outcome = leased(app, feed, fetch_and_take(app, feed, force)).await?;
    if let Err(error) = &outcome {
        app.store().feed_failed(feed.id(), &format!("{error:#}"), app.now()).await?;
    }
    outcome
}

/// Puts a file in force that was fetched by other means. `brought` is what is known of its date from outside.
///
/// # Errors
/// When it can't be read, nothing of it is understood, or it is held back; what was in force stays. Whoever
/// brought the file is told; with the feed it is not noted, since the feed is no worse for it.
pub async fn import(
    app: &App,
    feed: &'static dyn Feed,
    file: Spool,
    name: &str,
    brought: Dates,
    force: bool,
) -> anyhow::Result<Outcome> {
    let document = Document { name: name.to_owned(), url: format!("file:{name}") };
    leased(app, feed, async {
        let now = app.now();
        let max_bytes = FetchOptions::default().max_bytes;
        let fresh = {
            let (from, to) = (file.file("document"), file.file("kept"));
            let spooled = from.display().to_string();
            tokio::task::spawn_blocking(move || feeds::import(&from, &to, max_bytes, now))
                .await?
                // The file is the user's; where it was spooled says nothing to them.
                .map_err(|error| anyhow::anyhow!(error.to_string().replace(&spooled, name)))?
        };
        take(app, feed, vec![(document, fresh)], brought, force).await
    })
    .await?
}

/// Works on a feed while nobody else does. The inner result is the work's.
async fn leased(
    app: &App,
    feed: &'static dyn Feed,
    work: impl Future<Output = anyhow::Result<Outcome>>,
) -> anyhow::Result<anyhow::Result<Outcome>> {
    let holder = crate::auth::secret::generate("lease-")?;
    let now = app.now();
    let lease = Lease {
        name: format!("feed {}", feed.id()),
        holder: holder.clone(),
        until: now + LEASE,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    if !app.store().lease_take(&lease, now).await? {
        bail!("{} is being fetched or imported already", feed.id());
    }
    let outcome = work.await;
    app.store().lease_release(&lease.name, &holder).await?;
    Ok(outcome)
}

async fn fetch_and_take(app: &App, feed: &'static dyn Feed, force: bool) -> anyhow::Result<Outcome> {
    let known = app.store().feed_documents(feed.id()).await?;
    let current = app.store().feed_list().await?.into_iter().find(|state| state.id == feed.id());
    let folder = spool(app, feed)?;
    let now = app.now();
    let config = config(feed);
    let fetched = tokio::task::spawn_blocking(move || {
        let fetcher = Fetcher::new(FetchOptions::default());
        let documents = feed.discover(&config, &mut |url| fetcher.read(url))?;
        let mut fetched = Vec::new();
        for (number, document) in documents.into_iter().enumerate() {
            let held = known.iter().find(|held| held.url == document.url && held.parser == feed.parser_version());
            let conditions = held.map_or_else(Known::default, |held| Known {
                etag: held.etag.clone(),
                last_modified: held.last_modified.clone(),
            });
            let to = folder.file(&number.to_string());
            fetched.push((fetcher.fetch(&document.url, &conditions, &to, now)?, document, held.cloned()));
        }
        anyhow::Ok((folder, fetched))
    })
    .await??;
    // The folder is held until what it holds was moved to its place.
    let (_folder, fetched) = fetched;
    if fetched.iter().all(|(fetched, _, _)| matches!(fetched, Fetched::Unchanged)) {
        for held in fetched.into_iter().filter_map(|(_, _, held)| held) {
            let asked = FeedDocument { checked_at: Some(now), error: None, ..held };
            app.store().feed_document_set(feed.id(), &asked).await?;
        }
        app.store().feed_unchanged(feed.id(), None, app.now()).await?;
        judge_again(app, touched(app, feed), 0, Cause::Feed).await?;
        let records = current.map_or(0, |state| u64::try_from(state.records).unwrap_or(0));
        return Ok(Outcome::Unchanged { records });
    }
    // A generation holds every document of the feed: those that did not change are read again from
    // the copies that were kept.
    let mut documents = Vec::new();
    for (fetched, document, held) in fetched {
        let edition = match (fetched, held) {
            (Fetched::Fresh(edition), _) => edition,
            (Fetched::Unchanged, Some(held)) => kept(app, &held)?,
            (Fetched::Unchanged, None) => bail!("{} is said to be unchanged, but was never fetched", document.url),
        };
        documents.push((document, edition));
    }
    take(app, feed, documents, Dates::default(), force).await
}

/// The edition of a document that was kept.
fn kept(app: &App, held: &FeedDocument) -> anyhow::Result<Fresh> {
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
    Skipped(SkippedRecord),
}

/// Hands records over in slices.
struct Slices {
    to: mpsc::Sender<Parsed>,
    document: String,
    slice: Vec<Advisory>,
}

impl Slices {
    fn flush(&mut self) -> Result<(), Stop> {
        if self.slice.is_empty() {
            return Ok(());
        }
        self.to.blocking_send(Parsed::Advisories(std::mem::take(&mut self.slice))).map_err(|_| Stop)
    }
}

impl Sink for Slices {
    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop> {
        self.slice.push(advisory);
        if self.slice.len() >= SLICE { self.flush() } else { Ok(()) }
    }

    fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop> {
        let record = match skipped.line {
            Some(line) => format!("line {line}: {}", skipped.record),
            None => skipped.record,
        };
        let skipped = SkippedRecord { document: self.document.clone(), record, why: skipped.why };
        self.to.blocking_send(Parsed::Skipped(skipped)).map_err(|_| Stop)
    }
}

/// What was counted of one document.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    advisories: u64,
    facts: u64,
    skipped: u64,
    inside: Option<Timestamp>,
}

/// Reads documents into a new generation and makes it current. `brought` is what else is known of their date.
async fn take(
    app: &App,
    feed: &'static dyn Feed,
    documents: Vec<(Document, Fresh)>,
    brought: Dates,
    force: bool,
) -> anyhow::Result<Outcome> {
    let current =
        app.store().feed_list().await?.into_iter().find(|state| state.id == feed.id() && state.generation > 0);
    let mut generation = app.store().feed_generation_begin(feed.id(), app.now()).await?;
    let mut skipped = Vec::new();
    let mut total = Counts::default();
    let mut newest: Option<AsOf> = None;
    let mut notes = Vec::new();
    for (document, fresh) in documents {
        let counts = read(app, feed, &document, &fresh, &mut generation, &mut skipped).await.with_context(|| {
            format!("{} can't be read", document.url.strip_prefix("file:").unwrap_or(&document.url))
        })?;
        total.advisories += counts.advisories;
        total.facts += counts.facts;
        total.skipped += counts.skipped;
        let dates = Dates { server: fresh.modified_at, inside: counts.inside, ..brought };
        let as_of = feeds::as_of(dates, fresh.fetched_at);
        newest = newest.max_by_date(as_of);
        notes.push((document, fresh, counts, as_of.at));
    }
    if total.advisories == 0 {
        return Err(NothingUnderstood::Empty.into());
    }
    let edition = newest.unwrap_or_else(|| feeds::as_of(brought, app.now()));
    let as_of = edition.at;
    if let Some(current) = current.filter(|_| !force) {
        let before = Edition {
            as_of: current.as_of.unwrap_or(as_of),
            advisories: u64::try_from(current.records).unwrap_or(0),
            facts: 0,
        };
        let next = Edition { as_of, advisories: total.advisories, facts: 0 };
        feeds::check_succession(&before, &next, feeds::succession::MAX_SHRINK_PERCENT)?;
    }
    let outcome = app.store().feed_generation_publish(generation, Some(as_of), &skipped, app.now()).await?;
    for (document, fresh, counts, as_of) in notes {
        keep(app, feed, &document, &fresh, counts, as_of).await?;
    }
    let touched = touched(app, feed);
    judge_again(app, touched, outcome.seq, Cause::Feed).await?;
    skipped.truncate(SKIPPED_KEPT);
    Ok(Outcome::Updated { generation: outcome, as_of: edition, skipped })
}

trait MaxByDate {
    fn max_by_date(self, other: AsOf) -> Option<AsOf>;
}

impl MaxByDate for Option<AsOf> {
    fn max_by_date(self, other: AsOf) -> Option<AsOf> {
        Some(self.filter(|known| known.at >= other.at).unwrap_or(other))
    }
}

async fn read(
    app: &App,
    feed: &'static dyn Feed,
    document: &Document,
    fresh: &Fresh,
    generation: &mut store::FeedGeneration,
    skipped: &mut Vec<SkippedRecord>,
) -> anyhow::Result<Counts> {
    let (to, mut parsed) = mpsc::channel(4);
    let parser = {
        let (document, body) = (document.clone(), fresh.body.clone());
        tokio::task::spawn_blocking(move || {
            let mut slices = Slices { to, document: document.url.clone(), slice: Vec::with_capacity(SLICE) };
            let mut tally = Tally::new(&mut slices);
            feeds::read(feed, &document, &body, FetchOptions::default().max_bytes, &mut tally)?;
            match feeds::check_understood(&tally) {
                // One of a vendor's documents may be empty; that all of them are is refused later.
                Ok(()) | Err(NothingUnderstood::Empty) => {}
                Err(nothing) => return Err(nothing.into()),
            }
            let counts = Counts {
                advisories: tally.advisories,
                facts: tally.facts,
                skipped: tally.skipped,
                inside: tally.inside(),
            };
            slices.flush().map_err(feeds::Unreadable::from)?;
            anyhow::Ok(counts)
        })
    };
    let mut written = Ok(());
    while let Some(record) = parsed.recv().await {
        match record {
            Parsed::Advisories(advisories) => {
                written = app.store().feed_generation_write(generation, &advisories).await;
                if written.is_err() {
                    break;
                }
            }
            Parsed::Skipped(record) => skipped.push(record),
        }
    }
    drop(parsed);
    let counts = parser.await?;
    written?;
    counts
}

/// Moves the raw document to its place and notes where it came from.
async fn keep(
    app: &App,
    feed: &dyn Feed,
    document: &Document,
    fresh: &Fresh,
    counts: Counts,
    as_of: Timestamp,
) -> anyhow::Result<()> {
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
        url: document.url.clone(),
        etag: fresh.etag.clone(),
        last_modified: fresh.last_modified.clone(),
        sha256: Some(sha256),
        fetched_at: Some(fresh.fetched_at),
        checked_at: Some(app.now()),
        as_of: Some(as_of),
        bytes: Some(fresh.bytes),
        path: place.strip_prefix(app.data().path()).ok().map(|path| path.display().to_string()),
        parser: feed.parser_version(),
        records: counts.advisories,
        skipped: counts.skipped,
        error: None,
    };
    Ok(app.store().feed_document_set(feed.id(), &note).await?)
}

/// The platforms of the fleet for which a feed speaks.
fn touched(app: &App, feed: &dyn Feed) -> Vec<Platform> {
    let mut platforms = app.platform_rules().platforms();
    platforms.retain(|platform| matching::feeds_for(platform).contains(&feed.id()));
    platforms
}

/// Compiles the rules of platforms anew and lets the index judge by them.
///
/// # Errors
/// When the record can't be read.
pub async fn judge_again(app: &App, platforms: Vec<Platform>, seq: i64, cause: Cause) -> anyhow::Result<()> {
    let mut changes = Vec::new();
    for platform in platforms {
        let rules = app.platform_rules().compile(app, &platform).await?;
        changes.push(fleet::Change::Rules { platform, rules });
    }
    if changes.is_empty() && seq > 0 {
        // The record has moved on, even if no host is touched: readers may wait for the number.
        changes.push(fleet::Change::Time(app.now()));
    }
    let app = app.clone();
    tokio::task::spawn_blocking(move || app.apply(seq, changes, cause)).await?;
    Ok(())
}
