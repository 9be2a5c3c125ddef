//! Fedora's and EPEL's updates as Bodhi itself gives them, page by page.
//!
//! Address: `https://bodhi.fedoraproject.org/updates/?releases=NAME&type=security&status=stable`,
//! described at <https://bodhi.fedoraproject.org/docs/server_api/>.
//!
//! ```text
//! {"updates": [{"alias", "type", "status", "severity", "title", "display_name", "notes", "content_type", "date_submitted",
//!   "date_stable", "release": {"name", "version", "id_prefix"}, "builds": [{"nvr", "epoch", "type"}],
//!   "bugs": [{"bug_id", "title"}], "url"}], "page", "pages", "total"}
//! ```
//!
//! What is odd: see [`fedora`]; it knows *builds*, that is source packages, not what was built from
//! them, so its facts are about sources. Their versions are written without the epoch, as the name of
//! an installed package's source package has none either.
//!
//! Not affected, won't fix: not said. Updates that are not stable yet are passed over with a note.

use super::fedora::{self, Release};
use super::rpm_repositories::unusable;
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::errata::{self, Erratum, shown, text};
use crate::formats::json_list::{self, Item, Limits};
use crate::formats::{peek, salvage, updateinfo};
use model::Platform;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct FedoraBodhi;

/// Where the updates are.
pub const URL: &str = "https://bodhi.fedoraproject.org/updates/";

/// Most pages of a release that are fetched, of a hundred updates each.
const MAX_PAGES: u64 = 500;
const LIMITS: Limits = Limits { records: 1_000_000, record_bytes: 16 << 20 };

impl Feed for FedoraBodhi {
    fn id(&self) -> &'static str {
        "fedora-bodhi"
    }

    fn title(&self) -> &'static str {
        "Fedora and EPEL updates (Bodhi)"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn platforms(&self) -> Vec<Platform> {
        [fedora::epel_platforms(), fedora::fedora_platforms()].concat()
    }

    fn has_many(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        if let Some(url) = &config.url {
            return Ok(vec![Document { name: "updates.json".to_owned(), url: url.clone() }]);
        }
        #[derive(Deserialize)]
        struct Pages {
            total: u64,
        }
        let mut documents = Vec::new();
        for release in fedora::releases(index)?.iter().filter(|release| release.platform().is_ok()) {
            let name = &release.name;
            if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b)) {
                return Err(unusable(fedora::RELEASES, &format!("'{}' is no name of a release", shown(name))));
            }
            let query = format!("{URL}?releases={name}&type=security&status=stable");
            let first = format!("{query}&rows_per_page=1&page=1");
            let read: Result<Pages, _> = serde_json::from_slice(&index(&first)?);
            let pages = read.map_err(|error| unusable(&first, &error.to_string()))?.total.div_ceil(100);
            if pages > MAX_PAGES {
                return Err(unusable(&first, &format!("{pages} pages of updates are not to be believed")));
            }
            documents.extend((1..=pages).map(|page| Document {
                name: format!("{name}-page-{page}"),
                url: format!("{query}&rows_per_page=100&page={page}"),
            }));
        }
        Ok(documents)
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let path: &[&str] = if peek::first_byte(body)? == Some(b'[') { &[] } else { &["updates"] };
        json_list::each(body, path, LIMITS, &mut |item| {
            match item {
                Item::TooLong(start) => sink.skipped(salvage::too_long(start))?,
                Item::Record(text) => match serde_json::from_str::<Record>(text) {
                    Err(error) => sink.skipped(unread(text, format!("no update: {error}")))?,
                    Ok(record) => take(record, sink)?,
                },
            }
            Ok(())
        })
        .map(drop)
    }
}

#[derive(Deserialize)]
struct Record {
    alias: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    notes: String,
    content_type: Option<String>,
    date_submitted: Option<String>,
    date_stable: Option<String>,
    date_modified: Option<String>,
    release: Release,
    #[serde(default)]
    builds: Vec<Build>,
    #[serde(default)]
    bugs: Vec<Bug>,
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
struct Build {
    nvr: String,
}

#[derive(Deserialize)]
struct Bug {
    title: Option<String>,
}

fn take(record: Record, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let skip = |sink: &mut dyn Sink, why: String| Ok(sink.skipped(Skipped::new(&record.alias, None, why).harmless())?);
    if record.status != "stable" {
        return skip(sink, format!("it is not released: its status is '{}'", shown(&record.status)));
    }
    if let Some(content) = record.content_type.as_deref().filter(|content| *content != "rpm") {
        return skip(sink, format!("its content is '{}', not packages", shown(content)));
    }
    let platform = match record.release.platform() {
        Ok(platform) => platform,
        Err(why) => return skip(sink, why),
    };
    let mut notes = Vec::new();
    let mut dated = |what: &str, date: Option<&str>| {
        let at = date.and_then(text::date);
        if at.is_none() && date.is_some_and(|date| !date.is_empty()) {
            notes.push(Skipped::new(&record.alias, None, format!("{what} is no date")).harmless());
        }
        at
    };
    let published = dated("date_stable", record.date_stable.as_deref());
    let published = published.or_else(|| dated("date_submitted", record.date_submitted.as_deref()));
    let updated = dated("date_modified", record.date_modified.as_deref());
    let severity = text::severity(&record.severity).unwrap_or_else(|| {
        let why = format!("the severity '{}' is not known", shown(&record.severity));
        notes.push(Skipped::new(&record.alias, None, why).harmless());
        Default::default()
    });
    let mut packages = Vec::with_capacity(record.builds.len());
    for Build { nvr } in &record.builds {
        match build(nvr, &platform) {
            Some(package) => packages.push(package),
            None => {
                let note = Skipped::new(&format!("{} {nvr}", record.alias), None, "it is not NAME-VERSION-RELEASE");
                notes.push(note.of_anything().on(&platform));
            }
        }
    }
    let titles = record.bugs.iter().filter_map(|bug| bug.title.as_deref());
    let texts: Vec<&str> = titles.chain([record.notes.as_str(), &record.display_name, &record.title]).collect();
    let security = record.kind == "security";
    let cves: BTreeSet<String> =
        texts.iter().filter(|_| security).flat_map(|text| text::cves(text)).map(|(_, cve)| cve.to_owned()).collect();
    let text = texts.join("\n");
    let erratum = Erratum {
        id: record.alias,
        title: record.title,
        kind: updateinfo::kind(&record.kind),
        severity,
        published,
        updated,
        cves,
        text,
        packages,
        of_sources: true,
        names_no_package: record.builds.is_empty(),
        references: Some(record.url).filter(|url| url.starts_with("http")).into_iter().collect(),
        ..Erratum::default()
    };
    Ok(erratum.hand_over(notes, None, sink)?)
}

/// A note on an update that is not understood.
fn unread(text: &str, why: String) -> Skipped {
    let name = |nvr: &str| Some(nvr.rsplit_once('-')?.0.rsplit_once('-')?.0.to_owned());
    salvage::skipped(text, why, &[&["builds", "*", "nvr"]], &name)
}

/// The source package of a build: `firefox-102.0-1.fc36`.
fn build(nvr: &str, platform: &Platform) -> Option<errata::Package> {
    let (rest, release) = nvr.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some(errata::Package {
        platform: platform.clone(),
        name: name.to_owned(),
        evr: errata::evr("0", version, release),
        arch: String::new(),
        source: Some(name.to_owned()),
        modules: Vec::new(),
    })
}
