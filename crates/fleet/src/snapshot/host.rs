//! One host: its packages and findings.

use super::Snapshot;
use crate::packed::Slot;
use crate::tables::{Carrier, Ordinal, Record};
use crate::{HostAssessment, HostFindings, HostId, HostPackage, ReasonCount};
use model::{Finding, Role, State};
use roaring::RoaringBitmap;
use std::collections::HashMap;
use std::sync::Arc;

impl Snapshot {
    /// The packages of a host, sorted by package and role.
    #[must_use]
    pub fn host_packages(&self, id: HostId, scope: Option<&RoaringBitmap>) -> Option<Vec<HostPackage>> {
        let record = self.tables.host(self.find(id, scope)?)?;
        let mut packages: Vec<HostPackage> = record
            .inventory
            .slots()
            .filter_map(|slot| {
                let entry = self.tables.packages.get(slot.package)?;
                let any = entry.carriers.first().and_then(|(_, carrier)| self.tables.carrier(*carrier));
                Some(HostPackage {
                    id: entry.id,
                    package: Arc::clone(&entry.package),
                    role: slot.role,
                    held: slot.held,
                    open_findings: self.carrier_of(record, &slot).map_or(0, |carrier| self.open_on(record, carrier)),
                    // Whether a feed speaks for a package does not depend on its role.
                    assessed: any.is_some_and(|carrier| carrier.reason.is_none()),
                })
            })
            .collect();
        packages.sort_by(|a, b| (&a.package, a.role).cmp(&(&b.package, b.role)));
        Some(packages)
    }

    /// The findings of a host: open ones, or with `negatives` also what is said not to affect it.
    #[must_use]
    pub fn host_findings(&self, id: HostId, negatives: bool, scope: Option<&RoaringBitmap>) -> Option<HostFindings> {
        let record = self.tables.host(self.find(id, scope)?)?;
        let mut findings = Vec::new();
        for slot in record.inventory.slots() {
            if let Some(carrier) = self.carrier_of(record, &slot) {
                self.carrier_findings(record, carrier, negatives, &mut findings);
            }
        }
        findings.sort();
        findings.dedup();
        Some(HostFindings { findings, assessment: self.assessment(record) })
    }

    /// The carrier of one package and role of a host; none for a next kernel that runs already.
    fn carrier_of(&self, record: &Record, slot: &Slot) -> Option<&Carrier> {
        if slot.role == Role::Installed {
            return self.tables.carrier(self.tables.packages.get(slot.package)?.carrier(Role::Installed)?);
        }
        let mut variants = record.variants.iter().filter_map(|carrier| self.tables.carrier(*carrier));
        variants.find(|carrier| carrier.package == slot.package && carrier.role == slot.role)
    }

    fn open_on(&self, record: &Record, carrier: &Carrier) -> u32 {
        let opinions = self.tables.list(carrier.list).map(|list| list.opinions.as_ref()).unwrap_or_default();
        let mut open: Vec<Ordinal> = opinions
            .iter()
            .filter(|opinion| self.tables.state_on(opinion.states, &record.context).is_open())
            .map(|opinion| opinion.cve)
            .collect();
        open.dedup();
        u32::try_from(open.len()).unwrap_or(u32::MAX)
    }

    /// The texts of a finding are not kept in the index: the rules say them again.
    fn carrier_findings(&self, record: &Record, carrier: &Carrier, negatives: bool, findings: &mut Vec<Finding>) {
        let Some(list) = self.tables.list(carrier.list) else { return };
        if list.opinions.is_empty() && !negatives {
            return;
        }
        let Some(entry) = self.tables.packages.get(carrier.package) else { return };
        let Some(platform) = self.tables.platform(entry.platform) else { return };
        let has = |bit: &str| {
            let mut bits = record.context.iter().filter_map(|of| self.tables.bits.get(*of));
            bits.any(|of| *of.name == *bit)
        };
        let _ = platform.rules.each(&entry.package, carrier.role, &mut |verdict| {
            let arm = verdict.on(has);
            let raw = arm.state;
            let state = if raw.is_open() {
                // What a restart would mend was found when the carrier was judged.
                let cve = self.tables.cve_names.get(verdict.cve);
                let mended = cve.and_then(|cve| list.opinion(*cve)).is_some_and(|opinion| {
                    self.tables.state_on(opinion.states, &record.context) == State::RestartNeeded
                });
                if mended { State::RestartNeeded } else { raw }
            } else if negatives {
                raw
            } else {
                return;
            };
            findings.push(Finding {
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
    }

    fn assessment(&self, record: &Record) -> HostAssessment {
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
