//! Errata of rpm distributions: an update with its packages and the CVEs that it mends, whoever wrote
//! it down and in whichever format (OSV, updateinfo, a vendor's own JSON).
//!
//! An erratum lists CVEs and packages side by side; which CVE is in which package it says only now
//! and then. [`Erratum::advisory`] makes facts of what it does say, by [`attribution`], and keeps the
//! rest as facts of the erratum itself, without a CVE.

pub mod attribution;
pub mod text;

use crate::feed::{Sink, Skipped, Stop};
use crate::formats::cve_id::{self, CveId};
use attribution::Attribution;
use jiff::Timestamp;
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Platform, Severity, Subject};
use std::collections::{BTreeMap, BTreeSet};
use versions::Scheme;

/// Most pairs of CVE and package that one erratum may come to; the largest real one of AlmaLinux' (a
/// kernel's) comes to some 8,000, and TeX Live's 30,000 packages with 30 CVEs would pass.
const MAX_PAIRS: usize = 1_000_000;
/// Longest name, version or CVE, in bytes.
const MAX_NAME_BYTES: usize = 512;
/// Most references kept.
const MAX_REFERENCES: usize = 200;
/// Longest title, in characters.
const MAX_TITLE: usize = 200;

/// One erratum, as far as a vendor's format says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erratum {
    /// Its id: `ALSA-2022:4940`.
    pub id: String,
    /// The part of it that the document has (`9/AppStream`), where the vendor spreads an erratum over
    /// several; empty where it is whole. It follows the id in the advisory's, after a space.
    pub part: String,
    /// One line for people; also where modules and components are named.
    pub title: String,
    /// What it is about. An erratum that names CVEs is security whatever it is called.
    pub kind: AdvisoryKind,
    /// The vendor's severity.
    pub severity: Severity,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// The vendor has withdrawn it.
    pub withdrawn: bool,
    /// The CVEs that it mends.
    pub cves: BTreeSet<String>,
    /// The vendor's text, where CVEs may be named with their component.
    pub text: String,
    /// Its packages, source packages included.
    pub packages: Vec<Package>,
    /// The packages are source packages, each standing for everything built from it.
    pub of_sources: bool,
    /// Links for people.
    pub references: Vec<String>,
    /// The record has no package at all, not even one that is passed over: its list is empty or missing.
    pub names_no_package: bool,
}

/// A package of an erratum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The release that it is for.
    pub platform: Platform,
    /// Its name.
    pub name: String,
    /// `EPOCH:VERSION-RELEASE`, the epoch only where it is not 0.
    pub evr: String,
    /// Its architecture; empty where the format has none. `src` is a source package.
    pub arch: String,
    /// The name of its source package, where the record says so.
    pub source: Option<String>,
    /// Labels of the modules that it may belong to, `*` for one that is not named; empty is none.
    pub modules: Vec<String>,
}

/// `EPOCH:VERSION-RELEASE` without an epoch of 0.
#[must_use]
pub fn evr(epoch: &str, version: &str, release: &str) -> String {
    match epoch.trim_start_matches('0') {
        "" => format!("{version}-{release}"),
        epoch => format!("{epoch}:{version}-{release}"),
    }
}

/// What keeps builds of a package apart that are not compared with each other.
type Stream = (Platform, String, String);

impl Erratum {
    /// The advisory that it is, with notes on what was left out of it.
    ///
    /// One fact a CVE, package, release and module: builds of other architectures are folded into it
    /// where their version is the same, since an erratum's list of architectures says what was built
    /// and not what is affected. Where versions differ by architecture there is a fact each, and of
    /// several builds for the same one the earliest counts, for each of them has the fix.
    ///
    /// # Errors
    /// Why the erratum as a whole is left out.
    pub fn advisory(mut self) -> Result<(Advisory, Vec<Skipped>), String> {
        if self.id.is_empty() || self.id.len() > MAX_NAME_BYTES || self.id.chars().any(char::is_control) {
            return Err("its id is empty, too long or no text".to_owned());
        }
        let mut notes = Vec::new();
        let names = self.names();
        let mut cves = BTreeSet::new();
        for cve in std::mem::take(&mut self.cves) {
            let note = |why: String| Skipped::new(&self.id, None, why);
            cves.extend(match CveId::of(&cve) {
                CveId::Sound(_) => Some(cve),
                CveId::Mended(id) => {
                    notes.push(note(cve_id::is_written(&cve, &id)).harmless());
                    Some(id)
                }
                // The packages and their fixes are taken all the same, but which CVE they mend is not known.
                CveId::Broken | CveId::Other => {
                    notes.push(note(cve_id::is_none(&cve)).of_text(&cve).of_packages(names.iter().map(String::as_str)));
                    None
                }
            });
        }
        self.cves = cves;
        self.packages.retain(|package| match check(package) {
            Ok(()) => true,
            Err(why) => {
                let note = Skipped::new(&format!("{} {}", self.id, shown(&package.name)), None, why);
                notes.push(note.of_packages([package.name.as_str()]).on(&package.platform));
                false
            }
        });
        let (cves, packages) = (self.cves.len(), self.packages.len());
        // Before anything is multiplied: builds of several architectures come to one fact.
        if packages.saturating_mul(cves + 1) > MAX_PAIRS {
            return Err(format!("its {cves} CVEs and {packages} packages are more than {MAX_PAIRS} pairs"));
        }
        let attribution = attribution::attribute(&self);
        let rows = self.rows();
        let facts = self.facts(&rows, &attribution);
        if !self.cves.is_empty() {
            self.kind = AdvisoryKind::Security;
        }
        self.references.truncate(MAX_REFERENCES);
        let advisory = Advisory {
            id: if self.part.is_empty() { self.id } else { format!("{} {}", self.id, self.part) },
            title: self.title.lines().next().unwrap_or_default().chars().take(MAX_TITLE).collect(),
            kind: self.kind,
            published: self.published,
            updated: self.updated,
            withdrawn: self.withdrawn,
            cves: self.cves.into_iter().collect(),
            facts,
            references: self.references,
        };
        Ok((advisory, notes))
    }

    /// Hands over the notes of its reader and the advisory that it is, or why it is left out.
    pub(crate) fn hand_over(self, notes: Vec<Skipped>, line: Option<u64>, sink: &mut dyn Sink) -> Result<(), Stop> {
        for note in notes {
            sink.skipped(note)?;
        }
        if self.names_no_package && (self.kind.is_security() || !self.cves.is_empty()) {
            // An update of nothing is none: what it was for is lost.
            let note = Skipped::new(&self.id, line, "it names no package");
            sink.skipped(note.of_cves(self.cves.iter().map(String::as_str)).of_anything())?;
        }
        // What it names is lost with it, in case that it is left out.
        let note = |why: String, id: &str, packages: &[String], platform: Option<&Platform>| {
            let note = Skipped::new(id, line, why).of_packages(packages.iter().map(String::as_str)).of_anything();
            platform.into_iter().fold(note, Skipped::on)
        };
        let (id, packages) = (self.id.clone(), self.names());
        let mut platforms = self.packages.iter().map(|package| &package.platform);
        let first = platforms.next().filter(|first| platforms.all(|other| other == *first)).cloned();
        match self.advisory() {
            Err(why) => sink.skipped(note(why, &id, &packages, first.as_ref())),
            Ok((advisory, notes)) => {
                for note in notes {
                    sink.skipped(note)?;
                }
                sink.advisory(advisory)
            }
        }
    }

    /// The names of its packages, each once.
    fn names(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.packages.iter().map(|package| package.name.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Binary packages by stream: version and architectures (empty is all).
    fn rows(&self) -> BTreeMap<Stream, Vec<(String, Vec<String>)>> {
        let mut by_arch: BTreeMap<Stream, BTreeMap<&str, &str>> = BTreeMap::new();
        for package in self.packages.iter().filter(|package| !package.is_source()) {
            for module in package.module_labels() {
                let stream = (package.platform.clone(), package.name.clone(), module);
                let earliest = by_arch.entry(stream).or_default().entry(&package.arch).or_insert(&package.evr);
                if Scheme::Rpm.compare(&package.evr, earliest).is_lt() {
                    *earliest = &package.evr;
                }
            }
        }
        by_arch
            .into_iter()
            .map(|(stream, arches)| {
                let mut versions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
                for (arch, evr) in arches {
                    versions.entry(evr).or_default().push(arch.to_owned());
                }
                let alone = versions.len() == 1;
                let rows = versions.into_iter().map(|(evr, arches)| {
                    (evr.to_owned(), if alone || arches.iter().any(|arch| is_any(arch)) { Vec::new() } else { arches })
                });
                (stream, rows.collect())
            })
            .collect()
    }

    fn facts(&self, rows: &BTreeMap<Stream, Vec<(String, Vec<String>)>>, attribution: &Attribution<'_>) -> Vec<Fact> {
        let mut facts = Vec::new();
        for ((platform, name, module), versions) in rows {
            let cves = attribution.cves_of(platform, name);
            let own = attribution.needs_own_fact(platform, name).then_some("");
            for (evr, arches) in versions {
                facts.extend(cves.iter().copied().chain(own).map(|cve| Fact {
                    platform: platform.clone(),
                    subject: if self.of_sources {
                        Subject::Source(name.clone())
                    } else {
                        Subject::Binary(name.clone())
                    },
                    cve: cve.to_owned(),
                    status: FactStatus::Fixed(evr.clone()),
                    words: String::new(),
                    severity: self.severity,
                    arches: arches.clone(),
                    channel: String::new(),
                    module: module.clone(),
                }));
            }
        }
        facts
    }
}

impl Package {
    /// Whether it is a source package.
    #[must_use]
    pub fn is_source(&self) -> bool {
        matches!(self.arch.as_str(), "src" | "nosrc")
    }

    /// The labels that the package may carry, an empty one where it is of no module. What is split off
    /// as `X-devel` is built in `X` and labelled so.
    fn module_labels(&self) -> BTreeSet<String> {
        let mut labels: BTreeSet<String> = self.modules.iter().cloned().collect();
        labels.extend(self.modules.iter().filter_map(|label| {
            let (name, stream) = label.split_once(':')?;
            Some(format!("{}:{stream}", name.strip_suffix("-devel")?))
        }));
        if labels.is_empty() {
            labels.insert(String::new());
        }
        labels
    }
}

/// Whether an architecture stands for all of them.
fn is_any(arch: &str) -> bool {
    matches!(arch, "" | "noarch")
}

fn check(package: &Package) -> Result<(), String> {
    let texts = [&package.name, &package.evr, &package.arch].into_iter().chain(&package.source).chain(&package.modules);
    for text in texts {
        if text.len() > MAX_NAME_BYTES || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(format!("'{}' is too long or no name", shown(text)));
        }
    }
    if package.name.is_empty() {
        return Err("a package has no name".to_owned());
    }
    crate::version::check(Scheme::Rpm, &package.evr).map_err(|error| format!("version: {error}"))
}

/// A short, printable form of foreign text for messages.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_debug).collect()
}
