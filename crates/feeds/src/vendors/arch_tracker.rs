//! Arch's security tracker.
//!
//! Address: <https://security.archlinux.org/all.json>, a list of *groups* (`AVG-2799`); the words
//! are described in <https://github.com/archlinux/arch-security-tracker>. A group is packages that
//! share issues, the version found affected, and the version that mends it.
//!
//! What is odd: every issue of a group holds for every package of it, and the severity is the
//! group's, the worst of its issues: that is how the tracker defines a group. There is one rolling
//! release and no date. A group that is still `Vulnerable` or `Unknown` may name a fixed version: the
//! packages from that version on are mended, those below are not known to be safe.
//!
//! Not affected: status `Not affected`. Won't fix: not said.

use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::cve_id::{self, CveId};
use crate::formats::json_list::{self, Item, Limits};
use crate::formats::salvage;
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Platform, Severity, Subject};
use serde::Deserialize;
use std::io::BufRead;
use versions::Scheme;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct ArchTracker;

/// Where the document is.
pub const URL: &str = "https://security.archlinux.org/all.json";

/// The tracker had 2,542 groups in 2022; the longest has 10 KB.
const LIMITS: Limits = Limits { records: 1_000_000, record_bytes: 1 << 20 };
/// Most facts of one group, packages times issues.
const MAX_FACTS: usize = 10_000;

impl Feed for ArchTracker {
    fn id(&self) -> &'static str {
        "arch-tracker"
    }

    fn title(&self) -> &'static str {
        "Arch Linux security tracker"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn usual_records(&self) -> u64 {
        // There were 2,542 groups when this was written, and none is ever taken away.
        1_000
    }

    fn platforms(&self) -> Vec<Platform> {
        Platform::new("arch", "rolling").into_iter().collect()
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let url = config.url.clone().unwrap_or_else(|| URL.to_owned());
        Ok(vec![Document { name: "all.json".to_owned(), url }])
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let groups = json_list::each(body, &[], LIMITS, &mut |item| {
            match item {
                Item::TooLong(start) => sink.skipped(salvage::too_long(start))?,
                Item::Record(text) => match serde_json::from_str::<Group>(text) {
                    Err(error) => sink.skipped(unread(text, format!("no group: {error}")))?,
                    Ok(mut group) => match named(&mut group).and_then(|notes| Ok((advisory(&group)?, notes))) {
                        Ok((advisory, notes)) => {
                            for note in notes {
                                sink.skipped(note)?;
                            }
                            sink.advisory(advisory)?;
                        }
                        Err(why) => sink.skipped(unread(text, why))?,
                    },
                },
            }
            Ok(())
        })?;
        if groups == 0 {
            return Err(Unreadable::Malformed { line: 1, why: "the document holds no group".to_owned() });
        }
        Ok(())
    }
}

/// A note on a group that is not understood: every issue of it is one of each of its packages.
fn unread(text: &str, why: String) -> Skipped {
    salvage::skipped(text, why, &[&["packages"]], &|name| Some(name.to_owned()))
}

/// A group, as the tracker writes it.
#[derive(Deserialize)]
struct Group {
    name: String,
    packages: Vec<String>,
    status: String,
    severity: String,
    #[serde(rename = "type", default)]
    kind: String,
    fixed: Option<String>,
    issues: Vec<String>,
    #[serde(default)]
    advisories: Vec<String>,
}

/// Brings the issues' ids into the form that they should have, with a note on each that had not; one that is no id
/// is taken out of the group, and so lost for its packages.
fn named(group: &mut Group) -> Result<Vec<Skipped>, String> {
    if group.packages.is_empty() {
        return Err("it names no package".to_owned());
    }
    let (mut issues, mut notes) = (Vec::with_capacity(group.issues.len()), Vec::new());
    for written in std::mem::take(&mut group.issues) {
        let note = |why: String| Skipped::new(&group.name, None, why);
        match CveId::of(&written) {
            CveId::Sound(_) => issues.push(written),
            CveId::Mended(id) => {
                notes.push(note(cve_id::is_written(&written, &id)).harmless());
                issues.push(id);
            }
            CveId::Broken | CveId::Other => {
                let note = note(cve_id::is_none(&written)).of_text(&written);
                notes.push(note.of_packages(group.packages.iter().map(String::as_str)));
            }
        }
    }
    group.issues = issues;
    Ok(notes)
}

fn advisory(group: &Group) -> Result<Advisory, String> {
    let texts = [&group.name].into_iter().chain(&group.packages).chain(&group.issues).chain(&group.advisories);
    if texts.into_iter().any(|text| text.is_empty() || text.len() > 200 || text.chars().any(char::is_control)) {
        return Err("a name in it is empty, too long or no text".to_owned());
    }
    if group.packages.len() * group.issues.len() > MAX_FACTS {
        return Err(format!("more than {MAX_FACTS} pairs of package and issue"));
    }
    let platform = Platform::new("arch", "rolling").map_err(|error| error.to_string())?;
    if let Some((fixed, scheme)) = group.fixed.as_deref().zip(Scheme::of_distribution("arch")) {
        crate::version::check(scheme, fixed).map_err(|error| format!("fixed: {error}"))?;
    }
    let fixed = || group.fixed.clone().map(FactStatus::Fixed);
    // The fix of a `Testing` group waits in the testing repositories.
    let (status, words, channel) = match group.status.as_str() {
        "Fixed" => (fixed().ok_or("it is fixed, but names no version")?, "", ""),
        "Testing" => (fixed().ok_or("it is fixed in testing, but names no version")?, "Testing", "testing"),
        "Vulnerable" => match fixed() {
            Some(fixed) => (fixed, "Vulnerable", ""),
            None => (FactStatus::Affected, "", ""),
        },
        "Unknown" => (fixed().unwrap_or(FactStatus::UnderInvestigation), "Unknown", ""),
        "Not affected" => (FactStatus::NotAffected, "Not affected", ""),
        other => return Err(format!("the status '{}' is not known", other.escape_debug())),
    };
    let severity = match group.severity.as_str() {
        "Critical" => Severity::Critical,
        "High" => Severity::High,
        "Medium" => Severity::Medium,
        "Low" => Severity::Low,
        "Unknown" => Severity::Unknown,
        other => return Err(format!("the severity '{}' is not known", other.escape_debug())),
    };
    let mut cves = group.issues.clone();
    cves.sort();
    cves.dedup();
    let mut facts = Vec::with_capacity(group.packages.len() * group.issues.len());
    for package in &group.packages {
        for issue in &group.issues {
            facts.push(Fact {
                platform: platform.clone(),
                subject: Subject::Binary(package.clone()),
                cve: issue.clone(),
                status: status.clone(),
                words: words.to_owned(),
                severity,
                arches: Vec::new(),
                channel: channel.to_owned(),
                module: String::new(),
            });
        }
    }
    let pages = [&group.name].into_iter().chain(&group.advisories);
    Ok(Advisory {
        id: group.name.clone(),
        title: group.kind.chars().take(200).collect(),
        kind: AdvisoryKind::Security,
        published: None,
        updated: None,
        withdrawn: false,
        cves,
        facts,
        references: pages.map(|page| format!("https://security.archlinux.org/{page}")).collect(),
    })
}
