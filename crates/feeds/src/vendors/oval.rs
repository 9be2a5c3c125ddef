//! What every vendor's OVAL goes through: definitions become statements, statements facts.
//!
//! A vendor's file says by which hosts its releases are known, and what its words mean. A definition
//! that can't be said as facts without changing what it means is skipped with the reason
//! ([`crate::formats::oval`]); definitions of the class *inventory* are only referred to by others.

use crate::feed::{Sink, Skipped, Unreadable};
use crate::formats::cve_id::{self, CveId};
use crate::formats::errata::shown;
use crate::formats::oval::{
    self, Class, Criteria, Definition, Flattener, Host, Kind, Limit, Operation, Statement, Sym, Value,
};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use model::{Advisory, Fact, FactStatus, Platform, Subject};
use std::collections::{BTreeMap, HashSet};
use std::io::BufRead;
use std::rc::Rc;
use versions::Scheme;

/// Most facts of a definition; the largest real ones (kernels, all CVEs of an update) have 4,000.
const MAX_FACTS: usize = 200_000;
/// Most links of an advisory.
const MAX_REFERENCES: usize = 200;

/// A release, and a host by which it is known. Minor releases may have hosts of their own.
pub(super) struct Known {
    /// The platform.
    pub(super) platform: Platform,
    /// The host: its release package or file, nothing else.
    pub(super) host: Host,
}

/// A statement with the platforms it is about.
pub(super) struct Said {
    /// What is said.
    pub(super) statement: Statement,
    /// The platforms, and whether it is about every host of them that is known (every minor release).
    pub(super) platforms: Rc<[(Platform, bool)]>,
}

/// Packages of a definition that are skipped: why, and the first of the packages.
pub(super) type Rows = BTreeMap<String, String>;

/// A vendor's way with OVAL.
pub(super) trait Dialect {
    /// The order of its versions.
    fn scheme(&self) -> Scheme;

    /// Its releases.
    fn releases(&self) -> Vec<Known>;

    /// Beginnings of the names of packages that a release is known by.
    fn release_packages(&self) -> &'static [&'static str] {
        &[]
    }

    /// The platform of `affected/platform`, for definitions that test none.
    fn platform(&self, words: &str) -> Option<Platform>;

    /// Makes the advisory of a definition. Facts may be in any order and repeat each other. What is
    /// said of a package but not understood goes to `rows`, why by package.
    ///
    /// # Errors
    /// Why the definition is skipped.
    fn advisory(
        &self,
        document: &oval::Document,
        definition: &Definition,
        said: Vec<Said>,
        rows: &mut Rows,
    ) -> Result<Advisory, String>;
}

/// Why a definition is skipped that is about other releases than those of the table.
const NOWHERE: &str = "it holds on no release that is known here";

/// Reads a document.
pub(super) fn read(dialect: &dyn Dialect, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let mut document = oval::parse(body)?;
    if document.seen == 0 {
        return Err(Unreadable::Malformed { line: 1, why: "the document has no definition".to_owned() });
    }
    match timestamp(&document.generated) {
        Some(at) => sink.dated(at),
        None if document.generated.is_empty() => {}
        None => sink.skipped(no_date("generator", None, "timestamp", &document.generated))?,
    }
    for skipped in std::mem::take(&mut document.skipped) {
        sink.skipped(skipped)?;
    }
    for (definition, why) in std::mem::take(&mut document.unread) {
        // Parts of its criteria may be missing, so that it is lost for every package where it names its issues.
        let note = Skipped::new(document.text(definition.id), Some(definition.line), why);
        let cves = cves(&document, &definition, None);
        let named = if cves.is_empty() { packages(&document, definition.criteria.as_ref()) } else { Vec::new() };
        let note = note.of_cves(cves).of_packages(named).of_anything();
        sink.skipped(if definition.class == Class::Inventory { note.harmless() } else { note })?;
    }
    let (platforms, hosts): (Vec<Platform>, Vec<Host>) =
        dialect.releases().into_iter().map(|known| (known.platform, known.host)).unzip();
    let mut flattener = Flattener::new(&document, &hosts, dialect.release_packages());
    let mut ids = HashSet::new();
    for definition in document.definitions.items() {
        if definition.class == Class::Inventory {
            continue;
        }
        let id = document.text(definition.id);
        odd_cves(&document, definition, sink)?;
        let mut rows = Rows::new();
        let statements = flattener.statements(definition.id).map_err(|reason| reason.to_string());
        let advisory = statements
            .and_then(|statements| said(dialect, &document, definition, statements, &platforms))
            .and_then(|said| dialect.advisory(&document, definition, said, &mut rows))
            .and_then(|advisory| finished(advisory, definition, dialect.scheme(), &mut rows));
        match advisory {
            Ok(mut advisory) => {
                if !ids.insert(advisory.id.clone()) {
                    // Two definitions of one CVE; their own ids tell them apart.
                    advisory.id = format!("{} {id}", advisory.id);
                }
                for (what, date) in [("issued", definition.issued), ("updated", definition.updated)] {
                    let written = date.map(|date| document.text(date).trim()).unwrap_or_default();
                    if !written.is_empty() && timestamp(written).is_none() {
                        sink.skipped(no_date(id, Some(definition.line), what, written))?;
                    }
                }
                for (why, package) in rows {
                    let note = Skipped::new(&format!("{id} {package}"), Some(definition.line), why);
                    sink.skipped(note.of_cves(cves(&document, definition, None)).of_packages([package.as_str()]))?;
                }
                sink.advisory(advisory)?;
            }
            Err(why) => {
                let elsewhere = why == NOWHERE;
                let note = Skipped::new(id, Some(definition.line), why);
                let named = packages(&document, definition.criteria.as_ref());
                let note = note.of_cves(cves(&document, definition, None)).of_packages(named).of_anything();
                // No host is judged by what holds on a release that nobody knows.
                sink.skipped(if elsewhere { note.harmless() } else { note })?;
            }
        }
    }
    Ok(())
}

/// Notes the CVEs of a definition that are written otherwise than they should be. Of which nobody knows what they
/// mean, that is lost for its packages.
fn odd_cves(document: &oval::Document, definition: &Definition, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    for written in &definition.odd_cves {
        let (text, id) = (document.text(*written), document.text(definition.id));
        let note = |why: String| Skipped::new(&format!("{id} {text}"), Some(definition.line), why);
        sink.skipped(match CveId::of(text).id() {
            Some(cve) => note(cve_id::is_written(text, &cve)).harmless(),
            None => {
                note(cve_id::is_none(text)).of_packages(packages(document, definition.criteria.as_ref())).of_anything()
            }
        })?;
    }
    Ok(())
}

/// The packages that a definition's tests name.
fn packages<'d>(document: &'d oval::Document, criteria: Option<&Criteria>) -> Vec<&'d str> {
    let mut named = Vec::new();
    let mut left: Vec<&Criteria> = criteria.into_iter().collect();
    while let Some(part) = left.pop() {
        match part {
            Criteria::Group { parts, .. } => left.extend(parts),
            Criteria::Extend { .. } => {}
            Criteria::Test { id, .. } => {
                let object = document.tests.get(*id).and_then(|test| document.objects.get(test.object?));
                let packages = object.filter(|object| matches!(object.kind, Kind::RpmInfo | Kind::DpkgInfo));
                for entity in packages.map(|object| object.entities.as_slice()).unwrap_or_default() {
                    if let Value::Text(name) = entity.value
                        && document.text(entity.name) == "name"
                        && entity.operation == Operation::Equals
                    {
                        named.push(document.text(name));
                    }
                }
            }
        }
    }
    named.sort_unstable();
    named.dedup();
    named
}

/// Names the platforms of statements.
fn said(
    dialect: &dyn Dialect,
    document: &oval::Document,
    definition: &Definition,
    statements: Vec<Statement>,
    platforms: &[Platform],
) -> Result<Vec<Said>, String> {
    if statements.is_empty() {
        return Err(NOWHERE.to_owned());
    }
    let mut by_words = None;
    let mut said: Vec<Said> = Vec::with_capacity(statements.len());
    for statement in statements {
        // The statements of a definition are nearly always about the same platforms.
        let before = said.last().filter(|before| before.statement.platforms == statement.platforms);
        let platforms = if let Some(before) = before {
            Rc::clone(&before.platforms)
        } else if statement.platforms.are_tested() {
            let mut named: Vec<(Platform, bool)> = Vec::new();
            for (at, platform) in platforms.iter().enumerate() {
                let holds = statement.platforms.contains(at);
                match named.iter_mut().find(|(known, _)| known == platform) {
                    Some((_, whole)) => *whole &= holds,
                    None if holds => {
                        let earlier = platforms.get(..at).is_some_and(|earlier| earlier.contains(platform));
                        named.push((platform.clone(), !earlier));
                    }
                    None => {}
                }
            }
            named.into()
        } else {
            match &by_words {
                Some(named) => Rc::clone(named),
                None => {
                    let named: Rc<[(Platform, bool)]> = platforms_by_words(dialect, document, definition)?.into();
                    by_words = Some(Rc::clone(&named));
                    named
                }
            }
        };
        said.push(Said { statement, platforms });
    }
    Ok(said)
}

fn platforms_by_words(
    dialect: &dyn Dialect,
    document: &oval::Document,
    definition: &Definition,
) -> Result<Vec<(Platform, bool)>, String> {
    if definition.platforms.is_empty() {
        return Err("it neither tests nor names a platform".to_owned());
    }
    let of = |words: &Sym| {
        let words = document.text(*words);
        let platform = dialect.platform(words);
        platform.map(|p| (p, true)).ok_or_else(|| format!("the platform '{}' is not known here", words.escape_debug()))
    };
    definition.platforms.iter().map(of).collect()
}

/// Sorts what repeats itself out: one fact a stream and set of architectures, the one that says most.
fn finished(
    mut advisory: Advisory,
    definition: &Definition,
    scheme: Scheme,
    rows: &mut Rows,
) -> Result<Advisory, String> {
    if advisory.facts.len() > MAX_FACTS {
        return Err(format!("it comes to more than {MAX_FACTS} facts"));
    }
    // Facts about the CVEs of an update follow each other and have one version.
    let mut sound: Option<String> = None;
    advisory.facts.retain(|fact| {
        let FactStatus::Fixed(version) = &fact.status else { return true };
        if sound.as_ref() == Some(version) {
            return true;
        }
        let checked = crate::version::check(scheme, version);
        if let Err(error) = &checked {
            rows.entry(error.clone()).or_insert_with(|| fact.subject.name().to_owned());
        } else {
            sound = Some(version.clone());
        }
        checked.is_ok()
    });
    if advisory.facts.is_empty() {
        // Nothing is left of it: what was wrong with the first package is why.
        return Err(std::mem::take(rows)
            .into_keys()
            .next()
            .unwrap_or_else(|| "it says nothing of packages".to_owned()));
    }
    fn stream(fact: &Fact) -> (&Platform, &Subject, &str, &str, &str, &[String]) {
        (&fact.platform, &fact.subject, &fact.cve, &fact.channel, &fact.module, &fact.arches)
    }
    advisory.facts.sort_by(|a, b| stream(a).cmp(&stream(b)));
    advisory.facts.dedup_by(|next, kept| {
        let same = stream(next) == stream(kept);
        if same && says_more(&next.status, &kept.status, scheme) {
            std::mem::swap(next, kept);
        }
        same
    });
    advisory.cves.sort();
    advisory.cves.dedup();
    advisory.references.truncate(MAX_REFERENCES);
    advisory.withdrawn |= definition.deprecated;
    Ok(advisory)
}

/// Whether a statement is about more versions than another about the same package: the tree holds
/// where either does.
fn says_more(a: &FactStatus, b: &FactStatus, scheme: Scheme) -> bool {
    const fn rank(status: &FactStatus) -> u8 {
        match status {
            FactStatus::NotAffected => 0,
            FactStatus::Fixed(_) => 1,
            FactStatus::WillNotFix => 2,
            FactStatus::UnderInvestigation => 3,
            FactStatus::Affected => 4,
        }
    }
    match (a, b) {
        (FactStatus::Fixed(a), FactStatus::Fixed(b)) => scheme.compare(a, b).is_gt(),
        _ => rank(a) > rank(b),
    }
}

/// The CVEs that a definition names: of a test where the document gives them so, else all of it.
pub(super) fn cves<'d>(document: &'d oval::Document, definition: &Definition, test: Option<Sym>) -> Vec<&'d str> {
    let of_test: Vec<&str> = definition
        .cves
        .iter()
        .filter(|cve| cve.test.is_some() && cve.test == test)
        .map(|cve| document.text(cve.id))
        .collect();
    if !of_test.is_empty() || definition.cves.iter().any(|cve| cve.test.is_some()) && test.is_some() {
        return of_test;
    }
    let named = definition.cves.iter().map(|cve| document.text(cve.id));
    let sources = definition.references.iter();
    let referred = sources.filter(|r| r.source.is_some_and(|s| document.text(s) == "CVE")).map(|r| document.text(r.id));
    let mut cves: Vec<&str> = named.chain(referred).filter(|cve| is_cve(cve)).collect();
    cves.sort_unstable();
    cves.dedup();
    cves
}

/// `CVE-2021-3156`, or the older `CAN-2004-0001`.
pub(super) fn is_cve(text: &str) -> bool {
    let number = text.strip_prefix("CVE-").or_else(|| text.strip_prefix("CAN-")).unwrap_or_default();
    let digits = |part: &str| part.len() >= 4 && part.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 32 && number.split_once('-').is_some_and(|(year, rest)| digits(year) && digits(rest))
}

/// The links of a definition.
pub(super) fn links(document: &oval::Document, definition: &Definition) -> Vec<String> {
    let urls = definition.references.iter().filter_map(|reference| reference.url).map(|url| document.text(url));
    urls.filter(|url| url.starts_with("https://") || url.starts_with("http://")).map(str::to_owned).collect()
}

/// What a limit means, with the version as the vendor's packages have it: no epoch where it is 0.
pub(super) fn status(document: &oval::Document, limit: Limit) -> FactStatus {
    match limit {
        Limit::Never => FactStatus::NotAffected,
        Limit::Installed => FactStatus::Affected,
        Limit::Below(version) => match document.text(version) {
            "0" | "0:0" => FactStatus::NotAffected,
            version => FactStatus::Fixed(version.strip_prefix("0:").unwrap_or(version).to_owned()),
        },
    }
}

/// A date of a definition, as [`timestamp`] reads it. [`read`] notes one that is written and is none.
pub(super) fn date(document: &oval::Document, date: Option<Sym>) -> Option<Timestamp> {
    timestamp(document.text(date?).trim())
}

/// Says that something was taken without its date, which no verdict needs.
fn no_date(record: &str, line: Option<u64>, what: &str, written: &str) -> Skipped {
    Skipped::new(record, line, format!("{what} '{}' is no date", shown(written))).harmless()
}

/// A date, with the time of day where there is one: `2021-05-21`, `2017-01-31 22:59:00 UTC`,
/// `2021-05-24T08:00:00-04:00`. One that is impossible is none.
fn timestamp(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        // With an offset from UTC, which the others leave out.
        return Some(at);
    }
    let (day, time) = text.split_at_checked(10).unwrap_or((text, ""));
    let day: Date = day.parse().ok()?;
    let time = time.trim_start_matches([' ', 'T']).get(..8).and_then(|time| time.parse().ok());
    let at = DateTime::from_parts(day, time.unwrap_or_default());
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// The names in the links of a directory's page that begin and end so.
pub(super) fn listed<'p>(page: &'p str, begin: &str, end: &str) -> Vec<&'p str> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let names = links.map(|link| link.rsplit('/').next().unwrap_or(link));
    let mut names: Vec<&str> = names.filter(|name| name.starts_with(begin) && name.ends_with(end)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn dates_are_read_with_and_without_a_time_and_an_offset() {
        for (written, means) in [
            ("2021-05-21", Some("2021-05-21T00:00:00Z")),
            ("2017-01-31 22:59:00 UTC", Some("2017-01-31T22:59:00Z")),
            ("2021-05-24T06:26:19", Some("2021-05-24T06:26:19Z")),
            ("2021-05-24T06:26:19-04:00", Some("2021-05-24T10:26:19Z")),
            ("2021-02-30T06:26:19", None),
            ("", None),
        ] {
            assert_eq!(timestamp(written), means.map(|means| means.parse().unwrap()), "{written}");
        }
    }
}
