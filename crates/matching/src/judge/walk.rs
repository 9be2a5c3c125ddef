//! Which rows speak of a package.

use crate::alias::alias;
use crate::kernels::any_build;
use crate::rules::{NO_TEXT, Row, Rules, Status, Subject, TextId};
use model::Package;
use versions::Scheme;

/// One name under which the vendor's data may speak of the package.
#[derive(Debug)]
pub(crate) struct Side<'p, 'r> {
    /// `source` or `package`, for people.
    pub(crate) kind: &'static str,
    pub(crate) name: std::borrow::Cow<'p, str>,
    /// The package's version in the subject's terms.
    pub(crate) version: std::borrow::Cow<'p, str>,
    pub(crate) key: Vec<u8>,
    pub(crate) subject: &'r Subject,
}

/// A row that speaks of the package.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speaking<'r> {
    pub(crate) row: &'r Row,
    /// Place of its side.
    pub(crate) side: usize,
    /// Whether it speaks of the package's module stream; if not, nobody says which stream one of the
    /// two is of.
    pub(crate) sure: bool,
}

/// A CVE that may be open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    cve: TextId,
    /// Place of its first row on the side that named it.
    at: u32,
}

/// The sides that facts name, the one that goes first where several speak first: the binary, then
/// its source, then the source that it is the signed form of.
pub(crate) type Sides<'p, 'r> = Vec<Side<'p, 'r>>;

impl Rules {
    pub(crate) fn sides<'p, 'r>(&'r self, package: &'p Package) -> Sides<'p, 'r> {
        let mut sides = Vec::new();
        let Some(scheme) = self.scheme else { return sides };
        let alias = alias(package);
        let any_build = any_build(&package.platform, &package.name);
        if let Some(subject) = self.by_binary.get(any_build.as_ref()) {
            let (name, version) = (package.name.as_str().into(), package.version.as_str().into());
            sides.push(side(scheme, "package", name, version, subject));
        }
        if let Some(subject) = self.by_source.get(package.source.as_str()) {
            let (name, version) = (package.source.as_str().into(), package.source_version.as_str().into());
            sides.push(side(scheme, "source", name, version, subject));
        }
        if let Some(alias) = alias
            && let Some(subject) = self.by_source.get(alias.source.as_ref())
        {
            sides.push(side(scheme, "source", alias.source, alias.version, subject));
        }
        sides
    }

    /// Calls `each` with the rows of every CVE that speak of the package, sorted by CVE.
    pub(crate) fn groups<'r>(
        &'r self,
        package: &Package,
        sides: &Sides<'_, 'r>,
        each: &mut dyn FnMut(&[Speaking<'r>]),
    ) {
        let built = Built::of(package);
        let mut rows: Vec<Speaking<'r>> = Vec::new();
        for (at, side) in sides.iter().enumerate() {
            rows.extend(self.rows_of(&side.subject.rows).iter().filter_map(|row| self.speaking_row(row, at, built)));
        }
        if sides.len() > 1 {
            rows.sort_by_key(|speaking| (speaking.row.cve, speaking.side));
        }
        for group in rows.chunk_by(|a, b| a.row.cve == b.row.cve) {
            each(group);
        }
    }

    /// The CVEs that may be open for the package, sorted: what its version has settled is not looked at.
    pub(crate) fn candidates(&self, package: &Package, sides: &Sides<'_, '_>) -> Vec<Candidate> {
        let built = Built::of(package);
        let mut found = Vec::new();
        for side in sides {
            if built.stream.is_empty() && !built.modular {
                for at in self.order_of(&side.subject.plain) {
                    // The greatest fixed version first: the first that the version reaches ends it.
                    match self.rows.get(*at as usize) {
                        Some(row) if side.key.as_slice() < self.key(row.key) => {
                            if self.of_arch(row, built) {
                                found.push(Candidate { cve: row.cve, at: *at });
                            }
                        }
                        _ => break,
                    }
                }
            }
            for at in self.order_of(&side.subject.rest) {
                let rows = self.rows.get(*at as usize..side.subject.rows.end as usize).unwrap_or_default();
                let Some(first) = rows.first() else { continue };
                let mut group = rows.iter().take_while(|row| row.cve == first.cve);
                let open = |row: &Row| {
                    self.may_be_open(row, side)
                        && self.speaking_row(row, 0, built).is_some_and(|speaking| speaking.sure)
                };
                if group.any(open) {
                    found.push(Candidate { cve: first.cve, at: *at });
                }
            }
        }
        found.sort_unstable_by_key(|candidate| candidate.cve);
        found.dedup_by_key(|candidate| candidate.cve);
        found
    }

    /// The rows of a candidate that speak of the package, by side.
    pub(crate) fn group_of<'r>(
        &'r self,
        package: &Package,
        sides: &Sides<'_, 'r>,
        candidate: Candidate,
        group: &mut Vec<Speaking<'r>>,
    ) {
        let [side] = sides.as_slice() else { return self.group(package, sides, candidate.cve, group) };
        group.clear();
        let built = Built::of(package);
        let rows = self.rows.get(candidate.at as usize..side.subject.rows.end as usize).unwrap_or_default();
        let of_cve = rows.iter().take_while(|row| row.cve == candidate.cve);
        group.extend(of_cve.filter_map(|row| self.speaking_row(row, 0, built)));
    }

    fn may_be_open(&self, row: &Row, side: &Side<'_, '_>) -> bool {
        match row.status {
            Status::Fixed => side.key.as_slice() < self.key(row.key),
            Status::NotAffected => false,
            Status::Affected | Status::WillNotFix | Status::UnderInvestigation => true,
        }
    }

    /// The rows of one CVE that speak of the package, by side.
    pub(crate) fn group<'r>(
        &'r self,
        package: &Package,
        sides: &Sides<'_, 'r>,
        cve: TextId,
        group: &mut Vec<Speaking<'r>>,
    ) {
        group.clear();
        let built = Built::of(package);
        for (at, side) in sides.iter().enumerate() {
            let rows = self.rows_of(&side.subject.rows);
            let start = rows.partition_point(|row| row.cve < cve);
            let of_cve = rows.get(start..).unwrap_or_default().iter().take_while(|row| row.cve == cve);
            group.extend(of_cve.filter_map(|row| self.speaking_row(row, at, built)));
        }
    }

    fn of_arch(&self, row: &Row, built: Built<'_>) -> bool {
        row.arches == NO_TEXT || self.text(row.arches).split(' ').any(|arch| arch == built.arch)
    }

    /// Whether a row speaks of a build, by architecture (rule 8) and module stream (rule 5): of no
    /// module for what was built for none, of the very stream otherwise.
    fn speaking_row<'r>(&'r self, row: &'r Row, side: usize, built: Built<'_>) -> Option<Speaking<'r>> {
        if !self.of_arch(row, built) {
            return None;
        }
        let module = if row.module == NO_TEXT { "" } else { self.text(row.module) };
        let sure = if module.is_empty() || !built.modular {
            (module == built.stream && (!module.is_empty() || !built.modular)).then_some(true)
        } else if module == ANY_STREAM || built.stream.is_empty() {
            Some(false)
        } else {
            (module == built.stream).then_some(true)
        };
        sure.map(|sure| Speaking { row, side, sure })
    }
}

/// The module of facts that do not name their stream.
const ANY_STREAM: &str = "*";

/// What rows are limited by.
#[derive(Clone, Copy)]
struct Built<'p> {
    arch: &'p str,
    /// `name:stream`; empty where there is none, or none is known.
    stream: &'p str,
    /// It was built for a module, by its label or its release.
    modular: bool,
}

impl<'p> Built<'p> {
    fn of(package: &'p Package) -> Self {
        Self {
            arch: &package.arch,
            stream: &package.module,
            modular: !package.module.is_empty() || crate::compile::modular(&package.version),
        }
    }
}

fn side<'p, 'r>(
    scheme: Scheme,
    kind: &'static str,
    name: std::borrow::Cow<'p, str>,
    version: std::borrow::Cow<'p, str>,
    subject: &'r Subject,
) -> Side<'p, 'r> {
    Side { kind, key: scheme.key(&version), name, version, subject }
}
