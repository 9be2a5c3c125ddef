//! The findings of one host, a page at a time.
//!
//! A host of thousands of packages of one source with hundreds of CVEs each has millions of findings.
//! So none is made but those of the page: what is open is counted from what the index keeps, once for
//! each list that packages share, and only keys that may be on the page are looked at.

use super::Snapshot;
use super::page::{Best, Found, Words};
use crate::tables::{Carrier, List, Ordinal, Record, severity_rank};
use crate::{HostFindingColumn, HostFindingCursor, HostFindings, HostFindingsQuery, HostId, Order, PackageId};
use model::{Role, Severity, State};
use roaring::RoaringBitmap;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

/// Where a finding stands.
#[derive(Clone, Copy)]
struct Key<'a> {
    state: u8,
    severity: u8,
    cve: &'a str,
    of: Of<'a>,
}

/// A package in a role, as it stands in the order.
#[derive(Clone, Copy)]
struct Of<'a> {
    name: &'a str,
    version: &'a str,
    arch: &'a str,
    role: Role,
    id: PackageId,
    /// None for a cursor.
    carrier: Option<&'a Carrier>,
}

impl Of<'_> {
    fn compare(&self, other: &Of<'_>) -> Ordering {
        let parts = |of: &Self| (of.role, of.id);
        (self.name, self.version, self.arch)
            .cmp(&(other.name, other.version, other.arch))
            .then_with(|| parts(self).cmp(&(other.role, other.id)))
    }
}

fn compare(order: Order<HostFindingColumn>, a: &Key<'_>, b: &Key<'_>) -> Ordering {
    let first = match order.column {
        HostFindingColumn::State => a.state.cmp(&b.state),
        // Rank 0 is the worst severity.
        HostFindingColumn::Severity => b.severity.cmp(&a.severity),
        HostFindingColumn::Cve => a.cve.cmp(b.cve),
        HostFindingColumn::Package => a.of.name.cmp(b.of.name),
    };
    order
        .turn(first)
        .then_with(|| (a.state, a.severity, a.cve).cmp(&(b.state, b.severity, b.cve)))
        .then_with(|| a.of.compare(&b.of))
}

/// A place in [`State::ALL`].
fn state_place(state: State) -> u8 {
    State::ALL.iter().position(|of| *of == state).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

fn severity_place(severity: Severity) -> u8 {
    u8::try_from(severity_rank(severity)).unwrap_or(u8::MAX)
}

/// One question while it is answered.
struct Asked<'a, 'q> {
    snapshot: &'a Snapshot,
    record: &'a Record,
    query: &'q HostFindingsQuery,
    words: Words,
}

impl Snapshot {
    /// A page of the findings of a host: open ones, or with negatives also what is said not to affect
    /// it.
    #[must_use]
    pub fn host_findings(
        &self,
        id: HostId,
        query: &HostFindingsQuery,
        scope: Option<&RoaringBitmap>,
    ) -> Option<HostFindings> {
        let record = self.record(id, scope)?;
        let asked = Asked { snapshot: self, record, query, words: Words::of(&query.words) };
        let after = query.cursor.as_ref().map(|cursor| {
            let HostFindingCursor { state, severity, cve, package, version, arch, role, id } = cursor;
            let of = Of { name: package, version, arch, role: *role, id: *id, carrier: None };
            Key { state: *state, severity: *severity, cve, of }
        });
        let mut best = Best::new(query.limit, after, |a, b| compare(query.sort, a, b));
        if query.state.is_none_or(State::is_open) {
            asked.open(&mut best);
        }
        if query.negatives && query.state.is_none() || query.state.is_some_and(|state| !state.is_open()) {
            asked.negatives(&mut best);
        }
        let cursor = |key: &Key<'_>| HostFindingCursor {
            state: key.state,
            severity: key.severity,
            cve: key.cve.to_owned(),
            package: key.of.name.to_owned(),
            version: key.of.version.to_owned(),
            arch: key.of.arch.to_owned(),
            role: key.of.role,
            id: key.of.id,
        };
        let page = best.finish().into_page(self.tables.seq, cursor, |key| {
            let state = State::ALL.get(usize::from(key.state)).copied()?;
            self.finding(record, key.of.carrier?, key.cve, state)
        });
        Some(HostFindings { page, assessment: self.assessment(record) })
    }
}

impl<'a> Asked<'a, '_> {
    /// Offers what is open: for each list, the packages of which it speaks times what it says.
    fn open<F: Fn(&Key<'a>, &Key<'a>) -> Ordering>(&self, best: &mut Best<Key<'a>, F>) {
        let tables = &self.snapshot.tables;
        let mut by_list: HashMap<Ordinal, Vec<Of<'a>>> = HashMap::new();
        for carrier in tables.carriers_of(self.record) {
            if let Some(of) = self.of(carrier) {
                by_list.entry(carrier.list).or_default().push(of);
            }
        }
        for (list, mut carriers) in by_list {
            let Some(list) = tables.list(list).filter(|list| !list.opinions.is_empty()) else { continue };
            carriers.sort_unstable_by(|a, b| {
                let order = Order { column: HostFindingColumn::Package, ..self.query.sort };
                let turned = self.query.sort.column == HostFindingColumn::Package;
                let first = if turned { order.turn(a.name.cmp(b.name)) } else { Ordering::Equal };
                first.then_with(|| a.compare(b))
            });
            self.open_of(list, &carriers, best);
        }
    }

    /// `carriers` are in the order in which their findings of one CVE stand.
    fn open_of<F: Fn(&Key<'a>, &Key<'a>) -> Ordering>(
        &self,
        list: &'a List,
        carriers: &[Of<'a>],
        best: &mut Best<Key<'a>, F>,
    ) {
        let tables = &self.snapshot.tables;
        // Packages by which of the words their names have: few kinds, whatever the number of packages.
        let mut kinds: BTreeMap<Found, Vec<Of<'a>>> = BTreeMap::new();
        if !self.words.is_empty() {
            carriers.iter().for_each(|of| kinds.entry(self.words.found_in(of.name)).or_default().push(*of));
        }
        let advisories = self.advisories(carriers.first());
        for opinion in list.opinions.iter() {
            let state = tables.state_on(opinion.states, &self.record.context);
            let wanted = state.is_open()
                && self.query.state.is_none_or(|of| of == state)
                && self.query.severity.is_none_or(|of| of == opinion.severity);
            let Some(cve) = tables.cves.get(opinion.cve).filter(|_| wanted).map(|cve| cve.name.as_ref()) else {
                continue;
            };
            let (state, severity) = (state_place(state), severity_place(opinion.severity));
            let key = |of: Of<'a>| Key { state, severity, cve, of };
            if self.words.is_empty() {
                best.offer_run(carriers.len(), |at| key(carriers[at]));
                continue;
            }
            let found = self.words.found_in(cve) | advisories.get(cve).copied().unwrap_or_default();
            for (of_name, carriers) in &kinds {
                if self.words.all(found | of_name) {
                    best.offer_run(carriers.len(), |at| key(carriers[at]));
                }
            }
        }
    }

    /// Which of the words the advisories have that label the CVEs of a list. Packages that share a
    /// list share its advisories, so that one of them is asked.
    fn advisories(&self, first: Option<&Of<'a>>) -> HashMap<&'a str, Found> {
        let mut found = HashMap::new();
        let carrier = first.filter(|_| !self.words.is_empty()).and_then(|of| of.carrier);
        let Some((carrier, (entry, platform))) =
            carrier.and_then(|carrier| Some((carrier, self.snapshot.judged(carrier)?)))
        else {
            return found;
        };
        let _ = platform.rules.each_open(&entry.package, carrier.role, &mut |verdict| {
            let arm = verdict.on(|bit| self.snapshot.has_bit(self.record, bit));
            found.insert(verdict.cve, self.words.found_in(arm.advisory));
        });
        found
    }

    /// Offers what is said not to be open, which the index does not keep: the rules say it again.
    fn negatives<F: Fn(&Key<'a>, &Key<'a>) -> Ordering>(&self, best: &mut Best<Key<'a>, F>) {
        for carrier in self.snapshot.tables.carriers_of(self.record) {
            let (Some(of), Some((entry, platform))) = (self.of(carrier), self.snapshot.judged(carrier)) else {
                continue;
            };
            let of_name = self.words.found_in(of.name);
            let _ = platform.rules.each(&entry.package, carrier.role, &mut |verdict| {
                let arm = verdict.on(|bit| self.snapshot.has_bit(self.record, bit));
                let wanted = !arm.state.is_open()
                    && self.query.state.is_none_or(|of| of == arm.state)
                    && self.query.severity.is_none_or(|of| of == verdict.severity);
                if !wanted {
                    return;
                }
                let found = || self.words.found_in(verdict.cve) | self.words.found_in(arm.advisory);
                if self.words.is_empty() || self.words.all(of_name | found()) {
                    let (state, severity) = (state_place(arm.state), severity_place(verdict.severity));
                    best.offer(Key { state, severity, cve: verdict.cve, of });
                }
            });
        }
    }

    fn of(&self, carrier: &'a Carrier) -> Option<Of<'a>> {
        let entry = self.snapshot.tables.packages.get(carrier.package)?;
        let package = entry.package.as_ref();
        Some(Of {
            name: &package.name,
            version: &package.version,
            arch: &package.arch,
            role: carrier.role,
            id: entry.id,
            carrier: Some(carrier),
        })
    }
}
