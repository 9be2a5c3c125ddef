//! Findings of which a group of conditions holds, widened to their hosts.
//!
//! A list says the same of each of its carriers, so a condition on a CVE, a severity or a state is looked
//! at once for all of them, and packages only where that leaves the answer open.

use super::packages::{candidates, of_package};
use super::texts::Texts;
use crate::Score;
use crate::query::tree::{Expr, Op, Part};
use crate::tables::{Carrier, List, Opinion, Ordinal, States, Tables};
use model::{Severity, State};
use roaring::RoaringBitmap;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// The carriers of a list that may fit, and their hosts.
struct OfList<'a> {
    list: &'a List,
    carriers: Vec<&'a Carrier>,
    hosts: RoaringBitmap,
}

struct Search<'a> {
    tables: &'a Tables,
    /// What a package alone decides.
    of_package: Vec<&'a Expr<Part>>,
    /// The rest.
    rest: Vec<&'a Expr<Part>>,
    within: RoaringBitmap,
    found: RoaringBitmap,
    lists: HashMap<Ordinal, Option<OfList<'a>>>,
    texts: Texts<'a>,
}

/// The hosts with an open finding of which all of a group holds.
pub(super) fn with_finding(of: &Expr<Part>, tables: &Tables, within: RoaringBitmap) -> RoaringBitmap {
    let conjuncts = of.conjuncts();
    let (of_package, rest): (Vec<_>, Vec<_>) =
        conjuncts.iter().partition(|part| part.every(&|part| part.is_of_package()));
    let of_cve: Vec<&Expr<Part>> = rest.iter().copied().filter(|part| part.every(&Part::is_of_cve)).collect();
    let is_name = |part: &&Expr<Part>| matches!(part, Expr::Term(Part::Name(_) | Part::Source(_)));
    let by_name = of_package.iter().copied().any(|part| is_name(&part));
    let mut search = Search {
        tables,
        of_package,
        rest,
        within,
        found: RoaringBitmap::new(),
        lists: HashMap::new(),
        texts: Texts::new(tables),
    };
    if !of_cve.is_empty() {
        for cve in cves(&of_cve, tables) {
            search.each_list_of(cve);
        }
    } else if by_name {
        let packages = candidates(of, tables).into_iter().filter_map(|package| tables.packages.get(package));
        let carriers = packages.flat_map(|entry| entry.carriers.iter().map(|(_, carrier)| *carrier));
        let lists: BTreeSet<Ordinal> = carriers.filter_map(|carrier| Some(tables.carrier(carrier)?.list)).collect();
        lists.into_iter().for_each(|list| search.each_opinion_of(list));
    } else {
        let lists = u32::try_from(tables.lists.len()).unwrap_or(u32::MAX);
        (0..lists).for_each(|list| search.each_opinion_of(list));
    }
    search.found
}

/// The CVEs of which all of some conditions on CVEs holds.
fn cves(of: &[&Expr<Part>], tables: &Tables) -> Vec<Ordinal> {
    let holds = |cve: &Ordinal| {
        tables.cves.get(*cve).is_some_and(|known| {
            !known.lists.is_empty()
                && of.iter().all(|part| part.truth(&mut |part| of_cve(part, &known.name, known.score)) == Some(true))
        })
    };
    let literal = of.iter().find_map(|part| match part {
        Expr::Term(Part::Cve(name)) => name.literal(),
        _ => None,
    });
    match literal {
        Some(name) => {
            // Ids are written in capitals; other labels (GHSA) are taken as they stand.
            let known = [tables.cve_names.get(name), tables.cve_names.get(name.to_uppercase().as_str())];
            let mut known: Vec<Ordinal> = known.into_iter().flatten().copied().filter(holds).collect();
            known.dedup();
            known
        }
        None => (0..u32::try_from(tables.cves.len()).unwrap_or(u32::MAX)).filter(holds).collect(),
    }
}

fn of_cve(part: &Part, name: &str, score: Score) -> Option<bool> {
    Some(match part {
        Part::Cve(of) => of.fits_id(name),
        Part::Kev(exploited) => score.exploited == *exploited,
        Part::Epss(op, than) => score.epss.is_some_and(|epss| op.holds(epss.cmp(than))),
        Part::Cvss(op, than) => score.cvss.is_some_and(|cvss| op.holds(u32::from(cvss).cmp(than))),
        _ => return None,
    })
}

/// Whether a severity compares so; an unknown one is neither above nor below another.
fn has_severity(severity: Severity, op: Op, than: Severity) -> bool {
    if severity == than {
        return op.holds(Ordering::Equal);
    }
    // The severities are declared mildest first.
    severity != Severity::Unknown && op.holds(severity.cmp(&than))
}

impl<'a> Search<'a> {
    fn each_list_of(&mut self, cve: Ordinal) {
        let tables = self.tables;
        let Some(known) = tables.cves.get(cve) else { return };
        for list in &known.lists {
            if let Some(opinion) = tables.list(*list).and_then(|list| list.opinion(cve)) {
                self.opinion(*list, opinion);
            }
        }
    }

    fn each_opinion_of(&mut self, list: Ordinal) {
        let tables = self.tables;
        for opinion in tables.list(list).map(|list| list.opinions.as_ref()).unwrap_or_default() {
            self.opinion(list, opinion);
        }
    }

    fn opinion(&mut self, list: Ordinal, opinion: &'a Opinion) {
        let tables = self.tables;
        let Some(cve) = tables.cves.get(opinion.cve) else { return };
        let is_fixed = |fixed: Ordinal| tables.texts.get(fixed).is_some_and(|fixed| !fixed.is_empty());
        let of_opinion = |part: &Part| match part {
            Part::Severity(op, than) => Some(has_severity(opinion.severity, *op, *than)),
            // Of a chain, each state has a fixed version of its own.
            Part::Fixed(yes) if !matches!(opinion.states, States::Chain(_)) => Some(is_fixed(opinion.fixed) == *yes),
            part => of_cve(part, &cve.name, cve.score),
        };
        if self.all(&mut |part| of_opinion(part)) == Some(false) {
            return;
        }
        let Self { of_package: needs, within, .. } = self;
        let of_list = self.lists.entry(list).or_insert_with(|| OfList::new(tables, list, needs, within));
        let Some(of_list) = of_list.as_ref().filter(|of_list| !of_list.hosts.is_subset(&self.found)) else { return };
        for (bit, state, fixed, hosts) in parts(tables, opinion, &of_list.hosts) {
            if !state.is_open() || hosts.is_subset(&self.found) {
                continue;
            }
            let of_state = |part: &Part| match part {
                Part::State(of) => Some(*of == state),
                Part::Fixed(yes) => Some(is_fixed(fixed) == *yes),
                part => of_opinion(part),
            };
            let mut told = of_state;
            match all(&self.rest, &mut told) {
                Some(false) => continue,
                Some(true) => {
                    self.found |= hosts;
                    continue;
                }
                None => {}
            }
            for carrier in &of_list.carriers {
                let on = carrier.hosts.and(&hosts);
                if on.is_subset(&self.found) {
                    continue;
                }
                let Some(entry) = tables.packages.get(carrier.package) else { continue };
                let texts = &mut self.texts;
                let holds = all(&self.rest, &mut |part| match part {
                    Part::Feed(of) => Some(of.fits(texts.of(list, of_list.list, &cve.name, bit).feed)),
                    Part::Advisory(of) => Some(of.fits_id(texts.of(list, of_list.list, &cve.name, bit).advisory)),
                    part => of_package(part, entry, carrier.role).or_else(|| of_state(part)),
                });
                if holds == Some(true) {
                    self.found |= on;
                }
            }
        }
    }

    fn all(&self, of: &mut impl FnMut(&Part) -> Option<bool>) -> Option<bool> {
        all(&self.rest, of)
    }
}

/// Whether all of some conditions holds, as far as can be told.
fn all(parts: &[&Expr<Part>], of: &mut impl FnMut(&Part) -> Option<bool>) -> Option<bool> {
    let mut told = Some(true);
    for part in parts {
        match part.truth(of) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => told = None,
        }
    }
    told
}

impl<'a> OfList<'a> {
    /// None where no carrier of it fits on any host.
    fn new(tables: &'a Tables, list: Ordinal, needs: &[&Expr<Part>], within: &RoaringBitmap) -> Option<Self> {
        let list = tables.list(list)?;
        let mut hosts = RoaringBitmap::new();
        let mut carriers = Vec::new();
        for carrier in list.carriers.iter().filter_map(|carrier| tables.carrier(*carrier)) {
            let Some(entry) = tables.packages.get(carrier.package) else { continue };
            if all(needs, &mut |part| of_package(part, entry, carrier.role)) == Some(true)
                && carrier.hosts.meets(within)
            {
                hosts |= carrier.hosts.and(within);
                carriers.push(carrier);
            }
        }
        (!carriers.is_empty()).then_some(Self { list, carriers, hosts })
    }
}

/// A state with the context bit for which it holds (none for the last), its fixed version, and its hosts.
type OfState = (Option<Ordinal>, State, Ordinal, RoaringBitmap);

/// The hosts under each state of an opinion.
fn parts(tables: &Tables, opinion: &Opinion, hosts: &RoaringBitmap) -> Vec<OfState> {
    let bits = match opinion.states {
        States::Always(_) => vec![None],
        // In the order of [`Tables::parted`].
        States::Split { bit, .. } => vec![None, Some(bit)],
        States::Chain(chain) => {
            tables.chains.get(chain).map(|chain| chain.iter().map(|choice| choice.bit).collect()).unwrap_or_default()
        }
    };
    let parted = tables.parted(opinion, hosts.clone());
    bits.into_iter().zip(parted).map(|(bit, (state, fixed, hosts))| (bit, state, fixed, hosts)).collect()
}
