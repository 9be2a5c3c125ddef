//! Open CVEs of the fleet.

use super::Snapshot;
use super::page::{Best, Found, Words, first_names};
use crate::tables::{Carrier, Cve, List, Opinion, Ordinal, Tables, severity_rank, state_rank};
use crate::{FindingColumn, FindingCursor, FindingRow, FindingsQuery, Order, Page, SeverityCounts, StateCounts};
use model::Severity;
use roaring::RoaringBitmap;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// The hosts on which a CVE is open, each under one state and one severity.
#[derive(Debug, Default)]
pub(crate) struct Spread<'a> {
    pub(crate) by_state: [RoaringBitmap; 6],
    pub(crate) by_severity: [RoaringBitmap; 6],
    /// Names of the packages that carry it, sorted, each once.
    packages: Vec<&'a str>,
    /// First versions that are not affected, sorted as text, each once.
    fixed: Vec<&'a str>,
}

/// Spreads CVEs one after the other: what many of them share, the hosts and names of a list, is looked
/// up once.
pub(crate) struct Spreading<'a, 's> {
    tables: &'a Tables,
    scope: Option<&'s RoaringBitmap>,
    lists: HashMap<Ordinal, OfList<'a>>,
}

/// The hosts of a list's carriers in the scope, and the names of those that have some, sorted, each
/// once.
struct OfList<'a> {
    hosts: RoaringBitmap,
    names: Vec<&'a str>,
    /// Which of the words that are looked for the names have, once that was asked.
    found: Option<Found>,
}

impl<'a, 's> Spreading<'a, 's> {
    pub(crate) fn new(tables: &'a Tables, scope: Option<&'s RoaringBitmap>) -> Self {
        Self { tables, scope, lists: HashMap::new() }
    }

    /// The union over the postings of every package and role that carries a CVE. A host that
    /// carries it more than once stands under its most pressing state and its worst severity.
    pub(crate) fn spread(&mut self, cve: &Cve) -> Spread<'a> {
        let mut spread = Spread::default();
        for list in &cve.lists {
            let tables = self.tables;
            let of_list = self.lists.entry(*list).or_insert_with(|| OfList::of(tables, *list, self.scope));
            if let Some((list, opinion)) = tables.opinion_of(cve, *list) {
                tables.spread_opinion(list, opinion, of_list, &mut spread);
            }
        }
        for sets in [&mut spread.by_state, &mut spread.by_severity] {
            let mut above = RoaringBitmap::new();
            for set in sets {
                *set -= &above;
                above |= &*set;
            }
        }
        for names in [&mut spread.packages, &mut spread.fixed] {
            names.sort_unstable();
            names.dedup();
        }
        spread
    }
}

impl Spreading<'_, '_> {
    /// Whether words occur in a CVE's id or in the names of the packages that carry it; always the same
    /// words of one `self`.
    fn has(&mut self, cve: &Cve, words: &Words) -> bool {
        let in_name = words.found_in(&cve.name);
        if words.is_empty() || words.all(in_name) {
            return true;
        }
        let mut by_list = Vec::with_capacity(cve.lists.len());
        for list in &cve.lists {
            let tables = self.tables;
            let of = self.lists.entry(*list).or_insert_with(|| OfList::of(tables, *list, self.scope));
            let in_names = || of.names.iter().fold(0, |found, name| found | words.found_in(name));
            let found = of.found.unwrap_or_else(in_names);
            of.found = Some(found);
            by_list.push((*list, found));
        }
        if !words.all(by_list.iter().fold(in_name, |all, (_, found)| all | found)) {
            return false;
        }
        // Only now is it looked up of which of those packages it is open.
        let on_open = by_list.into_iter().filter(|(_, found)| *found > 0);
        words.all(on_open.fold(in_name, |all, (list, found)| all | self.found_open(cve, list, found, words)))
    }

    /// Of the words that the names of a list have, those that packages have for which a CVE is open.
    fn found_open(&self, cve: &Cve, list: Ordinal, found: Found, words: &Words) -> Found {
        let tables = self.tables;
        let (Some((entry, opinion)), Some(of)) = (tables.opinion_of(cve, list), self.lists.get(&list)) else {
            return 0;
        };
        let parts = tables.parted(opinion, of.hosts.clone());
        let open = parts.into_iter().filter(|(state, ..)| state.is_open());
        let open = open.fold(RoaringBitmap::new(), |open, (.., hosts)| open | hosts);
        if open == of.hosts {
            return found;
        }
        let on_open = tables.carriers_in(entry).filter(|carrier| carrier.hosts.meets(&open));
        on_open.filter_map(|carrier| tables.name_of(carrier)).fold(0, |found, name| found | words.found_in(name))
    }
}

impl<'a> OfList<'a> {
    fn of(tables: &'a Tables, list: Ordinal, scope: Option<&RoaringBitmap>) -> Self {
        let mut of = Self { hosts: RoaringBitmap::new(), names: Vec::new(), found: None };
        let Some(list) = tables.list(list) else { return of };
        for carrier in tables.carriers_in(list) {
            match scope {
                None => carrier.hosts.add_to(&mut of.hosts),
                Some(scope) if carrier.hosts.meets(scope) => of.hosts |= carrier.hosts.and(scope),
                Some(_) => continue,
            }
            of.names.extend(tables.name_of(carrier));
        }
        of.names.sort_unstable();
        of.names.dedup();
        of
    }
}

impl Tables {
    /// One CVE's [`Spreading`].
    pub(crate) fn spread(&self, cve: &Cve, scope: Option<&RoaringBitmap>) -> Spread<'_> {
        Spreading::new(self, scope).spread(cve)
    }

    /// What a list says of a CVE.
    fn opinion_of(&self, cve: &Cve, list: Ordinal) -> Option<(&List, &Opinion)> {
        let ordinal = self.cve_names.get(&cve.name)?;
        let list = self.list(list)?;
        Some((list, list.opinion(*ordinal)?))
    }

    /// What is said of a CVE, with the list that says it.
    pub(crate) fn opinions_of<'a>(&'a self, cve: &'a Cve) -> impl Iterator<Item = (&'a List, &'a Opinion)> {
        cve.lists.iter().filter_map(|list| self.opinion_of(cve, *list))
    }

    /// The carriers of which a list speaks.
    pub(crate) fn carriers_in<'a>(&'a self, list: &'a List) -> impl Iterator<Item = &'a Carrier> {
        list.carriers.iter().filter_map(|carrier| self.carrier(*carrier))
    }

    fn spread_opinion<'a>(&'a self, list: &'a List, opinion: &Opinion, of_list: &OfList<'a>, spread: &mut Spread<'a>) {
        // A list says the same of each of its carriers, so their hosts are parted once.
        let parts = self.parted(opinion, of_list.hosts.clone());
        let mut open = RoaringBitmap::new();
        for (state, fixed, hosts) in parts.into_iter().filter(|(.., hosts)| !hosts.is_empty()) {
            let Some(by_state) = state_rank(state).and_then(|rank| spread.by_state.get_mut(rank)) else {
                continue;
            };
            *by_state |= &hosts;
            open |= hosts;
            spread.fixed.extend(self.texts.get(fixed).filter(|fixed| !fixed.is_empty()).map(AsRef::<str>::as_ref));
        }
        if open.is_empty() {
            return;
        }
        if open == of_list.hosts {
            spread.packages.extend(&of_list.names);
        } else {
            let on_open = self.carriers_in(list).filter(|carrier| carrier.hosts.meets(&open));
            spread.packages.extend(on_open.filter_map(|carrier| self.name_of(carrier)));
        }
        if let Some(by_severity) = spread.by_severity.get_mut(severity_rank(opinion.severity)) {
            *by_severity |= open;
        }
    }

    pub(crate) fn name_of(&self, carrier: &Carrier) -> Option<&str> {
        Some(self.packages.get(carrier.package)?.package.name.as_str())
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

    fn of_spread(spread: &Spread<'_>) -> Self {
        Self {
            states: StateCounts(spread.by_state.each_ref().map(RoaringBitmap::len)),
            severities: SeverityCounts(spread.by_severity.each_ref().map(RoaringBitmap::len)),
        }
    }

    fn severity(&self) -> Severity {
        self.severities.worst().unwrap_or_default()
    }
}

/// Where a CVE stands.
#[derive(Clone, Copy)]
struct Key<'a> {
    severity: u8,
    hosts: u64,
    cve: &'a str,
    /// None for a cursor.
    ordinal: Option<Ordinal>,
}

fn compare(order: Order<FindingColumn>, a: &Key<'_>, b: &Key<'_>) -> Ordering {
    // Rank 0 is the worst severity.
    let severity = b.severity.cmp(&a.severity);
    let first = match order.column {
        FindingColumn::Severity => severity,
        FindingColumn::Hosts => a.hosts.cmp(&b.hosts),
        FindingColumn::Cve => a.cve.cmp(b.cve),
    };
    order.turn(first).then(severity.reverse()).then_with(|| b.hosts.cmp(&a.hosts)).then_with(|| a.cve.cmp(b.cve))
}

impl Snapshot {
    /// A page of open CVEs, fleet-wide.
    #[must_use]
    pub fn findings(&self, query: &FindingsQuery, scope: Option<&RoaringBitmap>) -> Page<FindingRow, FindingCursor> {
        let words = Words::of(&query.words);
        let after = query.cursor.as_ref().map(|cursor| {
            let FindingCursor { severity, hosts, cve } = cursor;
            Key { severity: *severity, hosts: *hosts, cve, ordinal: None }
        });
        let mut best = Best::new(query.limit, after, |a, b| compare(query.sort, a, b));
        let mut spreading = Spreading::new(&self.tables, scope);
        for (ordinal, cve) in (0..).zip(self.tables.cves.iter()) {
            let all = Counts::of_cells(cve);
            if all.states.total() == 0 {
                continue;
            }
            // Without a scope the counters that the applier keeps are the answer.
            let counts = match scope {
                None => all,
                Some(_) => Counts::of_spread(&spreading.spread(cve)),
            };
            let hosts = counts.states.total();
            let wanted = hosts > 0
                && query.state.is_none_or(|state| counts.states.get(state) > 0)
                && query.severity.is_none_or(|severity| severity == counts.severity())
                && spreading.has(cve, &words);
            if wanted {
                #[expect(clippy::cast_possible_truncation, reason = "a place among six")]
                let severity = severity_rank(counts.severity()) as u8;
                best.offer(Key { severity, hosts, cve: &cve.name, ordinal: Some(ordinal) });
            }
        }
        let cursor =
            |key: &Key<'_>| FindingCursor { severity: key.severity, hosts: key.hosts, cve: key.cve.to_owned() };
        best.finish().into_page(self.tables.seq, cursor, |key| {
            let cve = self.tables.cves.get(key.ordinal?)?;
            self.row_of_spread(cve, &spreading.spread(cve))
        })
    }

    /// None where it is open on no host.
    pub(super) fn row_of_spread(&self, cve: &Cve, spread: &Spread<'_>) -> Option<FindingRow> {
        let counts = Counts::of_spread(spread);
        let (state, _) = counts.states.iter().find(|(_, hosts)| *hosts > 0)?;
        let (packages, package_count) = first_names(spread.packages.iter().copied());
        let (fixed_versions, fixed_version_count) = first_names(spread.fixed.iter().copied());
        Some(FindingRow {
            cve: Arc::clone(&cve.name),
            severity: counts.severity(),
            state,
            hosts: counts.states.total(),
            packages,
            package_count,
            states: counts.states,
            fixed_versions,
            fixed_version_count,
        })
    }
}
