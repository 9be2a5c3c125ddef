//! The packages of one host, a page at a time.

use super::Snapshot;
use super::page::{Best, Words};
use crate::packed::Slot;
use crate::tables::{Carrier, Ordinal, PackageEntry, Record};
use crate::{HostId, HostPackage, HostPackageColumn, HostPackageCursor, HostPackagesQuery, Order, PackageId, Page};
use model::Role;
use roaring::RoaringBitmap;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// Where a package stands.
#[derive(Clone, Copy)]
struct Key<'a> {
    /// 0 where they do not order.
    findings: u32,
    name: &'a str,
    arch: &'a str,
    version: &'a str,
    id: PackageId,
    /// None for a cursor.
    slot: Option<Slot>,
}

fn compare(order: Order<HostPackageColumn>, a: &Key<'_>, b: &Key<'_>) -> Ordering {
    let first = match order.column {
        HostPackageColumn::Name => a.name.cmp(b.name),
        HostPackageColumn::Findings => a.findings.cmp(&b.findings),
    };
    order.turn(first).then_with(|| (a.name, a.arch, a.version, a.id).cmp(&(b.name, b.arch, b.version, b.id)))
}

impl Snapshot {
    /// A page of the packages that a host has installed.
    #[must_use]
    pub fn host_packages(
        &self,
        id: HostId,
        query: &HostPackagesQuery,
        scope: Option<&RoaringBitmap>,
    ) -> Option<Page<HostPackage, HostPackageCursor>> {
        let record = self.record(id, scope)?;
        let words = Words::of(&query.words);
        let after = query.cursor.as_ref().map(|cursor| {
            let HostPackageCursor { findings, name, arch, version, id } = cursor;
            Key { findings: *findings, name, arch, version, id: *id, slot: None }
        });
        let mut best = Best::new(query.limit, after, |a, b| compare(query.sort, a, b));
        let mut open: HashMap<Ordinal, u32> = HashMap::new();
        for slot in record.inventory.slots().filter(|slot| slot.role == Role::Installed) {
            let Some(entry) = self.tables.packages.get(slot.package) else { continue };
            if !words.all_in(&entry.package.name) {
                continue;
            }
            let findings = match (query.sort.column, self.installed(entry)) {
                // Binaries of one source share a list.
                (HostPackageColumn::Findings, Some(carrier)) => {
                    *open.entry(carrier.list).or_insert_with(|| self.open_on(record, carrier))
                }
                _ => 0,
            };
            best.offer(Key {
                findings,
                name: &entry.package.name,
                arch: &entry.package.arch,
                version: &entry.package.version,
                id: entry.id,
                slot: Some(slot),
            });
        }
        let cursor = |key: &Key<'_>| HostPackageCursor {
            findings: key.findings,
            name: key.name.to_owned(),
            arch: key.arch.to_owned(),
            version: key.version.to_owned(),
            id: key.id,
        };
        Some(best.finish().into_page(self.tables.seq, cursor, |key| self.host_package(record, key.slot?)))
    }

    fn host_package(&self, record: &Record, slot: Slot) -> Option<HostPackage> {
        let entry = self.tables.packages.get(slot.package)?;
        let carrier = self.installed(entry);
        Some(HostPackage {
            id: entry.id,
            package: Arc::clone(&entry.package),
            held: slot.held,
            open_findings: carrier.map_or(0, |carrier| self.open_on(record, carrier)),
            assessed: carrier.is_some_and(|carrier| carrier.reason.is_none()),
        })
    }

    fn installed(&self, entry: &PackageEntry) -> Option<&Carrier> {
        self.tables.carrier(entry.carrier(Role::Installed)?)
    }

    /// The CVEs that are open for a package on a host. A list names a CVE once.
    fn open_on(&self, record: &Record, carrier: &Carrier) -> u32 {
        let opinions = self.tables.list(carrier.list).map(|list| list.opinions.as_ref()).unwrap_or_default();
        let open = opinions.iter().filter(|opinion| self.tables.state_on(opinion.states, &record.context).is_open());
        u32::try_from(open.count()).unwrap_or(u32::MAX)
    }
}
