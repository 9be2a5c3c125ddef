//! Leases: which server does which scheduled work. A server that dies simply lets its lease run out.

use crate::Store;
use crate::db::{Row, args};
use crate::error::Result;
use jiff::Timestamp;

/// Who does some work, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The work.
    pub name: String,
    /// The server process.
    pub holder: String,
    /// Until when; then anybody may take it.
    pub until: Timestamp,
    /// The holder's version.
    pub version: String,
}

impl Store {
    /// Takes or extends a lease until `until`. `false` when another holder has it at `now`.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn lease_take(&self, lease: &Lease, now: Timestamp) -> Result<bool> {
        const SQL: &str = "INSERT INTO leases (name, holder, until, version) VALUES (?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, version = excluded.version
            WHERE leases.until <= ? OR leases.holder = excluded.holder";
        let mut tx = self.write().await?;
        let taken = tx.run(SQL, args![&lease.name, &lease.holder, lease.until, &lease.version, now]).await? == 1;
        tx.commit().await?;
        Ok(taken)
    }

    /// Gives a lease back, if `holder` has it.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn lease_release(&self, name: &str, holder: &str) -> Result<()> {
        let mut tx = self.write().await?;
        tx.run("DELETE FROM leases WHERE name = ? AND holder = ?", args![name, holder]).await?;
        tx.commit().await
    }

    /// All leases, by name, also those that ran out.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn lease_list(&self) -> Result<Vec<Lease>> {
        let mut tx = self.read().await?;
        let rows = tx.rows("SELECT name, holder, until, version FROM leases", vec![]).await?;
        let lease = |row: &Row| {
            Ok(Lease { name: row.text(0)?, holder: row.text(1)?, until: row.time(2)?, version: row.text(3)? })
        };
        let mut leases: Vec<Lease> = rows.iter().map(lease).collect::<Result<_>>()?;
        // Here and not in SQL: engines sort text by different rules.
        leases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(leases)
    }
}
