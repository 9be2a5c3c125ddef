//! Ubuntu's security notices (USN).
//!
//! Address: <https://usn.ubuntu.com/usn-db/database-all.json.bz2>. There is no description of the
//! format; it is what Canonical's own tools read.
//!
//! ```text
//! {"4011-1": {"id", "title", "isummary", "summary", "description", "timestamp", "cves": [..],
//!   "releases": {"xenial": {"sources": {NAME: {"version"}}, "binaries": {NAME: {"version", "pocket"}},
//!                           "allbinaries", "archs"}}}}
//! ```
//!
//! What is odd: a key has no `USN-`; `cves` holds addresses of bugs too; a kernel's binaries have
//! names that no older kernel had, so the version of the *source* is what tells; `pocket` says where
//! the fix is, `security` or an archive of Ubuntu Pro (`esm-infra`), in notices since 2019; several
//! sources may be mended at once, and a CVE may be said to affect some releases only, in words:
//! `This issue only affected Ubuntu 16.04 LTS. (CVE-2016-10745)`.
//!
//! A CVE is stated of a source where the notice has one source for the release and no words against
//! it; else the notice alone is stated, without CVE. Not affected, won't fix: not said.

mod limits;

use super::ubuntu_releases;
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::cve_id::{self, CveId};
use crate::formats::distinct::Distinct;
use crate::formats::errata::shown;
use crate::formats::json_list::{Item, Limits};
use crate::formats::{json_map, salvage};
use jiff::Timestamp;
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Platform, Severity, Subject};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::io::BufRead;
use versions::Scheme;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct UbuntuUsn;

/// Where the database is.
pub const URL: &str = "https://usn.ubuntu.com/usn-db/database-all.json.bz2";

const LIMITS: Limits = Limits { records: 1_000_000, record_bytes: 64 << 20 };
/// Most facts of a notice.
const MAX_FACTS: usize = 200_000;

impl Feed for UbuntuUsn {
    fn id(&self) -> &'static str {
        "ubuntu-usn"
    }

    fn title(&self) -> &'static str {
        "Ubuntu security notices (USN)"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn usual_records(&self) -> u64 {
        // Notice 4011 was of 2019, and none is ever taken away.
        2_000
    }

    fn platforms(&self) -> Vec<Platform> {
        ubuntu_releases::platforms()
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let url = config.url.clone().unwrap_or_else(|| URL.to_owned());
        Ok(vec![Document { name: "database-all.json".to_owned(), url }])
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let notices = json_map::each(body, LIMITS, &mut |key, item| {
            match item {
                Item::TooLong(start) => sink.skipped(Skipped { record: key.to_owned(), ..salvage::too_long(start) })?,
                Item::Record(text) => match serde_json::from_str::<Notice>(text) {
                    Err(error) => sink.skipped(unread(key, text, format!("no notice: {error}")))?,
                    Ok(notice) => take(key, &notice, sink)?,
                },
            }
            Ok(())
        })?;
        if notices == 0 {
            return Err(Unreadable::Malformed { line: 1, why: "the document holds no notice".to_owned() });
        }
        Ok(())
    }
}

/// A note on a notice that is not understood.
fn unread(key: &str, text: &str, why: String) -> Skipped {
    let paths: &[salvage::Path<'_>] = &[&["releases", "*", "sources", "#"], &["releases", "*", "binaries", "#"]];
    let note = salvage::skipped(text, why, paths, &|name| Some(name.to_owned()));
    Skipped { record: shown(key), ..note }
}

#[derive(Deserialize)]
struct Notice {
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    timestamp: Option<f64>,
    #[serde(default)]
    cves: Vec<String>,
    #[serde(default)]
    releases: Distinct<String, Release>,
}

#[derive(Deserialize)]
struct Release {
    #[serde(default)]
    sources: Distinct<String, Package>,
    #[serde(default)]
    binaries: Distinct<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    version: String,
    #[serde(default)]
    pocket: String,
}

fn take(key: &str, notice: &Notice, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let skip = |sink: &mut dyn Sink, why: &str| Ok(sink.skipped(Skipped::new(key, None, why))?);
    let number = key.strip_prefix("USN-").unwrap_or(key);
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return skip(sink, "the key is no notice's number");
    }
    let id = format!("USN-{number}");
    let published = notice.timestamp.and_then(timestamp);
    if notice.timestamp.is_some() && published.is_none() {
        sink.skipped(Skipped::new(&id, None, "its timestamp is no date").harmless())?;
    }
    let mut cves: BTreeSet<&str> = BTreeSet::new();
    let read: Vec<(&str, CveId<'_>)> = notice.cves.iter().map(|cve| (cve.as_str(), CveId::of(cve))).collect();
    for (written, cve) in &read {
        let note = |why: String| Skipped::new(&id, None, why);
        match cve {
            CveId::Sound(cve) => _ = cves.insert(cve),
            CveId::Mended(cve) => {
                cves.insert(cve);
                sink.skipped(note(cve_id::is_written(written, cve)).harmless())?;
            }
            CveId::Broken => {
                let named = notice.releases.0.values().flat_map(subjects).map(|(subject, _)| subject.name().to_owned());
                let named: BTreeSet<String> = named.collect();
                let note =
                    note(cve_id::is_none(written)).of_text(written).of_packages(named.iter().map(String::as_str));
                sink.skipped(note.of_anything())?;
            }
            // Links to reports of bugs stand beside CVEs.
            CveId::Other => {}
        }
    }
    let limits = limits::limits(&notice.description);
    let mut facts = Vec::new();
    for (codename, release) in &notice.releases.0 {
        let Some(platform) = ubuntu_releases::platform(codename) else {
            let why = "the release is not in the table of releases";
            sink.skipped(Skipped::new(&format!("{id} {}", shown(codename)), None, why).harmless())?;
            continue;
        };
        let own: Vec<&str> = match release.sources.0.len() {
            1 => {
                cves.iter().copied().filter(|cve| limits.get(cve).is_none_or(|limit| limit.allows(&platform))).collect()
            }
            _ => Vec::new(),
        };
        // Where everything that is mended here is said to be elsewhere, the text was misread.
        let own = if own.is_empty() { vec![""] } else { own };
        for (subject, package) in subjects(release) {
            match fixed(&subject, package, release) {
                Ok((status, channel)) => facts.extend(own.iter().map(|cve| Fact {
                    platform: platform.clone(),
                    subject: subject.clone(),
                    cve: (*cve).to_owned(),
                    status: status.clone(),
                    words: String::new(),
                    severity: Severity::Unknown,
                    arches: Vec::new(),
                    channel: channel.clone(),
                    module: String::new(),
                })),
                Err(why) => {
                    let note = Skipped::new(&format!("{id} {codename} {}", shown(subject.name())), None, why);
                    sink.skipped(note.of_cves(own.iter().copied()).of_packages([subject.name()]).on(&platform))?;
                }
            }
            if facts.len() > MAX_FACTS {
                return skip(sink, "its packages and CVEs come to too many facts");
            }
        }
    }
    let advisory = Advisory {
        references: vec![format!("https://ubuntu.com/security/notices/{id}")],
        id,
        title: notice.title.lines().next().unwrap_or_default().chars().take(200).collect(),
        kind: AdvisoryKind::Security,
        published,
        updated: None,
        withdrawn: false,
        cves: cves.into_iter().map(str::to_owned).collect(),
        facts,
    };
    Ok(sink.advisory(advisory)?)
}

/// Seconds with a fraction, as Python writes them.
fn timestamp(seconds: f64) -> Option<Timestamp> {
    // Exact up to the year 280,000; what is no number at all fails the comparison.
    let whole = seconds.trunc();
    if !(0.0..=9e12).contains(&whole) {
        return None;
    }
    Timestamp::from_second(format!("{whole:.0}").parse().ok()?).ok()
}

/// What a release's entry speaks of: its sources; its binaries only where it names no source.
fn subjects(release: &Release) -> Vec<(Subject, &Package)> {
    if release.sources.0.is_empty() {
        return release.binaries.0.iter().map(|(name, package)| (Subject::Binary(name.clone()), package)).collect();
    }
    release.sources.0.iter().map(|(name, package)| (Subject::Source(name.clone()), package)).collect()
}

/// The fixed version and the channel that has it.
fn fixed(subject: &Subject, package: &Package, release: &Release) -> Result<(FactStatus, String), String> {
    let name = subject.name();
    if name.is_empty() || name.len() > 200 || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("the name of the package is empty, too long or no text".to_owned());
    }
    crate::version::check(Scheme::Dpkg, &package.version).map_err(|error| format!("version: {error}"))?;
    let pockets: BTreeSet<&str> = std::iter::once(package)
        .chain(release.binaries.0.values())
        .map(|package| package.pocket.as_str())
        .filter(|pocket| !pocket.is_empty())
        .collect();
    let channel = match pockets.into_iter().collect::<Vec<_>>().as_slice() {
        ["security" | "updates"] => "",
        [pocket] if pocket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') => pocket,
        // Notices before there were pockets; what was built for Pro says so in its version.
        [] if !package.version.contains("esm") => "",
        [] => return Err("it is of Ubuntu Pro, but of which archive is not said".to_owned()),
        pockets => return Err(format!("its binaries are in several pockets: {}", shown(&pockets.join(", ")))),
    };
    Ok((FactStatus::Fixed(package.version.clone()), channel.to_owned()))
}
