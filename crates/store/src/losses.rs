//! Records of a feed that could not be read, and what they would have spoken of.

use crate::db::{Tx, args, count};
use crate::{Result, Store};

/// Skipped records that are kept for people to look at; all are counted.
const KEPT: usize = 1000;
/// Rows of what is lost that are kept. Where there are more, the feed's silence counts for nothing, and
/// what it was about is no longer of interest.
const LOSSES_KEPT: usize = 20_000;
/// Most rows of one record; one that names more pairs of issue and package is kept by its issues, then
/// for every package.
const PAIRS: usize = 512;
/// Longest reason that is kept with a loss, in characters.
const WHY: usize = 300;

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

/// What a record that could not be read would have spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The release; empty where the record does not tell.
    pub platform: String,
    /// The CVE, or the vendor's name of the issue; empty where the record does not tell.
    pub cve: String,
    /// The source or binary package; empty where the record does not tell. With neither issue nor package it may have
    /// spoken of anything.
    pub package: String,
    /// The document it stood in; empty where that was not noted.
    pub document: String,
    /// Which record.
    pub record: String,
    /// Why it could not be read.
    pub why: String,
}

/// What a record names, see [`Loss`]: empty lists where it does not tell.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The release, empty where the record does not tell.
    pub platform: &'a str,
    /// Issues.
    pub cves: &'a [String],
    /// Packages.
    pub packages: &'a [String],
    /// It names neither, and may have spoken of anything.
    pub anything: bool,
}

/// How many records of a document could not be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SkipTotals {
    /// All of them.
    pub skipped: u64,
    /// Those that would have had something to say.
    pub lost: u64,
    /// Of those, the ones of which is known about what.
    pub lost_kept: u64,
}

/// The records of a generation that could not be read, in bounded memory: all are counted, the first are
/// kept.
#[derive(Debug, Clone, Default)]
pub struct SkippedRecords {
    totals: SkipTotals,
    kept: Vec<SkippedRecord>,
    losses: Vec<Loss>,
}

impl SkippedRecords {
    /// Adds a record; `lost` is what it would have spoken of, `None` where nothing is lost with it.
    pub fn push(&mut self, record: SkippedRecord, lost: Option<Named<'_>>) {
        self.totals.skipped += 1;
        if let Some(named) = lost {
            self.totals.lost += 1;
            self.lose(&record, named);
        }
        if self.kept.len() < KEPT {
            self.kept.push(record);
        }
    }

    /// Adds what was noted of documents that stay in force as they are.
    pub fn carry(&mut self, totals: SkipTotals, records: Vec<SkippedRecord>, losses: Vec<Loss>) {
        self.totals.skipped += totals.skipped;
        self.totals.lost += totals.lost;
        if self.losses.len() + losses.len() <= LOSSES_KEPT {
            self.totals.lost_kept += totals.lost_kept;
            self.losses.extend(losses);
        }
        let room = KEPT.saturating_sub(self.kept.len());
        self.kept.extend(records.into_iter().take(room));
    }

    fn lose(&mut self, record: &SkippedRecord, named: Named<'_>) {
        let Named { platform, cves, packages, anything } = named;
        let none = [String::new()];
        let cves = if cves.is_empty() { &none } else { cves };
        let many = cves.len().saturating_mul(packages.len()) > PAIRS;
        // What names more than can be kept, and no issue, may be about anything.
        let anything = anything || (many && cves.iter().all(String::is_empty));
        let packages = if packages.is_empty() || many { &none } else { packages };
        if self.losses.len() + cves.len() * packages.len() > LOSSES_KEPT {
            return;
        }
        self.totals.lost_kept += 1;
        for (cve, package) in cves.iter().flat_map(|cve| packages.iter().map(move |package| (cve, package))) {
            if cve.is_empty() && package.is_empty() && !anything {
                continue;
            }
            self.losses.push(Loss {
                platform: platform.to_owned(),
                cve: cve.clone(),
                package: package.clone(),
                document: record.document.clone(),
                record: record.record.clone(),
                why: record.why.chars().take(WHY).collect(),
            });
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.totals.skipped
    }

    /// The counts so far.
    #[must_use]
    pub const fn totals(&self) -> SkipTotals {
        self.totals
    }

    /// How many would have had something to say, and of how many of them is known about what.
    #[must_use]
    pub const fn lost(&self) -> (u64, u64) {
        (self.totals.lost, self.totals.lost_kept)
    }

    /// The first of them.
    #[must_use]
    pub fn kept(&self) -> &[SkippedRecord] {
        &self.kept
    }

    /// Writes them as those of a generation.
    pub(crate) async fn write(&self, tx: &mut Tx, generation: i64) -> Result<()> {
        let rows = (0_i64..).zip(&self.kept);
        let rows = rows.map(|(ordinal, one)| args![generation, ordinal, &one.document, &one.record, &one.why]);
        let head = "INSERT INTO feed_skipped (generation, ordinal, document, record, why)";
        tx.insert_many(head, "", rows.collect()).await?;
        let rows = (0_i64..).zip(&self.losses).map(|(ordinal, loss)| {
            let Loss { platform, cve, package, document, record, why } = loss;
            args![generation, ordinal, platform, cve, package, record, why, document]
        });
        let head = "INSERT INTO feed_losses (generation, ordinal, platform, cve, package, record, why, document)";
        tx.insert_many(head, "", rows.collect()).await?;
        Ok(())
    }
}

impl Store {
    /// The records of the generation in force that could not be read, at most `limit`.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn feed_skipped(&self, feed: &str, limit: usize) -> Result<Vec<SkippedRecord>> {
        const SQL: &str =
            "SELECT s.document, s.record, s.why FROM feed_skipped s JOIN feeds f ON f.generation = s.generation
            WHERE f.id = ? ORDER BY s.ordinal LIMIT ?";
        let mut tx = self.read().await?;
        let rows = tx.rows(SQL, args![feed, count(limit)]).await?;
        rows.iter()
            .map(|row| Ok(SkippedRecord { document: row.text(0)?, record: row.text(1)?, why: row.text(2)? }))
            .collect()
    }

    /// What records of the generation in force that could not be read would have spoken of.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn feed_losses(&self, feed: &str) -> Result<Vec<Loss>> {
        const SQL: &str = "SELECT l.platform, l.cve, l.package, l.record, l.why, l.document FROM feed_losses l
            JOIN feeds f ON f.generation = l.generation WHERE f.id = ? ORDER BY l.ordinal";
        let mut tx = self.read().await?;
        let rows = tx.rows(SQL, args![feed]).await?;
        rows.iter()
            .map(|row| {
                Ok(Loss {
                    platform: row.text(0)?,
                    cve: row.text(1)?,
                    package: row.text(2)?,
                    record: row.text(3)?,
                    why: row.text(4)?,
                    document: row.opt_text(5)?.unwrap_or_default(),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(prefix: &str, count: usize) -> Vec<String> {
        (0..count).map(|n| format!("{prefix}{n}")).collect()
    }

    #[test]
    fn all_are_counted_and_the_first_are_kept() {
        let mut skipped = SkippedRecords::default();
        let record = SkippedRecord { document: "d".into(), record: "r".into(), why: "w".into() };
        for _ in 0..KEPT + 5 {
            skipped.push(record.clone(), None);
        }
        assert_eq!((skipped.total(), skipped.kept().len(), skipped.lost()), (1005, 1000, (0, 0)));
        let (cves, packages) = (names("c", 2), names("p", 3));
        skipped.push(record.clone(), Some(Named { platform: "", cves: &cves, packages: &packages, anything: false }));
        assert_eq!((skipped.losses.len(), skipped.lost()), (6, (1, 1)));
        // One that names nothing is counted alone; one that names too many pairs is kept by its issues.
        skipped.push(record.clone(), Some(Named { platform: "", cves: &[], packages: &[], anything: false }));
        let (cves, packages) = (names("c", 60), names("p", 60));
        skipped.push(record.clone(), Some(Named { platform: "", cves: &cves, packages: &packages, anything: false }));
        assert_eq!((skipped.losses.len(), skipped.lost()), (66, (3, 3)));
        let cves = names("c", LOSSES_KEPT);
        skipped.push(record, Some(Named { platform: "", cves: &cves, packages: &[], anything: false }));
        assert_eq!((skipped.losses.len(), skipped.lost()), (66, (4, 3)), "not a part of what a record says");
    }

    #[test]
    fn what_may_be_about_anything_is_kept_as_that() {
        let mut skipped = SkippedRecords::default();
        let record = SkippedRecord { document: "d".into(), record: "r".into(), why: "w".into() };
        skipped.push(record.clone(), Some(Named { platform: "alpine:3.20", cves: &[], packages: &[], anything: true }));
        // More packages than can be kept, and no issue.
        let packages = names("p", PAIRS + 1);
        skipped.push(record, Some(Named { platform: "", cves: &[], packages: &packages, anything: false }));
        let kept: Vec<_> = skipped.losses.iter().map(|loss| (&*loss.platform, &*loss.cve, &*loss.package)).collect();
        assert_eq!((kept, skipped.lost()), (vec![("alpine:3.20", "", ""), ("", "", "")], (2, 2)));
        // What stays in force of other documents is counted with it.
        let totals = SkipTotals { skipped: 3, lost: 2, lost_kept: 1 };
        let loss = Loss { document: "e".into(), ..skipped.losses[0].clone() };
        skipped.carry(totals, vec![skipped.kept[0].clone()], vec![loss]);
        assert_eq!(skipped.totals(), SkipTotals { skipped: 5, lost: 4, lost_kept: 3 });
        assert_eq!((skipped.kept().len(), skipped.losses.len()), (3, 3));
    }
}
