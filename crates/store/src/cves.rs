//! What feeds say of CVEs themselves, by generations as advisories, but without their past: scores of
//! exploitation change daily for every CVE, and no verdict reads them.

use crate::db::{Tx, Value, args, count};
use crate::generations::{FeedGeneration, hold};
use crate::slices::{Changed, Tracked, take_slice};
use crate::{Result, Store, bodies};
use model::CveRecord;
use std::collections::HashMap;
use std::time::Instant;

/// Bodies shorter than this are kept as they are: zstd makes nothing smaller of them.
const SHORT: usize = 256;

/// Records that are read at a time where all are.
const PART: usize = 4096;

/// A record with the feed that it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCve {
    /// The feed.
    pub feed: String,
    /// What it says.
    pub record: CveRecord,
}

fn pack(json: Vec<u8>) -> Result<Vec<u8>> {
    if json.len() < SHORT { Ok(json) } else { bodies::compress(&json) }
}

fn unpack(body: Vec<u8>) -> Result<Vec<u8>> {
    // JSON begins with a brace, zstd with its magic number.
    if body.first() == Some(&b'{') { Ok(body) } else { bodies::decompress(&body) }
}

pub(crate) async fn supersede(tx: &mut Tx, generation: i64, rows: &[i64]) -> Result<()> {
    let keys: Vec<Value> = rows.iter().map(|id| Value::from(*id)).collect();
    tx.run_in("UPDATE cve_records SET next_generation = ? WHERE id IN ({})", &[Value::from(generation)], &keys).await
}

/// Undoes a part of what an unpublished generation has written; how many rows that was.
pub(crate) async fn undo(tx: &mut Tx, feed: &str, generation: i64) -> Result<u64> {
    const REVIVE: &str = "UPDATE cve_records SET next_generation = NULL WHERE id IN
        (SELECT id FROM cve_records WHERE feed = ? AND next_generation = ? LIMIT 1000)";
    const DELETE: &str = "DELETE FROM cve_records WHERE id IN
        (SELECT id FROM cve_records WHERE feed = ? AND generation = ? LIMIT 500)";
    Ok(tx.run(REVIVE, args![feed, generation]).await? + tx.run(DELETE, args![feed, generation]).await?)
}

impl Store {
    pub(crate) async fn known_cves(&self, feed: &str) -> Result<HashMap<String, Tracked>> {
        const SQL: &str = "SELECT id, cve, hash FROM cve_records WHERE feed = ? AND next_generation IS NULL AND id > ?
            ORDER BY id LIMIT ?";
        let mut known = HashMap::new();
        self.each_of_feed(SQL, feed, |id, row| {
            known.insert(row.text(1)?, Tracked::before(Some((id, row.array(2)?))));
            Ok(())
        })
        .await?;
        Ok(known)
    }

    /// Writes records of CVEs of the generation, as [`Store::feed_generation_write`] does advisories.
    ///
    /// # Errors
    /// As there.
    pub async fn feed_generation_write_cves(
        &self,
        generation: &mut FeedGeneration,
        records: &[CveRecord],
    ) -> Result<()> {
        let mut rest = records;
        while !rest.is_empty() {
            let slice = take_slice(&mut rest, generation.pace, &mut generation.cves, &mut generation.reading, pack)?;
            if !slice.is_empty() {
                self.write_cves(generation, slice).await?;
            }
        }
        Ok(())
    }

    async fn write_cves(&self, generation: &mut FeedGeneration, slice: Vec<Changed<'_, CveRecord>>) -> Result<()> {
        let mut tx = self.write().await?;
        let begun = Instant::now();
        hold(&mut tx, generation.id).await?;
        let mut next = tx.take("cve_records", slice.len()).await?;
        let (mut rows, mut superseded, mut rewritten) = (Vec::new(), Vec::new(), Vec::new());
        let mut learnt = Vec::with_capacity(slice.len());
        for Changed { record, hash, body } in slice {
            if let Some(known) = generation.cves.get(&record.id) {
                superseded.extend(known.followed());
                rewritten.extend(known.rewritten().map(Value::from));
            }
            rows.push(args![next, &generation.feed, &record.id, generation.id, hash, body]);
            learnt.push((record, next, hash));
            next += 1;
        }
        tx.run_in("DELETE FROM cve_records WHERE id IN ({})", &[], &rewritten).await?;
        supersede(&mut tx, generation.id, &superseded).await?;
        tx.insert_many("INSERT INTO cve_records (id, feed, cve, generation, hash, body)", "", rows).await?;
        tx.commit().await?;
        // Only now: a slice that failed is not known.
        for (record, row, hash) in learnt {
            generation.cves.entry(record.id.clone()).or_default().write(row, hash, generation.reading.document);
        }
        generation.keep_pace(begun.elapsed());
        Ok(())
    }

    /// Deletes what the generation in force has replaced, a slice at a time.
    pub(crate) async fn forget_cves(&self, feed: &str, generation: i64) -> Result<()> {
        const SQL: &str = "DELETE FROM cve_records WHERE id IN
            (SELECT id FROM cve_records WHERE feed = ? AND next_generation <= ? LIMIT 1000)";
        loop {
            let mut tx = self.write().await?;
            let deleted = tx.run(SQL, args![feed, generation]).await?;
            tx.commit().await?;
            if deleted == 0 {
                return Ok(());
            }
        }
    }

    /// What the feeds in force say of a CVE, by feed.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn cve_records(&self, cve: &str) -> Result<Vec<StoredCve>> {
        const SQL: &str = "SELECT r.feed, r.body FROM cve_records r JOIN feeds f ON f.id = r.feed
            WHERE r.cve = ? AND r.generation <= f.generation
                AND (r.next_generation IS NULL OR r.next_generation > f.generation)";
        let mut tx = self.read().await?;
        let rows = tx.rows(SQL, args![cve]).await?;
        let stored = |row: &crate::db::Row| {
            Ok(StoredCve { feed: row.text(0)?, record: bodies::parse(&unpack(row.bytes(1)?)?)? })
        };
        let mut found: Vec<StoredCve> = rows.iter().map(stored).collect::<Result<_>>()?;
        found.sort_by(|a, b| a.feed.cmp(&b.feed));
        Ok(found)
    }

    /// Goes through everything that the feeds in force say of CVEs, in one transaction, in memory for a part.
    /// How many records there were.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn cves_load(&self, mut each: impl FnMut(StoredCve) + Send) -> Result<u64> {
        const SQL: &str = "SELECT r.id, r.feed, r.body FROM cve_records r JOIN feeds f ON f.id = r.feed
            WHERE r.id > ? AND r.generation <= f.generation
                AND (r.next_generation IS NULL OR r.next_generation > f.generation)
            ORDER BY r.id LIMIT ?";
        let mut tx = self.read().await?;
        let (mut last, mut loaded) = (0, 0);
        loop {
            let rows = tx.rows(SQL, args![last, count(PART)]).await?;
            for row in &rows {
                last = row.int(0)?;
                each(StoredCve { feed: row.text(1)?, record: bodies::parse(&unpack(row.bytes(2)?)?)? });
                loaded += 1;
            }
            if rows.len() < PART {
                return Ok(loaded);
            }
        }
    }
}
