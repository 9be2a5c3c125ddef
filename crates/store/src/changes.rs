//! The change log: what changed, in the order in which it became visible.

use crate::db::{Tx, Value, args, count};
use crate::error::{Result, StoreError};
use crate::{HostId, Store};
use jiff::Timestamp;

/// What made something change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A report was taken. `what`: `{"sections":[...],"revision":...,"first":bool}`; `"returned":true`
    /// in place of `first` where the host had been removed.
    Report,
    /// Hosts said that nothing changed, or that what is on record of them is outdated. `what`: `{"hosts":[id, ...]}`, one entry for a group.
    CheckIn,
    /// A generation of a feed became current. `what`: `{"feed":...,"generation":...,"changed":...}`.
    Feed,
    /// Somebody decided something. `what`: `{"decision":id,"kind":...}`, or `{"removed":id}` where a host
    /// was removed, with `"successor":id` where another stands for its machine.
    Decision,
    /// A setting, user or token changed. `what`: `{"setting":...}`, never a value.
    Setting,
}

impl Cause {
    const ALL: [Self; 5] = [Self::Report, Self::CheckIn, Self::Feed, Self::Decision, Self::Setting];

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::CheckIn => "checkin",
            Self::Feed => "feed",
            Self::Decision => "decision",
            Self::Setting => "setting",
        }
    }
}

/// One entry of the change log.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its number, without gaps.
    pub seq: i64,
    /// When, by the clock of the server that wrote.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// The host, where it is one.
    pub host: Option<HostId>,
    /// A JSON object, see [`Cause`].
    pub what: serde_json::Value,
}

/// A change that has no number yet.
pub(crate) struct NewChange {
    pub at: Timestamp,
    pub cause: Cause,
    pub host: Option<HostId>,
    pub sequence: Option<i64>,
    pub what: serde_json::Value,
}

/// Numbers the changes, writes them and commits: the last thing a writer does, so that the lock on
/// the head is held for one short statement. The number of the first change; with none, the head is
/// left alone and the answer is `None`.
pub(crate) async fn commit(mut tx: Tx, changes: Vec<NewChange>) -> Result<Option<i64>> {
    if changes.is_empty() {
        tx.commit().await?;
        return Ok(None);
    }
    let n = count(changes.len());
    let head = tx.one("UPDATE log_head SET seq = seq + ? WHERE id = 1 RETURNING seq", args![n]).await?.int(0)?;
    let first = head - n + 1;
    let rows: Vec<Vec<Value>> = (first..)
        .zip(changes)
        .map(|(seq, change)| {
            args![seq, change.at, change.cause.as_str(), change.host, change.sequence, change.what.to_string()]
        })
        .collect();
    tx.insert_many("INSERT INTO change_log (seq, at, cause, host_id, sequence, what)", "", rows).await?;
    tx.commit().await?;
    Ok(Some(first))
}

impl Store {
    /// The newest sequence number; 0 before the first change.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn change_head(&self) -> Result<i64> {
        let mut tx = self.read().await?;
        head(&mut tx).await
    }

    /// The changes after `seq`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn change_list(&self, seq: i64, limit: u32) -> Result<Vec<Change>> {
        const SQL: &str = "SELECT seq, at, cause, host_id, what FROM change_log WHERE seq > ? ORDER BY seq LIMIT ?";
        let mut tx = self.read().await?;
        let rows = tx.rows(SQL, args![seq, i64::from(limit)]).await?;
        rows.iter()
            .map(|row| {
                let word = row.text(2)?;
                let cause = Cause::ALL
                    .into_iter()
                    .find(|cause| cause.as_str() == word)
                    .ok_or_else(|| StoreError::damaged("a change", format!("unknown cause '{word}'")))?;
                Ok(Change { seq: row.int(0)?, at: row.time(1)?, cause, host: row.opt_int(3)?, what: row.json(4)? })
            })
            .collect()
    }
}

pub(crate) async fn head(tx: &mut Tx) -> Result<i64> {
    tx.one("SELECT seq FROM log_head WHERE id = 1", vec![]).await?.int(0)
}
