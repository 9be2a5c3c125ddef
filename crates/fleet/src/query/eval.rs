//! From a query to a set of hosts.

use super::{Count, Expr, Op, Query, Term};
use crate::Availability;
use crate::columns::Column;
use crate::tables::{Ordinal, PackageEntry, Tables};
use model::Role;
use roaring::RoaringBitmap;
use std::collections::HashMap;
use versions::Scheme;

impl Query {
    /// The hosts among `within` that the query keeps.
    pub(crate) fn evaluate(&self, tables: &Tables, within: RoaringBitmap) -> RoaringBitmap {
        match &self.root {
            Some(root) => evaluate(root, tables, within),
            None => within,
        }
    }
}

fn evaluate(expr: &Expr, tables: &Tables, within: RoaringBitmap) -> RoaringBitmap {
    if within.is_empty() {
        return within;
    }
    match expr {
        Expr::All(parts) => {
            // What is cheap goes first, so that what looks at every host looks at few.
            let mut parts: Vec<&Expr> = parts.iter().collect();
            parts.sort_by_key(|part| cost(part));
            parts.into_iter().fold(within, |left, part| evaluate(part, tables, left))
        }
        Expr::Any(parts) => {
            let (mut left, mut found) = (within, RoaringBitmap::new());
            for part in parts {
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

/// How much a part costs: sets, unions of sets, a scan of numbers, a scan of names.
fn cost(expr: &Expr) -> u8 {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().map(cost).max().unwrap_or(0),
        Expr::Not(part) => cost(part),
        Expr::Term(term) => match term {
            Term::Os { .. } | Term::Freshness(_) | Term::Colour(_) | Term::Reboot(_) | Term::Tag(_) => 0,
            Term::Package { .. } | Term::Update(_) | Term::Cve(_) => 1,
            Term::Count { .. } => 2,
            Term::Word(_) => 3,
        },
    }
}

fn keep(term: &Term, tables: &Tables, mut within: RoaringBitmap) -> RoaringBitmap {
    match term {
        Term::Word(word) => {
            let word = word.to_lowercase();
            within.retain(|host| tables.host(host).is_some_and(|record| record.lower.contains(&word)));
            within
        }
        Term::Os { distribution, release } => {
            let mut found = RoaringBitmap::new();
            for entry in tables.platforms.iter().filter(|entry| {
                entry.platform.distribution() == distribution
                    && release.as_deref().is_none_or(|release| entry.platform.release() == release)
            }) {
                found |= entry.hosts.and(&within);
            }
            found
        }
        Term::Freshness(freshness) => tables.by_freshness[*freshness as usize].and(&within),
        Term::Colour(colour) => tables.by_colour[*colour as usize].and(&within),
        Term::Reboot(Some(required)) => tables.by_reboot[usize::from(*required)].and(&within),
        Term::Reboot(None) => {
            tables.by_reboot.iter().for_each(|told| told.take_from(&mut within));
            within
        }
        Term::Tag(tag) => tables.tags.get(tag.as_str()).map(|hosts| hosts.and(&within)).unwrap_or_default(),
        Term::Count { count, op, number } => {
            let column = match count {
                Count::Security => Column::Security,
                Count::Other => Column::Other,
                Count::Withheld => Column::Withheld,
                Count::Findings => Column::Open,
                Count::Packages => Column::Packages,
            };
            within.retain(|host| {
                let of_host = tables.columns.number(column, host);
                op.holds(u64::from(of_host).cmp(number)) && (of_host > 0 || is_known(tables, *count, host))
            });
            within
        }
        Term::Cve(name) => {
            // Ids are written in capitals; other labels (GHSA) are taken as they stand.
            let known = tables.cve_names.get(name.as_str());
            let known = known.or_else(|| tables.cve_names.get(name.to_uppercase().as_str()));
            let Some(cve) = known.and_then(|cve| tables.cves.get(*cve)) else { return RoaringBitmap::new() };
            let mut found = RoaringBitmap::new();
            tables.spread(cve, Some(&within)).by_state.into_iter().for_each(|hosts| found |= hosts);
            found
        }
        Term::Update(name) => with_update(tables, name, &within),
        Term::Package { name, version } => {
            let mut found = RoaringBitmap::new();
            let packages = tables.names.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
            for entry in packages.iter().filter_map(|package| tables.packages.get(*package)) {
                let fits = version.as_ref().is_none_or(|(op, version)| has_version(entry, *op, version));
                let carrier = entry.carrier(Role::Installed).filter(|_| fits).and_then(|of| tables.carrier(of));
                if let Some(carrier) = carrier {
                    found |= carrier.hosts.and(&within);
                }
            }
            found
        }
    }
}

/// Whether a 0 was counted: of what nobody ever told, none is not known to be none.
fn is_known(tables: &Tables, count: Count, host: u32) -> bool {
    let Some(record) = tables.host(host) else { return false };
    match count {
        Count::Security | Count::Other | Count::Withheld => record.basis.updates.is_known(),
        Count::Findings => tables.columns.row(host).assessed > 0,
        Count::Packages => record.basis.packages == Availability::Present,
    }
}

/// The hosts on which an update of a package waits that has this name, or whose source has it. The
/// source is that of the installed package, since package managers name updates by binaries.
fn with_update(tables: &Tables, name: &str, within: &RoaringBitmap) -> RoaringBitmap {
    // By platform and binary, the hosts on which the binary comes from that source.
    let mut of_source: HashMap<(Ordinal, &str), RoaringBitmap> = HashMap::new();
    let packages = tables.sources.get(name).map(Vec::as_slice).unwrap_or_default();
    for entry in packages.iter().filter_map(|package| tables.packages.get(*package)) {
        if let Some(carrier) = entry.carrier(Role::Installed).and_then(|of| tables.carrier(of)) {
            *of_source.entry((entry.platform, &entry.package.name)).or_default() |= carrier.hosts.and(within);
        }
    }
    let mut found = RoaringBitmap::new();
    for update in tables.updates.iter().flatten() {
        if *update.key.name == *name {
            found |= update.hosts.and(within);
        } else if let Some(hosts) = of_source.get(&(update.key.platform, &*update.key.name)) {
            found |= update.hosts.and(hosts);
        }
    }
    found
}

/// Compares by the order of the package's own distribution; a distribution whose order is not known
/// fits nothing.
fn has_version(entry: &PackageEntry, op: Op, version: &str) -> bool {
    Scheme::of_distribution(entry.package.platform.distribution())
        .is_some_and(|scheme| op.holds(scheme.compare(comparable(&entry.package.version, version), version)))
}

/// The part of an installed version that a literal speaks of: a literal without epoch ignores the
/// installed one's, one without revision ignores that.
fn comparable<'a>(installed: &'a str, literal: &str) -> &'a str {
    let mut part = installed;
    if !literal.contains(':')
        && let Some((epoch, rest)) = part.split_once(':')
        && epoch.bytes().all(|b| b.is_ascii_digit())
    {
        part = rest;
    }
    if !literal.contains('-')
        && let Some((upstream, _)) = part.rsplit_once('-')
    {
        part = upstream;
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_ignores_the_parts_it_does_not_name() {
        // Versions of Debian packages: openssl, bind9, bash, a native package.
        assert_eq!(comparable("3.0.11-1~deb12u2", "3.0.11"), "3.0.11");
        assert_eq!(comparable("1:9.18.24-1", "9.18.24"), "9.18.24");
        assert_eq!(comparable("1:9.18.24-1", "1:9.18.24"), "1:9.18.24");
        assert_eq!(comparable("1:9.18.24-1", "9.18.24-1"), "9.18.24-1");
        assert_eq!(comparable("1:9.18.24-1", "1:9.18.24-1"), "1:9.18.24-1");
        assert_eq!(comparable("12.4+deb12u5", "12.4"), "12.4+deb12u5");
    }
}
