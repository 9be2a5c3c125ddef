//! Which rows speak of a package.

use crate::alias::alias;
use crate::kernels::any_build;
use crate::rules::{Arches, NO_TEXT, Row, Rules, Status, Subject, TextId};
use model::Package;
use std::borrow::Cow;
use std::ops::Deref;
use versions::Scheme;

/// One name under which the vendor's data may speak of the package.
#[derive(Debug)]
pub(crate) struct Side<'p, 'r> {
    /// `source` or `package`, for people.
    pub(crate) kind: &'static str,
    pub(crate) name: Cow<'p, str>,
    /// The package's version in the subject's terms.
    pub(crate) version: Cow<'p, str>,
    pub(crate) key: Vec<u8>,
    /// Place of its subject.
    pub(crate) at: u32,
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

/// The sides that facts name, the one that goes first where several speak first: the binary, then its
/// source, then the source that it is the signed form of.
#[derive(Debug, Default)]
pub(crate) struct Sides<'p, 'r> {
    all: Vec<Side<'p, 'r>>,
    pub(super) built: Built,
}

impl<'p, 'r> Deref for Sides<'p, 'r> {
    type Target = [Side<'p, 'r>];

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

impl Rules {
    pub(crate) fn sides<'p, 'r>(&'r self, package: &'p Package) -> Sides<'p, 'r> {
        let mut all = Vec::new();
        let Some(scheme) = self.scheme else { return Sides::default() };
        let alias = alias(package);
        let any_build = any_build(&package.platform, &package.name);
        if let Some((at, subject)) = self.subject(&self.by_binary, any_build.as_ref()) {
            let (name, version) = (package.name.as_str().into(), package.version.as_str().into());
            all.push(side(scheme, "package", name, version, (at, subject)));
        }
        if let Some((at, subject)) = self.subject(&self.by_source, package.source.as_str()) {
            let (name, version) = (package.source.as_str().into(), package.source_version.as_str().into());
            all.push(side(scheme, "source", name, version, (at, subject)));
        }
        if let Some(alias) = alias
            && let Some((at, subject)) = self.subject(&self.by_source, alias.source.as_ref())
        {
            all.push(side(scheme, "source", alias.source, alias.version, (at, subject)));
        }
        let built = if all.is_empty() { Built::default() } else { self.built(package, &all) };
        Sides { all, built }
    }

    /// What rows of these sides can be limited by; equal for packages between which none of them tells.
    fn built(&self, package: &Package, sides: &[Side<'_, '_>]) -> Built {
        let by_arch = sides.iter().any(|side| side.subject.by_arch);
        let by_module = sides.iter().any(|side| side.subject.by_module);
        let stream = match package.module.as_str() {
            "" => NO_TEXT,
            module if by_module && module != ANY_STREAM => self.text_id(module).unwrap_or(OTHER_STREAM),
            _ => OTHER_STREAM,
        };
        Built {
            arch: if by_arch { self.arches.named(&package.arch) } else { Arches::NONE },
            stream,
            modular: !package.module.is_empty() || crate::compile::modular(&package.version),
        }
    }

    /// Calls `each` with the rows of every CVE that speak of the package, sorted by CVE.
    pub(crate) fn groups<'r>(&'r self, sides: &Sides<'_, 'r>, each: &mut dyn FnMut(&[Speaking<'r>])) {
        let built = sides.built;
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
    pub(crate) fn candidates(&self, sides: &Sides<'_, '_>) -> Vec<Candidate> {
        let built = sides.built;
        let mut found = Vec::new();
        for side in sides.iter() {
            if !built.modular {
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
    pub(crate) fn group_of<'r>(&'r self, sides: &Sides<'_, 'r>, candidate: Candidate, group: &mut Vec<Speaking<'r>>) {
        let [side] = sides.all.as_slice() else { return self.group(sides, candidate.cve, group) };
        group.clear();
        let built = sides.built;
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
    pub(crate) fn group<'r>(&'r self, sides: &Sides<'_, 'r>, cve: TextId, group: &mut Vec<Speaking<'r>>) {
        group.clear();
        let built = sides.built;
        for (at, side) in sides.iter().enumerate() {
            let rows = self.rows_of(&side.subject.rows);
            let start = rows.partition_point(|row| row.cve < cve);
            let of_cve = rows.get(start..).unwrap_or_default().iter().take_while(|row| row.cve == cve);
            group.extend(of_cve.filter_map(|row| self.speaking_row(row, at, built)));
        }
    }

    fn of_arch(&self, row: &Row, built: Built) -> bool {
        self.arches.has(row.arches, built.arch)
    }

    /// Whether a row speaks of a build, by architecture (rule 8) and module stream (rule 5): of no
    /// module for what was built for none, of the very stream otherwise.
    fn speaking_row<'r>(&'r self, row: &'r Row, side: usize, built: Built) -> Option<Speaking<'r>> {
        if !self.of_arch(row, built) {
            return None;
        }
        let sure = match (row.module, built.modular) {
            (NO_TEXT, modular) => (!modular).then_some(true),
            (_, false) => None,
            (_, true) if built.stream == NO_TEXT => Some(false),
            (module, true) if module == built.stream => Some(true),
            (module, true) => (self.text(module) == ANY_STREAM).then_some(false),
        };
        sure.map(|sure| Speaking { row, side, sure })
    }
}

/// The module of facts that do not name their stream.
const ANY_STREAM: &str = "*";

/// A module stream that no row names.
const OTHER_STREAM: TextId = TextId::MAX;

/// What rows are limited by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Built {
    /// Place in [`Arches`]; none where no row is limited by it.
    arch: u32,
    /// `name:stream`; [`NO_TEXT`] where there is none, or none is known.
    stream: TextId,
    /// It was built for a module, by its label or its release.
    modular: bool,
}

fn side<'p, 'r>(
    scheme: Scheme,
    kind: &'static str,
    name: Cow<'p, str>,
    version: Cow<'p, str>,
    (at, subject): (u32, &'r Subject),
) -> Side<'p, 'r> {
    Side { kind, key: scheme.key(&version), name, version, at, subject }
}
