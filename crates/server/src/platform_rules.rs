//! The compiled rules of each platform that the fleet has, and when they are compiled anew.
//!
//! Only platforms of the fleet are compiled. They are compiled when the first host of one comes,
//! when a feed that speaks for them changes, and when time makes a feed too old.

use crate::app::App;
use jiff::Timestamp;
use matching::{FeedStamp, Rules, RulesBuilder};
use model::Platform;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The rules by platform.
#[derive(Debug, Default)]
pub struct PlatformRules(RwLock<HashMap<Platform, Arc<Rules>>>);

impl PlatformRules {
    /// The rules of a platform, if they were compiled.
    #[must_use]
    pub fn get(&self, platform: &Platform) -> Option<Arc<Rules>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(platform).cloned()
    }

    /// The platforms that were compiled.
    #[must_use]
    pub fn platforms(&self) -> Vec<Platform> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn set(&self, rules: &Arc<Rules>, platform: &Platform) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(platform.clone(), Arc::clone(rules));
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
        let rules = Arc::new(compile(app, platform).await?);
        self.set(&rules, platform);
        Ok(rules)
    }

    /// Platforms whose rules time has overtaken: a feed grew too old since they were compiled.
    #[must_use]
    pub fn overtaken(&self, now: Timestamp, max_age: jiff::SignedDuration) -> Vec<Platform> {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rules
            .iter()
            .filter(|(_, rules)| {
                rules.feeds().iter().any(|(stamp, _)| stamp.too_old != is_too_old(stamp.as_of, now, max_age))
            })
            .map(|(platform, _)| platform.clone())
            .collect()
    }
}

/// Compiles the rules of a platform from what is in force now, and keeps nothing.
///
/// # Errors
/// When the record can't be read.
pub async fn compile(app: &App, platform: &Platform) -> anyhow::Result<Rules> {
    let stamps = stamps(app).await?;
    let mut builder = RulesBuilder::new(platform, &stamps);
    for speaks in matching::platforms_of(platform) {
        app.store().advisories_load(Some(&speaks), |stored| builder.add(&stored.feed, &stored.advisory)).await?;
    }
    Ok(builder.finish())
}

/// Whether data is too old to call anything unaffected.
#[must_use]
pub fn is_too_old(as_of: Timestamp, now: Timestamp, max_age: jiff::SignedDuration) -> bool {
    now.duration_since(as_of) > max_age
}

/// The feeds in force.
///
/// # Errors
/// When the record can't be read.
pub async fn stamps(app: &App) -> anyhow::Result<Vec<FeedStamp>> {
    let (now, max_age) = (app.now(), app.config().feed_max_age);
    let mut stamps = Vec::new();
    for feed in app.store().feed_list().await?.into_iter().filter(|feed| feed.generation > 0) {
        let document =
            app.store().feed_documents(&feed.id).await?.into_iter().find(|document| document.sha256.is_some());
        let as_of = feed.as_of.or(feed.published_at).unwrap_or(now);
        stamps.push(FeedStamp {
            too_old: is_too_old(as_of, now, max_age),
            as_of,
            document: document.as_ref().map(|document| document.url.clone()).unwrap_or_default(),
            sha256: document.and_then(|document| document.sha256).map(hex::encode).unwrap_or_default(),
            id: feed.id,
        });
    }
    Ok(stamps)
}
