//! Packages of which a group of conditions holds, widened to their hosts.

use crate::cow::ShardMap;
use crate::query::pattern::Pattern;
use crate::query::tree::{Expr, Op, Part, Source};
use crate::tables::{Ordinal, PackageEntry, Tables};
use model::Role;
use roaring::RoaringBitmap;
use std::sync::Arc;
use versions::Scheme;

/// The hosts with a package of which all of a group holds. Installed packages are meant, unless the group
/// speaks of roles.
pub(super) fn with_package(of: &Expr<Part>, tables: &Tables, within: RoaringBitmap) -> RoaringBitmap {
    let any_role = !of.every(&|part| !matches!(part, Part::Role(_)));
    let (mut left, mut found) = (within, RoaringBitmap::new());
    for package in candidates(of, tables) {
        let Some(entry) = tables.packages.get(package) else { continue };
        for (role, carrier) in &entry.carriers {
            if !any_role && *role != Role::Installed || left.is_empty() {
                continue;
            }
            let holds = |role| of.truth(&mut |part| of_package(part, entry, role)) == Some(true);
            let Some(carrier) = tables.carrier(*carrier) else { continue };
            let more = if holds(*role) {
                carrier.hosts.and(&left)
            } else if *role == Role::RunningKernel && holds(Role::NextKernel) {
                // A kernel that runs and boots next is one carrier, in the role of the running one.
                let mut on = carrier.hosts.and(&left);
                on.retain(|host| boots_next(tables, host, package));
                on
            } else {
                continue;
            };
            // What was found needs no second look, so that each set meets fewer hosts.
            left -= &more;
            found |= more;
        }
    }
    found
}

fn boots_next(tables: &Tables, host: Ordinal, package: Ordinal) -> bool {
    let is_next = |slot: crate::packed::Slot| slot.role == Role::NextKernel && slot.package == package;
    tables.host(host).is_some_and(|record| record.inventory.slots().any(is_next))
}

/// Packages that may fit: those of a name or source that the group asks for, or all.
pub(super) fn candidates(of: &Expr<Part>, tables: &Tables) -> Vec<Ordinal> {
    let parts = || of.conjuncts().iter().filter_map(|part| if let Expr::Term(part) = part { Some(part) } else { None });
    if let Some(name) = parts().find_map(|part| if let Part::Name(name) = part { Some(name) } else { None }) {
        return named(&tables.names, name);
    }
    if let Some(source) = parts().find_map(|part| if let Part::Source(source) = part { Some(source) } else { None }) {
        // Packages that bear their source's name stand under their own.
        let mut packages = named(&tables.sources, source);
        packages.extend(named(&tables.names, source));
        return packages;
    }
    (0..u32::try_from(tables.packages.len()).unwrap_or(u32::MAX)).collect()
}

/// Packages by names that a pattern fits.
pub(super) fn named(by_name: &ShardMap<Arc<str>, Vec<Ordinal>>, name: &Pattern) -> Vec<Ordinal> {
    match name.literal() {
        Some(name) => by_name.get(name).cloned().unwrap_or_default(),
        None => by_name.iter().filter(|(of, _)| name.fits(of)).flat_map(|(_, packages)| packages.clone()).collect(),
    }
}

/// Whether a condition holds of a package in a role; none where these alone don't tell.
pub(super) fn of_package(part: &Part, entry: &PackageEntry, role: Role) -> Option<bool> {
    let package = &entry.package;
    Some(match part {
        Part::Name(name) => name.fits(&package.name),
        Part::Source(source) => source.fits(&package.source),
        Part::Version(op, version) => has_version(entry, *op, version),
        Part::Arch(arch) => arch.fits(&package.arch),
        Part::Role(of) => *of == role,
        Part::Origin(of) => package.origin.is_distribution() == (*of == Source::Distribution),
        Part::Cve(_)
        | Part::State(_)
        | Part::Severity(..)
        | Part::Fixed(_)
        | Part::Kev(_)
        | Part::Epss(..)
        | Part::Cvss(..)
        | Part::Feed(_)
        | Part::Advisory(_) => return None,
    })
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
