//! Hosts that do not count for a time. Nothing of them is deleted: a removal is an interval beside
//! everything else that is on record, and a report of the same host ends it.

use crate::changes::{self, Cause, NewChange};
use crate::db::{Tx, args};
use crate::{HostId, Namespace, Result, Store};
use jiff::Timestamp;

/// Why and since when a host does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRemoval {
    /// The host.
    pub host: HostId,
    /// Since when (server's clock).
    pub removed_at: Timestamp,
    /// Who removed it: a user's name, or `server`.
    pub removed_by: String,
    /// The host that stands for the same machine, where that is why.
    pub successor: Option<HostId>,
}

/// A host as its identity tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostIdentity {
    /// Its public number.
    pub id: HostId,
    /// The name space of its identity.
    pub namespace: Namespace,
    /// 32 hexadecimal digits.
    pub machine_id: String,
}

/// Hosts that count; to be put behind `WHERE` or `AND`.
pub(crate) const COUNTED: &str =
    "NOT EXISTS (SELECT 1 FROM host_removals r WHERE r.host_id = hosts.id AND r.returned_at IS NULL)";

impl Store {
    /// Removes a host: from now on it does not count, and all that is known of it stays on record.
    /// A later report of the same host makes it count again. With `successor`, that host stands for
    /// the same machine. The host with the number of the change; `None` where there is no such
    /// host, or it does not count already.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn host_remove(
        &self,
        id: HostId,
        by: &str,
        successor: Option<HostId>,
        now: Timestamp,
    ) -> Result<Option<(HostIdentity, i64)>> {
        // The revision goes up, so that a report which was compared with the host as it was is
        // compared again: whichever comes second knows of the first.
        let touch = format!(
            "UPDATE hosts SET revision = revision + 1 WHERE id = ? AND {COUNTED} RETURNING revision, namespace, machine_id"
        );
        const INSERT: &str = "INSERT INTO host_removals (host_id, revision, removed_at, removed_by, successor_id)
            VALUES (?, ?, ?, ?, ?)";
        let mut tx = self.write().await?;
        let rows = tx.rows_built(touch, args![id]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let host = HostIdentity { id, namespace: row.int(1)?, machine_id: row.text(2)? };
        tx.run(INSERT, args![id, row.int(0)?, now, by, successor]).await?;
        let what = match successor {
            None => serde_json::json!({ "removed": id }),
            Some(successor) => serde_json::json!({ "removed": id, "successor": successor }),
        };
        let change = NewChange { at: now, cause: Cause::Decision, host: Some(id), sequence: None, what };
        let seq = changes::commit(tx, vec![change]).await?.unwrap_or_default();
        self.heard.forget(&(host.namespace, host.machine_id.clone()));
        Ok(Some((host, seq)))
    }

    /// Why a host does not count; `None` where it does, or where there is none.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn host_removal(&self, id: HostId) -> Result<Option<HostRemoval>> {
        const SQL: &str = "SELECT removed_at, removed_by, successor_id FROM host_removals
            WHERE host_id = ? AND returned_at IS NULL";
        let mut tx = self.read().await?;
        let row = tx.first(SQL, args![id]).await?;
        row.map(|row| {
            Ok(HostRemoval { host: id, removed_at: row.time(0)?, removed_by: row.text(1)?, successor: row.opt_int(2)? })
        })
        .transpose()
    }

    /// The hosts that do not count since this one stands for the same machine, in the order of ids.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn hosts_replaced_by(&self, id: HostId) -> Result<Vec<HostId>> {
        const SQL: &str = "SELECT host_id FROM host_removals
            WHERE successor_id = ? AND returned_at IS NULL ORDER BY host_id";
        let mut tx = self.read().await?;
        tx.rows(SQL, args![id]).await?.iter().map(|row| row.int(0)).collect()
    }

    /// The hosts that count and have this machine id, in whichever name space, in the order of ids.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn hosts_of_machine(&self, machine_id: &str) -> Result<Vec<HostIdentity>> {
        let sql = format!("SELECT id, namespace FROM hosts WHERE machine_id = ? AND {COUNTED} ORDER BY id");
        let mut tx = self.read().await?;
        let rows = tx.rows_built(sql, args![machine_id]).await?;
        rows.iter()
            .map(|row| Ok(HostIdentity { id: row.int(0)?, namespace: row.int(1)?, machine_id: machine_id.to_owned() }))
            .collect()
    }

    /// Writes one row, durably, to see whether the record can be written.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`]: a full disk, a database that can't be reached.
    pub async fn probe_write(&self, now: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        tx.run("UPDATE write_probe SET at = ? WHERE id = 1", args![now]).await?;
        tx.commit().await
    }
}

/// A host that did not count reported: it counts again.
pub(crate) async fn end(tx: &mut Tx, host: HostId, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE host_removals SET returned_at = ? WHERE host_id = ? AND returned_at IS NULL";
    tx.run(SQL, args![now, host]).await?;
    Ok(())
}
