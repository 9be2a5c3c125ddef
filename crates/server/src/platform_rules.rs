//! The compiled rules of each platform that the fleet has, and when they are compiled anew.
//!
//! Only platforms of the fleet are compiled. They are compiled when the first host of one comes,
//! when a feed that speaks for them changes, and when time makes a feed too old.

use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use matching::{FeedStamp, Rules, RulesBuilder, Skip, SkipCounts};
use model::Platform;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use store::{FeedDocument, Store};

/// The rules by platform.
#[derive(Debug, Default)]
pub struct PlatformRules(RwLock<HashMap<Platform, Compiled>>);

#[derive(Debug)]
struct Compiled {
    rules: Arc<Rules>,
    /// When a feed that they were compiled from grows too old, if one will.
    overtaken_at: Option<Timestamp>,
}

impl PlatformRules {
    /// The rules of a platform, if they were compiled.
    #[must_use]
    pub fn get(&self, platform: &Platform) -> Option<Arc<Rules>> {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rules.get(platform).map(|compiled| Arc::clone(&compiled.rules))
    }

    /// The platforms that were compiled.
    #[must_use]
    pub fn platforms(&self) -> Vec<Platform> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Compiles the rules of a platform if that was not done yet; `None` when it was.
    ///
    /// # Errors
    /// When the record can't be read.
    pub async fn ensure(&self, app: &App, platform: &Platform) -> anyhow::Result<Option<Arc<Rules>>> {
        if self.get(platform).is_some() { Ok(None) } else { self.compile(app, platform).await.map(Some) }
    }

    /// Compiles the rules of a platform from what is in force now.
    ///
    /// # Errors
    /// When the record can't be read.
    pub async fn compile(&self, app: &App, platform: &Platform) -> anyhow::Result<Arc<Rules>> {
        let feeds = feeds_in_force(app).await?;
        let rules = Arc::new(compile_from(app.store(), platform, &feeds, None).await?);
        let max_age = app.config().feed_max_age;
        let overtaken_at = feeds
            .iter()
            .filter(|feed| !feed.stamp.too_old)
            .filter_map(|feed| feed.confirmed_at.checked_add(max_age).ok())
            .min();
        let compiled = Compiled { rules: Arc::clone(&rules), overtaken_at };
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(platform.clone(), compiled);
        Ok(rules)
    }

    /// Platforms whose rules time has overtaken: a feed grew too old since they were compiled.
    #[must_use]
    pub fn overtaken(&self, now: Timestamp) -> Vec<Platform> {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let is_overtaken = |compiled: &Compiled| compiled.overtaken_at.is_some_and(|at| at < now);
        rules.iter().filter(|(_, compiled)| is_overtaken(compiled)).map(|(platform, _)| platform.clone()).collect()
    }
}

/// Compiles the rules of a platform from what is in force now, and keeps nothing.
///
/// # Errors
/// When the record can't be read.
pub async fn compile(app: &App, platform: &Platform) -> anyhow::Result<Rules> {
    compile_of(app.store(), platform, app.now(), app.config().feed_max_age, None).await
}

/// As [`compile`], of a record that no service has open; with `until`, without advisories that were published later.
///
/// # Errors
/// When the record can't be read.
pub async fn compile_of(
    store: &Store,
    platform: &Platform,
    now: Timestamp,
    max_age: SignedDuration,
    until: Option<Timestamp>,
) -> anyhow::Result<Rules> {
    compile_from(store, platform, &in_force(store, now, max_age).await?, until).await
}

async fn compile_from(
    store: &Store,
    platform: &Platform,
    feeds: &[FeedInForce],
    until: Option<Timestamp>,
) -> anyhow::Result<Rules> {
    // What is known of CVEs themselves says nothing of packages.
    let of_packages = |feed: &&FeedInForce| feeds::FEEDS.iter().any(|of| of.id() == feed.stamp.id);
    let stamps: Vec<FeedStamp> = feeds.iter().filter(of_packages).map(|feed| feed.stamp.clone()).collect();
    let mut builder = RulesBuilder::new(platform, &stamps);
    for speaks in matching::platforms_of(platform) {
        let add = |stored: store::StoredAdvisory| {
            let published = stored.advisory.published;
            if until.zip(published).is_none_or(|(until, published)| published <= until) {
                builder.add(&stored.feed, &stored.advisory);
            }
        };
        store.advisories_load(Some(&speaks), add).await?;
    }
    let asked = matching::feeds_for(platform);
    for feed in feeds.iter().filter(|feed| asked.contains(&feed.stamp.id.as_str()) && feed.skips.lost > 0) {
        builder.count_skips(&feed.stamp.id, feed.skips);
        for loss in store.feed_losses(&feed.stamp.id).await? {
            builder.add_skip(&feed.stamp.id, &skip(loss));
        }
    }
    Ok(builder.finish())
}

/// A skipped record as the matcher takes it. A release that is none of ours any more is taken for all.
fn skip(loss: store::Loss) -> Skip {
    let store::Loss { platform, cve, package, record, why, document: _ } = loss;
    Skip { platform: platform.parse().ok(), cve, package, record, why }
}

/// Whether data that was last known to be the vendor's latest at `confirmed_at` is too old to call
/// anything unaffected.
#[must_use]
pub fn is_too_old(confirmed_at: Timestamp, now: Timestamp, max_age: SignedDuration) -> bool {
    now.duration_since(confirmed_at) > max_age
}

/// A feed in force, and how far its data can be trusted to be current.
#[derive(Debug, Clone)]
pub struct FeedInForce {
    /// The edition.
    pub stamp: FeedStamp,
    /// When the data was last known to be the vendor's latest: when the vendor was last asked, or
    /// the date of the data itself where a file was imported.
    pub confirmed_at: Timestamp,
    /// How much of it was skipped.
    pub skips: SkipCounts,
}

/// The feeds in force.
///
/// # Errors
/// When the record can't be read.
pub async fn feeds_in_force(app: &App) -> anyhow::Result<Vec<FeedInForce>> {
    in_force(app.store(), app.now(), app.config().feed_max_age).await
}

async fn in_force(store: &Store, now: Timestamp, max_age: SignedDuration) -> anyhow::Result<Vec<FeedInForce>> {
    let mut feeds = Vec::new();
    for feed in store.feed_list().await?.into_iter().filter(|feed| feed.generation > 0) {
        let mut documents = store.feed_documents(&feed.id).await?;
        documents.retain(|document| document.sha256.is_some());
        documents.sort_by_key(|document| std::cmp::Reverse(document.fetched_at));
        if !feeds::feed(&feed.id).is_some_and(feeds::Feed::has_many) {
            // What is kept beside it is what the vendor changed since.
            documents.truncate(1);
        }
        let as_of = feed.as_of.or(feed.published_at).unwrap_or(now);
        // As sure as the document of which least is sure.
        let confirmed_at = documents.iter().map(|document| confirmed_at(document, as_of)).min().unwrap_or(as_of);
        let number = |count: i64| u64::try_from(count).unwrap_or(0);
        feeds.push(FeedInForce {
            skips: SkipCounts { records: number(feed.records), lost: number(feed.lost), kept: number(feed.lost_kept) },
            stamp: FeedStamp {
                too_old: is_too_old(confirmed_at, now, max_age),
                as_of,
                sha256: joined(documents.iter().map(|document| document.sha256.map(hex::encode).unwrap_or_default())),
                document: joined(documents.iter().map(|document| document.url.clone())),
                id: feed.id,
            },
            confirmed_at,
        });
    }
    Ok(feeds)
}

/// When a document was last known to be the vendor's latest.
fn confirmed_at(document: &FeedDocument, as_of: Timestamp) -> Timestamp {
    match document.checked_at {
        Some(checked_at) if !document.url.starts_with("file:") => checked_at,
        _ => document.as_of.unwrap_or(as_of),
    }
}

/// The documents that an explanation names of a feed that has several.
const NAMED: usize = 3;

fn joined(of: impl ExactSizeIterator<Item = String>) -> String {
    let more = of.len().saturating_sub(NAMED);
    let named = of.take(NAMED).collect::<Vec<_>>().join(", ");
    if more == 0 { named } else { format!("{named} and {more} more") }
}
