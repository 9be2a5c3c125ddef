//! Feeds and their documents: what was fetched when, and what came of it.

use crate::db::{Row, Tx, args};
use crate::{Result, Store, StoreError};
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
    /// Of them, those that would have had something to say.
    pub lost: i64,
    /// Of those, the ones of which [`Store::feed_losses`] tells what they were about.
    pub lost_kept: i64,
    /// When the vendor was last asked, whatever came of it.
    pub checked_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// Who signed a document, as far as that was checked when it was taken. A bad signature is none of these: what
/// has one is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Signature {
    /// Nobody looked: no keys were at hand, it was not asked for, or a file was brought without its signature.
    #[default]
    NotChecked,
    /// The vendor publishes no signature of it.
    NotSigned,
    /// It is signed by a key that was not at hand, so that nobody can tell.
    UnknownKey {
        /// Fingerprint of the key, in older signatures its id.
        issuer: String,
    },
    /// It is signed by a key of the administrator's keyring.
    Verified {
        /// Fingerprint of the primary key, in capital hexadecimal digits.
        fingerprint: String,
        /// When, as the signature says.
        signed_at: Timestamp,
    },
}

impl Signature {
    /// The word in the database and of the API.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotChecked => "not_checked",
            Self::NotSigned => "not_signed",
            Self::UnknownKey { .. } => "unknown_key",
            Self::Verified { .. } => "verified",
        }
    }

    /// Fingerprint or id of the key, where there is a signature.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::NotChecked | Self::NotSigned => None,
            Self::UnknownKey { issuer } => Some(issuer),
            Self::Verified { fingerprint, .. } => Some(fingerprint),
        }
    }

    /// When it was made, where that was checked.
    #[must_use]
    pub const fn signed_at(&self) -> Option<Timestamp> {
        match self {
            Self::Verified { signed_at, .. } => Some(*signed_at),
            Self::NotChecked | Self::NotSigned | Self::UnknownKey { .. } => None,
        }
    }

    fn of(word: Option<&str>, key: Option<String>, signed_at: Option<Timestamp>) -> Result<Self> {
        let key = || key.ok_or_else(|| StoreError::damaged("a feed's document", "its signature names no key"));
        Ok(match word {
            None => Self::NotChecked,
            Some("not_signed") => Self::NotSigned,
            Some("unknown_key") => Self::UnknownKey { issuer: key()? },
            Some("verified") => {
                let undated = || StoreError::damaged("a feed's document", "its signature has no date");
                Self::Verified { fingerprint: key()?, signed_at: signed_at.ok_or_else(undated)? }
            }
            Some(other) => {
                let why = format!("'{}' is no state of a signature", other.escape_debug());
                return Err(StoreError::damaged("a feed's document", why));
            }
        })
    }
}

/// A document of a feed, as last fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedDocument {
    /// Its name within the feed; empty where it was fetched before names were kept.
    pub name: String,
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
    /// Who signed this copy.
    pub signature: Signature,
    /// SHA-256 of the file that was imported, packed as it was; none where it was fetched.
    pub file_sha256: Option<[u8; 32]>,
    /// Who says `as_of`: `given`, `server`, `inside`, `file` or `fetched`; empty where that was not noted.
    pub dated: String,
    /// Whether none of its records stands in another document of the feed: then it can go without others having to be
    /// read again. `None` where neither that nor what was lost of it was noted.
    pub alone: Option<bool>,
    /// Of its skipped records those that would have had something to say.
    pub lost: u64,
    /// Of them those of which [`Store::feed_losses`] tells what they were about.
    pub lost_kept: u64,
}

fn state(row: &Row) -> Result<FeedState> {
    Ok(FeedState {
        id: row.text(0)?,
        generation: row.int(1)?,
        published_at: row.opt_time(2)?,
        as_of: row.opt_time(3)?,
        records: row.int(4)?,
        skipped: row.int(5)?,
        checked_at: row.opt_time(6)?,
        error: row.opt_text(7)?,
        lost: row.int(8)?,
        lost_kept: row.int(9)?,
    })
}

fn document(row: &Row) -> Result<FeedDocument> {
    let number = |at: usize| -> Result<u64> { Ok(row.int(at)?.unsigned_abs()) };
    Ok(FeedDocument {
        url: row.text(0)?,
        etag: row.opt_text(1)?,
        last_modified: row.opt_text(2)?,
        sha256: row.opt_bytes(3)?.map(|_| row.array(3)).transpose()?,
        fetched_at: row.opt_time(4)?,
        checked_at: row.opt_time(5)?,
        as_of: row.opt_time(6)?,
        bytes: row.opt_int(7)?.map(i64::unsigned_abs),
        path: row.opt_text(8)?,
        parser: u32::try_from(row.int(9)?).map_err(|error| StoreError::damaged("a feed's document", error))?,
        records: number(10)?,
        skipped: number(11)?,
        error: row.opt_text(12)?,
        name: row.opt_text(13)?.unwrap_or_default(),
        signature: Signature::of(row.opt_text(14)?.as_deref(), row.opt_text(15)?, row.opt_time(16)?)?,
        file_sha256: row.opt_bytes(17)?.map(|_| row.array(17)).transpose()?,
        dated: row.opt_text(18)?.unwrap_or_default(),
        alone: row.opt_int(19)?.map(|alone| alone == 1),
        lost: row.opt_int(20)?.unwrap_or_default().unsigned_abs(),
        lost_kept: row.opt_int(21)?.unwrap_or_default().unsigned_abs(),
    })
}

/// Makes the feed's row where there is none yet.
pub(crate) async fn ensure(tx: &mut Tx, feed: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO feeds (id, generation, records, skipped) VALUES (?, 0, 0, 0)
        ON CONFLICT (id) DO NOTHING";
    tx.run(SQL, args![feed]).await?;
    Ok(())
}

/// A count of the caller's as the engines store it.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Store {
    /// Every feed that was ever asked for, by id.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn feed_list(&self) -> Result<Vec<FeedState>> {
        const SQL: &str = "SELECT id, generation, published_at, as_of, records, skipped, checked_at, error, lost,
            lost_kept FROM feeds";
        let mut tx = self.read().await?;
        let mut feeds: Vec<FeedState> = tx.rows(SQL, vec![]).await?.iter().map(state).collect::<Result<_>>()?;
        // Here and not in SQL: engines sort text by different rules.
        feeds.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(feeds)
    }

    /// Notes that an attempt failed before anything could be published; what is in force stays.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn feed_failed(&self, feed: &str, error: &str, now: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        ensure(&mut tx, feed).await?;
        tx.run("UPDATE feeds SET checked_at = ?, error = ? WHERE id = ?", args![now, error, feed]).await?;
        tx.commit().await
    }

    /// Notes that the vendor was asked and nothing had changed. `as_of` renews the age of the data
    /// where the vendor's answer says how old it is.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the feed was never published.
    pub async fn feed_unchanged(&self, feed: &str, as_of: Option<Timestamp>, now: Timestamp) -> Result<()> {
        const SQL: &str = "UPDATE feeds SET checked_at = ?, as_of = COALESCE(?, as_of), error = NULL
            WHERE id = ? AND generation > 0";
        let mut tx = self.write().await?;
        if tx.run(SQL, args![now, as_of, feed]).await? == 0 {
            return Err(StoreError::Missing(format!("published generation of feed {feed}")));
        }
        tx.commit().await
    }

    /// The documents of a feed, by address.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn feed_documents(&self, feed: &str) -> Result<Vec<FeedDocument>> {
        const SQL: &str = "SELECT url, etag, last_modified, sha256, fetched_at, checked_at, as_of, bytes, path, parser,
            records, skipped, error, name, signature, signed_by, signed_at, file_sha256, dated, alone,
            lost, lost_kept FROM feed_documents WHERE feed = ?";
        let mut tx = self.read().await?;
        let mut found: Vec<FeedDocument> =
            tx.rows(SQL, args![feed]).await?.iter().map(document).collect::<Result<_>>()?;
        found.sort_by(|a, b| a.url.cmp(&b.url));
        Ok(found)
    }

    /// Notes the state of a document, whatever was noted before.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn feed_document_set(&self, feed: &str, document: &FeedDocument) -> Result<()> {
        const SQL: &str =
            "INSERT INTO feed_documents (feed, url, etag, last_modified, sha256, fetched_at, checked_at, as_of,
                bytes, path, parser, records, skipped, error, name, signature, signed_by, signed_at, file_sha256, dated,
                alone, lost, lost_kept)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (feed, url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
                sha256 = excluded.sha256, fetched_at = excluded.fetched_at, checked_at = excluded.checked_at,
                as_of = excluded.as_of, bytes = excluded.bytes, path = excluded.path, parser = excluded.parser,
                records = excluded.records, skipped = excluded.skipped, error = excluded.error,
                name = excluded.name, signature = excluded.signature, signed_by = excluded.signed_by,
                signed_at = excluded.signed_at, file_sha256 = excluded.file_sha256, dated = excluded.dated,
                alone = excluded.alone, lost = excluded.lost, lost_kept = excluded.lost_kept";
        let d = document;
        let mut tx = self.write().await?;
        ensure(&mut tx, feed).await?;
        let args = args![
            feed,
            &d.url,
            d.etag.clone(),
            d.last_modified.clone(),
            d.sha256,
            d.fetched_at,
            d.checked_at,
            d.as_of,
            d.bytes.map(number),
            d.path.clone(),
            i64::from(d.parser),
            number(d.records),
            number(d.skipped),
            d.error.clone(),
            &d.name,
            Some(d.signature.as_str()).filter(|_| d.signature != Signature::NotChecked).map(str::to_owned),
            d.signature.key().map(str::to_owned),
            d.signature.signed_at(),
            d.file_sha256,
            Some(&d.dated).filter(|dated| !dated.is_empty()).cloned(),
            d.alone.map(i64::from),
            number(d.lost),
            number(d.lost_kept)
        ];
        tx.run(SQL, args).await?;
        tx.commit().await
    }

    /// Forgets the documents of a feed that are not of these addresses. Gives what was forgotten.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn feed_documents_retain(&self, feed: &str, urls: &[&str]) -> Result<Vec<FeedDocument>> {
        let mut gone = self.feed_documents(feed).await?;
        gone.retain(|document| !urls.contains(&document.url.as_str()));
        let mut tx = self.write().await?;
        for document in &gone {
            tx.run("DELETE FROM feed_documents WHERE feed = ? AND url = ?", args![feed, &document.url]).await?;
        }
        tx.commit().await?;
        Ok(gone)
    }
}
