//! What a generation knows of a feed's records while it is written, of whatever kind they are, and the slices
//! in which those of them are taken that say something new.

use crate::db::{Row, args, count};
use crate::generations::MOST;
use crate::{Result, Store, StoreError};
use model::{Advisory, CveRecord};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A kind of record that comes by generations.
pub(crate) trait Record: Serialize {
    /// What it is, in a sentence on a fault.
    const WHAT: &'static str;

    /// What makes it the same record in every generation.
    fn key(&self) -> &str;
}

impl Record for Advisory {
    const WHAT: &'static str = "an advisory";

    fn key(&self) -> &str {
        &self.id
    }
}

impl Record for CveRecord {
    const WHAT: &'static str = "a CVE's record";

    fn key(&self) -> &str {
        &self.id
    }
}

/// The rows of a record that the feed has or had.
#[derive(Debug, Default)]
pub(crate) struct Tracked {
    /// The row in force before this generation, with the hash of its content.
    before: Option<(i64, [u8; 32])>,
    /// The row that this generation wrote, with the hash of its content.
    written: Option<(i64, [u8; 32])>,
    /// The document of this generation that had it last, from 1; 0 where none has.
    seen: u32,
}

/// Stands for all documents that are not read again.
const KEPT: u32 = u32::MAX;

impl AsMut<Self> for Tracked {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

impl Tracked {
    /// A record before the generation, with the row that is in force if one is.
    pub(crate) const fn before(row: Option<(i64, [u8; 32])>) -> Self {
        Self { before: row, written: None, seen: 0 }
    }

    /// Notes that the record stays in force as it is, with a document that is not read again.
    pub(crate) const fn keep(&mut self) {
        if self.before.is_some() {
            self.seen = KEPT;
        }
    }

    /// Notes that a document of the generation has the record with this content. Whether it stands there already; of a
    /// record that a kept document has as well, that one counts.
    fn stands(&mut self, hash: &[u8; 32], reading: &mut Reading) -> bool {
        if self.seen == KEPT {
            reading.meets_kept = true;
            reading.shared.insert(reading.document);
            return true;
        }
        if self.seen != 0 && self.seen != reading.document {
            reading.shared.extend([self.seen, reading.document]);
        }
        self.seen = reading.document;
        self.written.or(self.before).is_some_and(|(_, held)| held == *hash)
    }

    /// Notes the row that the generation wrote.
    pub(crate) const fn write(&mut self, row: i64, hash: [u8; 32], document: u32) {
        self.seen = document;
        self.written = Some((row, hash));
    }

    /// The row that another one of this generation is to follow, unless one does already.
    pub(crate) fn followed(&self) -> Option<i64> {
        self.before.filter(|_| self.written.is_none()).map(|(row, _)| row)
    }

    /// The row of this generation that another one of it is to replace: of a record that comes twice, the
    /// later one counts.
    pub(crate) fn rewritten(&self) -> Option<i64> {
        self.written.map(|(row, _)| row)
    }

    /// The row that stays in force no longer, as the generation has not the record.
    pub(crate) fn gone(&self) -> Option<i64> {
        self.before.filter(|_| self.seen == 0).map(|(row, _)| row)
    }

    /// Whether it was in force before the generation.
    pub(crate) const fn was_there(&self) -> bool {
        self.before.is_some()
    }
}

/// The document that is being read, and what it has in common with others.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// Its number within the generation, from 1.
    pub(crate) document: u32,
    /// The documents of which some record stands in another, too.
    pub(crate) shared: BTreeSet<u32>,
    /// Some record stands in one that is not read again.
    pub(crate) meets_kept: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self { document: 1, shared: BTreeSet::new(), meets_kept: false }
    }
}

/// How many records a generation has, and how many of them are new and changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) records: u64,
    pub(crate) added: u64,
    pub(crate) changed: u64,
}

impl Counts {
    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a Tracked>) -> Self {
        let mut counts = Self::default();
        for one in records {
            counts.records += u64::from(one.seen != 0);
            counts.added += u64::from(one.written.is_some() && one.before.is_none());
            counts.changed += u64::from(one.written.is_some() && one.before.is_some());
        }
        counts
    }
}

/// A record that has to be written.
pub(crate) struct Changed<'a, T> {
    pub(crate) record: &'a T,
    pub(crate) hash: [u8; 32],
    /// Its JSON, packed.
    pub(crate) body: Vec<u8>,
}

/// Takes records off the front of `rest` until `most` of them have to be written or none is left, and gives
/// those, in the order of their keys; of a key that comes twice the later record.
pub(crate) fn take_slice<'a, T: Record>(
    rest: &mut &'a [T],
    most: usize,
    known: &mut HashMap<String, impl AsMut<Tracked>>,
    reading: &mut Reading,
    mut pack: impl FnMut(Vec<u8>) -> Result<Vec<u8>>,
) -> Result<Vec<Changed<'a, T>>> {
    let mut slice: BTreeMap<&str, Changed<'a, T>> = BTreeMap::new();
    while let Some((record, others)) = rest.split_first() {
        if slice.len() >= most {
            break;
        }
        *rest = others;
        let json = serde_json::to_vec(record).map_err(|error| StoreError::damaged(T::WHAT, error))?;
        let hash: [u8; 32] = Sha256::digest(&json).into();
        if known.get_mut(record.key()).is_some_and(|known| known.as_mut().stands(&hash, reading)) {
            slice.remove(record.key());
        } else {
            slice.insert(record.key(), Changed { record, hash, body: pack(json)? });
        }
    }
    Ok(slice.into_values().collect())
}

impl Store {
    /// Hands out what a statement says of a feed, a page at a time, so that no page holds up a writer. The
    /// statement takes the feed, an id and a count of rows, and gives as many rows behind that id, in the
    /// order of their ids, which stand first in each.
    pub(crate) async fn each_of_feed(
        &self,
        sql: &'static str,
        feed: &str,
        mut each: impl FnMut(i64, &Row) -> Result<()> + Send,
    ) -> Result<()> {
        let mut last = 0;
        loop {
            let mut tx = self.read().await?;
            let rows = tx.rows(sql, args![feed, last, count(MOST)]).await?;
            for row in &rows {
                last = row.int(0)?;
                each(last, row)?;
            }
            if rows.len() < MOST {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, title: &str) -> CveRecord {
        CveRecord { id: id.into(), title: title.into(), ..CveRecord::default() }
    }

    fn hash(record: &CveRecord) -> [u8; 32] {
        Sha256::digest(serde_json::to_vec(record).unwrap()).into()
    }

    /// The ids and titles of each slice.
    fn slices(records: &[CveRecord], most: usize, known: &mut HashMap<String, Tracked>) -> Vec<Vec<String>> {
        let mut rest = records;
        let mut slices = Vec::new();
        while !rest.is_empty() {
            let slice = take_slice(&mut rest, most, known, &mut Reading::default(), Ok).unwrap();
            slices.push(slice.iter().map(|one| format!("{} {}", one.record.id, one.record.title)).collect());
            for (row, one) in (100..).zip(slice) {
                known.entry(one.record.id.clone()).or_default().write(row, one.hash, 1);
            }
        }
        slices
    }

    #[test]
    fn a_record_of_two_documents_is_told() {
        let mut known = HashMap::from([("kept".to_owned(), Tracked::before(Some((1, [0; 32]))))]);
        known.values_mut().for_each(Tracked::keep);
        let mut reading = Reading::default();
        let mut read = |id: &str, reading: &mut Reading| {
            let records = [record(id, "x")];
            let slice = take_slice(&mut &records[..], 9, &mut known, reading, Ok).unwrap();
            for one in slice {
                known.entry(one.record.id.clone()).or_default().write(7, one.hash, reading.document);
            }
        };
        read("a", &mut reading);
        read("a", &mut reading);
        assert!(reading.shared.is_empty() && !reading.meets_kept, "twice in one document");
        reading.document = 2;
        read("b", &mut reading);
        assert!(reading.shared.is_empty());
        read("a", &mut reading);
        assert!(reading.shared == BTreeSet::from([1, 2]) && !reading.meets_kept);
        read("kept", &mut reading);
        assert!(reading.meets_kept);
    }

    #[test]
    fn a_slice_has_what_is_new_once_and_the_last_word_of_it() {
        let stands = record("b", "stands");
        let mut known = HashMap::from([
            ("b".to_owned(), Tracked::before(Some((1, hash(&stands))))),
            ("f".to_owned(), Tracked::before(Some((2, [0; 32])))),
            ("left".to_owned(), Tracked::before(Some((3, [0; 32])))),
            ("left before".to_owned(), Tracked::before(None)),
        ]);
        let records = [
            record("c", "first"),
            record("b", "other"),
            stands, // It ends as it stood: nothing of it is to be written.
            record("c", "second"),
            record("f", "changed"),
            record("a", "first"), // With this one three have to be written.
            record("c", "second"),
            record("c", "third"),
        ];
        assert_eq!((known["f"].followed(), known["f"].rewritten()), (Some(2), None));
        let slices = slices(&records, 3, &mut known);
        assert_eq!(slices, [vec!["a first", "c second", "f changed"], vec!["c third"]]);
        assert_eq!((known["f"].followed(), known["f"].rewritten()), (None, Some(102)), "it is followed already");
        assert_eq!(Counts::of(known.values()), Counts { records: 4, added: 2, changed: 1 });
        assert_eq!(known.values().filter_map(Tracked::gone).collect::<Vec<_>>(), [3]);
    }
}
