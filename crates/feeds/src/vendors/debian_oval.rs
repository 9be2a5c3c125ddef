//! Debian's OVAL.
//!
//! Address: <https://www.debian.org/security/oval/>, a folder of files `oval-definitions-CODENAME.xml.bz2`. Format:
//! the OVAL language, version 5.11.2; made from the security tracker's data by the web pages' own scripts.
//!
//! What is odd: the tests are of binary packages, but the names are those of *source* packages, and so are the
//! versions; the facts are about sources. "Earlier than 0" is the tracker's *not affected*. Documents of 2020
//! write an epoch 0 before a version that has an epoch (`0:1:4.14-1`). A definition is about one CVE or DSA and
//! one source package; older ones name the CVE in the title only.
//!
//! Not affected: fixed in 0. Won't fix: not said.

use super::debian_releases::{self, RELEASES};
use super::oval::{self, Dialect, Known, Rows, Said};
use crate::feed::{Document, Feed, FeedConfig, Sink, Unreadable};
use crate::formats::oval::{self as format, Definition, Host};
use model::{Advisory, AdvisoryKind, Fact, Platform, Severity, Subject};
use std::io::BufRead;
use versions::Scheme;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct DebianOval;

/// The folder of the documents.
pub const URL: &str = "https://www.debian.org/security/oval/";

impl Feed for DebianOval {
    fn id(&self) -> &'static str {
        "debian-oval"
    }

    fn title(&self) -> &'static str {
        "Debian OVAL"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn platforms(&self) -> Vec<Platform> {
        debian_releases::platforms()
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
        let names = oval::listed(&page, "oval-definitions-", ".xml.bz2").into_iter().filter(|name| {
            let codename = name.strip_prefix("oval-definitions-").and_then(|rest| rest.strip_suffix(".xml.bz2"));
            codename.is_some_and(|codename| debian_releases::platform(codename).is_some())
        });
        let folder = folder.trim_end_matches('/');
        Ok(names.map(|name| Document { name: name.to_owned(), url: format!("{folder}/{name}") }).collect())
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        oval::read(self, body, sink)
    }
}

impl Dialect for DebianOval {
    fn scheme(&self) -> Scheme {
        Scheme::Dpkg
    }

    fn releases(&self) -> Vec<Known> {
        RELEASES
            .iter()
            .filter_map(|(codename, release)| {
                let mut host = Host { scheme: Some(Scheme::Dpkg), ..Host::default() };
                // Any kernel: definitions ask for one without saying which.
                "linux".clone_into(&mut host.running_kernel);
                let number = release.bytes().all(|b| b.is_ascii_digit());
                let text = if number { format!("{release}.0\n") } else { format!("{codename}/sid\n") };
                host.files.insert("/etc/debian_version".to_owned(), text);
                Some(Known { platform: Platform::new("debian", release).ok()?, host })
            })
            .collect()
    }

    fn platform(&self, words: &str) -> Option<Platform> {
        let release = words.strip_prefix("Debian GNU/Linux ")?;
        RELEASES.iter().find(|(_, known)| *known == release).and_then(|(_, r)| Platform::new("debian", r).ok())
    }

    fn advisory(
        &self,
        document: &format::Document,
        definition: &Definition,
        said: Vec<Said>,
        _rows: &mut Rows,
    ) -> Result<Advisory, String> {
        let mut cves = oval::cves(document, definition, None);
        let label = definition.title.split(' ').next().unwrap_or_default();
        if cves.is_empty() && oval::is_cve(label) {
            cves.push(label);
        }
        if label.is_empty() || label.len() > 64 {
            return Err("its title begins with no CVE or advisory".to_owned());
        }
        let mut facts = Vec::new();
        let mut first = None;
        for Said { statement, platforms } in &said {
            // This takes the epoch 0 away, before a version with an epoch of its own too.
            let status = oval::status(document, statement.limit);
            for (platform, _) in platforms.iter() {
                for name in statement.names.iter() {
                    first.get_or_insert_with(|| (name.clone(), platform.clone()));
                    let named = if cves.is_empty() { [""].as_slice() } else { cves.as_slice() };
                    facts.extend(named.iter().map(|cve| Fact {
                        platform: platform.clone(),
                        subject: Subject::Source(name.clone()),
                        cve: (*cve).to_owned(),
                        status: status.clone(),
                        words: String::new(),
                        severity: Severity::Unknown,
                        arches: Vec::new(),
                        channel: String::new(),
                        module: String::new(),
                    }));
                }
            }
        }
        let key = first.map_or_else(String::new, |(name, platform)| format!(" {name} {platform}"));
        Ok(Advisory {
            id: format!("{label}{key}"),
            title: definition.title.clone(),
            kind: AdvisoryKind::Security,
            published: oval::date(document, definition.issued),
            updated: None,
            withdrawn: false,
            cves: cves.into_iter().map(str::to_owned).collect(),
            facts,
            references: oval::links(document, definition),
        })
    }
}
