//! Security databases of apk distributions (`secfixes`), JSON as published and YAML as before 2020.
//!
//! Format: <https://git.alpinelinux.org/alpine-secdb>, <https://github.com/wolfi-dev/advisories>. A
//! document is one repository of one release: packages, each with versions, each with the issues
//! fixed by it.
//!
//! What is odd: a package is a *source* (apk's origin); a version `0` means that no version of this
//! release was ever affected; one entry may hold several names of one issue
//! (`CVE-2017-2620 XSA-209`); names other than CVEs (`XSA-`, `GHSA-`, `ALPINE-`) stand alone where
//! there is no CVE; the same issue may stand under two versions when the first fix was incomplete; a
//! CVE that was not given out yet is a row of question marks (`CVE-????-????? XSA-295`); a version
//! under which nothing stands has an empty object in place of a list.

use super::cve_id::{self, CveId};
use super::distinct::Distinct;
use super::{errata, salvage, yaml};
use crate::feed::{Lost, Sink, Skipped, Unreadable};
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Platform, Severity, Subject};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};
use versions::Scheme;

/// Largest document in bytes; the largest real one has 10 MB.
const MAX_BYTES: u64 = 128 << 20;
/// Largest YAML document in bytes; the largest real one has 150 KB, and YAML is read ten times more slowly.
const MAX_YAML_BYTES: usize = 4 << 20;
/// Most issues of a document; the largest real one has some 100,000.
const MAX_ISSUES: usize = 5_000_000;
/// Longest name of a package, version or issue entry.
const MAX_NAME: usize = 256;

/// What a vendor's table says of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The release that it speaks of.
    pub platform: Platform,
    /// What sets its records apart from those of the feed's other documents: `v3.20/main`; may be empty.
    pub label: String,
}

/// The head of a document.
#[derive(Debug, Clone, Deserialize)]
pub struct Head {
    /// `v3.20`, `edge`; Wolfi and Chainguard have none.
    #[serde(default)]
    pub distroversion: String,
    /// `main`, `community`, `os`.
    #[serde(default)]
    pub reponame: String,
}

/// The document, in which every package is read by itself.
#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    distroversion: String,
    #[serde(default)]
    reponame: String,
    /// Null or absent in a repository without any (v3.2 and edge have had such).
    #[serde(default)]
    packages: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
struct Entry {
    pkg: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    /// Missing or null it says nothing; empty it says that nothing was mended.
    #[serde(default)]
    secfixes: Option<Distinct<String, Value>>,
}

/// Reads a document. `place` gives what its head means, or why that can't be told.
///
/// # Errors
/// When it is no such document.
pub fn read(
    body: &mut dyn BufRead,
    place: &dyn Fn(&Head) -> Result<Place, String>,
    sink: &mut dyn Sink,
) -> Result<(), Unreadable> {
    let mut text = String::new();
    let read = body.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| Unreadable::Io(error.to_string()))?;
    if read as u64 > MAX_BYTES {
        return Err(Unreadable::Malformed { line: 1, why: format!("more than {MAX_BYTES} bytes") });
    }
    let document: Document = if text.trim_start().starts_with('{') {
        serde_json::from_str(&text)
    } else if text.len() > MAX_YAML_BYTES {
        return Err(Unreadable::Malformed {
            line: 1,
            why: format!("no JSON, and more than {MAX_YAML_BYTES} bytes of YAML"),
        });
    } else {
        // The text of what it amounts to, so that there is one way to read a package.
        serde_json::to_string(&yaml::read(&text)?).and_then(|text| serde_json::from_str(&text))
    }
    .map_err(|error| Unreadable::Malformed { line: error.line().max(1) as u64, why: error.to_string() })?;
    drop(text);
    let head = Head { distroversion: document.distroversion, reponame: document.reponame };
    if head.reponame.is_empty() {
        return Err(Unreadable::Malformed { line: 1, why: "the document names no repository (reponame)".to_owned() });
    }
    let place = place(&head).map_err(|why| Unreadable::Malformed { line: 1, why })?;
    let mut issues = 0;
    for raw in document.packages.unwrap_or_default() {
        match serde_json::from_str::<Entry>(raw.get()) {
            Ok(entry) if fits(&entry.pkg.name) => issues += package(&place, entry.pkg, sink)?,
            Ok(_) => {
                sink.skipped(unread(&place, raw.get(), "the package's name is no text or too long"))?;
            }
            Err(error) => sink.skipped(unread(&place, raw.get(), &error.to_string()))?,
        }
        if issues > MAX_ISSUES {
            return Err(Unreadable::Malformed { line: 1, why: format!("more than {MAX_ISSUES} issues") });
        }
    }
    Ok(())
}

/// A note on an entry that is not understood: all that it says of its package is lost, whatever issues it names.
fn unread(place: &Place, text: &str, why: &str) -> Skipped {
    let note = salvage::skipped(text, why, &[&["pkg", "name"]], &|name| fits(name).then(|| name.to_owned()));
    let lost = note.lost.clone().map(|lost| Lost {
        anything: lost.packages.is_empty(),
        cves: Vec::new(),
        platform: Some(place.platform.clone()),
        ..lost
    });
    note.losing(lost)
}

fn fits(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_NAME && !name.chars().any(char::is_control)
}

/// Hands over what is said of one package, an issue a record, and gives their number.
fn package(place: &Place, package: Package, sink: &mut dyn Sink) -> Result<usize, Unreadable> {
    let scheme = Scheme::of_distribution(place.platform.distribution());
    let mut issues: BTreeMap<String, Issue> = BTreeMap::new();
    let lost = |record: &str, why: String| {
        Skipped::new(record, None, why).of_packages([package.name.as_str()]).on(&place.platform)
    };
    let Some(Distinct(secfixes)) = package.secfixes else {
        sink.skipped(lost(&package.name, "the package has no list of fixes (secfixes)".to_owned()))?;
        return Ok(0);
    };
    for (version, names) in secfixes {
        let names = match names {
            Value::Array(names) => names,
            Value::Object(names) if names.is_empty() => Vec::new(),
            other => {
                let record = format!("{} {version}", package.name);
                let why = format!("'{}' is no list of issues", errata::shown(&other.to_string()));
                sink.skipped(lost(&record, why))?;
                continue;
            }
        };
        let status = match version.as_str() {
            "0" => FactStatus::NotAffected,
            version => match scheme.map_or(Ok(()), |scheme| crate::version::check(scheme, version)) {
                Ok(()) => FactStatus::Fixed(version.to_owned()),
                Err(error) => {
                    for name in names {
                        let record = format!("{} {version} {name}", package.name);
                        let issue: Vec<String> = match name.as_str().map(entry_of) {
                            Some(entry) if entry.odd.is_empty() => entry.keys.into_iter().chain(entry.others).collect(),
                            _ => Vec::new(),
                        };
                        sink.skipped(lost(&record, error.clone()).of_cves(issue.iter().map(String::as_str)))?;
                    }
                    continue;
                }
            },
        };
        for name in names {
            let record = format!("{} {version} {name}", package.name);
            let Some(entry) = name.as_str().filter(|entry| fits(entry)) else {
                sink.skipped(lost(&record, "the issue's name is no text or too long".to_owned()))?;
                continue;
            };
            let entry = entry_of(entry);
            for (written, id) in &entry.mended {
                sink.skipped(Skipped::new(&record, None, cve_id::is_written(written, id)).harmless())?;
            }
            for written in &entry.odd {
                sink.skipped(lost(&record, format!("'{}' is no name of an issue", errata::shown(written))))?;
            }
            for key in &entry.keys {
                let issue = issues.entry(key.clone()).or_default();
                issue.statuses.push(status.clone());
                issue.names.extend(entry.others.iter().filter(|name| *name != key).cloned());
            }
        }
    }
    let count = issues.len();
    for (cve, mut issue) in issues {
        issue.names.sort();
        issue.names.dedup();
        let words = issue.names.join(" ");
        let fact = |status: FactStatus| Fact {
            platform: place.platform.clone(),
            subject: Subject::Source(package.name.clone()),
            cve: cve.clone(),
            status,
            words: words.clone(),
            severity: Severity::Unknown,
            arches: Vec::new(),
            channel: String::new(),
            module: String::new(),
        };
        let label = if place.label.is_empty() { String::new() } else { format!(" {}", place.label) };
        sink.advisory(Advisory {
            id: format!("{cve} {}{label}", package.name),
            title: String::new(),
            kind: AdvisoryKind::Security,
            published: None,
            updated: None,
            withdrawn: false,
            cves: if cve.starts_with("CVE-") { vec![cve.clone()] } else { Vec::new() },
            facts: issue.statuses.into_iter().map(fact).collect(),
            references: Vec::new(),
        })?;
    }
    Ok(count)
}

/// An entry: the names of one issue, or of some.
#[derive(Default)]
struct Names {
    /// Under which it is known: its CVEs, else its first name.
    keys: Vec<String>,
    /// The names beside CVEs.
    others: Vec<String>,
    /// Ids of CVEs that are written otherwise, and as they should be.
    mended: Vec<(String, String)>,
    /// What is no name.
    odd: Vec<String>,
}

/// Reads an entry.
fn entry_of(entry: &str) -> Names {
    let mut names = Names::default();
    let mut words = entry.split_whitespace().peekable();
    while let Some(word) = words.next() {
        // `CVE 2018-16859`
        let number = words
            .next_if(|next| word.eq_ignore_ascii_case("cve") && next.starts_with(|first: char| first.is_ascii_digit()));
        let written = number.map_or_else(|| word.to_owned(), |number| format!("{word} {number}"));
        match CveId::of(&written) {
            CveId::Sound(id) => names.keys.push(id.to_owned()),
            CveId::Mended(id) => {
                names.keys.push(id.clone());
                names.mended.push((written, id));
            }
            // One that was not given out yet.
            CveId::Broken if written == "CVE-????-?????" => {}
            CveId::Broken => names.odd.push(written),
            CveId::Other if is_name(&written) => names.others.push(written),
            // A remark: `CVE-2018-14467 (BGP)`.
            CveId::Other => {}
        }
    }
    if names.keys.is_empty() {
        // The CVE is the key that other feeds share; the other names of the entry label it.
        names.keys.extend(names.others.first().cloned());
    }
    if names.keys.is_empty() && names.odd.is_empty() {
        names.odd.push(entry.to_owned());
    }
    names
}

/// Whether a word is a name that some authority gives issues: `XSA-209`, `GHSA-88jx-383q-w4qc`, `wnpa-sec-2017-21`.
fn is_name(word: &str) -> bool {
    let Some((authority, number)) = word.split_once('-') else { return false };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    !authority.is_empty()
        && authority.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && number.bytes().all(plain)
        && (number.bytes().any(|byte| byte.is_ascii_digit()) || authority == "GHSA")
}

/// What is said of one issue of one package.
#[derive(Default)]
struct Issue {
    statuses: Vec<FactStatus>,
    /// Its other names.
    names: Vec<String>,
}
