//! Distinct packages of the fleet.

use super::Snapshot;
use super::page::{Keys, Words, most_first, smallest};
use crate::tables::{Ordinal, PackageEntry};
use crate::{PackageCursor, PackageId, PackageRow, PackagesQuery, Page};
use model::{Platform, Role};
use roaring::RoaringBitmap;
use std::sync::Arc;

type Key<'a> = (i64, &'a str, &'a str, &'a str, &'a Platform, PackageId, Ordinal);

impl Snapshot {
    /// A page of distinct installed packages.
    #[must_use]
    pub fn packages(&self, query: &PackagesQuery, scope: Option<&RoaringBitmap>) -> Page<PackageRow, PackageCursor> {
        let words = Words::of(&query.words);
        let keys: Vec<Key<'_>> = (0..)
            .zip(self.tables.packages.iter())
            .filter_map(|(ordinal, entry)| {
                let hosts = self.installed_on(entry, scope);
                let package = &entry.package;
                let (name, version, arch) = (package.name.as_str(), package.version.as_str(), package.arch.as_str());
                (hosts > 0 && words.all_in(name))
                    .then(|| (most_first(hosts), name, version, arch, &package.platform, entry.id, ordinal))
            })
            .collect();
        // The number of a package is its own, so the last part never decides.
        let after: Option<Key<'_>> = query.cursor.as_ref().map(|cursor| {
            let PackageCursor { hosts, name, version, arch, platform, id } = cursor;
            (*hosts, name.as_str(), version.as_str(), arch.as_str(), platform, *id, Ordinal::MAX)
        });
        let Keys { page, total, more } = smallest(keys, query.limit, after.as_ref());
        let next = page.last().filter(|_| more).map(|(hosts, name, version, arch, platform, id, _)| PackageCursor {
            hosts: *hosts,
            name: (*name).to_owned(),
            version: (*version).to_owned(),
            arch: (*arch).to_owned(),
            platform: (*platform).clone(),
            id: *id,
        });
        let items = page.into_iter().filter_map(|key| self.package_row(key.6, scope)).collect();
        Page { items, total, next, seq: self.tables.seq }
    }

    fn installed_on(&self, entry: &PackageEntry, scope: Option<&RoaringBitmap>) -> u64 {
        let carrier = entry.carrier(Role::Installed).and_then(|carrier| self.tables.carrier(carrier));
        carrier.map_or(0, |carrier| carrier.hosts.count(scope))
    }

    fn package_row(&self, package: Ordinal, scope: Option<&RoaringBitmap>) -> Option<PackageRow> {
        let entry = self.tables.packages.get(package)?;
        let mut open: Vec<Ordinal> = Vec::new();
        let mut assessed = false;
        for (_, carrier) in &entry.carriers {
            let Some(carrier) = self.tables.carrier(*carrier).filter(|carrier| carrier.hosts.count(scope) > 0) else {
                continue;
            };
            assessed |= carrier.reason.is_none();
            let opinions = self.tables.list(carrier.list).map(|list| list.opinions.as_ref()).unwrap_or_default();
            open.extend(
                opinions.iter().filter(|opinion| self.tables.any_open(opinion.states)).map(|opinion| opinion.cve),
            );
        }
        open.sort_unstable();
        open.dedup();
        Some(PackageRow {
            id: entry.id,
            package: Arc::clone(&entry.package),
            hosts: self.installed_on(entry, scope),
            open_findings: u32::try_from(open.len()).unwrap_or(u32::MAX),
            assessed,
        })
    }
}
