//! Settings that people change at run time.

use crate::Store;
use crate::changes::{self, Cause, NewChange};
use crate::db::{args, json};
use crate::error::Result;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Store {
    /// A setting; `None` where it was never set.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when what is stored is not a `T`.
    pub async fn setting_get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let mut tx = self.read().await?;
        let row = tx.first("SELECT value FROM settings WHERE key = ?", args![key]).await?;
        row.map(|row| row.json(0)).transpose()
    }

    /// Sets a setting. The sequence number of the change.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn setting_set<T: Serialize + Sync>(
        &self,
        key: &str,
        value: &T,
        by: &str,
        now: Timestamp,
    ) -> Result<i64> {
        const SQL: &str = "INSERT INTO settings (key, value, changed_at, changed_by) VALUES (?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE
            SET value = excluded.value, changed_at = excluded.changed_at, changed_by = excluded.changed_by";
        let mut tx = self.write().await?;
        tx.run(SQL, args![key, json(value)?, now, by]).await?;
        let change = NewChange {
            at: now,
            cause: Cause::Setting,
            host: None,
            sequence: None,
            what: serde_json::json!({ "setting": key }),
        };
        Ok(changes::commit(tx, vec![change]).await?.unwrap_or_default())
    }
}
