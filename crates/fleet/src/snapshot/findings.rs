//! Open CVEs of the fleet.

use super::Snapshot;
use super::page::{Keys, Words, most_first, smallest};
use crate::tables::{Cve, List, Ordinal, Tables, severity_rank, state_rank};
use crate::{FindingCursor, FindingRow, FindingsQuery, Page, SeverityCounts, StateCounts};
use model::Severity;
use roaring::RoaringBitmap;
use std::collections::BTreeSet;
use std::sync::Arc;

type Key<'a> = (u8, i64, &'a str, Ordinal);

/// The hosts on which a CVE is open, each under one state and one severity.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    pub(crate) by_state: [RoaringBitmap; 6],
    pub(crate) by_severity: [RoaringBitmap; 6],
    packages: BTreeSet<Arc<str>>,
    fixed: BTreeSet<Arc<str>>,
}

impl Tables {
    /// The union over the postings of every package and role that carries a CVE. A host that
    /// carries it more than once stands under its most pressing state and its worst severity.
    pub(crate) fn spread(&self, cve: &Cve, scope: Option<&RoaringBitmap>) -> Spread {
        let mut spread = Spread::default();
        let Some(ordinal) = self.cve_names.get(&cve.name).copied() else { return spread };
        for list in cve.lists.iter().filter_map(|list| self.list(*list)) {
            self.spread_list(list, ordinal, scope, &mut spread);
        }
        for sets in [&mut spread.by_state, &mut spread.by_severity] {
            let mut above = RoaringBitmap::new();
            for set in sets {
                *set -= &above;
                above |= &*set;
            }
        }
        spread
    }

    fn spread_list(&self, list: &List, cve: Ordinal, scope: Option<&RoaringBitmap>, spread: &mut Spread) {
        let start = list.opinions.partition_point(|opinion| opinion.cve < cve);
        let rest = list.opinions.get(start..).unwrap_or_default();
        for opinion in rest.iter().take_while(|opinion| opinion.cve == cve) {
            for carrier in list.carriers.iter().filter_map(|carrier| self.carrier(*carrier)) {
                let hosts = scope.map_or_else(|| carrier.hosts.to_bitmap(), |scope| carrier.hosts.and(scope));
                let parts = self.parted(opinion.states, hosts);
                for (state, hosts) in parts.into_iter().filter(|(_, hosts)| !hosts.is_empty()) {
                    let Some(by_state) = state_rank(state).and_then(|rank| spread.by_state.get_mut(rank)) else {
                        continue;
                    };
                    *by_state |= &hosts;
                    if let Some(by_severity) = spread.by_severity.get_mut(severity_rank(opinion.severity)) {
                        *by_severity |= &hosts;
                    }
                    if let Some(package) = self.packages.get(carrier.package) {
                        spread.packages.insert(package.package.name.as_str().into());
                    }
                    let fixed = self.text(opinion.fixed);
                    if !fixed.is_empty() {
                        spread.fixed.insert(fixed);
                    }
                }
            }
        }
    }
}

/// How many hosts have a CVE.
#[derive(Clone, Copy)]
struct Counts {
    states: StateCounts,
    severities: SeverityCounts,
}

impl Counts {
    fn of_cells(cve: &Cve) -> Self {
        Self {
            states: StateCounts(cve.by_state.map(u64::from)),
            severities: SeverityCounts(cve.by_severity.map(u64::from)),
        }
    }

    fn of_spread(spread: &Spread) -> Self {
        Self {
            states: StateCounts(spread.by_state.each_ref().map(RoaringBitmap::len)),
            severities: SeverityCounts(spread.by_severity.each_ref().map(RoaringBitmap::len)),
        }
    }

    fn severity(&self) -> Severity {
        self.severities.worst().unwrap_or_default()
    }
}

impl Snapshot {
    /// A page of open CVEs, fleet-wide.
    #[must_use]
    pub fn findings(&self, query: &FindingsQuery, scope: Option<&RoaringBitmap>) -> Page<FindingRow, FindingCursor> {
        let words = Words::of(&query.words);
        let keys: Vec<Key<'_>> = (0..)
            .zip(self.tables.cves.iter())
            .filter_map(|(ordinal, cve)| {
                let all = Counts::of_cells(cve);
                if all.states.total() == 0 {
                    return None;
                }
                // Without a scope the counters that the applier keeps are the answer.
                let counts = match scope {
                    None => all,
                    Some(_) => Counts::of_spread(&self.tables.spread(cve, scope)),
                };
                let hosts = counts.states.total();
                let wanted = hosts > 0
                    && query.state.is_none_or(|state| counts.states.get(state) > 0)
                    && query.severity.is_none_or(|severity| severity == counts.severity())
                    && self.named(cve, &words, scope);
                #[expect(clippy::cast_possible_truncation, reason = "a place among six")]
                let severity = severity_rank(counts.severity()) as u8;
                wanted.then(|| (severity, most_first(hosts), cve.name.as_ref(), ordinal))
            })
            .collect();
        let after: Option<Key<'_>> =
            query.cursor.as_ref().map(|cursor| (cursor.severity, cursor.hosts, cursor.cve.as_str(), Ordinal::MAX));
        let Keys { page, total, more } = smallest(keys, query.limit, after.as_ref());
        let next = page.last().filter(|_| more).map(|(severity, hosts, cve, _)| FindingCursor {
            severity: *severity,
            hosts: *hosts,
            cve: (*cve).to_owned(),
        });
        let items = page.into_iter().filter_map(|key| self.finding_row(self.tables.cves.get(key.3)?, scope));
        Page { items: items.collect(), total, next, seq: self.tables.seq }
    }

    /// Whether each word occurs in the CVE's id or in the name of a package that carries it.
    fn named(&self, cve: &Cve, words: &Words, scope: Option<&RoaringBitmap>) -> bool {
        if words.all_in(&cve.name) {
            return true;
        }
        let lists = cve.lists.iter().filter_map(|list| self.tables.list(*list));
        let carriers = lists.flat_map(|list| list.carriers.iter()).filter_map(|of| self.tables.carrier(*of));
        let names =
            carriers.filter_map(|carrier| Some(self.tables.packages.get(carrier.package)?.package.name.as_str()));
        let id = std::iter::once(cve.name.as_ref());
        if !words.all_in_any(id.clone().chain(names)) {
            return false;
        }
        // Only now is it looked up whether hosts in the scope have those packages open.
        let spread = self.tables.spread(cve, scope);
        words.all_in_any(id.chain(spread.packages.iter().map(AsRef::as_ref)))
    }

    fn finding_row(&self, cve: &Cve, scope: Option<&RoaringBitmap>) -> Option<FindingRow> {
        let spread = self.tables.spread(cve, scope);
        let counts = Counts::of_spread(&spread);
        let (state, _) = counts.states.iter().find(|(_, hosts)| *hosts > 0)?;
        Some(FindingRow {
            cve: Arc::clone(&cve.name),
            severity: counts.severity(),
            state,
            hosts: counts.states.total(),
            packages: spread.packages.into_iter().collect(),
            states: counts.states,
            fixed_versions: spread.fixed.into_iter().collect(),
        })
    }
}
