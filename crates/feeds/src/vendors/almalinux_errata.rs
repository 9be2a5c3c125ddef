//! AlmaLinux' errata as its own JSON.
//!
//! Addresses: `https://errata.almalinux.org/RELEASE/errata.full.json`, one a major release; the
//! shorter `errata.json` beside it is read as well. There is no description of the format.
//!
//! ```text
//! {"data": [{"id", "type", "severity", "title", "description", "issued_date", "updated_date",
//!   "packages": [{"name", "epoch", "version", "release", "arch", "src", "module"}],
//!   "modules": [..], "references": [{"id", "type", "href"}]}]}
//! ```
//!
//! What is odd: `errata.json` is a list whose records have `updateinfo_id`, their packages under
//! `pkglist`, the one module beside them, and dates as `{"$date": MILLISECONDS}`; the longer form has
//! seconds, and the module as a text at each package. Every package names its source.
//!
//! Not affected, won't fix: not said.

use super::almalinux;
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::errata::{self, Erratum, text};
use crate::formats::json_list::{self, Item, Limits};
use crate::formats::{osv, peek, salvage};
use jiff::Timestamp;
use model::Platform;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct AlmaLinuxErrata;

/// Where the documents are; `RELEASE/errata.full.json` follows.
pub const URL: &str = "https://errata.almalinux.org";

const LIMITS: Limits = Limits { records: 1_000_000, record_bytes: 32 << 20 };

impl Feed for AlmaLinuxErrata {
    fn id(&self) -> &'static str {
        "almalinux-errata"
    }

    fn title(&self) -> &'static str {
        "AlmaLinux errata"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn platforms(&self) -> Vec<Platform> {
        almalinux::platforms()
    }

    fn has_many(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        if let Some(url) = &config.url {
            return Ok(vec![Document { name: "errata.full.json".to_owned(), url: url.clone() }]);
        }
        let of =
            |major: &&str| Document { name: format!("{major}/errata"), url: format!("{URL}/{major}/errata.full.json") };
        Ok(almalinux::MAJORS.iter().map(of).collect())
    }

    fn parse(&self, document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        // The same erratum may stand in the documents of several releases, with its packages for each.
        let part = document.name.split('/').find(|part| almalinux::MAJORS.contains(part)).unwrap_or_default();
        let path: &[&str] = if peek::first_byte(body)? == Some(b'[') { &[] } else { &["data"] };
        let records = json_list::each(body, path, LIMITS, &mut |item| {
            match item {
                Item::TooLong(start) => sink.skipped(salvage::too_long(start))?,
                Item::Record(text) => match serde_json::from_str::<Record>(text) {
                    Err(error) => sink.skipped(unread(text, format!("no erratum: {error}")))?,
                    Ok(record) => take(record, part, sink)?,
                },
            }
            Ok(())
        })?;
        if records == 0 {
            return Err(Unreadable::Malformed { line: 1, why: "the document holds no erratum".to_owned() });
        }
        Ok(())
    }
}

/// A note on an erratum that is not understood, in either form.
fn unread(text: &str, why: String) -> Skipped {
    let paths: &[salvage::Path<'_>] = &[&["packages", "*", "name"], &["pkglist", "packages", "*", "name"]];
    salvage::skipped(text, why, paths, &|name| Some(name.to_owned()))
}

/// An erratum, in either form.
#[derive(Deserialize)]
struct Record {
    #[serde(alias = "updateinfo_id")]
    id: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    issued_date: Option<Date>,
    updated_date: Option<Date>,
    #[serde(default)]
    packages: Vec<Package>,
    pkglist: Option<PackageList>,
    #[serde(default)]
    references: Vec<Reference>,
}

#[derive(Deserialize)]
struct PackageList {
    #[serde(default)]
    packages: Vec<Package>,
    module: Option<Module>,
}

#[derive(Deserialize)]
struct Module {
    name: String,
    stream: String,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    epoch: String,
    version: String,
    release: String,
    #[serde(default)]
    arch: String,
    #[serde(default)]
    src: String,
    /// `name:stream:version:context:arch`.
    module: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    id: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    href: String,
}

/// Seconds, or an object with milliseconds.
#[derive(Deserialize)]
#[serde(untagged)]
enum Date {
    Seconds(i64),
    Milliseconds {
        #[serde(rename = "$date")]
        date: i64,
    },
}

impl Date {
    fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::Seconds(seconds) => Timestamp::from_second(*seconds).ok(),
            Self::Milliseconds { date } => Timestamp::from_millisecond(*date).ok(),
        }
    }
}

fn take(record: Record, part: &str, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let Some(kind) = almalinux::kind(&record.id) else {
        let listed = record.pkglist.iter().flat_map(|list| &list.packages);
        let names = record.packages.iter().chain(listed).map(|package| package.name.as_str());
        let note = Skipped::new(&record.id, None, "the id is none of AlmaLinux' errata").of_packages(names);
        return Ok(sink.skipped(note.of_anything())?);
    };
    let mut notes = Vec::new();
    let mut dated = |what: &str, date: &Option<Date>| {
        let at = date.as_ref().and_then(Date::timestamp);
        if date.is_some() && at.is_none() {
            notes.push(Skipped::new(&record.id, None, format!("{what} is no date")).harmless());
        }
        at
    };
    let (published, updated) = (dated("issued_date", &record.issued_date), dated("updated_date", &record.updated_date));
    let titled = text::title_severity(&record.title).0.unwrap_or_default();
    let severity = text::severity(&record.severity).unwrap_or_else(|| {
        let why = format!("the severity '{}' is not known", errata::shown(&record.severity));
        notes.push(Skipped::new(&record.id, None, why).harmless());
        titled
    });
    let named = text::modules(&record.title);
    let of_list = record.pkglist.as_ref().and_then(|list| list.module.as_ref());
    let of_list = of_list.map(|module| format!("{}:{}", module.name, module.stream));
    let listed = record.pkglist.as_ref().map_or(0, |list| list.packages.len());
    let names_no_package = record.packages.is_empty() && listed == 0;
    let mut packages = Vec::new();
    for package in record.packages.into_iter().chain(record.pkglist.into_iter().flat_map(|list| list.packages)) {
        match of(&package, of_list.as_deref(), &named) {
            Ok(package) => packages.push(package),
            Err(why) => notes.push(
                Skipped::new(&format!("{} {}", record.id, package.name), None, why)
                    .of_packages([package.name.as_str()]),
            ),
        }
    }
    let cves: BTreeSet<String> =
        record.references.iter().filter(|r| r.kind == "cve").map(|reference| reference.id.clone()).collect();
    let erratum = Erratum {
        id: record.id,
        part: part.to_owned(),
        title: record.title,
        kind: if record.kind.is_empty() { kind } else { crate::formats::updateinfo::kind(&record.kind) },
        severity: severity.max(titled),
        published,
        updated,
        cves,
        text: record.description,
        packages,
        names_no_package,
        references: record.references.into_iter().map(|r| r.href).filter(|href| href.starts_with("http")).collect(),
        ..Erratum::default()
    };
    Ok(erratum.hand_over(notes, None, sink)?)
}

fn of(package: &Package, of_list: Option<&str>, named: &[String]) -> Result<errata::Package, String> {
    let major = text::el_major(&package.release).ok_or("its release does not say for which AlmaLinux it is")?;
    let evr = errata::evr(&package.epoch, &package.version, &package.release);
    // `mariadb:10.3:8050020220427075058:c5368500:x86_64`
    let own = package.module.as_deref().and_then(|label| {
        let mut parts = label.split(':');
        Some(format!("{}:{}", parts.next()?, parts.next()?))
    });
    let modules = match (own, of_list) {
        (Some(own), _) => osv::errata::labels_with(own, named),
        (None, Some(of_list)) => osv::errata::labels_with(of_list.to_owned(), named),
        (None, None) => osv::errata::labels(&evr, named),
    };
    Ok(errata::Package {
        platform: almalinux::platform(major)?,
        name: package.name.clone(),
        evr,
        arch: package.arch.clone(),
        source: formats::updateinfo::source_name(&package.src).map(str::to_owned),
        modules,
    })
}
