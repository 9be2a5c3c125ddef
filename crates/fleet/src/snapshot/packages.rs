//! Distinct packages of the fleet.

use super::Snapshot;
use super::page::{Best, Words};
use crate::tables::{Ordinal, PackageEntry};
use crate::{Order, PackageColumn, PackageCursor, PackageId, PackageRow, PackagesQuery, Page};
use model::{Platform, Role};
use roaring::RoaringBitmap;
use std::cmp::Ordering;
use std::sync::Arc;

/// Where a package stands.
#[derive(Clone, Copy)]
struct Key<'a> {
    hosts: u64,
    /// 0 where they do not order.
    findings: u32,
    name: &'a str,
    version: &'a str,
    arch: &'a str,
    platform: &'a Platform,
    id: PackageId,
    /// None for a cursor.
    ordinal: Option<Ordinal>,
}

fn compare(order: Order<PackageColumn>, a: &Key<'_>, b: &Key<'_>) -> Ordering {
    let first = match order.column {
        PackageColumn::Hosts => a.hosts.cmp(&b.hosts),
        PackageColumn::Findings => a.findings.cmp(&b.findings),
        PackageColumn::Name => a.name.cmp(b.name),
    };
    order
        .turn(first)
        .then_with(|| b.hosts.cmp(&a.hosts))
        .then_with(|| (a.name, a.version, a.arch, a.platform, a.id).cmp(&(b.name, b.version, b.arch, b.platform, b.id)))
}

impl Snapshot {
    /// A page of distinct installed packages.
    #[must_use]
    pub fn packages(&self, query: &PackagesQuery, scope: Option<&RoaringBitmap>) -> Page<PackageRow, PackageCursor> {
        let words = Words::of(&query.words);
        let after = query.cursor.as_ref().map(|cursor| {
            let PackageCursor { hosts, findings, name, version, arch, platform, id } = cursor;
            Key { hosts: *hosts, findings: *findings, name, version, arch, platform, id: *id, ordinal: None }
        });
        let mut best = Best::new(query.limit, after, |a, b| compare(query.sort, a, b));
        for (ordinal, entry) in (0..).zip(self.tables.packages.iter()) {
            let hosts = self.installed_on(entry, scope);
            if hosts == 0 || !words.all_in(&entry.package.name) {
                continue;
            }
            let by_findings = query.sort.column == PackageColumn::Findings;
            best.offer(Key {
                hosts,
                findings: if by_findings { self.open_for(entry, scope) } else { 0 },
                name: &entry.package.name,
                version: &entry.package.version,
                arch: &entry.package.arch,
                platform: &entry.package.platform,
                id: entry.id,
                ordinal: Some(ordinal),
            });
        }
        let cursor = |key: &Key<'_>| PackageCursor {
            hosts: key.hosts,
            findings: key.findings,
            name: key.name.to_owned(),
            version: key.version.to_owned(),
            arch: key.arch.to_owned(),
            platform: key.platform.clone(),
            id: key.id,
        };
        best.finish().into_page(self.tables.seq, cursor, |key| self.package_row(key.ordinal?, scope))
    }

    fn installed_on(&self, entry: &PackageEntry, scope: Option<&RoaringBitmap>) -> u64 {
        let carrier = entry.carrier(Role::Installed).and_then(|carrier| self.tables.carrier(carrier));
        carrier.map_or(0, |carrier| carrier.hosts.count(scope))
    }

    /// The CVEs that are open for a package in some role, before a host's context is looked at.
    fn open_for(&self, entry: &PackageEntry, scope: Option<&RoaringBitmap>) -> u32 {
        let carriers = entry.carriers.iter().filter_map(|(_, carrier)| self.tables.carrier(*carrier));
        let mut lists: Vec<Ordinal> =
            carriers.filter(|carrier| carrier.hosts.count(scope) > 0).map(|carrier| carrier.list).collect();
        lists.sort_unstable();
        lists.dedup();
        let opinions = |list: &Ordinal| self.tables.list(*list).map(|list| list.opinions.as_ref()).unwrap_or_default();
        let open = lists.iter().flat_map(opinions).filter(|opinion| self.tables.any_open(opinion.states));
        let count = if lists.len() == 1 {
            // A list names a CVE once.
            open.count()
        } else {
            let mut cves: Vec<Ordinal> = open.map(|opinion| opinion.cve).collect();
            cves.sort_unstable();
            cves.dedup();
            cves.len()
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn package_row(&self, package: Ordinal, scope: Option<&RoaringBitmap>) -> Option<PackageRow> {
        let entry = self.tables.packages.get(package)?;
        let mut carriers = entry.carriers.iter().filter_map(|(_, carrier)| self.tables.carrier(*carrier));
        Some(PackageRow {
            id: entry.id,
            package: Arc::clone(&entry.package),
            hosts: self.installed_on(entry, scope),
            open_findings: self.open_for(entry, scope),
            assessed: carriers.any(|carrier| carrier.reason.is_none() && carrier.hosts.count(scope) > 0),
        })
    }
}
