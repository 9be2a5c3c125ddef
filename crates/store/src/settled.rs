//! What a report turned out to change, ready to be written.

use crate::PackageId;
use crate::awaited::NOTED;
use crate::current::{Current, Held, Outage};
use crate::hosts::{HostState, InventoryEntry};
use crate::identities::Turn;
use jiff::Timestamp;
use model::wire::{Odd, SectionName};
use model::{Package, Role};
use std::collections::BTreeSet;

/// What is to be written of a report.
pub(crate) struct Settled {
    /// The host as it will be.
    pub after: Current,
    pub first: bool,
    /// It did not count before, and does from now on.
    pub returned: bool,
    /// Its number is none that follows the last one.
    pub renumbered: bool,
    /// Who speaks, beside who spoke last.
    pub turn: Turn,
    /// Tells this report from every other of the host.
    pub report: String,
    pub recorded_at: Timestamp,
    pub changed: BTreeSet<SectionName>,
    pub wanted: Vec<SectionName>,
    /// Which sections are awaited is otherwise than before.
    pub awaited_changed: bool,
    /// Sections that get a new interval; the open one ends.
    pub replaced: Vec<Held>,
    pub outages_begun: Vec<Outage>,
    pub outages_ended: Vec<SectionName>,
    pub log: Vec<(PackageId, Role, bool)>,
    pub state: Option<HostState>,
    pub packages: Vec<(PackageId, Package)>,
}

impl Settled {
    pub(crate) fn replace(
        &mut self,
        section: SectionName,
        hash: Option<[u8; 32]>,
        body: i64,
        odd: Vec<Odd>,
        observed_at: Timestamp,
        revision: i64,
    ) {
        let held = Held { section, revision, hash, body, odd, observed_at };
        self.changed.insert(section);
        self.after.held.retain(|held| held.section != section);
        self.after.held.push(held.clone());
        self.after.held.sort_by_key(|held| held.section);
        self.replaced.push(held);
    }

    /// Notes that a section can't be collected. What is in force stays.
    pub(crate) fn outage(
        &mut self,
        section: SectionName,
        reason: String,
        last_good_at: Timestamp,
        began_at: Timestamp,
    ) {
        if let Some(lasting) = self.after.outage(section) {
            if lasting.reason == reason {
                return;
            }
            // Another reason is another outage, since the last good moment stays the same.
            let last_good_at = lasting.last_good_at;
            self.outage_over(section);
            self.begin(section, reason, last_good_at, began_at);
        } else {
            let last_good_at = self.after.held(section).map(|_| last_good_at);
            self.begin(section, reason, last_good_at, began_at);
        }
    }

    fn begin(&mut self, section: SectionName, reason: String, last_good_at: Option<Timestamp>, began_at: Timestamp) {
        let outage = Outage { section, revision: self.after.row.revision, reason, last_good_at, began_at };
        self.changed.insert(section);
        self.after.outages.push(outage.clone());
        self.after.outages.sort_by_key(|outage| outage.section);
        self.outages_begun.push(outage);
    }

    /// Notes that what is in force of a section is no longer what the host has.
    pub(crate) fn await_section(&mut self, section: SectionName) {
        if NOTED.contains(&section) && self.after.held(section).is_some() {
            self.after.awaited.entry(section).or_insert(self.recorded_at);
        }
    }

    pub(crate) fn outage_over(&mut self, section: SectionName) {
        if self.after.outage(section).is_some() {
            self.changed.insert(section);
            self.after.outages.retain(|outage| outage.section != section);
            self.outages_ended.push(section);
        }
    }
}

/// What went and what came between two inventories, sorted by (package, role).
pub(crate) fn difference(before: &[InventoryEntry], after: &[InventoryEntry]) -> Vec<(PackageId, Role, bool)> {
    let keys = |entries: &[InventoryEntry]| -> BTreeSet<(PackageId, Role)> {
        entries.iter().map(|entry| (entry.package, entry.role)).collect()
    };
    let (before, after) = (keys(before), keys(after));
    let mut log: Vec<_> = before.difference(&after).map(|(package, role)| (*package, *role, false)).collect();
    log.extend(after.difference(&before).map(|(package, role)| (*package, *role, true)));
    log.sort_unstable();
    log
}
