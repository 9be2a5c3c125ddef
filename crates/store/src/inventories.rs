//! Inventories in time: intervals by host and section, and the transposed log.

use crate::{HostId, InventoryEntry, PackageId, Result, Store};
use jiff::Timestamp;
use model::wire::{Odd, SectionHash, SectionName};
use model::{Package, Role};

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

impl Store {
    /// The packages of a host that are in force, sorted by (name, arch, version, role).
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`], [`crate::StoreError::Damaged`].
    pub async fn host_packages(&self, host: HostId) -> Result<Vec<HostPackage>> {
        let _ = host;
        Ok(Vec::new())
    }

    /// The intervals of a section of a host, oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`], [`crate::StoreError::Damaged`].
    pub async fn section_history(&self, host: HostId, section: SectionName) -> Result<Vec<SectionInterval>> {
        let _ = (host, section);
        Ok(Vec::new())
    }

    /// The inventory that was in force at `at` (host's clock) as far as it was on record at `known`
    /// (server's clock); `None` where nothing had come by then.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`], [`crate::StoreError::Damaged`].
    pub async fn inventory_at(
        &self,
        host: HostId,
        at: Timestamp,
        known: Timestamp,
    ) -> Result<Option<InventoryInterval>> {
        let _ = (host, at, known);
        Ok(None)
    }

    /// The events of these packages observed after `since`, in the order of (observed, host, revision).
    /// A host's first inventory makes no events: see [`Store::section_history`] for its beginning.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn package_events(&self, packages: &[PackageId], since: Timestamp) -> Result<Vec<PackageEvent>> {
        let _ = (packages, since);
        Ok(Vec::new())
    }
}
