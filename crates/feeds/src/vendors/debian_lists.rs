//! Debian's lists of security advisories: DSA (the security team) and DLA (long term support).
//!
//! Addresses: `data/DSA/list` and `data/DLA/list` of
//! <https://salsa.debian.org/security-tracker-team/security-tracker>; the format is described in
//! that repository's `doc/security-team.d.o/security_tracker`. An advisory is a head line, and
//! indented lines with its CVEs, one line a package and release, and notes:
//!
//! ```text
//! [29 Mar 2023] DSA-5380-1 xorg-server - security update
//!     {CVE-2023-1393}
//!     [bullseye] - xorg-server 2:1.20.11-1+deb11u6
//!     NOTE: fixed in testing at time of DSA
//! ```
//!
//! What is odd: package lines name *source* packages; the tracker itself applies every CVE of the
//! braces to every package line, so we do; an advisory may name no CVE (a regression, an end of
//! life) or no package; early ones have no revision (`DSA-141`) and other dashes; squeeze's fixes of
//! the DLA list are in a channel of their own (`squeeze-lts`), later ones in the release's own
//! security archive. In place of a version stands a word in angle brackets.
//!
//! Not affected: `<not-affected>` or version 0. Won't fix: `<end-of-life>`, `<no-dsa>`, `<ignored>`, `<removed>`.

use super::debian_releases;
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::formats::cve_id::{self, CveId};
use jiff::Timestamp;
use model::{Advisory, Fact, FactStatus, Platform, Severity, Subject};
use std::borrow::Cow;
use std::io::BufRead;

/// One of the two lists.
#[derive(Debug, Clone, Copy)]
pub struct DebianList {
    id: &'static str,
    title: &'static str,
    url: &'static str,
    /// How its advisories' ids begin.
    prefix: &'static str,
}

/// Debian Security Advisories.
pub const DSA: DebianList = DebianList {
    id: "debian-dsa",
    title: "Debian Security Advisories (DSA)",
    url: "https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/DSA/list",
    prefix: "DSA-",
};

/// Debian LTS Advisories.
pub const DLA: DebianList = DebianList {
    id: "debian-dla",
    title: "Debian LTS Advisories (DLA)",
    url: "https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/DLA/list",
    prefix: "DLA-",
};

/// Longest line, in bytes; the longest real one has 6 KB.
const MAX_LINE_BYTES: u64 = 256 << 10;
/// Most lines of an advisory; the longest real one has some 70.
const MAX_ADVISORY_LINES: usize = 10_000;

impl Feed for DebianList {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn parser_version(&self) -> u32 {
        2
    }

    fn usual_records(&self) -> u64 {
        // In April 2023 there were 5,406 DSAs and 3,534 DLAs.
        2_000
    }

    fn platforms(&self) -> Vec<Platform> {
        debian_releases::platforms()
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, crate::FetchError>,
    ) -> Result<Vec<Document>, crate::FetchError> {
        Ok(vec![Document { name: "list".to_owned(), url: config.url.clone().unwrap_or_else(|| self.url.to_owned()) }])
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let mut parser = Parser { list: self, sink, line: 0, draft: None };
        let mut buffer = Vec::new();
        while parser.next_line(body, &mut buffer)? {
            match std::str::from_utf8(&buffer) {
                Ok(text) => parser.take(text)?,
                Err(_) => parser.skip(&String::from_utf8_lossy(&buffer), "the line is not UTF-8")?,
            }
        }
        parser.flush()
    }
}

/// The advisory being read.
struct Draft {
    advisory: Advisory,
    /// Package lines wait for the CVEs, whichever comes first.
    packages: Vec<Fact>,
    lines: usize,
}

struct Parser<'a> {
    list: &'a DebianList,
    sink: &'a mut dyn Sink,
    line: u64,
    /// `None` before the first head line and after one that is not understood, whose lines go with it.
    draft: Option<Draft>,
}

impl Parser<'_> {
    /// Reads the next line without its end. A line beyond the ceiling is skipped to its end.
    fn next_line(&mut self, body: &mut dyn BufRead, buffer: &mut Vec<u8>) -> Result<bool, Unreadable> {
        buffer.clear();
        let io = |error: std::io::Error| Unreadable::Io(error.to_string());
        let read = std::io::Read::take(&mut *body, MAX_LINE_BYTES).read_until(b'\n', buffer).map_err(io)?;
        if read == 0 {
            return Ok(false);
        }
        self.line += 1;
        if buffer.last() == Some(&b'\n') {
            buffer.pop();
        } else if read as u64 == MAX_LINE_BYTES {
            self.skip(&String::from_utf8_lossy(&buffer[..100]), "the line is too long")?;
            buffer.clear();
            body.skip_until(b'\n').map_err(io)?;
        }
        Ok(true)
    }

    fn skip(&mut self, record: &str, why: &str) -> Result<(), Unreadable> {
        Ok(self.sink.skipped(Skipped::new(record.trim(), Some(self.line), why))?)
    }

    fn take(&mut self, text: &str) -> Result<(), Unreadable> {
        if text.trim().is_empty() {
            return Ok(());
        }
        if !text.starts_with([' ', '\t']) {
            self.flush()?;
            match head(text.trim_end(), self.list.prefix) {
                Ok(advisory) => self.draft = Some(Draft { advisory, packages: Vec::new(), lines: 0 }),
                Err(why) => self.skip(text, &why)?,
            }
            return Ok(());
        }
        let Some(draft) = &mut self.draft else { return Ok(()) };
        draft.lines += 1;
        if draft.lines > MAX_ADVISORY_LINES {
            return self.skip(text, "the advisory has too many lines");
        }
        match body_line(text.trim(), self.list.prefix == "DLA-") {
            Ok(Line::Cves(cves)) => draft.advisory.cves.extend(cves),
            Ok(Line::Package(fact)) => draft.packages.push(*fact),
            Ok(Line::Note) => {}
            Err(why) => {
                // `[bookworm] - xz-utils 5.6.0-0.2`: the package is known, whatever is wrong with the rest.
                let package = text.split_once("- ").and_then(|(_, rest)| rest.split_whitespace().next());
                let note = Skipped::new(text.trim(), Some(self.line), why);
                let note = note.of_cves(draft.advisory.cves.iter().map(String::as_str)).of_packages(package);
                self.sink.skipped(note)?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Unreadable> {
        let Some(Draft { mut advisory, packages, .. }) = self.draft.take() else { return Ok(()) };
        advisory.cves.sort();
        advisory.cves.dedup();
        for fact in packages {
            if advisory.cves.is_empty() {
                advisory.facts.push(fact);
            } else {
                advisory.facts.extend(advisory.cves.iter().map(|cve| Fact { cve: cve.clone(), ..fact.clone() }));
            }
        }
        Ok(self.sink.advisory(advisory)?)
    }
}

/// `[29 Mar 2023] DSA-5380-1 xorg-server - security update`
fn head(line: &str, prefix: &str) -> Result<Advisory, String> {
    let (date, rest) = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .ok_or("neither the head of an advisory ('[DATE] ID PACKAGE - TEXT') nor an indented line")?;
    let published = published(date).ok_or_else(|| format!("'{}' is no date", date.escape_debug()))?;
    let rest = rest.trim();
    let (id, title) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let number = id.strip_prefix(prefix).unwrap_or_default();
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if id.len() > 32 || !number.split('-').all(plain) {
        return Err(format!("expected an advisory '{prefix}NUMBER' after the date"));
    }
    Ok(Advisory {
        id: id.to_owned(),
        title: title.trim().chars().take(200).collect(),
        published: Some(published),
        kind: model::AdvisoryKind::Security,
        updated: None,
        withdrawn: false,
        cves: Vec::new(),
        facts: Vec::new(),
        references: Vec::new(),
    })
}

/// `29 Mar 2023`, at the start of that day, UTC.
fn published(date: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = date.split_whitespace();
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)?;
    let date = jiff::civil::Date::new(year.parse().ok()?, i8::try_from(month + 1).ok()?, day.parse().ok()?).ok()?;
    parts.next().is_none().then_some(())?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// An indented line.
enum Line {
    Cves(Vec<String>),
    Package(Box<Fact>),
    Note,
}

/// Words at the start of a line that is for people.
const NOTES: &[&str] = &["NOTE:", "TODO:", "NOT-FOR-US:", "REJECTED", "RESERVED"];

fn body_line(line: &str, lts: bool) -> Result<Line, String> {
    if NOTES.iter().any(|note| line.starts_with(note)) {
        return Ok(Line::Note);
    }
    if let Some(rest) = line.strip_prefix('{') {
        let inside = rest.strip_suffix('}').ok_or("the list of CVEs has no end")?;
        return inside
            .split_whitespace()
            .map(|cve| Ok(issue(cve)?.into_owned()))
            .collect::<Result<_, _>>()
            .map(Line::Cves);
    }
    let (codename, rest) = match line.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or("the release has no end")?,
        // Without a release it speaks of unstable.
        None => ("sid", line),
    };
    let rest = rest.trim_start().strip_prefix("- ").ok_or("expected '[RELEASE] - PACKAGE VERSION', CVEs or a note")?;
    let platform = debian_releases::platform(codename)
        .ok_or_else(|| format!("the release '{}' is not in the table of releases", codename.escape_debug()))?;
    package_line(rest.trim(), platform, lts && codename == "squeeze").map(|fact| Line::Package(Box::new(fact)))
}

/// The id of an issue, as it should be written: `CVE-2023-1393`, or a placeholder of the tracker's (`CVE-2023-XXXX`,
/// `TEMP-0000000-0CA7E3`).
///
/// # Errors
/// Why it is none.
pub(super) fn issue(text: &str) -> Result<Cow<'_, str>, String> {
    let plain = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let digits = |part: &str| part.len() >= 4 && part.bytes().all(|b| b.is_ascii_digit());
    let is_year = |rest: &str, of: &dyn Fn(&str) -> bool| {
        rest.split_once('-').is_some_and(|(year, number)| year.len() == 4 && digits(year) && of(number))
    };
    let is_other = text.len() <= 64
        && match text.split_once('-') {
            Some(("TEMP", rest)) => plain(rest),
            Some(("CVE", rest)) => is_year(rest, &|number| number.len() >= 4 && number.bytes().all(|b| b == b'X')),
            Some(("CAN", rest)) => is_year(rest, &digits),
            _ => false,
        };
    match CveId::of(text).id() {
        Some(id) => Ok(id),
        None if is_other => Ok(Cow::Borrowed(text)),
        None => Err(cve_id::is_none(text)),
    }
}

/// `xorg-server 2:1.20.11-1+deb11u6 (medium; bug #1)`, `mantis <not-affected> (Vulnerable code not present)`
fn package_line(text: &str, platform: Platform, lts: bool) -> Result<Fact, String> {
    let (source, rest) = text.split_once(char::is_whitespace).ok_or("the package has neither version nor state")?;
    let rest = rest.trim_start();
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (state, notes) = rest.split_at(end);
    let notes = notes.trim();
    let notes = notes.strip_prefix('(').and_then(|notes| notes.strip_suffix(')')).unwrap_or(notes);
    let word = state.strip_prefix('<').and_then(|state| state.strip_suffix('>'));
    let status = match word {
        None if state == "0" => FactStatus::NotAffected,
        None => {
            crate::version::check(versions::Scheme::Dpkg, state)?;
            FactStatus::Fixed(state.to_owned())
        }
        Some("not-affected") => FactStatus::NotAffected,
        Some("unfixed" | "postponed") => FactStatus::Affected,
        Some("no-dsa" | "ignored" | "end-of-life" | "removed") => FactStatus::WillNotFix,
        Some("undetermined") => FactStatus::UnderInvestigation,
        Some(word) => return Err(format!("the state '<{}>' is not known", word.escape_debug())),
    };
    // An urgency among the notes is no word about the package's state.
    let urgency = notes.split(';').map(str::trim).find_map(urgency);
    let note = if urgency.is_some() { "" } else { notes };
    let words = match (word, note) {
        (None, note) => note.to_owned(),
        (Some(word), "") => word.to_owned(),
        (Some(word), note) => format!("{word}: {note}"),
    };
    Ok(Fact {
        platform,
        subject: Subject::Source(source.to_owned()),
        cve: String::new(),
        status,
        words: words.chars().take(500).collect(),
        severity: urgency.unwrap_or_default(),
        arches: Vec::new(),
        channel: if lts { "lts".to_owned() } else { String::new() },
        module: String::new(),
    })
}

fn urgency(word: &str) -> Option<Severity> {
    match word {
        "unimportant" => Some(Severity::Negligible),
        "low" => Some(Severity::Low),
        "medium" => Some(Severity::Medium),
        "high" => Some(Severity::High),
        _ => None,
    }
}
