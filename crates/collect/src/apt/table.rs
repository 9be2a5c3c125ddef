//! The versions of installed packages that the lists offer, as apt's cache holds them.

use super::security;
use crate::dpkg::Database;
use crate::relations::Relations;
use formats::deb822::Stanza;
use formats::packages::{self, Package};
use formats::release::Release;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use versions::Scheme;

/// A suite as the lists' index files know it.
#[derive(Debug, Clone, Default)]
pub(super) struct Archive {
    pub(super) release: Release,
    /// The host it comes from; empty with `file:`.
    pub(super) site: String,
    /// Address without credentials.
    pub(super) uri: String,
    /// The suite as the source names it.
    pub(super) source_suite: String,
    /// When its Release file was last modified.
    pub(super) modified: Option<i64>,
}

/// One index: a list file, or dpkg's status.
#[derive(Debug, Clone)]
pub(super) struct Index {
    /// Which archive; none is dpkg's status.
    pub(super) archive: Option<usize>,
    pub(super) component: String,
    pub(super) arch: String,
}

/// One version of a package.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) text: String,
    pub(super) is_all: bool,
    /// `same`, `foreign`, `allowed`, or empty.
    pub(super) multi_arch: String,
    build: u32,
    size: Option<u64>,
    pub(super) source: String,
    pub(super) source_version: String,
    pub(super) phased_percent: Option<u8>,
    /// The indices that hold it, in the order of the sources.
    pub(super) files: Vec<usize>,
    pub(super) is_installed: bool,
    pub(super) relations: Relations,
}

impl Version {
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }
}

/// A package of one architecture; `all` counts as the native one.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) arch: String,
    pub(super) held: bool,
    /// Newest first; of equal versions the one that was read first.
    pub(super) versions: Vec<Version>,
    /// What dpkg says, merged last, as apt does.
    status: Option<Version>,
}

impl Group {
    pub(super) fn installed(&self) -> Option<usize> {
        self.versions.iter().position(|version| version.is_installed)
    }

    /// Adds a version, or its index to an equal one.
    fn merge(&mut self, new: Version) {
        for (at, known) in self.versions.iter_mut().enumerate() {
            match Scheme::Dpkg.compare(&new.text, &known.text) {
                Ordering::Greater => {
                    self.versions.insert(at, new);
                    return;
                }
                Ordering::Equal if known.is_same_build(&new) => {
                    let more = new.files.into_iter().filter(|file| !known.files.contains(file)).collect::<Vec<_>>();
                    known.files.extend(more);
                    known.is_installed |= new.is_installed;
                    return;
                }
                _ => {}
            }
        }
        self.versions.push(new);
    }
}

impl Version {
    /// Two stanzas describe the same build. dpkg's status states no size.
    fn is_same_build(&self, other: &Self) -> bool {
        let sizes_fit = match (self.size, other.size) {
            (Some(one), Some(two)) => one == two || one == 0 || two == 0,
            _ => true,
        };
        self.build == other.build
            && sizes_fit
            && self.is_all == other.is_all
            && self.multi_arch.eq_ignore_ascii_case(&other.multi_arch)
    }
}

/// Everything.
pub(super) struct Table {
    pub(super) native: String,
    pub(super) archives: Vec<Archive>,
    pub(super) files: Vec<Index>,
    pub(super) groups: Vec<Group>,
    by_name: HashMap<String, Vec<usize>>,
    /// Names of which packages are looked for that are not installed, or stand for such a name.
    asked: BTreeSet<String>,
}

impl Table {
    /// A table for the installed packages.
    pub(super) fn new(database: &Database, native: &str) -> Self {
        let mut groups: Vec<Group> = Vec::with_capacity(database.packages.len());
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::with_capacity(database.packages.len());
        for installed in &database.packages {
            let record = &installed.record;
            let is_all = record.arch == "all";
            let arch = if is_all { native } else { &record.arch };
            let known = by_name.entry(record.name.clone()).or_default();
            if known.iter().any(|at| groups[*at].arch == arch) {
                continue;
            }
            known.push(groups.len());
            groups.push(Group {
                name: record.name.clone(),
                arch: arch.to_owned(),
                held: record.held,
                versions: Vec::new(),
                status: Some(Version {
                    text: record.version.clone(),
                    is_all,
                    multi_arch: multi_arch(&installed.multi_arch),
                    build: installed.build,
                    size: None,
                    source: record.source_name().to_owned(),
                    source_version: record.source_version().to_owned(),
                    phased_percent: None,
                    files: Vec::new(),
                    is_installed: true,
                    relations: installed.relations.clone(),
                }),
            });
        }
        Self {
            native: native.to_owned(),
            archives: Vec::new(),
            files: Vec::new(),
            groups,
            by_name,
            asked: BTreeSet::new(),
        }
    }

    /// A table for packages that are not installed: those with one of these names, and those that
    /// provide one.
    pub(super) fn of_names(native: &str, names: &BTreeSet<String>) -> Self {
        let (archives, files, groups, by_name) = (Vec::new(), Vec::new(), Vec::new(), HashMap::new());
        Self { native: native.to_owned(), archives, files, groups, by_name, asked: names.clone() }
    }

    /// The groups of a name, one an architecture.
    pub(super) fn groups_of(&self, name: &str) -> impl Iterator<Item = &Group> {
        self.by_name.get(name).into_iter().flatten().filter_map(|at| self.groups.get(*at))
    }

    /// Whether a package of a list belongs into the table.
    pub(super) fn wants(&self, name: &[u8], stanza: &Stanza<'_>) -> bool {
        let Ok(name) = std::str::from_utf8(name) else { return false };
        if self.asked.is_empty() {
            return self.by_name.contains_key(name);
        }
        self.asked.contains(name) || packages::provided_names(stanza).any(|name| self.asked.contains(name))
    }

    /// Adds a package of a list.
    pub(super) fn add(&mut self, package: &Package<'_>, file: usize) {
        let is_all = package.arch == "all";
        let arch = if is_all { self.native.as_str() } else { package.arch };
        if package.version.is_empty() {
            return;
        }
        let groups = self.by_name.get(package.name).map(Vec::as_slice).unwrap_or_default();
        let at = match groups.iter().copied().find(|at| self.groups[*at].arch == arch) {
            Some(at) => at,
            // Of installed packages the other architectures are none of the host's.
            None if self.asked.is_empty() => return,
            None => self.begin(package.name, arch.to_owned()),
        };
        self.groups[at].merge(Version {
            text: package.version.to_owned(),
            is_all,
            multi_arch: multi_arch(package.multi_arch),
            build: package.build_hash(),
            size: package.size,
            source: package.source_name().to_owned(),
            source_version: package.source_version().to_owned(),
            phased_percent: package.phased_percent.filter(|percent| *percent != 100),
            files: vec![file],
            is_installed: false,
            relations: Relations::of(package),
        });
    }

    /// A group for a package that is not installed.
    fn begin(&mut self, name: &str, arch: String) -> usize {
        let at = self.groups.len();
        self.by_name.entry(name.to_owned()).or_default().push(at);
        self.groups.push(Group { name: name.to_owned(), arch, held: false, versions: Vec::new(), status: None });
        at
    }

    /// Adds dpkg's own view, behind all lists.
    pub(super) fn add_status(&mut self) {
        let file = self.files.len();
        // apt calls the status file's archive "now".
        self.files.push(Index { archive: None, component: "now".to_owned(), arch: String::new() });
        for group in &mut self.groups {
            if let Some(mut status) = group.status.take() {
                status.files.push(file);
                group.merge(status);
            }
        }
    }

    /// The archive of an index.
    pub(super) fn archive(&self, file: usize) -> Option<&Archive> {
        self.archives.get(self.files.get(file)?.archive?)
    }

    /// What an archive calls itself: Origin, else Label, else its host, else its address.
    pub(super) fn archive_name(&self, file: usize) -> Option<String> {
        let archive = self.archive(file)?;
        let names = [&archive.release.origin, &archive.release.label, &archive.site, &archive.uri];
        names.into_iter().find(|name| !name.is_empty()).cloned()
    }

    /// The suite in the archive's words, as apt shows it: Suite, else Codename, else as the source says.
    pub(super) fn suite(&self, file: usize) -> Option<String> {
        let archive = self.archive(file)?;
        let names = [&archive.release.suite, &archive.release.codename, &archive.source_suite];
        names.into_iter().find(|name| !name.is_empty()).cloned()
    }

    /// Whether an index belongs to a security archive.
    pub(super) fn is_security(&self, file: usize) -> bool {
        self.archive(file).is_some_and(|archive| security::is_security(&archive.release, &archive.source_suite))
    }
}

/// `no` is what packages without the field are.
fn multi_arch(text: &str) -> String {
    if text.eq_ignore_ascii_case("no") { String::new() } else { text.to_owned() }
}
