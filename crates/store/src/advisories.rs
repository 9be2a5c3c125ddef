//! Reading advisories: those in force, and those known at a past moment.

use crate::db::{Value, args, count};
use crate::{Result, Store, bodies};
use jiff::Timestamp;
use model::{Advisory, Platform};
use std::collections::BTreeMap;

/// An advisory with the feed it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAdvisory {
    /// The feed.
    pub feed: String,
    /// What it says.
    pub advisory: Advisory,
}

/// A version is in force from its own generation up to the next that says otherwise, as seen from
/// the feed's published generation: what is being written has higher numbers and is not seen.
const IN_FORCE: &str = "JOIN feeds f ON f.id = v.feed
    WHERE v.generation <= f.generation AND (v.next_generation IS NULL OR v.next_generation > f.generation)";

/// The same as seen from the generation that was published last by a moment.
const KNOWN_AT: &str = "JOIN
        (SELECT feed, MAX(id) AS generation FROM feed_generations WHERE published_at <= ? GROUP BY feed) f
        ON f.feed = v.feed
    WHERE v.generation <= f.generation AND (v.next_generation IS NULL OR v.next_generation > f.generation)";

const ALL: &str = "SELECT v.id, v.feed, v.body FROM advisory_versions v";
const PAGE: &str = "AND v.id > ? ORDER BY v.id LIMIT ?";

/// Those of a platform by its own index, in whose order they come: going over all to ask of each whether it
/// speaks of the platform costs every platform of a fleet the whole of every feed.
const OF_PLATFORM: &str =
    "SELECT v.id, v.feed, v.body FROM advisory_platforms p JOIN advisory_versions v ON v.id = p.version_id";
const PAGE_OF_PLATFORM: &str = "AND p.platform = ? AND p.version_id > ? ORDER BY p.version_id LIMIT ?";

const PART: usize = 2048;

impl Store {
    /// Hands every advisory in force to `each`: those that speak of `platform`, or all. `each` must
    /// not call the store. How many there were.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`], [`crate::StoreError::Damaged`].
    pub async fn advisories_load(
        &self,
        platform: Option<&Platform>,
        each: impl FnMut(StoredAdvisory) + Send,
    ) -> Result<u64> {
        self.advisory_pages(IN_FORCE, vec![], platform, each).await
    }

    /// As [`Store::advisories_load`], but what was known at `known`, server's clock.
    ///
    /// # Errors
    /// As [`Store::advisories_load`].
    pub async fn advisories_load_at(
        &self,
        platform: Option<&Platform>,
        known: Timestamp,
        each: impl FnMut(StoredAdvisory) + Send,
    ) -> Result<u64> {
        self.advisory_pages(KNOWN_AT, args![known], platform, each).await
    }

    /// All pages in one transaction, since a generation may be published between two.
    async fn advisory_pages(
        &self,
        seen_from: &str,
        mut args: Vec<Value>,
        platform: Option<&Platform>,
        mut each: impl FnMut(StoredAdvisory) + Send,
    ) -> Result<u64> {
        let (from, page) = if platform.is_some() { (OF_PLATFORM, PAGE_OF_PLATFORM) } else { (ALL, PAGE) };
        let sql = format!("{from} {seen_from} {page}");
        args.extend(platform.map(|platform| Value::from(platform.to_string())));
        let mut tx = self.read().await?;
        let (mut last, mut loaded) = (0, 0);
        loop {
            let mut page = args.clone();
            page.extend(args![last, count(PART)]);
            let rows = tx.rows_built(sql.clone(), page).await?;
            for row in &rows {
                last = row.int(0)?;
                let advisory = bodies::parse(&bodies::decompress(&row.bytes(2)?)?)?;
                each(StoredAdvisory { feed: row.text(1)?, advisory });
                loaded += 1;
            }
            if rows.len() < PART {
                return Ok(loaded);
            }
        }
    }

    /// How many advisories of a feed in force speak of each platform.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn advisory_platforms(&self, feed: &str) -> Result<BTreeMap<String, u64>> {
        let sql = format!(
            "SELECT p.platform, COUNT(*) FROM advisory_platforms p JOIN advisory_versions v ON v.id = p.version_id
            {IN_FORCE} AND v.feed = ? GROUP BY p.platform"
        );
        let rows = self.read().await?.rows_built(sql, args![feed]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?.unsigned_abs()))).collect()
    }

    /// One advisory in force by its key.
    ///
    /// # Errors
    /// As [`Store::advisories_load`].
    pub async fn advisory_get(&self, feed: &str, key: &str) -> Result<Option<Advisory>> {
        let sql =
            format!("{ALL} {IN_FORCE} AND v.advisory_id = (SELECT id FROM advisories WHERE feed = ? AND key = ?)");
        let mut tx = self.read().await?;
        let rows = tx.rows_built(sql, args![feed, key]).await?;
        rows.first().map(|row| bodies::parse(&bodies::decompress(&row.bytes(2)?)?)).transpose()
    }
}
