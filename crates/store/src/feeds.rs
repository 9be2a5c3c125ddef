//! Feeds and their documents: what was fetched when, and what came of it.

use crate::{Result, Store};
use jiff::Timestamp;

/// The state of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedState {
    /// Its id, such as `debian-tracker`.
    pub id: String,
    /// The generation in force; 0 before the first.
    pub generation: i64,
    /// When that was made current, server's clock.
    pub published_at: Option<Timestamp>,
    /// How old the data is: the vendor's date, else the time of the fetch.
    pub as_of: Option<Timestamp>,
    /// Advisories in force.
    pub records: i64,
    /// Records that could not be read.
    pub skipped: i64,
    /// When the vendor was last asked, whatever came of it.
    pub checked_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// A document of a feed, as last fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedDocument {
    /// Where it comes from; `file:NAME` for an imported one.
    pub url: String,
    /// The server's ETag.
    pub etag: Option<String>,
    /// The server's Last-Modified, as it stood.
    pub last_modified: Option<String>,
    /// SHA-256 of the document as it came.
    pub sha256: Option<[u8; 32]>,
    /// When this copy was fetched.
    pub fetched_at: Option<Timestamp>,
    /// When it was last asked for.
    pub checked_at: Option<Timestamp>,
    /// The vendor's date of it, where it has one.
    pub as_of: Option<Timestamp>,
    /// Its size as it came, in bytes.
    pub bytes: Option<u64>,
    /// The raw copy, relative to the data directory.
    pub path: Option<String>,
    /// Version of the parser that read it last.
    pub parser: u32,
    /// Records understood.
    pub records: u64,
    /// Records not understood.
    pub skipped: u64,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// A record of a document that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedRecord {
    /// The document it stood in.
    pub document: String,
    /// Which one: its name, or its place.
    pub record: String,
    /// Why, in words.
    pub why: String,
}

impl Store {
    /// Every feed that was ever asked for, by id.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn feed_list(&self) -> Result<Vec<FeedState>> {
        Ok(Vec::new())
    }

    /// Notes that an attempt failed before anything could be published; what is in force stays.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn feed_failed(&self, feed: &str, error: &str, now: Timestamp) -> Result<()> {
        let _ = (feed, error, now);
        Ok(())
    }

    /// Notes that the vendor was asked and nothing had changed. `as_of` renews the age of the data
    /// where the vendor's answer says how old it is.
    ///
    /// # Errors
    /// [`crate::StoreError::Missing`] when the feed was never published.
    pub async fn feed_unchanged(&self, feed: &str, as_of: Option<Timestamp>, now: Timestamp) -> Result<()> {
        let _ = (feed, as_of, now);
        Ok(())
    }

    /// The documents of a feed, by address.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn feed_documents(&self, feed: &str) -> Result<Vec<FeedDocument>> {
        let _ = feed;
        Ok(Vec::new())
    }

    /// Notes the state of a document, whatever was noted before.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn feed_document_set(&self, feed: &str, document: &FeedDocument) -> Result<()> {
        let _ = (feed, document);
        Ok(())
    }

    /// The records of the generation in force that could not be read, at most `limit`.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn feed_skipped(&self, feed: &str, limit: usize) -> Result<Vec<SkippedRecord>> {
        let _ = (feed, limit);
        Ok(Vec::new())
    }
}
