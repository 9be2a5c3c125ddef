//! Inventories in time: intervals by host and section, and the transposed log.

use crate::db::{Row, Value, args};
use crate::{HostId, InventoryEntry, PackageId, Result, Store, StoreError, bodies, packages, sets, verdicts};
use jiff::Timestamp;
use model::wire::{Odd, SectionHash, SectionName};
use model::{Package, Role};
use std::collections::HashMap;

/// One line of a host's package list, with everything that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct HostPackage {
    /// The line.
    pub entry: InventoryEntry,
    /// The package.
    pub package: Package,
}

/// What was in force in a section, and from when to when.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionInterval {
    /// The host's revision that brought it.
    pub revision: i64,
    /// The hash as the host sent it.
    pub hash: Option<SectionHash>,
    /// Records that were left out.
    pub odd: Vec<Odd>,
    /// From when (host's clock, clamped).
    pub observed_at: Timestamp,
    /// When that was written, server's clock.
    pub recorded_at: Timestamp,
    /// Until when (host's clock, clamped); `None` while in force.
    pub ended_at: Option<Timestamp>,
    /// When the end was written, server's clock.
    pub ended_recorded_at: Option<Timestamp>,
}

/// A host's inventory over an interval.
#[derive(Debug, Clone, PartialEq)]
pub struct InventoryInterval {
    /// From when to when.
    pub interval: SectionInterval,
    /// The packages, sorted by (package, role).
    pub entries: Vec<InventoryEntry>,
}

/// An entry of the transposed log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageEvent {
    /// The package.
    pub package: PackageId,
    /// In which capacity.
    pub role: Role,
    /// The host.
    pub host: HostId,
    /// The host's revision that brought it.
    pub revision: i64,
    /// The host has it since; otherwise: no longer.
    pub came: bool,
    /// When (host's clock, clamped).
    pub observed_at: Timestamp,
    /// When it was written, server's clock.
    pub recorded_at: Timestamp,
}

const COLUMNS: &str =
    "i.revision, i.section_hash, i.odd, i.observed_at, i.recorded_at, i.ended_at, i.ended_recorded_at";

fn interval(row: &Row) -> Result<SectionInterval> {
    Ok(SectionInterval {
        revision: row.int(0)?,
        hash: row.opt_bytes(1)?.map(|_| row.array(1)).transpose()?.map(SectionHash),
        odd: row.json(2)?,
        observed_at: row.time(3)?,
        recorded_at: row.time(4)?,
        ended_at: row.opt_time(5)?,
        ended_recorded_at: row.opt_time(6)?,
    })
}

impl Store {
    /// The packages of a host that are in force, sorted by (name, arch, version, role).
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn host_packages(&self, host: HostId) -> Result<Vec<HostPackage>> {
        const SQL: &str = "SELECT b.content FROM inventories i JOIN section_bodies b ON b.id = i.body_id
            WHERE i.host_id = ? AND i.section = 'packages' AND i.ended_at IS NULL";
        let mut tx = self.read().await?;
        let Some(row) = tx.first(SQL, args![host]).await? else { return Ok(Vec::new()) };
        let entries = sets::decode(&bodies::decompress(&row.bytes(0)?)?)?;
        let mut ids: Vec<PackageId> = entries.iter().map(|entry| entry.package).collect();
        ids.dedup();
        let packages: HashMap<PackageId, Package> = packages::get(&mut tx, &ids).await?.into_iter().collect();
        let gone = |id| StoreError::damaged("an inventory", format!("package {id} is gone"));
        let mut found = Vec::with_capacity(entries.len());
        for entry in entries {
            let package = packages.get(&entry.package).ok_or_else(|| gone(entry.package))?.clone();
            found.push(HostPackage { entry, package });
        }
        found.sort_by(|a, b| {
            let key = |p: &HostPackage| (p.package.name.clone(), p.package.arch.clone(), p.package.version.clone());
            key(a).cmp(&key(b)).then(a.entry.role.cmp(&b.entry.role))
        });
        Ok(found)
    }

    /// The intervals of a section of a host, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn section_history(&self, host: HostId, section: SectionName) -> Result<Vec<SectionInterval>> {
        let sql =
            format!("SELECT {COLUMNS} FROM inventories i WHERE i.host_id = ? AND i.section = ? ORDER BY i.revision");
        let mut tx = self.read().await?;
        tx.rows_built(sql, args![host, section.as_str()]).await?.iter().map(interval).collect()
    }

    /// The inventory that was in force at `at` (host's clock) as far as it was on record at `known`
    /// (server's clock); `None` where nothing had come by then.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn inventory_at(
        &self,
        host: HostId,
        at: Timestamp,
        known: Timestamp,
    ) -> Result<Option<InventoryInterval>> {
        // The last interval that had begun by then and was on record; its end counts only if that was
        // on record too, which the order takes care of: what ended it is a later row.
        let sql = format!(
            "SELECT {COLUMNS}, b.content FROM inventories i JOIN section_bodies b ON b.id = i.body_id
             WHERE i.host_id = ? AND i.section = 'packages' AND i.observed_at <= ? AND i.recorded_at <= ?
             ORDER BY i.revision DESC LIMIT 1"
        );
        let mut tx = self.read().await?;
        let rows = tx.rows_built(sql, args![host, at, known]).await?;
        rows.first()
            .map(|row| {
                let entries = sets::decode(&bodies::decompress(&row.bytes(7)?)?)?;
                Ok(InventoryInterval { interval: interval(row)?, entries })
            })
            .transpose()
    }

    /// The events of these packages observed after `since`, in the order of (observed, host, revision,
    /// package, role). A host's first inventory makes no events: [`Store::section_history`] says when
    /// it begins.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn package_events(&self, packages: &[PackageId], since: Timestamp) -> Result<Vec<PackageEvent>> {
        const SQL: &str = "SELECT package_id, role, host_id, revision, came, observed_at, recorded_at FROM package_log
            WHERE observed_at > ? AND package_id IN ({})";
        let keys: Vec<Value> = packages.iter().map(|id| Value::from(*id)).collect();
        let mut tx = self.read().await?;
        let rows = tx.rows_in(SQL, &[Value::from(since)], &keys).await?;
        let event = |row: &Row| {
            Ok(PackageEvent {
                package: row.int(0)?,
                role: verdicts::role(row.int(1)?)?,
                host: row.int(2)?,
                revision: row.int(3)?,
                came: row.flag(4)?,
                observed_at: row.time(5)?,
                recorded_at: row.time(6)?,
            })
        };
        let mut events: Vec<PackageEvent> = rows.iter().map(event).collect::<Result<_>>()?;
        events.sort_by_key(|e| (e.observed_at, e.host, e.revision, e.package, e.role));
        Ok(events)
    }
}
