//! Why something is said of a CVE on a host.

use super::Snapshot;
use crate::tables::{Carrier, Record};
use crate::{HostExplanation, HostId, MOST_EXPLAINED, MOST_EXPLAINED_FINDINGS};
use model::State;
use roaring::RoaringBitmap;

impl Snapshot {
    /// Explains what is said of a CVE or advisory on a host, positive or negative: for the packages of
    /// one name, or for every package of which a fact in force speaks.
    #[must_use]
    pub fn host_explain(
        &self,
        id: HostId,
        cve: &str,
        package: Option<&str>,
        scope: Option<&RoaringBitmap>,
    ) -> Option<HostExplanation> {
        let record = self.record(id, scope)?;
        let wanted = |carrier: &&Carrier| {
            self.judged(carrier).is_some_and(|(entry, platform)| match package {
                Some(name) => entry.package.name == name,
                None => platform.rules.mentions(&entry.package, cve),
            })
        };
        let mut carriers: Vec<(Option<State>, &Carrier)> = self
            .tables
            .carriers_of(record)
            .filter(wanted)
            .map(|carrier| (self.open_state(record, carrier, cve), carrier))
            .collect();
        if carriers.is_empty() && package.is_none() {
            // A skipped record that names no package concerns any: it is explained for one.
            let any = self.tables.carriers_of(record).find(|carrier| self.says_something(carrier, cve));
            carriers.extend(any.map(|carrier| (None, carrier)));
        }
        carriers.sort_by_key(|(open, carrier)| {
            (open.is_none(), self.judged(carrier).map(|(entry, _)| &entry.package), carrier.role)
        });
        let explanations = carriers.iter().take(MOST_EXPLAINED).filter_map(|(_, carrier)| {
            let (entry, platform) = self.judged(carrier)?;
            Some(platform.rules.explain(&entry.package, carrier.role, Some(cve)))
        });
        let open = || carriers.iter().filter_map(|(open, carrier)| Some(((*open)?, *carrier)));
        let findings = open().take(MOST_EXPLAINED_FINDINGS);
        Some(HostExplanation {
            explanations: explanations.collect(),
            explanation_count: carriers.len() as u64,
            findings: findings.filter_map(|(state, carrier)| self.finding(record, carrier, cve, state)).collect(),
            finding_count: open().count() as u64,
        })
    }

    fn says_something(&self, carrier: &Carrier, cve: &str) -> bool {
        self.judged(carrier)
            .is_some_and(|(entry, platform)| platform.rules.verdict(&entry.package, carrier.role, cve).is_some())
    }

    /// The state in which a CVE is open for a carrier on a host.
    fn open_state(&self, record: &Record, carrier: &Carrier, cve: &str) -> Option<State> {
        let opinion = self.tables.list(carrier.list)?.opinion(*self.tables.cve_names.get(cve)?)?;
        Some(self.tables.state_on(opinion.states, &record.context)).filter(|state| state.is_open())
    }
}
