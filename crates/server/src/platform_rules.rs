//! The compiled rules of each platform that the fleet has, and when they are compiled anew.
//!
//! Only platforms of the fleet are compiled. They are compiled when the first host of one comes,
//! when a feed that speaks for them changes, and when time makes a feed too old.

use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use matching::{FeedStamp, Rules, RulesBuilder};
use model::Platform;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use store::Store;

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
        let rules = Arc::new(compile_from(app.store(), platform, &feeds).await?);
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
    compile_of(app.store(), platform, app.now(), app.config().feed_max_age).await
}

/// As [`compile`], of a record that no service has open.
///
/// # Errors
/// When the record can't be read.
pub async fn compile_of(
    store: &Store,
    platform: &Platform,
    now: Timestamp,
    max_age: SignedDuration,
) -> anyhow::Result<Rules> {
    compile_from(store, platform, &in_force(store, now, max_age).await?).await
}

async fn compile_from(store: &Store, platform: &Platform, feeds: &[FeedInForce]) -> anyhow::Result<Rules> {
    let stamps: Vec<FeedStamp> = feeds.iter().map(|feed| feed.stamp.clone()).collect();
    let mut builder = RulesBuilder::new(platform, &stamps);
    for speaks in matching::platforms_of(platform) {
        store.advisories_load(Some(&speaks), |stored| builder.add(&stored.feed, &stored.advisory)).await?;
    }
    Ok(builder.finish())
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
        // An import takes the place of what was fetched before it, and the other way round.
        documents.sort_by_key(|document| std::cmp::Reverse(document.fetched_at));
        let document = documents.into_iter().find(|document| document.sha256.is_some()).unwrap_or_default();
        let as_of = feed.as_of.or(feed.published_at).unwrap_or(now);
        let confirmed_at = match document.checked_at {
            Some(checked_at) if !document.url.starts_with("file:") => checked_at,
            _ => as_of,
        };
        feeds.push(FeedInForce {
            stamp: FeedStamp {
                too_old: is_too_old(confirmed_at, now, max_age),
                as_of,
                sha256: document.sha256.map(hex::encode).unwrap_or_default(),
                document: document.url,
                id: feed.id,
            },
            confirmed_at,
        });
    }
    Ok(feeds)
}
