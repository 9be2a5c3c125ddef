//! A feed changes: fetched or imported, put in force, judged by.

use super::feed_take::{Coming, Incoming, take};
use crate::api::events::Cause;
use crate::app::App;
use anyhow::{Context as _, bail};
use feeds::{AsOf, Brought, Document, Feed, FeedConfig, FetchOptions, Fetched, Fetcher, Held, Known, Signed};
use model::Platform;
use std::path::PathBuf;
use store::{FeedDocument, GenerationOutcome, Lease, Signature, SkippedRecord};

/// A feed being written is somebody's for this long; a server that died meanwhile blocks it no longer.
/// Red Hat's archive and two thousand changed documents take their time on a slow line.
const LEASE: jiff::SignedDuration = jiff::SignedDuration::from_hours(2);

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// The vendor has nothing new.
    Unchanged {
        /// Advisories in force.
        records: u64,
        /// What else people should know of the fetch.
        notes: Vec<String>,
    },
    /// A new edition is in force.
    Updated {
        /// What it changed.
        generation: GenerationOutcome,
        /// The date of its data, and who says so.
        as_of: AsOf,
        /// What could not be read, the first ones.
        skipped: Vec<SkippedRecord>,
        /// What else people should know of the fetch.
        notes: Vec<String>,
    },
}

/// The feed of an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Feed> {
    feeds::feed(id)
}

/// What the administrator has set for a feed, in the environment.
fn config(feed: &dyn Feed) -> anyhow::Result<FeedConfig> {
    FeedConfig::of(feed.id(), &|name| std::env::var(name).ok()).map_err(anyhow::Error::msg)
}

/// Fewest records of an edition that is whole.
pub(super) fn fewest(feed: &dyn Feed) -> anyhow::Result<u64> {
    Ok(config(feed)?.min_records.unwrap_or_else(|| feed.usual_records()))
}

/// Most bytes of a feed's document after decompression.
pub(super) fn ceiling(feed: &dyn Feed) -> anyhow::Result<u64> {
    Ok(config(feed)?.max_bytes.unwrap_or_else(|| feed.max_bytes()))
}

/// The address that a feed's first document is fetched from, for people.
#[must_use]
pub fn address(feed: &dyn Feed) -> String {
    let mut none =
        |url: &str| Err(feeds::FetchError::Address { url: url.to_owned(), why: "not asked for here".to_owned() });
    let config = config(feed).ok().unwrap_or_default();
    feed.increments(&config)
        .map(|increments| Ok(vec![Document { name: String::new(), url: increments.root }]))
        .unwrap_or_else(|| feed.discover(&config, &mut none))
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

/// The feeds that some platform of the fleet needs and those that are in force; all about packages, where there
/// is no host yet.
///
/// # Errors
/// While the index is being filled.
pub async fn of_the_fleet(app: &App) -> Result<Vec<&'static dyn Feed>, crate::api::error::ApiError> {
    let (snapshot, _) = app.snapshot(None).await?;
    let platforms = snapshot.overview(None).platforms;
    let needed: Vec<&str> = platforms.iter().flat_map(|platform| matching::needed_for(&platform.platform)).collect();
    let states = app.store().feed_list().await?;
    let in_force = |feed: &dyn Feed| states.iter().any(|state| state.id == feed.id() && state.generation > 0);
    let of_packages = |feed: &dyn Feed| feeds::FEEDS.iter().any(|of| of.id() == feed.id());
    let wanted = |feed: &dyn Feed| match platforms.is_empty() {
        true => of_packages(feed) || in_force(feed),
        false => needed.contains(&feed.id()) || in_force(feed),
    };
    Ok(feeds::FEEDS.iter().chain(feeds::CVE_FEEDS).copied().filter(|feed| wanted(*feed)).collect())
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

/// Works on a feed while nobody else does. The inner result is the work's.
pub(super) async fn leased(
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
    let config = config(feed)?;
    let partial = app.data().feed(feed.id()).join("partial");
    let (asks, has_increments) = (config.trust.asks(), feed.increments(&config).is_some());
    // What was kept is asked for conditionally, whatever parser read it: a newer one reads the copy.
    let held: Vec<Held> = known
        .iter()
        .filter_map(|held| {
            let path = app.data().path().join(held.path.as_ref()?);
            let known = Known { etag: held.etag.clone(), last_modified: held.last_modified.clone() };
            path.exists().then(|| Held { url: held.url.clone(), known, path })
        })
        .collect();
    let brought = tokio::task::spawn_blocking(move || {
        let fetcher = Fetcher::new(FetchOptions { partial: Some(partial), ..FetchOptions::default() });
        let brought = feeds::bring(feed, &config, &fetcher, &held, &folder.0, now)?;
        anyhow::Ok((folder, brought))
    })
    .await??;
    // The folder is held until what it holds was moved to its place.
    let (_folder, brought) = brought;
    let notes = notes(feed, &brought);
    let fetched: Vec<_> = brought
        .documents
        .into_iter()
        .map(|brought| {
            let mut held = known.iter().find(|held| held.url == brought.document.url).cloned();
            // What was found out of a copy stays true of it. Of an archive to which changes are added, the archive is
            // that copy: each change was checked when it came.
            let same = matches!(brought.fetched, Fetched::Unchanged) || (has_increments && asks);
            let before = held.as_ref().filter(|_| same).map(|held| held.signature.clone());
            let signature = match (brought.signed, before) {
                (Signed::NotAsked, Some(before)) => before,
                (signed, _) => signature(feed, signed),
            };
            if let Some(held) = &mut held {
                held.signature.clone_from(&signature);
            }
            (brought.fetched, brought.document, held, signature)
        })
        .collect();
    let read_by_this =
        |held: &Option<FeedDocument>| held.as_ref().is_some_and(|held| held.parser == feed.parser_version());
    if fetched.iter().all(|(fetched, _, held, _)| matches!(fetched, Fetched::Unchanged) && read_by_this(held)) {
        for held in fetched.into_iter().filter_map(|(_, _, held, _)| held) {
            let asked = FeedDocument { checked_at: Some(now), error: None, ..held };
            app.store().feed_document_set(feed.id(), &asked).await?;
        }
        app.store().feed_unchanged(feed.id(), None, app.now()).await?;
        judge_again(app, touched(app, feed), 0, Cause::Feed).await?;
        let records = current.map_or(0, |state| u64::try_from(state.records).unwrap_or(0));
        return Ok(Outcome::Unchanged { records, notes });
    }
    // A generation holds every document of the feed: those that did not change are kept or, where that can't be
    // told, read again from the copies at hand.
    let mut documents = Vec::new();
    for (fetched, document, held, signature) in fetched {
        documents.push(match (fetched, held) {
            (Fetched::Fresh(edition), _) => Coming::fetched(document, edition, signature),
            (Fetched::Unchanged, Some(held)) => {
                Coming::again(app, FeedDocument { name: document.name, checked_at: Some(now), ..held })?
            }
            (Fetched::Unchanged, None) => bail!("{} is said to be unchanged, but was never fetched", document.url),
        });
    }
    let outcome = take(app, feed, Incoming { documents, replaced: None, force }).await?;
    Ok(match outcome {
        Outcome::Updated { generation, as_of, skipped, notes: mut all } => {
            all.extend(notes);
            Outcome::Updated { generation, as_of, skipped, notes: all }
        }
        unchanged @ Outcome::Unchanged { .. } => unchanged,
    })
}

/// What is known of a document for whose signature nobody looked.
pub(super) fn unchecked(feed: &dyn Feed) -> Signature {
    if feed.has_signatures() { Signature::NotChecked } else { Signature::NotSigned }
}

/// What was found out of a document's signature, for the record.
fn signature(feed: &dyn Feed, signed: Signed) -> Signature {
    match signed {
        Signed::By { fingerprint, at } => Signature::Verified { fingerprint, signed_at: at },
        Signed::KeyMissing { issuer } => Signature::UnknownKey { issuer },
        Signed::NotSigned => Signature::NotSigned,
        Signed::NotAsked => unchecked(feed),
    }
}

/// What people should know of a fetch: who signed, what was refused, what is left for the next time.
fn notes(feed: &dyn Feed, brought: &Brought) -> Vec<String> {
    let mut notes = brought.notes.clone();
    for note in &notes {
        tracing::warn!(feed.id = feed.id(), note, "a feed did not come as it should");
    }
    if brought.outstanding > 0 {
        notes.push(format!("{} changed documents are left for the next fetch", brought.outstanding));
    }
    for document in &brought.documents {
        if document.signed != Signed::NotAsked {
            notes.push(format!("{}: {}", document.document.name, document.signed));
            tracing::info!(feed.id = feed.id(), document = document.document.name, signed = %document.signed, "a feed's document was checked for its signature");
        }
    }
    notes
}

/// The platforms of the fleet for which a feed speaks.
pub(super) fn touched(app: &App, feed: &dyn Feed) -> Vec<Platform> {
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
