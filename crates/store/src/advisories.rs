//! Reading advisories: those in force, and those known at a past moment.

use crate::{Result, Store};
use jiff::Timestamp;
use model::{Advisory, Platform};

/// An advisory with the feed it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAdvisory {
    /// The feed.
    pub feed: String,
    /// What it says.
    pub advisory: Advisory,
}

impl Store {
    /// Hands every advisory in force to `each`: those that speak of `platform`, or all. `each` must
    /// not call the store. How many there were.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`], [`crate::StoreError::Damaged`].
    pub async fn advisories_load(
        &self,
        platform: Option<&Platform>,
        mut each: impl FnMut(StoredAdvisory) + Send,
    ) -> Result<u64> {
        let _ = (platform, &mut each);
        Ok(0)
    }

    /// As [`Store::advisories_load`], but what was known at `known`, server's clock.
    ///
    /// # Errors
    /// As [`Store::advisories_load`].
    pub async fn advisories_load_at(
        &self,
        platform: Option<&Platform>,
        known: Timestamp,
        mut each: impl FnMut(StoredAdvisory) + Send,
    ) -> Result<u64> {
        let _ = (platform, known, &mut each);
        Ok(0)
    }

    /// One advisory in force by its key.
    ///
    /// # Errors
    /// As [`Store::advisories_load`].
    pub async fn advisory_get(&self, feed: &str, key: &str) -> Result<Option<Advisory>> {
        let _ = (feed, key);
        Ok(None)
    }
}
