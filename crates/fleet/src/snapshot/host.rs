//! One host: what is assessed of it, and what an update of it closes.

use super::Snapshot;
use crate::tables::{Carrier, Ordinal, PackageEntry, PlatformEntry, Record};
use crate::{ClosedCves, HostAssessment, HostId, ReasonCount};
use model::{Finding, Role, Severity, State};
use roaring::RoaringBitmap;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use versions::Scheme;

impl Snapshot {
    pub(super) fn record(&self, id: HostId, scope: Option<&RoaringBitmap>) -> Option<&Record> {
        self.tables.host(self.find(id, scope)?).map(AsRef::as_ref)
    }

    /// What of a host is assessed.
    #[must_use]
    pub fn host_assessment(&self, id: HostId, scope: Option<&RoaringBitmap>) -> Option<HostAssessment> {
        self.record(id, scope).map(|record| self.assessment(record))
    }

    /// The CVEs that are open for a package of a host and fixed in the candidate, the `most` worst of
    /// them.
    ///
    /// The fixed version is the source's where the vendor speaks of sources, and the candidate is a
    /// binary's: they are held against each other only for a package whose binary has its source's
    /// version; of others nothing is claimed.
    #[must_use]
    pub fn host_closed(
        &self,
        id: HostId,
        (name, arch): (&str, &str),
        candidate: &str,
        most: usize,
        scope: Option<&RoaringBitmap>,
    ) -> Option<ClosedCves> {
        let host = self.find(id, scope)?;
        let record = self.tables.host(host)?;
        let mut closed: BTreeSet<(Reverse<Severity>, &str)> = BTreeSet::new();
        for package in self.tables.names.get(name).into_iter().flatten() {
            let Some(entry) = self.tables.packages.get(*package) else { continue };
            let package = &entry.package;
            if package.arch != arch || package.version != package.source_version {
                continue;
            }
            let carrier = entry.carrier(Role::Installed).and_then(|carrier| self.tables.carrier(carrier));
            if !carrier.is_some_and(|carrier| carrier.hosts.contains(host)) {
                continue;
            }
            let Some(platform) = self.tables.platform(entry.platform) else { continue };
            let Some(scheme) = Scheme::of_distribution(platform.platform.distribution()) else { continue };
            let _ = platform.rules.each_open(package, Role::Installed, &mut |verdict| {
                let arm = verdict.on(|bit| self.has_bit(record, bit));
                if arm.state.is_open()
                    && !arm.fixed_version.is_empty()
                    && scheme.compare(candidate, arm.fixed_version).is_ge()
                {
                    closed.insert((Reverse(verdict.severity), verdict.cve));
                }
            });
        }
        let total = closed.len() as u64;
        let worst = closed.into_iter().take(most).map(|(Reverse(severity), cve)| (Arc::from(cve), severity));
        Some(ClosedCves { worst: worst.collect(), total })
    }

    /// Whether a candidate for a package of a host is a fixed version or later; none where the host has no such
    /// package, or the two can't be held against each other, as with [`Snapshot::host_closed`].
    #[must_use]
    pub fn host_reaches(&self, id: HostId, (name, arch): (&str, &str), candidate: &str, fixed: &str) -> Option<bool> {
        let host = self.find(id, None)?;
        let mut entries = self.tables.names.get(name)?.iter().filter_map(|at| self.tables.packages.get(*at));
        let installed = |entry: &&PackageEntry| {
            let carrier = entry.carrier(Role::Installed).and_then(|carrier| self.tables.carrier(carrier));
            entry.package.arch == arch && carrier.is_some_and(|carrier| carrier.hosts.contains(host))
        };
        let entry = entries.find(installed)?;
        let platform = self.tables.platform(entry.platform)?;
        let scheme = Scheme::of_distribution(platform.platform.distribution())?;
        let alike = entry.package.version == entry.package.source_version;
        alike.then(|| scheme.compare(candidate, fixed).is_ge())
    }

    /// Whether a context bit is set on a host.
    pub(super) fn has_bit(&self, record: &Record, bit: &str) -> bool {
        let mut bits = record.context.iter().filter_map(|of| self.tables.bits.get(*of));
        bits.any(|of| *of.name == *bit)
    }

    /// A carrier's package and the rules by which it is judged.
    pub(super) fn judged(&self, carrier: &Carrier) -> Option<(&PackageEntry, &PlatformEntry)> {
        let entry = self.tables.packages.get(carrier.package)?;
        Some((entry, self.tables.platform(entry.platform)?))
    }

    /// A finding with its texts, which are not kept in the index: the rules say them again.
    pub(super) fn finding(&self, record: &Record, carrier: &Carrier, cve: &str, state: State) -> Option<Finding> {
        let (entry, platform) = self.judged(carrier)?;
        let mut finding = None;
        let _ = platform.rules.about(&entry.package, carrier.role, cve, &mut |verdict| {
            let arm = verdict.on(|bit| self.has_bit(record, bit));
            finding = Some(Finding {
                package: entry.package.name.clone(),
                version: entry.package.version.clone(),
                arch: entry.package.arch.clone(),
                role: carrier.role,
                cve: verdict.cve.to_owned(),
                advisory: arm.advisory.to_owned(),
                state,
                fixed_version: arm.fixed_version.to_owned(),
                severity: verdict.severity,
                feed: arm.feed.to_owned(),
                words: arm.words.to_owned(),
            });
        });
        finding
    }

    pub(super) fn assessment(&self, record: &Record) -> HostAssessment {
        let mut reasons: HashMap<Ordinal, u64> = HashMap::new();
        let (mut packages, mut assessed) = (0, 0);
        for carrier in self.tables.carriers_of(record).filter(|carrier| carrier.role == Role::Installed) {
            packages += 1;
            match carrier.reason {
                None => assessed += 1,
                Some(reason) => *reasons.entry(reason).or_default() += 1,
            }
        }
        let mut reasons: Vec<ReasonCount> = reasons
            .into_iter()
            .filter_map(|(reason, count)| Some(ReasonCount { reason: self.tables.reasons.get(reason)?.clone(), count }))
            .collect();
        reasons.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
        HostAssessment { packages, assessed, not_assessed: packages - assessed, reasons }
    }
}
