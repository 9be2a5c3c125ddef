//! Ubuntu's OVAL: by CVE, and by security notice.
//!
//! Address: <https://security-metadata.canonical.com/oval/>, a folder of files
//! `com.ubuntu.CODENAME.cve.oval.xml.bz2` and `.usn.oval.xml.bz2`. Format: the OVAL language, version 5.11.1; the
//! words are those of the tracker, <https://git.launchpad.net/ubuntu-cve-tracker/tree/README>.
//!
//! What is odd: the files by CVE speak of *source* packages and write the binaries of each one's latest build
//! in their tests, with the version of the source; the name of the source and the state stand in the
//! criterion's comment alone, in English. So facts are about the source, as the tracker's own entries are: they
//! hold for builds that are gone from the archive (replaced kernels), for binaries whose own version has another
//! epoch (`bsdutils`), and tell two sources apart that build binaries of one name. Files by notice name binaries
//! and no source. A package "related to the CVE" and "fixed" is the tracker's *not-affected* from that version
//! on; versions have an epoch 0 in front. Files `oci.` compare a container image's list of packages and say the
//! same. Nothing but the version tells that a fix needs a subscription: `+esm1` (infra, the archive's main part)
//! or `~esm1` (apps, the rest; on 14.04 there was infra only). Kernels of notices are compared by the running
//! kernel's release, which can't be said of packages: those are skipped.
//!
//! Not affected: not listed. Won't fix: "a decision has been made to ignore this issue".

use super::oval::{self, Dialect, Known, Rows, Said};
use super::ubuntu_releases::{self, RELEASES};
use crate::feed::{Document, Feed, FeedConfig, Sink, Unreadable};
use crate::formats::oval::{self as format, Class, Definition, Host, Limit};
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Platform, Severity, Subject};
use std::io::BufRead;
use versions::Scheme;

/// One of the two feeds.
#[derive(Debug, Clone, Copy)]
pub struct UbuntuOval {
    id: &'static str,
    title: &'static str,
    /// What the names of its files end with.
    ending: &'static str,
}

/// By CVE.
pub static CVE: UbuntuOval = UbuntuOval { id: "ubuntu-oval", title: "Ubuntu OVAL by CVE", ending: ".cve.oval.xml.bz2" };

/// By notice.
pub static USN: UbuntuOval =
    UbuntuOval { id: "ubuntu-usn-oval", title: "Ubuntu OVAL by security notice", ending: ".usn.oval.xml.bz2" };

/// The folder of the documents.
pub const URL: &str = "https://security-metadata.canonical.com/oval/";

impl Feed for UbuntuOval {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn parser_version(&self) -> u32 {
        4
    }

    fn platforms(&self) -> Vec<Platform> {
        ubuntu_releases::platforms()
    }

    fn has_many(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, crate::FetchError>,
    ) -> Result<Vec<Document>, crate::FetchError> {
        let folder = config.url.as_deref().unwrap_or(URL);
        let page = index(folder)?;
        let page = String::from_utf8_lossy(&page);
        let names = oval::listed(&page, "com.ubuntu.", self.ending).into_iter().filter(|name| {
            let codename = name.strip_prefix("com.ubuntu.").and_then(|rest| rest.strip_suffix(self.ending));
            codename.is_some_and(|codename| ubuntu_releases::platform(codename).is_some())
        });
        let folder = folder.trim_end_matches('/');
        Ok(names.map(|name| Document { name: name.to_owned(), url: format!("{folder}/{name}") }).collect())
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        oval::read(self, body, sink)
    }
}

impl Dialect for UbuntuOval {
    fn scheme(&self) -> Scheme {
        Scheme::Dpkg
    }

    fn releases(&self) -> Vec<Known> {
        RELEASES
            .iter()
            .filter_map(|(codename, release, _)| {
                let mut host = Host { scheme: Some(Scheme::Dpkg), ..Host::default() };
                let text = format!("DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE={release}\nDISTRIB_CODENAME={codename}\n");
                host.files.insert("/etc/lsb-release".to_owned(), text);
                let text = format!("ID=ubuntu\nVERSION_ID=\"{release}\"\nVERSION_CODENAME={codename}\n");
                host.files.insert("/etc/os-release".to_owned(), text);
                Some(Known { platform: Platform::new("ubuntu", release).ok()?, host })
            })
            .collect()
    }

    fn platform(&self, words: &str) -> Option<Platform> {
        let release = words.strip_prefix("Ubuntu ")?;
        let release = release.strip_suffix(" LTS").unwrap_or(release);
        RELEASES.iter().find(|(_, known, _)| *known == release).and_then(|(_, r, _)| Platform::new("ubuntu", r).ok())
    }

    fn advisory(
        &self,
        document: &format::Document,
        definition: &Definition,
        said: Vec<Said>,
        rows: &mut Rows,
    ) -> Result<Advisory, String> {
        let patch = definition.class == Class::Patch;
        let whole = definition.severity.map_or(Severity::Unknown, |severity| severity_of(document.text(severity)));
        let mut facts = Vec::new();
        let mut first = None;
        for Said { statement, platforms } in &said {
            let (status, comment) = (oval::status(document, statement.limit), document.text(statement.comment));
            let stated = if patch { Ok((status, String::new())) } else { state(status, comment) };
            let stated = stated.and_then(|stated| Ok((stated, subjects(patch, &statement.names, comment)?)));
            let ((status, words), subjects) = match stated {
                Ok(stated) => stated,
                Err(why) => {
                    rows.entry(why).or_insert_with(|| statement.names.first().cloned().unwrap_or_default());
                    continue;
                }
            };
            let mut cves = oval::cves(document, definition, Some(statement.test));
            if cves.is_empty() {
                // The tracker's placeholder for what has no CVE, `CVE-2013-NNN1`, stands in the title alone.
                let title = definition.title.split(' ').next().unwrap_or_default();
                cves.push(if !patch && title.starts_with("CVE-") && title.len() <= 32 { title } else { "" });
            }
            for (platform, _) in platforms.iter() {
                first.get_or_insert(platform);
                let channel = channel(document, definition, platform, statement.limit);
                for subject in &subjects {
                    facts.extend(cves.iter().map(|cve| Fact {
                        platform: platform.clone(),
                        subject: subject.clone(),
                        cve: (*cve).to_owned(),
                        status: status.clone(),
                        words: words.clone(),
                        severity: severity_of_cve(document, definition, cve).unwrap_or(whole),
                        arches: Vec::new(),
                        channel: channel.to_owned(),
                        module: String::new(),
                    }));
                }
            }
        }
        let title = definition.title.split(' ').next().unwrap_or_default();
        let key = definition.references.first().map_or(title, |reference| document.text(reference.id));
        if key.is_empty() || key.len() > 128 {
            return Err("it has no reference to what it is about".to_owned());
        }
        // Every release has a file of its own, with the same CVEs and notices.
        let release = first.map_or_else(String::new, |platform| format!(" {platform}"));
        let mut cves: Vec<String> = facts.iter().map(|fact| fact.cve.clone()).filter(|cve| !cve.is_empty()).collect();
        cves.sort_unstable();
        cves.dedup();
        Ok(Advisory {
            id: format!("{key}{release}"),
            title: definition.title.clone(),
            kind: AdvisoryKind::Security,
            published: oval::date(document, definition.issued),
            updated: oval::date(document, definition.updated),
            withdrawn: false,
            cves,
            facts,
            references: oval::links(document, definition),
        })
    }
}

/// Whom a criterion is about: the binaries of a notice, the source of the tracker's entry.
fn subjects(patch: bool, names: &[String], comment: &str) -> Result<Vec<Subject>, String> {
    if patch {
        return Ok(names.iter().cloned().map(Subject::Binary).collect());
    }
    // "openssl package in trusty ...", "vnc4: while related ...", and in files by package
    // "(CVE-2023-48795) libssh package in jammy ...".
    let named = comment.strip_prefix("(CVE-").and_then(|rest| rest.split_once(") ")).map_or(comment, |(_, rest)| rest);
    let source = named.split(' ').next().unwrap_or_default();
    let source = source.strip_suffix(':').unwrap_or(source);
    // Debian Policy 5.6.1: the characters of a source package's name.
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b);
    if source.is_empty() || source.len() > 200 || !source.bytes().all(plain) {
        let comment: String = comment.chars().take(100).collect();
        return Err(format!("the words '{}' name no source package", comment.escape_debug()));
    }
    Ok(vec![Subject::Source(source.to_owned())])
}

/// The state of a package by the comment of its criterion, and the tracker's word for it.
fn state(status: FactStatus, comment: &str) -> Result<(FactStatus, String), String> {
    let note = comment.split_once("(note: '").and_then(|(_, note)| note.rsplit_once("')")).map(|(note, _)| note);
    let with_note = |word: &str| note.map_or_else(|| word.to_owned(), |note| format!("{word} ({note})"));
    let has = |words: &str| comment.contains(words);
    let (of_words, words) = if has(" was vulnerable but has been fixed") {
        (None, String::new())
    } else if has(" is related to the CVE in some way and has been fixed") {
        (None, "not-affected".to_owned())
    } else if has(" is affected and needs fixing") {
        (Some(FactStatus::Affected), "needed".to_owned())
    } else if has(" is affected and may need fixing") {
        (Some(FactStatus::UnderInvestigation), "needs-triage".to_owned())
    } else if has(" is affected, but a decision has been made to defer addressing it") {
        (Some(FactStatus::Affected), with_note("deferred"))
    } else if has(" is affected. An update containing the fix has been completed and is pending publication") {
        (Some(FactStatus::Affected), with_note("pending"))
    } else if has(" a decision has been made to ignore this issue") {
        (Some(FactStatus::WillNotFix), with_note("ignored"))
    } else {
        let comment: String = comment.chars().take(100).collect();
        return Err(format!("the words '{}' are not known", comment.escape_debug()));
    };
    let words = words.chars().take(500).collect();
    match (of_words, status) {
        (None, status @ (FactStatus::Fixed(_) | FactStatus::NotAffected)) => Ok((status, words)),
        (Some(of_words), FactStatus::Affected) => Ok((of_words, words)),
        // A fix that is pending has a version already, below which the test holds.
        (Some(FactStatus::Affected), status @ FactStatus::Fixed(_)) if words.starts_with("pending") => {
            Ok((status, words))
        }
        _ => Err("the words and the test of a package say different things".to_owned()),
    }
}

/// The subscription that a fix needs.
fn channel(document: &format::Document, definition: &Definition, platform: &Platform, limit: Limit) -> &'static str {
    let Limit::Below(version) = limit else { return "" };
    let version = document.text(version);
    if !version.contains("esm") {
        return "";
    }
    match definition.component.map(|component| document.text(component)) {
        _ if platform.release() == "14.04" => "esm-infra",
        Some("main" | "restricted") => "esm-infra",
        Some("universe" | "multiverse") => "esm-apps",
        _ if version.contains("~esm") => "esm-apps",
        _ => "esm-infra",
    }
}

fn severity_of_cve(document: &format::Document, definition: &Definition, cve: &str) -> Option<Severity> {
    let entry = definition.cves.iter().find(|entry| document.text(entry.id) == cve)?;
    Some(severity_of(document.text(entry.severity?)))
}

/// The tracker's priorities; `untriaged` is none.
fn severity_of(word: &str) -> Severity {
    match word.to_ascii_lowercase().as_str() {
        "negligible" => Severity::Negligible,
        "low" => Severity::Low,
        "medium" => Severity::Medium,
        "high" => Severity::High,
        "critical" => Severity::Critical,
        _ => Severity::Unknown,
    }
}
