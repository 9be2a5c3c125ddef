//! What feeds say of CVEs themselves, by generations as advisories, but without their past: scores of
//! exploitation change daily for every CVE, and no verdict reads them.

use crate::db::{Tx, Value, args, count};
use crate::generations::{FeedGeneration, MOST, hold};
use crate::{Result, Store, StoreError, bodies};
use model::CveRecord;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::time::Instant;

/// Bodies shorter than this are kept as they are: zstd makes nothing smaller of them.
const SHORT: usize = 256;

/// A record that the feed has or had.
#[derive(Debug)]
pub(crate) struct KnownCve {
    /// The row in force before this generation, with its hash.
    before: Option<(i64, [u8; 32])>,
    /// The row that this generation wrote, with its hash.
    written: Option<(i64, [u8; 32])>,
    /// This generation has it.
    seen: bool,
}

/// How many records a generation has, and how many are new and changed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CveCounts {
    pub(crate) records: u64,
    pub(crate) added: u64,
    pub(crate) changed: u64,
}

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

pub(crate) fn counts(known: &HashMap<String, KnownCve>) -> CveCounts {
    let mut counts = CveCounts::default();
    for one in known.values() {
        counts.records += u64::from(one.seen);
        counts.added += u64::from(one.written.is_some() && one.before.is_none());
        counts.changed += u64::from(one.written.is_some() && one.before.is_some());
    }
    counts
}

/// The rows in force that this generation has not.
pub(crate) fn gone(known: &HashMap<String, KnownCve>) -> Vec<i64> {
    known.values().filter(|one| !one.seen).filter_map(|one| one.before.map(|(row, _)| row)).collect()
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
    pub(crate) async fn known_cves(&self, feed: &str) -> Result<HashMap<String, KnownCve>> {
        const SQL: &str = "SELECT id, cve, hash FROM cve_records WHERE feed = ? AND next_generation IS NULL AND id > ?
            ORDER BY id LIMIT ?";
        let mut known = HashMap::new();
        let mut last = 0;
        loop {
            let mut tx = self.read().await?;
            let rows = tx.rows(SQL, args![feed, last, count(MOST)]).await?;
            for row in &rows {
                last = row.int(0)?;
                let before = Some((last, row.array(2)?));
                known.insert(row.text(1)?, KnownCve { before, written: None, seen: false });
            }
            if rows.len() < MOST {
                return Ok(known);
            }
        }
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
            let mut slice: HashMap<&str, ([u8; 32], Vec<u8>)> = HashMap::new();
            while let Some((record, others)) = rest.split_first() {
                if slice.len() >= generation.pace {
                    break;
                }
                rest = others;
                let json = serde_json::to_vec(record).map_err(|error| StoreError::damaged("a CVE's record", error))?;
                let hash: [u8; 32] = Sha256::digest(&json).into();
                let same = generation.cves.get_mut(&record.id).is_some_and(|known| {
                    known.seen = true;
                    known.written.or(known.before).is_some_and(|(_, held)| held == hash)
                });
                if same {
                    slice.remove(record.id.as_str());
                } else {
                    slice.insert(&record.id, (hash, pack(json)?));
                }
            }
            if !slice.is_empty() {
                self.write_cves(generation, slice).await?;
            }
        }
        Ok(())
    }

    async fn write_cves(
        &self,
        generation: &mut FeedGeneration,
        slice: HashMap<&str, ([u8; 32], Vec<u8>)>,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        let begun = Instant::now();
        hold(&mut tx, generation.id).await?;
        let mut next = tx.take("cve_records", slice.len()).await?;
        let (mut rows, mut superseded, mut rewritten) = (Vec::new(), Vec::new(), Vec::new());
        let mut learnt = Vec::with_capacity(slice.len());
        for (cve, (hash, body)) in slice {
            let known = generation.cves.get(cve);
            let written = known.and_then(|known| known.written);
            superseded.extend(known.and_then(|known| known.before).filter(|_| written.is_none()).map(|(row, _)| row));
            rewritten.extend(written.map(|(row, _)| Value::from(row)));
            rows.push(args![next, &generation.feed, cve, generation.id, hash, body]);
            learnt.push((cve, next, hash));
            next += 1;
        }
        // The same CVE twice in one generation: the later record counts.
        tx.run_in("DELETE FROM cve_records WHERE id IN ({})", &[], &rewritten).await?;
        supersede(&mut tx, generation.id, &superseded).await?;
        tx.insert_many("INSERT INTO cve_records (id, feed, cve, generation, hash, body)", "", rows).await?;
        tx.commit().await?;
        for (cve, row, hash) in learnt {
            let fresh = || KnownCve { before: None, written: None, seen: true };
            let known = generation.cves.entry(cve.to_owned()).or_insert_with(fresh);
            (known.seen, known.written) = (true, Some((row, hash)));
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
}
