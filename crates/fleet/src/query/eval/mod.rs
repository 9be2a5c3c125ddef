//! From a query to a set of hosts.

mod findings;
mod numbers;
mod packages;
mod texts;

use super::explain::Cost;
use super::pattern::Pattern;
use super::{Expr, Query, Term};
use crate::posting::Posting;
use crate::tables::{Ordinal, Tables};
use model::Role;
use roaring::RoaringBitmap;
use std::collections::HashMap;

impl Query {
    /// The hosts among `within` that the query keeps.
    pub(crate) fn evaluate(&self, tables: &Tables, within: RoaringBitmap) -> RoaringBitmap {
        match &self.root {
            Some(root) => evaluate(root, tables, within),
            None => within,
        }
    }
}

pub(super) fn evaluate(expr: &Expr<Term>, tables: &Tables, within: RoaringBitmap) -> RoaringBitmap {
    if within.is_empty() {
        return within;
    }
    match expr {
        Expr::All(parts) => {
            // What is cheap goes first, so that what looks at every host looks at few.
            in_order(parts).into_iter().fold(within, |left, part| evaluate(part, tables, left))
        }
        Expr::Any(parts) => {
            let (mut left, mut found) = (within, RoaringBitmap::new());
            for part in in_order(parts) {
                let more = evaluate(part, tables, left.clone());
                left -= &more;
                found |= more;
            }
            found
        }
        Expr::Not(part) => {
            let out = evaluate(part, tables, within.clone());
            within - out
        }
        Expr::Term(term) => keep(term, tables, within),
    }
}

/// Parts, the cheap ones first.
fn in_order(parts: &[Expr<Term>]) -> Vec<&Expr<Term>> {
    let mut parts: Vec<&Expr<Term>> = parts.iter().collect();
    parts.sort_by_key(|part| Cost::of(part));
    parts
}

fn keep(term: &Term, tables: &Tables, mut within: RoaringBitmap) -> RoaringBitmap {
    match term {
        Term::Word(word) => {
            let word = word.lower();
            within.retain(|host| {
                tables.host(host).is_some_and(|record| match word.literal() {
                    Some(part) => record.lower.contains(part),
                    None => word.fits(&record.lower),
                })
            });
            within
        }
        Term::Os { distribution, release } => {
            let of = tables.platforms.iter().filter(|entry| {
                entry.platform.distribution() == distribution
                    && release.as_deref().is_none_or(|release| entry.platform.release() == release)
            });
            union(of.map(|entry| &entry.hosts), &within)
        }
        Term::Freshness(freshness) => tables.by_freshness[*freshness as usize].and(&within),
        Term::Colour(colour) => tables.by_colour[*colour as usize].and(&within),
        Term::Reboot(Some(required)) => tables.by_reboot[usize::from(*required)].and(&within),
        Term::Reboot(None) => {
            tables.by_reboot.iter().for_each(|told| told.take_from(&mut within));
            within
        }
        Term::Tag(tag) => match tag.literal() {
            Some(tag) => tables.tags.get(tag).map(|hosts| hosts.and(&within)).unwrap_or_default(),
            None => union(tables.tags.iter().filter(|(name, _)| tag.fits(name)).map(|(_, hosts)| hosts), &within),
        },
        Term::Label { kind, value } => {
            let labels = tables.labels.iter().flatten();
            union(labels.filter(|of| of.kind == *kind && value.fits(&of.text)).map(|of| &of.hosts), &within)
        }
        Term::Address(network) => {
            let in_it = |record: &crate::tables::Record| record.addresses.iter().any(|of| network.contains(*of));
            within.retain(|host| tables.host(host).is_some_and(|record| in_it(record)));
            within
        }
        Term::NotKnown(code) => numbers::not_known(*code, tables, within),
        Term::Count { count, op, number } => numbers::count(*count, *op, *number, tables, within),
        Term::Age { age, op, seconds } => numbers::age(*age, *op, *seconds, tables, within),
        Term::Update(name) => with_update(tables, name, &within),
        Term::Package(of) => packages::with_package(of, tables, within),
        Term::Finding(of) => findings::with_finding(of, tables, within),
    }
}

/// The members of several sets that are in `within`.
fn union<'a>(sets: impl Iterator<Item = &'a Posting>, within: &RoaringBitmap) -> RoaringBitmap {
    let mut found = RoaringBitmap::new();
    sets.for_each(|set| found |= set.and(within));
    found
}

/// The hosts on which an update of a package waits that has this name, or whose source has it. The
/// source is that of the installed package, since package managers name updates by binaries.
fn with_update(tables: &Tables, name: &Pattern, within: &RoaringBitmap) -> RoaringBitmap {
    // By platform and binary, the hosts on which the binary comes from that source.
    let mut of_source: HashMap<(Ordinal, &str), RoaringBitmap> = HashMap::new();
    for package in packages::named(&tables.sources, name) {
        let Some(entry) = tables.packages.get(package) else { continue };
        if let Some(carrier) = entry.carrier(Role::Installed).and_then(|of| tables.carrier(of)) {
            *of_source.entry((entry.platform, &entry.package.name)).or_default() |= carrier.hosts.and(within);
        }
    }
    let mut found = RoaringBitmap::new();
    for update in tables.updates.iter().flatten() {
        if name.fits(&update.key.name) {
            found |= update.hosts.and(within);
        } else if let Some(hosts) = of_source.get(&(update.key.platform, &*update.key.name)) {
            found |= update.hosts.and(hosts);
        }
    }
    found
}
