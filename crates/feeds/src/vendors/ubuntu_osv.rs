//! Ubuntu's security data as OSV records.
//!
//! Address: <https://security-metadata.canonical.com/osv/>, one archive of all records: of CVEs
//! (`UBUNTU-CVE-...`), of notices (`USN-...`) and of live patches (`LSN-...`).
//! Format: <https://ossf.github.io/osv-schema/>.
//!
//! What is odd: it speaks of *source* packages; a release is an ecosystem (`Ubuntu:22.04:LTS`), and what
//! Ubuntu Pro adds is another (`Ubuntu:Pro:18.04:LTS`), of which the package URL's `distro` says the
//! archive (`esm-apps/bionic`); the priority is a severity of the kind `Ubuntu`, formerly a field of
//! each package; a record of a CVE is named after it.
//!
//! Facts come from the records of CVEs alone: they say which release of which source is affected. A
//! notice names CVEs and packages side by side, so it is kept without facts, as what was published;
//! and a live patch mends a running kernel, not a package. Not affected, won't fix: not said; a range
//! without an end is affected, no fix yet.

use super::ubuntu_releases;
use crate::feed::{Document, Feed, FeedConfig, Lost, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::cve_id::{self, CveId, is_cve};
use crate::formats::errata::{shown, text};
use crate::formats::osv::{self, Affected, Entry, Record};
use jiff::Timestamp;
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Platform, Severity, Subject};
use std::collections::BTreeSet;
use std::io::BufRead;
use versions::Scheme;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct UbuntuOsv;

/// Where the archive is.
pub const URL: &str = "https://security-metadata.canonical.com/osv/osv-all.tar.xz";

/// Most packages of a record, releases times sources.
const MAX_AFFECTED: usize = 50_000;

impl Feed for UbuntuOsv {
    fn id(&self) -> &'static str {
        "ubuntu-osv"
    }

    fn title(&self) -> &'static str {
        "Ubuntu security data (OSV)"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn usual_records(&self) -> u64 {
        // A part of the CVEs that Ubuntu has a state of, and of its notices.
        10_000
    }

    /// Notices stand beside the records of CVEs.
    fn has_labels(&self) -> bool {
        true
    }

    fn platforms(&self) -> Vec<Platform> {
        ubuntu_releases::platforms()
    }

    fn takes_archives(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let url = config.url.clone().unwrap_or_else(|| URL.to_owned());
        Ok(vec![Document { name: "osv-all.tar".to_owned(), url }])
    }

    fn wants(&self, member: &str) -> bool {
        member.ends_with(".json")
    }

    /// A record is called by its id. What is said of packages stands in those of CVEs alone.
    fn lost_with(&self, member: &str) -> Option<Lost> {
        let name = member.rsplit('/').next().unwrap_or_default();
        let is_label = name.starts_with("USN-") || name.starts_with("LSN-");
        (!is_label).then(|| Lost::of_name(name))
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        osv::read(body, &mut |entry| {
            match entry {
                Entry::Bad(text, why) => sink.skipped(osv::unread(text, why))?,
                Entry::Record(record) => take(&record, sink)?,
            }
            Ok(())
        })
    }
}

fn take(record: &Record<'_>, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let skip = |sink: &mut dyn Sink, why: String| Ok(sink.skipped(Skipped::new(&record.id, None, why))?);
    let elsewhere = |sink: &mut dyn Sink, why: &str| Ok(sink.skipped(Skipped::new(&record.id, None, why).harmless())?);
    if record.packages().len() > MAX_AFFECTED {
        return skip(sink, format!("it has more than {MAX_AFFECTED} packages"));
    }
    if record.id.starts_with("LSN-") {
        return elsewhere(sink, "a live patch mends a running kernel, not a package");
    }
    let id = record.id.strip_prefix("UBUNTU-").map(CveId::of);
    if let Some(CveId::Mended(cve)) = &id {
        sink.skipped(Skipped::new(&record.id, None, cve_id::is_written(&record.id, cve)).harmless())?;
    }
    let id = id.and_then(CveId::id);
    let cve = id.as_deref();
    if cve.is_none() && !record.id.starts_with("USN-") {
        return Ok(sink.skipped(record.unread("the id is neither a CVE's nor a notice's"))?);
    }
    if cve.is_some() && record.affected.is_none() {
        // An empty list says that no package is affected; none at all says nothing.
        return Ok(sink.skipped(record.unread("it has no list of affected packages").of_cves(cve))?);
    }
    let withdrawn = match record.is_withdrawn(sink.until()) {
        Ok((withdrawn, note)) => {
            note.map_or(Ok(()), |note| sink.skipped(note))?;
            withdrawn
        }
        // A notice is a label: that it may hold or not changes no verdict.
        Err(note) => return Ok(sink.skipped(if cve.is_some() { *note } else { note.harmless() })?),
    };
    let cves: BTreeSet<&str> = record.names().chain(cve).filter(|name| is_cve(name)).collect();
    let priority =
        record.severity.iter().find(|severity| severity.kind == "Ubuntu").map(|severity| severity.score.as_str());
    let mut facts = Vec::new();
    for affected in cve.map(|_| record.packages()).unwrap_or_default() {
        match fact(affected, cve.unwrap_or_default(), priority) {
            Ok(fact) => facts.push(fact),
            Err(why) => {
                let which =
                    format!("{} {} {}", record.id, shown(&affected.package.ecosystem), shown(&affected.package.name));
                let note = Skipped::new(&which, None, why).of_cves(cve).of_packages([affected.package.name.as_ref()]);
                let note = match release(affected) {
                    Some((platform, ..)) => note.on(&platform),
                    // A release that nobody knows; anything else may be any of them.
                    None if affected.package.ecosystem.starts_with("Ubuntu:") => note.harmless(),
                    None => note,
                };
                sink.skipped(note)?;
            }
        }
    }
    facts.sort();
    facts.dedup();
    let mut dated = |what: &str, date: &str| -> Result<Option<Timestamp>, Unreadable> {
        let at = text::date(date);
        if at.is_none() && !date.is_empty() {
            let why = format!("{what} '{}' is no date", shown(date));
            sink.skipped(Skipped::new(&record.id, None, why).harmless())?;
        }
        Ok(at)
    };
    let (published, updated) = (dated("published", &record.published)?, dated("modified", &record.modified)?);
    let advisory = Advisory {
        // Under the name of the CVE, as the facts are: it is no label beside it.
        id: cve.unwrap_or(&record.id).to_owned(),
        title: record.summary.lines().next().unwrap_or_default().chars().take(200).collect(),
        kind: AdvisoryKind::Security,
        published,
        updated,
        withdrawn,
        cves: cves.into_iter().map(str::to_owned).collect(),
        facts,
        references: record.references.iter().map(|reference| reference.url.clone()).take(200).collect(),
    };
    Ok(sink.advisory(advisory)?)
}

fn fact(affected: &Affected<'_>, cve: &str, priority: Option<&str>) -> Result<Fact, String> {
    let (platform, channel) = place(affected)?;
    let name = affected.package.name.as_ref();
    if name.is_empty() || name.len() > 200 || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("the name of the package is empty, too long or no text".to_owned());
    }
    let status = match affected.fixed()? {
        None => FactStatus::Affected,
        Some(version) => {
            crate::version::check(Scheme::Dpkg, version).map_err(|error| format!("fixed: {error}"))?;
            FactStatus::Fixed(version.to_owned())
        }
    };
    let own = affected.ecosystem_specific.as_ref().map(|specific| specific.ubuntu_priority.as_str());
    let word = priority.or(own).unwrap_or_default();
    Ok(Fact {
        platform,
        subject: Subject::Source(name.to_owned()),
        cve: cve.to_owned(),
        status,
        words: String::new(),
        severity: severity(word).ok_or_else(|| format!("the priority '{}' is not known", shown(word)))?,
        arches: Vec::new(),
        channel,
        module: String::new(),
    })
}

/// Ubuntu's priorities.
pub(crate) fn severity(word: &str) -> Option<Severity> {
    Some(match word {
        "critical" => Severity::Critical,
        "high" => Severity::High,
        "medium" => Severity::Medium,
        "low" => Severity::Low,
        "negligible" => Severity::Negligible,
        "" | "untriaged" => Severity::Unknown,
        _ => return None,
    })
}

/// The release and the channel of an ecosystem: `Ubuntu:22.04:LTS` is the release alone,
/// `Ubuntu:Pro:18.04:LTS` with `esm-apps/bionic` in the package URL is `esm-apps`,
/// `Ubuntu:Pro:FIPS-updates:22.04:LTS` is `fips-updates`.
fn place(affected: &Affected<'_>) -> Result<(Platform, String), String> {
    let ecosystem = affected.package.ecosystem.as_ref();
    let not = || format!("the ecosystem '{}' is none of Ubuntu's releases", shown(ecosystem));
    let (platform, words, pro) = release(affected).ok_or_else(not)?;
    if let [word] = words.as_slice() {
        return Ok((platform, word.clone()));
    }
    if !words.is_empty() {
        return Err(not());
    }
    if !pro {
        return Ok((platform, String::new()));
    }
    // `esm-apps/bionic`; Trusty's expanded maintenance was `trusty/esm` at first, of the main archive.
    let channel = match affected.package.qualifier("distro").and_then(|distro| distro.split_once('/')) {
        Some((_, "esm")) => "esm-infra",
        Some((archive, _))
            if !archive.is_empty() && archive.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
        {
            archive
        }
        _ => {
            let availability =
                affected.ecosystem_specific.as_ref().map_or("", |specific| specific.availability.as_str());
            match availability {
                text if text.contains("(Infra-only)") => "esm-infra",
                text if text.starts_with("Available with Ubuntu Pro") => "esm-apps",
                _ => return Err("it does not say which part of Ubuntu Pro has it".to_owned()),
            }
        }
    };
    Ok((platform, channel.to_ascii_lowercase()))
}

/// The release of an ecosystem, if it is one of Ubuntu's, the words beside it, and whether it is Pro's.
fn release(affected: &Affected<'_>) -> Option<(Platform, Vec<String>, bool)> {
    let mut parts = affected.package.ecosystem.split(':');
    if parts.next() != Some("Ubuntu") {
        return None;
    }
    let (mut release, mut words, mut pro) = (None, Vec::new(), false);
    for part in parts {
        match part {
            "LTS" => {}
            "Pro" => pro = true,
            part if part.starts_with(|c: char| c.is_ascii_digit()) => release = Some(part),
            part => words.push(part.to_ascii_lowercase()),
        }
    }
    let platform = Platform::new("ubuntu", release?).ok()?;
    ubuntu_releases::platforms().contains(&platform).then_some((platform, words, pro))
}
