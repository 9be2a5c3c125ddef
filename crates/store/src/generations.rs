//! Writing a new generation of a feed: in short slices that nobody sees, made current at once.
//!
//! A version of an advisory names the first generation that has it and the first that has not. What
//! is being written carries the number of an unpublished generation, above that of the feed, and so
//! is not in force; publishing changes the feed's number and nothing else.

use crate::bodies;
use crate::changes::{self, Cause, NewChange};
use crate::cves;
use crate::db::{Tx, Value, args, count};
use crate::feeds;
use crate::slices::{Changed, Counts, Reading, Tracked, take_slice};
use crate::{Result, SkippedRecords, Store, StoreError};
use jiff::Timestamp;
use model::Advisory;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

/// How long one slice may keep reports waiting.
const SLICE: Duration = Duration::from_millis(20);
/// Fewest records of a slice: with fewer a slice is all overhead, and a machine that is busy would be kept busy by it.
const FEWEST: usize = 128;
pub(crate) const MOST: usize = 4096;

/// An advisory that the feed has or had.
#[derive(Debug)]
struct Known {
    advisory: i64,
    version: Tracked,
    /// How many facts the version in force has, where that was counted, and the one that was written, if one was.
    facts: (Option<u64>, Option<u64>),
}

impl Known {
    /// The facts that were in force, and those of them that are no longer: all of a record that is gone, else as many
    /// as it has fewer.
    fn lost(&self) -> (u64, u64) {
        let (Some(before), written) = self.facts else { return (0, 0) };
        let now = if self.version.gone().is_some() { 0 } else { written.unwrap_or(before) };
        (before, before.saturating_sub(now))
    }

    /// Whether it said something of packages and says nothing now, though it is there.
    fn is_emptied(&self) -> bool {
        self.version.was_there() && matches!(self.facts, (Some(1..), Some(0)))
    }
}

/// What a generation has left of what was in force when it was begun, as far as it was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Remains {
    /// Records that were in force.
    pub records: u64,
    /// Of them, those that it has not.
    pub gone: u64,
    /// Of them, those that it has, but without a word about packages, of which they spoke.
    pub emptied: u64,
    /// Facts that were in force, in records whose facts were counted.
    pub facts: u64,
    /// Of them, those that are lost: of each record as many as it has fewer.
    pub facts_lost: u64,
}

impl AsMut<Tracked> for Known {
    fn as_mut(&mut self) -> &mut Tracked {
        &mut self.version
    }
}

/// A generation of a feed that is being written. Dropped without
/// [`Store::feed_generation_publish`], nothing of it is ever visible, and the next beginning clears
/// it away. Keeps about 150 bytes an advisory in memory.
#[derive(Debug)]
pub struct FeedGeneration {
    pub(crate) feed: String,
    pub(crate) id: i64,
    base: i64,
    known: HashMap<String, Known>,
    pub(crate) cves: HashMap<String, Tracked>,
    touched: BTreeSet<String>,
    pub(crate) reading: Reading,
    pub(crate) pace: usize,
}

impl FeedGeneration {
    /// The feed.
    #[must_use]
    pub fn feed(&self) -> &str {
        &self.feed
    }

    /// The generation's number.
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.id
    }

    /// What is written from now on is another document's.
    pub const fn next_document(&mut self) {
        self.reading.document = self.reading.document.saturating_add(1);
    }

    /// Keeps what is in force, but the records of these keys: they belong to documents that are read again or are
    /// gone, and are kept only if they are written. To be called before anything is written.
    pub fn keep_others(&mut self, keys: &HashSet<String>) {
        let of = self.known.iter_mut().map(|(key, known)| (key, &mut known.version));
        for (key, version) in of.chain(self.cves.iter_mut()) {
            if !keys.contains(key) {
                version.keep();
            }
        }
    }

    /// Whether some record of a document, by its number in the order of writing from 1, stands in another of the
    /// generation as well.
    #[must_use]
    pub fn is_shared(&self, document: u32) -> bool {
        self.reading.shared.contains(&document)
    }

    /// Whether a record that was written stands in a document that was kept as well: that one counts.
    #[must_use]
    pub const fn meets_kept(&self) -> bool {
        self.reading.meets_kept
    }

    /// What is left of what was in force when it was begun.
    #[must_use]
    pub fn remains(&self) -> Remains {
        let mut remains = Remains::default();
        for version in self.known.values().map(|known| &known.version).chain(self.cves.values()) {
            remains.records += u64::from(version.was_there());
            remains.gone += u64::from(version.gone().is_some());
        }
        for known in self.known.values() {
            let (facts, lost) = known.lost();
            remains.facts += facts;
            remains.facts_lost += lost;
            remains.emptied += u64::from(known.is_emptied());
        }
        remains
    }

    /// The next slice is to take about as long as a slice may.
    pub(crate) fn keep_pace(&mut self, took: Duration) {
        if took > SLICE {
            self.pace = (self.pace / 2).max(FEWEST);
        } else if took * 3 < SLICE {
            self.pace = (self.pace * 2).min(MOST);
        }
    }

    fn touch(&mut self, advisory: &Advisory) {
        for fact in &advisory.facts {
            if !self.touched.contains(fact.subject.name()) {
                self.touched.insert(fact.subject.name().to_owned());
            }
        }
    }
}

/// What a published generation changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationOutcome {
    /// Its number.
    pub generation: i64,
    /// The sequence number under which it is visible.
    pub seq: i64,
    /// Advisories in force.
    pub records: u64,
    /// Advisories that are new.
    pub added: u64,
    /// Advisories that say something else.
    pub changed: u64,
    /// Advisories that are gone.
    pub removed: u64,
    /// Records that could not be read.
    pub skipped: u64,
    /// Names of the packages that a new, changed or gone statement speaks of, sorted, without
    /// duplicates: only their verdicts can have changed.
    pub touched: Vec<String>,
}

impl Store {
    /// Begins a generation. Whoever does so holds the lease of the feed: there is one at a time.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn feed_generation_begin(&self, feed: &str, now: Timestamp) -> Result<FeedGeneration> {
        self.clear_unpublished(feed).await?;
        let mut tx = self.write().await?;
        feeds::ensure(&mut tx, feed).await?;
        let base = tx.one("SELECT generation FROM feeds WHERE id = ?", args![feed]).await?.int(0)?;
        let id = tx.take("feed_generations", 1).await?;
        const SQL: &str = "INSERT INTO feed_generations (id, feed, begun_at, changed, skipped) VALUES (?, ?, ?, 0, 0)";
        tx.run(SQL, args![id, feed, now]).await?;
        tx.commit().await?;
        let known = self.known_advisories(feed).await?;
        let cves = self.known_cves(feed).await?;
        let (touched, reading) = (BTreeSet::new(), Reading::default());
        Ok(FeedGeneration { feed: feed.to_owned(), id, base, known, cves, touched, reading, pace: 256 })
    }

    /// Undoes what an attempt left that was never published, a slice at a time.
    async fn clear_unpublished(&self, feed: &str) -> Result<()> {
        const UNPUBLISHED: &str = "SELECT id FROM feed_generations WHERE feed = ? AND published_at IS NULL";
        const REVIVE: &str = "UPDATE advisory_versions SET next_generation = NULL WHERE id IN
            (SELECT id FROM advisory_versions WHERE feed = ? AND next_generation = ? LIMIT 1000)";
        const PLATFORMS: &str = "DELETE FROM advisory_platforms WHERE version_id IN
            (SELECT id FROM advisory_versions WHERE feed = ? AND generation = ? ORDER BY id LIMIT 500)";
        const VERSIONS: &str = "DELETE FROM advisory_versions WHERE id IN
            (SELECT id FROM advisory_versions WHERE feed = ? AND generation = ? ORDER BY id LIMIT 500)";
        let mut tx = self.read().await?;
        let left = tx.rows(UNPUBLISHED, args![feed]).await?;
        drop(tx);
        for row in &left {
            let id = row.int(0)?;
            loop {
                let mut tx = self.write().await?;
                match hold(&mut tx, id).await {
                    Err(StoreError::Conflict(_)) => break, // Another server has just cleared it away.
                    held => held?,
                }
                let mut touched = tx.run(REVIVE, args![feed, id]).await?;
                tx.run(PLATFORMS, args![feed, id]).await?;
                touched += tx.run(VERSIONS, args![feed, id]).await?;
                touched += cves::undo(&mut tx, feed, id).await?;
                if touched == 0 {
                    tx.run("DELETE FROM feed_skipped WHERE generation = ?", args![id]).await?;
                    tx.run("DELETE FROM feed_losses WHERE generation = ?", args![id]).await?;
                    tx.run("DELETE FROM feed_generations WHERE id = ? AND published_at IS NULL", args![id]).await?;
                }
                tx.commit().await?;
                if touched == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn known_advisories(&self, feed: &str) -> Result<HashMap<String, Known>> {
        const SQL: &str = "SELECT a.id, a.key, v.id, v.hash, v.facts FROM advisories a
            LEFT JOIN advisory_versions v ON v.advisory_id = a.id AND v.next_generation IS NULL
            WHERE a.feed = ? AND a.id > ? ORDER BY a.id LIMIT ?";
        let mut known = HashMap::new();
        self.each_of_feed(SQL, feed, |advisory, row| {
            let before = match row.opt_int(2)? {
                Some(version) => Some((version, row.array(3)?)),
                None => None,
            };
            let facts = (row.opt_int(4)?.map(i64::unsigned_abs), None);
            known.insert(row.text(1)?, Known { advisory, version: Tracked::before(before), facts });
            Ok(())
        })
        .await?;
        Ok(known)
    }

    /// Writes advisories of the generation; those that are in force as they are cost nothing. Each
    /// transaction is kept to about 20 ms, so that reports are not held up. A key that comes twice
    /// counts the last time.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another beginning has cleared the generation away.
    pub async fn feed_generation_write(&self, generation: &mut FeedGeneration, advisories: &[Advisory]) -> Result<()> {
        let fail = |error: std::io::Error| StoreError::damaged("an advisory to be compressed", error);
        let mut packer = zstd::bulk::Compressor::new(3).map_err(fail)?;
        let mut rest = advisories;
        while !rest.is_empty() {
            let pack = |json: Vec<u8>| packer.compress(&json).map_err(fail);
            let slice = take_slice(&mut rest, generation.pace, &mut generation.known, &mut generation.reading, pack)?;
            if !slice.is_empty() {
                self.write_slice(generation, slice).await?;
            }
        }
        Ok(())
    }

    async fn write_slice(&self, generation: &mut FeedGeneration, slice: Vec<Changed<'_, Advisory>>) -> Result<()> {
        let mut tx = self.write().await?;
        let begun = Instant::now();
        hold(&mut tx, generation.id).await?;
        let mut superseded = Vec::new();
        let mut rewritten = Vec::new();
        let new = slice.iter().filter(|one| !generation.known.contains_key(&one.record.id)).count();
        let mut next_advisory = tx.take("advisories", new).await?;
        let mut next_version = tx.take("advisory_versions", slice.len()).await?;
        let (mut advisories, mut versions, mut platforms) = (Vec::new(), Vec::new(), Vec::new());
        let mut learnt = Vec::with_capacity(slice.len());
        for Changed { record: advisory, hash, body } in slice {
            let id = if let Some(known) = generation.known.get(&advisory.id) {
                superseded.extend(known.version.followed());
                rewritten.extend(known.version.rewritten().map(Value::from));
                known.advisory
            } else {
                next_advisory += 1;
                advisories.push(args![next_advisory - 1, &generation.feed, &advisory.id]);
                next_advisory - 1
            };
            let version = next_version;
            next_version += 1;
            versions.push(args![version, id, &generation.feed, generation.id, hash, body, count(advisory.facts.len())]);
            let of: BTreeSet<String> = advisory.facts.iter().map(|fact| fact.platform.to_string()).collect();
            platforms.extend(of.into_iter().map(|platform| args![platform, version]));
            learnt.push((advisory, id, version, hash));
        }
        tx.run_in("DELETE FROM advisory_platforms WHERE version_id IN ({})", &[], &rewritten).await?;
        tx.run_in("DELETE FROM advisory_versions WHERE id IN ({})", &[], &rewritten).await?;
        self.touch_stored(&mut tx, generation, &superseded).await?;
        supersede(&mut tx, generation.id, &superseded).await?;
        tx.insert_many("INSERT INTO advisories (id, feed, key)", "", advisories).await?;
        let head = "INSERT INTO advisory_versions (id, advisory_id, feed, generation, hash, body, facts)";
        tx.insert_many(head, "", versions).await?;
        tx.insert_many("INSERT INTO advisory_platforms (platform, version_id)", "", platforms).await?;
        tx.commit().await?;
        // Only now: a slice that failed is not known.
        for (advisory, id, version, hash) in learnt {
            generation.touch(advisory);
            let fresh = || Known { advisory: id, version: Tracked::before(None), facts: (None, None) };
            let known = generation.known.entry(advisory.id.clone()).or_insert_with(fresh);
            known.facts.1 = Some(advisory.facts.len() as u64);
            known.version.write(version, hash, generation.reading.document);
        }
        generation.keep_pace(begun.elapsed());
        Ok(())
    }

    /// Notes the packages that versions spoke of which are no longer in force.
    async fn touch_stored(&self, tx: &mut Tx, generation: &mut FeedGeneration, versions: &[i64]) -> Result<()> {
        let keys: Vec<Value> = versions.iter().map(|id| Value::from(*id)).collect();
        for row in &tx.rows_in("SELECT body FROM advisory_versions WHERE id IN ({})", &[], &keys).await? {
            generation.touch(&bodies::parse(&bodies::decompress(&row.bytes(0)?)?)?);
        }
        Ok(())
    }

    /// Makes the generation current: what was not written to it is gone from the feed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another generation was published meanwhile.
    pub async fn feed_generation_publish(
        &self,
        mut generation: FeedGeneration,
        as_of: Option<Timestamp>,
        skipped: &SkippedRecords,
        now: Timestamp,
    ) -> Result<GenerationOutcome> {
        let gone: Vec<i64> = generation.known.values().filter_map(|known| known.version.gone()).collect();
        let mut rest = gone.as_slice();
        while !rest.is_empty() {
            let (part, others) = rest.split_at(generation.pace.min(rest.len()));
            rest = others;
            let mut tx = self.write().await?;
            let begun = Instant::now();
            hold(&mut tx, generation.id).await?;
            self.touch_stored(&mut tx, &mut generation, part).await?;
            supersede(&mut tx, generation.id, part).await?;
            tx.commit().await?;
            generation.keep_pace(begun.elapsed());
        }
        let gone_cves: Vec<i64> = generation.cves.values().filter_map(Tracked::gone).collect();
        for part in gone_cves.chunks(MOST / 4) {
            let mut tx = self.write().await?;
            hold(&mut tx, generation.id).await?;
            cves::supersede(&mut tx, generation.id, part).await?;
            tx.commit().await?;
        }
        let mut tx = self.write().await?;
        hold(&mut tx, generation.id).await?;
        skipped.write(&mut tx, generation.id).await?;
        tx.commit().await?;

        let of_advisories = Counts::of(generation.known.values().map(|known| &known.version));
        let of_cves = Counts::of(generation.cves.values());
        let mut outcome = GenerationOutcome {
            generation: generation.id,
            seq: 0,
            records: of_advisories.records + of_cves.records,
            added: of_advisories.added + of_cves.added,
            changed: of_advisories.changed + of_cves.changed,
            removed: (gone.len() + gone_cves.len()) as u64,
            skipped: skipped.total(),
            touched: generation.touched.iter().cloned().collect(),
        };
        outcome.seq = self.make_current(&generation, &outcome, skipped.lost(), as_of, now).await?;
        let mut tx = self.write().await?;
        for table in ["feed_skipped", "feed_losses"] {
            let clear = format!(
                "DELETE FROM {table} WHERE generation < ? AND generation IN
                (SELECT id FROM feed_generations WHERE feed = ?)"
            );
            tx.run_built(clear, args![generation.id, &generation.feed]).await?;
        }
        tx.commit().await?;
        self.forget_cves(&generation.feed, generation.id).await?;
        Ok(outcome)
    }

    /// The one small transaction after which everybody sees the generation.
    async fn make_current(
        &self,
        generation: &FeedGeneration,
        outcome: &GenerationOutcome,
        (lost, lost_kept): (u64, u64),
        as_of: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<i64> {
        const FEED: &str = "UPDATE feeds SET generation = ?, published_at = ?, as_of = ?, records = ?, skipped = ?,
            lost = ?, lost_kept = ?, checked_at = ?, error = NULL WHERE id = ? AND generation = ?";
        const GENERATION: &str = "UPDATE feed_generations SET published_at = ?, changed = ?, skipped = ?
            WHERE id = ? AND published_at IS NULL";
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let (id, feed) = (generation.id, &generation.feed);
        let (records, skipped) = (number(outcome.records), number(outcome.skipped));
        let changed = number(outcome.added + outcome.changed + outcome.removed);
        let mut tx = self.write().await?;
        let (lost, kept, as_of) = (number(lost), number(lost_kept), as_of.unwrap_or(now));
        let args = args![id, now, as_of, records, skipped, lost, kept, now, feed, generation.base];
        if tx.run(FEED, args).await? == 0 {
            return Err(StoreError::Conflict(format!("feed {feed}")));
        }
        if tx.run(GENERATION, args![now, changed, skipped, id]).await? == 0 {
            return Err(StoreError::Conflict(format!("feed {feed}")));
        }
        let what = serde_json::json!({ "feed": feed, "generation": id, "changed": changed });
        let change = NewChange { at: now, cause: Cause::Feed, host: None, sequence: None, what };
        Ok(changes::commit(tx, vec![change]).await?.unwrap_or_default())
    }
}

/// Holds that the generation is still being written, until COMMIT. A writer that was given up and
/// cleared away meanwhile must not mark versions as followed by what will never be there.
pub(crate) async fn hold(tx: &mut Tx, generation: i64) -> Result<()> {
    const SQL: &str = "UPDATE feed_generations SET changed = changed WHERE id = ? AND published_at IS NULL";
    match tx.run(SQL, args![generation]).await? {
        0 => Err(StoreError::Conflict(format!("generation {generation}"))),
        _ => Ok(()),
    }
}

async fn supersede(tx: &mut Tx, generation: i64, versions: &[i64]) -> Result<()> {
    let keys: Vec<Value> = versions.iter().map(|id| Value::from(*id)).collect();
    let sql = "UPDATE advisory_versions SET next_generation = ? WHERE id IN ({})";
    tx.run_in(sql, &[Value::from(generation)], &keys).await
}
