//! The report itself.

use super::sections::{History, Host, Packages, Repositories, Runtime, Updates};
use super::{Digest, Digests, FORMAT, SectionHash, canonical_json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fmt;

/// The program that wrote a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentInfo {
    /// `mendwatch-agent`, `mendwatch`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Values that change all the time: shown as they are, kept for the last report only, in no hash.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Load averages over 1, 5 and 15 minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<[f32; 3]>,
    /// Memory that programs could have, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_available_bytes: Option<u64>,
    /// Swap in use, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swap_used_bytes: Option<u64>,
    /// File systems on local disks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disks: Vec<DiskHealth>,
    /// Seconds since boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime_seconds: Option<u64>,
}

/// One file system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskHealth {
    /// Where it is mounted.
    pub mount: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// What an ordinary user may still write, in bytes.
    pub available_bytes: u64,
    /// What is in use, in bytes. With `available_bytes` less than the size where blocks are reserved
    /// for the administrator; absent from agents that do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_bytes: Option<u64>,
}

/// The names of the sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionName {
    /// What the machine is.
    Host,
    /// What is installed.
    Packages,
    /// What could be upgraded.
    Updates,
    /// Where from.
    Repositories,
    /// What runs.
    Runtime,
    /// What was patched when.
    History,
}

impl SectionName {
    /// Every section, in the order of the wire.
    pub const ALL: [Self; 6] =
        [Self::Host, Self::Packages, Self::Updates, Self::Repositories, Self::Runtime, Self::History];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Packages => "packages",
            Self::Updates => "updates",
            Self::Repositories => "repositories",
            Self::Runtime => "runtime",
            Self::History => "history",
        }
    }

    /// The section of a word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.as_str() == name)
    }
}

impl fmt::Display for SectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a section of a report brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionState {
    /// Collected, and here it is.
    Present,
    /// Collected, and the server has it already.
    Unchanged,
    /// Not collected; the last good state stays.
    Unavailable,
}

impl SectionState {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Unchanged => "unchanged",
            Self::Unavailable => "unavailable",
        }
    }
}

/// One section in a report. `data` is kept as the bytes that arrived: the hash is over them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Section {
    /// What it brings.
    pub state: SectionState,
    /// With `present` and `unchanged`: SHA-256 of `data` as it stands in the report, which is its
    /// canonical form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<SectionHash>,
    /// With `unavailable`: why, one line for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// With `present`: the section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<RawValue>>,
}

/// The sections of a report.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sections {
    /// What the machine is.
    pub host: Section,
    /// What is installed.
    pub packages: Section,
    /// What could be upgraded.
    pub updates: Section,
    /// Where from.
    pub repositories: Section,
    /// What runs.
    pub runtime: Section,
    /// What was patched when.
    pub history: Section,
}

/// `POST /api/agent/v1/report`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// [`super::FORMAT`].
    pub format: u32,
    /// The program that speaks.
    pub agent: AgentInfo,
    /// systemd's machine id, or another stable id of the installation: 32 hexadecimal digits.
    pub machine_id: String,
    /// The kernel's boot id, empty where unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub boot_id: String,
    /// The kernel's node name.
    pub hostname: String,
    /// The number of this report, at most [`super::MAX_SEQUENCE`]. The server orders a host's reports
    /// by it, never by time.
    pub sequence: u64,
    /// The host's clock when collection began.
    pub observed_at: Timestamp,
    /// Free label (`MENDWATCH_TAG`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// Site (`MENDWATCH_SITE`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub site: String,
    /// Environment (`MENDWATCH_ENV`): development, staging, production.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub env: String,
    /// Volatile values.
    #[serde(default)]
    pub heartbeat: Heartbeat,
    /// The sections.
    pub sections: Sections,
}

/// What a collector found: each section, or the reason why it could not be read.
#[derive(Debug, Clone)]
pub struct Collected {
    /// What the machine is.
    pub host: Result<Host, String>,
    /// What is installed.
    pub packages: Result<Packages, String>,
    /// What could be upgraded.
    pub updates: Result<Updates, String>,
    /// Where from.
    pub repositories: Result<Repositories, String>,
    /// What runs.
    pub runtime: Result<Runtime, String>,
    /// What was patched when.
    pub history: Result<History, String>,
    /// Volatile values.
    pub heartbeat: Heartbeat,
    /// systemd's machine id, empty where the root has none.
    pub machine_id: String,
    /// The kernel's node name (another root: its `/etc/hostname`).
    pub hostname: String,
    /// The kernel's boot id, empty where unknown.
    pub boot_id: String,
}

fn digest<T: Serialize>(section: &Result<T, String>) -> Result<Digest, serde_json::Error> {
    Ok(match section {
        Ok(data) => Digest::Present { hash: SectionHash::of(&canonical_json(data)?) },
        Err(reason) => Digest::Unavailable { reason: reason.clone() },
    })
}

fn section<T: Serialize>(
    name: SectionName,
    section: &Result<T, String>,
    wanted: Option<&[SectionName]>,
) -> Result<Section, serde_json::Error> {
    let data = match section {
        Ok(data) => data,
        Err(reason) => {
            return Ok(Section {
                state: SectionState::Unavailable,
                hash: None,
                reason: Some(reason.clone()),
                data: None,
            });
        }
    };
    let bytes = canonical_json(data)?;
    let hash = Some(SectionHash::of(&bytes));
    if wanted.is_some_and(|wanted| !wanted.contains(&name)) {
        return Ok(Section { state: SectionState::Unchanged, hash, reason: None, data: None });
    }
    let text = String::from_utf8(bytes).map_err(serde::ser::Error::custom)?;
    Ok(Section { state: SectionState::Present, hash, reason: None, data: Some(RawValue::from_string(text)?) })
}

impl Collected {
    /// The digests for a check-in.
    ///
    /// # Errors
    /// Never in practice: only when serialisation of a section fails.
    pub fn digests(&self) -> Result<Digests, serde_json::Error> {
        Ok(Digests {
            host: digest(&self.host)?,
            packages: digest(&self.packages)?,
            updates: digest(&self.updates)?,
            repositories: digest(&self.repositories)?,
            runtime: digest(&self.runtime)?,
            history: digest(&self.history)?,
        })
    }
}

/// Makes the report of what was collected. With `wanted`, sections outside of it are sent as
/// *unchanged*; without, everything is sent. Tag, site and environment are left empty.
///
/// # Errors
/// Never in practice: only when serialisation of a section fails.
pub fn write_report(
    collected: &Collected,
    agent: AgentInfo,
    sequence: u64,
    observed_at: Timestamp,
    wanted: Option<&[SectionName]>,
) -> Result<Report, serde_json::Error> {
    Ok(Report {
        format: FORMAT,
        agent,
        machine_id: collected.machine_id.clone(),
        boot_id: collected.boot_id.clone(),
        hostname: collected.hostname.clone(),
        sequence,
        observed_at,
        tag: String::new(),
        site: String::new(),
        env: String::new(),
        heartbeat: collected.heartbeat.clone(),
        sections: Sections {
            host: section(SectionName::Host, &collected.host, wanted)?,
            packages: section(SectionName::Packages, &collected.packages, wanted)?,
            updates: section(SectionName::Updates, &collected.updates, wanted)?,
            repositories: section(SectionName::Repositories, &collected.repositories, wanted)?,
            runtime: section(SectionName::Runtime, &collected.runtime, wanted)?,
            history: section(SectionName::History, &collected.history, wanted)?,
        },
    })
}
