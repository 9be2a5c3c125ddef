//! Reading a report that a stranger sent: whole, or not at all, with limits.
//!
//! Two kinds of fault: what makes the whole report unusable is [`Invalid`] and names the field; a
//! record that is odd by itself is left out and listed as [`Odd`], and the rest is taken.

use super::fields::{check_header, check_heartbeat, check_identifier, check_most, check_time, clean_reason};
use super::objects::Objects;
use super::records::{
    check_history, check_host, check_manager, check_packages, check_repositories, check_runtime, check_updates,
};
use super::sections::{History, Host, Packages, Repositories, Runtime, Updates};
use super::{
    AgentInfo, CheckIn, Heartbeat, Limits, MAX_SEQUENCE, Report, Section, SectionHash, SectionName, SectionState,
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use versions::Scheme;

/// Why a report is refused, with the field in the notation `sections.packages.data.records[3].name`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}{}{why}", if field.is_empty() { "" } else { ": " })]
pub struct Invalid {
    /// The field; empty when the document as a whole is meant.
    pub field: String,
    /// What is wrong, as a fragment of a sentence.
    pub why: String,
}

impl Invalid {
    /// An error about a field.
    #[must_use]
    pub fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), why: why.into() }
    }
}

/// A record that was left out of an accepted report, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Odd {
    /// The section it stood in.
    pub section: SectionName,
    /// Which one: its name, or its place.
    pub record: String,
    /// Why, in words.
    pub why: String,
    /// The record itself was taken: only what stood in it at this place was left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kept: bool,
}

/// A section as it came in, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming<T> {
    /// Here it is. `canonical` is what the hash covers, for the record.
    Present {
        /// SHA-256 of `canonical`.
        hash: SectionHash,
        /// What was understood of it, without odd records.
        data: T,
        /// The bytes as they were sent.
        canonical: String,
    },
    /// As before.
    Unchanged {
        /// The hash that the sender believes the server to have.
        hash: SectionHash,
    },
    /// Not collected; the last good state stays.
    Unavailable {
        /// Why.
        reason: String,
    },
}

impl<T> Incoming<T> {
    /// The section's data, if it came.
    #[must_use]
    pub fn data(&self) -> Option<&T> {
        match self {
            Self::Present { data, .. } => Some(data),
            _ => None,
        }
    }
}

/// A report that passed every check.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The program that spoke.
    pub agent: AgentInfo,
    /// 32 lower case hexadecimal digits.
    pub machine_id: String,
    /// The kernel's boot id, may be empty.
    pub boot_id: String,
    /// The node name.
    pub hostname: String,
    /// The report's number.
    pub sequence: u64,
    /// The host's clock.
    pub observed_at: Timestamp,
    /// Free label.
    pub tag: String,
    /// Site.
    pub site: String,
    /// Environment.
    pub env: String,
    /// Volatile values.
    pub heartbeat: Heartbeat,
    /// What the machine is.
    pub host: Incoming<Host>,
    /// What is installed.
    pub packages: Incoming<Packages>,
    /// What could be upgraded.
    pub updates: Incoming<Updates>,
    /// Where from.
    pub repositories: Incoming<Repositories>,
    /// What runs.
    pub runtime: Incoming<Runtime>,
    /// What was patched when.
    pub history: Incoming<History>,
    /// Records that were left out.
    pub odd: Vec<Odd>,
}

/// Reads and checks a report.
///
/// # Errors
/// [`Invalid`] when it is no JSON, too large, of another format, or a field that everything hangs on
/// is missing or wrong, or when it nests deeper than [`Limits::nesting`].
pub fn read_report(body: &[u8], limits: &Limits) -> Result<Accepted, Invalid> {
    let report: Report = read_json(body, limits)?;
    check_header(report.format, &report.agent, &report.machine_id, &report.boot_id, &report.hostname, limits)?;
    check_most("sequence", report.sequence, MAX_SEQUENCE)?;
    for (field, value) in [("tag", &report.tag), ("site", &report.site), ("env", &report.env)] {
        check_identifier(field, value, limits)?;
    }
    check_time("observed_at", Some(report.observed_at))?;
    check_heartbeat(&report.heartbeat, limits)?;
    let mut odd = Vec::new();
    let sections = report.sections;
    let host = read_section(SectionName::Host, sections.host, limits, |host| check_host(host, limits))?;
    let packages = read_section(SectionName::Packages, sections.packages, limits, |packages| {
        check_packages(packages, limits, &mut odd)
    })?;
    if let (Some(packages), Some(host)) = (packages.data(), host.data()) {
        check_manager(packages, host)?;
    }
    let manager = manager(&packages, &host);
    Ok(Accepted {
        agent: report.agent,
        machine_id: report.machine_id,
        boot_id: report.boot_id,
        hostname: report.hostname,
        sequence: report.sequence,
        observed_at: report.observed_at,
        tag: report.tag,
        site: report.site,
        env: report.env,
        heartbeat: report.heartbeat,
        host,
        packages,
        updates: read_section(SectionName::Updates, sections.updates, limits, |updates| {
            check_updates(updates, manager, limits, &mut odd)
        })?,
        repositories: read_section(SectionName::Repositories, sections.repositories, limits, |repositories| {
            check_repositories(repositories, limits, &mut odd)
        })?,
        runtime: read_section(SectionName::Runtime, sections.runtime, limits, |runtime| {
            check_runtime(runtime, limits, &mut odd)
        })?,
        history: read_section(SectionName::History, sections.history, limits, |history| {
            check_history(history, limits, &mut odd)
        })?,
        odd,
    })
}

/// The package manager that wrote a report's versions, as far as the report itself says.
fn manager(packages: &Incoming<Packages>, host: &Incoming<Host>) -> Option<Scheme> {
    let packages = packages.data().map(|packages| packages.manager.as_str());
    let host = host.data().map(|host| host.package_manager.as_str());
    packages.or(host)?.parse().ok()
}

impl CheckIn {
    /// Reads and checks a check-in.
    ///
    /// # Errors
    /// [`Invalid`] as for [`read_report`].
    pub fn read(body: &[u8], limits: &Limits) -> Result<Self, Invalid> {
        let mut checkin: Self = read_json(body, limits)?;
        check_header(checkin.format, &checkin.agent, &checkin.machine_id, &checkin.boot_id, &checkin.hostname, limits)?;
        check_time("observed_at", Some(checkin.observed_at))?;
        check_heartbeat(&checkin.heartbeat, limits)?;
        if let Some(labels) = &checkin.labels {
            for (field, value) in [("tag", &labels.tag), ("site", &labels.site), ("env", &labels.env)] {
                check_identifier(&format!("labels.{field}"), value, limits)?;
            }
        }
        for (name, digest) in checkin.sections.iter_mut() {
            if let super::Digest::Unavailable { reason } = digest {
                clean_reason(&format!("sections.{name}.reason"), reason, limits)?;
            }
        }
        Ok(checkin)
    }
}

fn read_json<T: DeserializeOwned>(body: &[u8], limits: &Limits) -> Result<T, Invalid> {
    if u64::try_from(body.len()).unwrap_or(u64::MAX) > limits.report_bytes {
        return Err(Invalid::new("", format!("larger than {} bytes", limits.report_bytes)));
    }
    // The whole text is checked once: data is kept raw, and raw JSON is not checked for UTF-8.
    let text = std::str::from_utf8(body)
        .map_err(|error| Invalid::new("", format!("not UTF-8 from byte {}", error.valid_up_to())))?;
    check_nesting(text.as_bytes(), limits.nesting)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let value =
        serde_path_to_error::deserialize(Objects(&mut json)).map_err(|error| path_error("", text.len(), error))?;
    json.end().map_err(|error| Invalid::new("", error.to_string()))?;
    Ok(value)
}

/// Counts open brackets before anything is parsed. The JSON reader skips fields that it does not
/// know at any depth, and the bytes are kept: whoever reads them later, in whatever language, is not
/// to meet a document that no ordinary reader takes.
fn check_nesting(json: &[u8], most: usize) -> Result<(), Invalid> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, &byte) in json.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > most {
                    return Err(Invalid::new("", format!("nested deeper than {most} levels at byte {at}")));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Names the field of a reader's error: the path that was being read (`?` where it was between
/// fields), and the field that is missing there, which the path itself ends before. Of a document
/// that breaks off, says so and where.
fn path_error(prefix: &str, length: usize, error: serde_path_to_error::Error<serde_json::Error>) -> Invalid {
    let path = error.path().to_string();
    let path = path.trim_end_matches(['.', '?']);
    let inner = error.into_inner();
    let why = match length {
        _ if !inner.is_eof() => inner.to_string(),
        0 => format!("there is no document ({inner})"),
        length => format!("the document ends in the middle, after {length} bytes: was it cut off? ({inner})"),
    };
    let missing = ["missing field `", "duplicate field `"]
        .iter()
        .find_map(|start| why.strip_prefix(start)?.split('`').next())
        .filter(|name| path.rsplit('.').next() != Some(name));
    let parts: Vec<&str> =
        [prefix, path, missing.unwrap_or_default()].into_iter().filter(|part| !part.is_empty()).collect();
    Invalid::new(parts.join("."), why)
}

fn read_section<T: DeserializeOwned>(
    name: SectionName,
    section: Section,
    limits: &Limits,
    check: impl FnOnce(&mut T) -> Result<(), Invalid>,
) -> Result<Incoming<T>, Invalid> {
    let field = |part: &str| format!("sections.{name}.{part}");
    let hash = |hash: Option<SectionHash>| hash.ok_or_else(|| Invalid::new(field("hash"), "missing"));
    // A sender that says two things at once means one that is not known.
    let stray = match section.state {
        SectionState::Unavailable if section.hash.is_some() => Some("hash"),
        SectionState::Unavailable | SectionState::Unchanged if section.data.is_some() => Some("data"),
        SectionState::Unchanged | SectionState::Present if section.reason.is_some() => Some("reason"),
        _ => None,
    };
    if let Some(stray) = stray {
        return Err(Invalid::new(field(stray), format!("not with `{}`", section.state.as_str())));
    }
    match section.state {
        SectionState::Unavailable => {
            let mut reason = section.reason.ok_or_else(|| Invalid::new(field("reason"), "missing"))?;
            clean_reason(&field("reason"), &mut reason, limits)?;
            Ok(Incoming::Unavailable { reason })
        }
        SectionState::Unchanged => Ok(Incoming::Unchanged { hash: hash(section.hash)? }),
        SectionState::Present => {
            let stated = hash(section.hash)?;
            let raw = section.data.ok_or_else(|| Invalid::new(field("data"), "missing"))?;
            let canonical = Box::<str>::from(raw).into_string();
            let actual = SectionHash::of(canonical.as_bytes());
            if actual != stated {
                return Err(Invalid::new(
                    field("hash"),
                    format!(
                        "{stated} is stated, but the data as sent has {actual}; was the report re-formatted on its way?"
                    ),
                ));
            }
            let mut json = serde_json::Deserializer::from_str(&canonical);
            let mut data: T = serde_path_to_error::deserialize(Objects(&mut json))
                .map_err(|error| path_error(&field("data"), canonical.len(), error))?;
            check(&mut data)?;
            Ok(Incoming::Present { hash: stated, data, canonical })
        }
    }
}
