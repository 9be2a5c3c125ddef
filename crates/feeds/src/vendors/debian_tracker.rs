//! Debian's security tracker.
//!
//! Address: <https://security-tracker.debian.org/tracker/data/json>. The format is described on
//! <https://security-tracker.debian.org/tracker/data/> and by the tracker's own documentation
//! (`doc/security-team.d.o`): an object of source packages, each an object of CVEs, each with
//! `releases`, each with a status. The document has over 60 MB and no date inside.
//!
//! What is odd: it speaks of *source* packages; `fixed_version` 0 means that the release never was
//! affected; a release without an entry is one of which nothing is said; an urgency may be a
//! support statement (`end-of-life`, `unimportant`) and may end in `**` (assigned by machine); an
//! issue without a CVE id has a placeholder (`TEMP-0000000-0CA7E3`); an entry without releases has
//! an empty *list* there.
//!
//! Not affected: `resolved` with version 0. Won't fix: `open` with `nodsa` (unless postponed), or of
//! urgency `end-of-life` or `unimportant`.

use super::debian_lists::issue;
use super::debian_releases;
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::formats::cve_id;
use crate::formats::distinct::{Distinct, twice};
use model::{Advisory, Fact, FactStatus, Platform, Severity, Subject};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct DebianTracker;

/// Where the document is.
pub const URL: &str = "https://security-tracker.debian.org/tracker/data/json";

/// Longest record that is looked into, in bytes; the largest real ones have some 10 KB.
const MAX_RECORD_BYTES: usize = 1 << 20;
/// Most records of a document, fifty times as many as there are.
const MAX_RECORDS: u64 = 5_000_000;

impl Feed for DebianTracker {
    fn id(&self) -> &'static str {
        "debian-tracker"
    }

    fn title(&self) -> &'static str {
        "Debian security tracker"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn usual_records(&self) -> u64 {
        // Issues times packages, a part of some 100,000 (see MAX_RECORDS).
        10_000
    }

    fn platforms(&self) -> Vec<Platform> {
        debian_releases::platforms()
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, crate::FetchError>,
    ) -> Result<Vec<Document>, crate::FetchError> {
        Ok(vec![Document { name: "json".to_owned(), url: config.url.clone().unwrap_or_else(|| URL.to_owned()) }])
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let mut reader = Reader { sink, records: 0, stopped: false };
        let mut json = serde_json::Deserializer::from_reader(body);
        let outcome = Sources(&mut reader).deserialize(&mut json).and_then(|()| json.end());
        match outcome {
            _ if reader.stopped => Err(Unreadable::Stopped),
            Err(error) if error.is_io() => Err(Unreadable::Io(std::io::Error::from(error).to_string())),
            Err(error) => Err(Unreadable::Malformed { line: error.line() as u64, why: error.to_string() }),
            Ok(()) if reader.records == 0 => {
                Err(Unreadable::Malformed { line: 1, why: "the document names no issue of any package".to_owned() })
            }
            Ok(()) => Ok(()),
        }
    }
}

/// One issue of one source package. Fields that nothing here needs are passed over.
#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    description: String,
    debianbug: Option<u64>,
    releases: Releases,
}

/// The releases of a record: an object, or an empty list where there is none. Each is read by itself.
struct Releases(BTreeMap<String, Box<RawValue>>);

impl<'de> Deserialize<'de> for Releases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByName;
        impl<'de> Visitor<'de> for ByName {
            type Value = Releases;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of releases, or an empty list")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Releases, A::Error> {
                let Distinct(all) = Distinct::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Releases(all))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Releases, A::Error> {
                match seq.next_element::<IgnoredAny>()? {
                    None => Ok(Releases(BTreeMap::new())),
                    Some(_) => Err(serde::de::Error::invalid_type(serde::de::Unexpected::Seq, &self)),
                }
            }
        }
        deserializer.deserialize_any(ByName)
    }
}

/// What is said of one release.
#[derive(Deserialize)]
struct Release {
    status: String,
    fixed_version: Option<String>,
    #[serde(default)]
    urgency: String,
    nodsa: Option<String>,
    #[serde(default)]
    nodsa_reason: String,
}

struct Reader<'a> {
    sink: &'a mut dyn Sink,
    records: u64,
    stopped: bool,
}

impl Reader<'_> {
    /// Skips all that is said of an issue of a source package, or of the package.
    fn skip<E: serde::de::Error>(&mut self, source: &str, cve: Option<&str>, why: impl Into<String>) -> Result<(), E> {
        let record = cve.map_or_else(|| source.to_owned(), |cve| format!("{cve} {source}"));
        self.count()?;
        self.note(Skipped::new(&record, None, why).of_cves(cve).of_packages([source]))
    }

    fn note<E: serde::de::Error>(&mut self, note: Skipped) -> Result<(), E> {
        self.sink.skipped(note).map_err(|_| self.stop())
    }

    fn stop<E: serde::de::Error>(&mut self) -> E {
        self.stopped = true;
        E::custom("stopped")
    }

    fn count<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.records += 1;
        if self.records > MAX_RECORDS {
            return Err(E::custom(format!("more than {MAX_RECORDS} records")));
        }
        Ok(())
    }

    fn record<E: serde::de::Error>(&mut self, source: &str, cve: &str, raw: &RawValue) -> Result<(), E> {
        if raw.get().len() > MAX_RECORD_BYTES {
            return self.skip(source, Some(cve), format!("longer than {MAX_RECORD_BYTES} bytes"));
        }
        let id = format!("{cve} {source}");
        if cve.is_empty() || source.is_empty() || id.len() > 512 || id.chars().any(char::is_control) {
            return self.skip(source, Some(cve), "the name of the issue or package is empty, too long or no text");
        }
        let written = cve;
        let cve = match issue(written) {
            Ok(cve) => cve,
            // Which issue it is about is not known.
            Err(why) => {
                let note = Skipped::new(&format!("{written} {source}"), None, why);
                return self.note(note.of_packages([source]));
            }
        };
        let cve = cve.as_ref();
        if cve != written {
            self.note(Skipped::new(source, None, cve_id::is_written(written, cve)).harmless())?;
        }
        let id = format!("{cve} {source}");
        let record: Record = match serde_json::from_str(raw.get()) {
            Ok(record) => record,
            Err(error) => return self.skip(source, Some(cve), format!("not a record of the tracker: {error}")),
        };
        self.count()?;
        let mut facts = Vec::new();
        for (codename, said) in record.releases.0 {
            let note = |why| Skipped::new(&format!("{id} {codename}"), None, why);
            let Some(platform) = debian_releases::platform(&codename) else {
                // No host is judged by what is said of a release that nobody knows.
                self.note(note("the release is not in the table of releases".to_owned()).harmless())?;
                continue;
            };
            match fact(source, cve, platform.clone(), &said) {
                Ok(fact) => facts.push(fact),
                Err(why) => self.note(note(why).of_cves([cve]).of_packages([source]).on(&platform))?,
            }
        }
        let advisory = Advisory {
            id,
            title: record.description.lines().next().unwrap_or_default().chars().take(200).collect(),
            published: None,
            kind: model::AdvisoryKind::Security,
            updated: None,
            withdrawn: false,
            cves: vec![cve.to_owned()],
            facts,
            references: record.debianbug.iter().map(|bug| format!("https://bugs.debian.org/{bug}")).collect(),
        };
        self.sink.advisory(advisory).map_err(|_| self.stop())
    }
}

/// What a release's entry says.
fn fact(source: &str, cve: &str, platform: Platform, said: &RawValue) -> Result<Fact, String> {
    let release: Release = serde_json::from_str(said.get()).map_err(|error| error.to_string())?;
    let urgency = release.urgency.trim_end_matches('*');
    let status = match (release.status.as_str(), release.fixed_version.as_deref()) {
        ("resolved", Some("0")) => FactStatus::NotAffected,
        ("resolved", Some(version)) => {
            crate::version::check(versions::Scheme::Dpkg, version)
                .map_err(|error| format!("fixed_version: {error}"))?;
            FactStatus::Fixed(version.to_owned())
        }
        ("resolved", None) => return Err("resolved, but without a fixed_version".to_owned()),
        ("open", _) => match (urgency, release.nodsa.as_ref(), release.nodsa_reason.as_str()) {
            ("end-of-life" | "unimportant", _, _) => FactStatus::WillNotFix,
            // To be fixed together with the next issue: not refused, only late.
            (_, Some(_), "postponed") | (_, None, _) => FactStatus::Affected,
            (_, Some(_), _) => FactStatus::WillNotFix,
        },
        ("undetermined", _) => FactStatus::UnderInvestigation,
        (status, _) => return Err(format!("the status '{}' is not known", status.escape_debug())),
    };
    Ok(Fact {
        platform,
        subject: Subject::Source(source.to_owned()),
        cve: cve.to_owned(),
        status,
        words: words(&release, urgency),
        severity: severity(urgency),
        arches: Vec::new(),
        channel: String::new(),
        module: String::new(),
    })
}

/// The vendor's words, each kept: `postponed: Minor issue`, `unimportant`, `undetermined`.
fn words(release: &Release, urgency: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(why) = &release.nodsa {
        let word = if release.nodsa_reason.is_empty() { "no-dsa" } else { &release.nodsa_reason };
        words.push(if why.is_empty() { word.to_owned() } else { format!("{word}: {why}") });
    }
    if matches!(urgency, "end-of-life" | "unimportant") {
        words.push(urgency.to_owned());
    }
    if release.status == "undetermined" {
        words.push(release.status.clone());
    }
    words.join("; ").chars().take(500).collect()
}

/// The tracker's urgencies.
fn severity(urgency: &str) -> Severity {
    match urgency {
        "unimportant" => Severity::Negligible,
        "low" => Severity::Low,
        "medium" => Severity::Medium,
        "high" => Severity::High,
        _ => Severity::Unknown,
    }
}

/// The outer object: source packages.
struct Sources<'r, 'a>(&'r mut Reader<'a>);

impl<'de> DeserializeSeed<'de> for Sources<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Sources<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of source packages")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(source) = map.next_key::<String>()? {
            map.next_value_seed(Issues { reader: &mut *self.0, source: &source })?;
            if seen.contains(&source) {
                // Both were read, and nobody knows which of them counts.
                self.0.skip(&source, None, format!("the package {}", twice(&source)))?;
            }
            seen.insert(source);
        }
        Ok(())
    }
}

/// The inner object: the issues of one source package.
struct Issues<'r, 'a, 's> {
    reader: &'r mut Reader<'a>,
    source: &'s str,
}

impl Issues<'_, '_, '_> {
    fn wrong<E: serde::de::Error>(self) -> Result<(), E> {
        self.reader.skip(self.source, None, "the package's issues are no object")
    }
}

impl<'de> DeserializeSeed<'de> for Issues<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Issues<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of issues")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(cve) = map.next_key::<String>()? {
            let raw: Box<RawValue> = map.next_value()?;
            if seen.contains(&cve) {
                self.reader.skip(self.source, Some(&cve), format!("the issue {}", twice(&cve)))?;
                continue;
            }
            self.reader.record(self.source, &cve, &raw)?;
            seen.insert(cve);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.wrong()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.wrong()
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.wrong()
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.wrong()
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.wrong()
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.wrong()
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.wrong()
    }
}
