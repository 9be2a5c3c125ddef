//! Scans: that a host was looked at, also when nothing had changed. Runs without a change between
//! them are one row with first, last and count.

use crate::db::{Row, args, count};
use crate::error::Result;
use crate::{HostId, Store};
use jiff::Timestamp;

/// A run of scans without a change between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRun {
    /// The host's revision with which the run began.
    pub revision: i64,
    /// The first scan: host's clock, clamped.
    pub first_at: Timestamp,
    /// The last one.
    pub last_at: Timestamp,
    /// How many scans.
    pub count: i64,
    /// Installed packages.
    pub packages: i64,
    /// Pending updates from security repositories.
    pub security_updates: i64,
    /// Other pending updates.
    pub other_updates: i64,
}

fn run(row: &Row) -> Result<ScanRun> {
    Ok(ScanRun {
        revision: row.int(0)?,
        first_at: row.time(1)?,
        last_at: row.time(2)?,
        count: row.int(3)?,
        packages: row.int(4)?,
        security_updates: row.int(5)?,
        other_updates: row.int(6)?,
    })
}

impl Store {
    /// The runs of a host that began before revision `before`, newest first, at most `limit`.
    /// `i64::MAX` begins with the newest.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn scan_list(&self, host: HostId, before: i64, limit: usize) -> Result<Vec<ScanRun>> {
        const SQL: &str = "SELECT revision, first_at, last_at, count, packages, security_updates, other_updates
            FROM scans WHERE host_id = ? AND revision < ? ORDER BY revision DESC LIMIT ?";
        let mut tx = self.read().await?;
        tx.rows(SQL, args![host, before, count(limit)]).await?.iter().map(run).collect()
    }
}
