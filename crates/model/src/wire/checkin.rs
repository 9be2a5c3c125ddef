//! The check-in, which costs next to nothing while nothing changes, and the server's answers.

use super::{AgentInfo, Heartbeat, Odd, SectionHash, SectionName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `POST /api/agent/v1/checkin`: who I am, and the hash of each section as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckIn {
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
    /// The host's clock.
    pub observed_at: Timestamp,
    /// The hash of each section, or why there is none.
    pub sections: Digests,
    /// The labels as they are set now, empty ones included. Absent: the sender does not compare
    /// them at check-ins, and a change reaches the server with the next report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
    /// Volatile values.
    #[serde(default)]
    pub heartbeat: Heartbeat,
}

/// The labels of the administrator's choice, as a report carries them beside its sections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Free label.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// Site.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub site: String,
    /// Environment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub env: String,
}

/// The digests of a check-in, one a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// Section `host`.
    pub host: Digest,
    /// Section `packages`.
    pub packages: Digest,
    /// Section `updates`.
    pub updates: Digest,
    /// Section `repositories`.
    pub repositories: Digest,
    /// Section `runtime`.
    pub runtime: Digest,
    /// Section `history`.
    pub history: Digest,
}

impl Digests {
    /// Each section with its digest, in the order of [`SectionName::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (SectionName, &Digest)> {
        SectionName::ALL.into_iter().zip([
            &self.host,
            &self.packages,
            &self.updates,
            &self.repositories,
            &self.runtime,
            &self.history,
        ])
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (SectionName, &mut Digest)> {
        SectionName::ALL.into_iter().zip([
            &mut self.host,
            &mut self.packages,
            &mut self.updates,
            &mut self.repositories,
            &mut self.runtime,
            &mut self.history,
        ])
    }
}

/// One section in a check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", try_from = "DigestText")]
pub enum Digest {
    /// It could be collected.
    Present {
        /// Its hash.
        hash: SectionHash,
    },
    /// It could not.
    Unavailable {
        /// Why, one line for people.
        reason: String,
    },
}

/// A digest as it is read. An enum that its `state` tells apart would be taken from an array, too.
#[derive(Deserialize)]
struct DigestText {
    state: DigestState,
    #[serde(default)]
    hash: Option<SectionHash>,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DigestState {
    Present,
    Unavailable,
}

impl TryFrom<DigestText> for Digest {
    type Error = &'static str;

    fn try_from(text: DigestText) -> Result<Self, Self::Error> {
        match text.state {
            DigestState::Present if text.reason.is_some() => Err("`reason` does not go with `present`"),
            DigestState::Unavailable if text.hash.is_some() => Err("`hash` does not go with `unavailable`"),
            DigestState::Present => text.hash.map(|hash| Self::Present { hash }).ok_or("missing field `hash`"),
            DigestState::Unavailable => {
                text.reason.map(|reason| Self::Unavailable { reason }).ok_or("missing field `reason`")
            }
        }
    }
}

/// What the server wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Nothing: all of it is known.
    Known,
    /// A report with the named sections present.
    Send,
    /// Collect afresh and send everything, whatever the hashes say.
    ReportNow,
}

/// The answer to a check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInAnswer {
    /// What the server wants.
    pub answer: Answer,
    /// The sections wanted; empty with `known`.
    #[serde(default)]
    pub sections: Vec<SectionName>,
    /// The number that the host's next report is to carry at least.
    pub next_sequence: u64,
    /// Seconds until the next check-in, where the agent has no interval of its own.
    pub interval_seconds: u32,
}

/// The answer to a report, sent after it is durable and in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportAnswer {
    /// The host's public id.
    pub host_id: i64,
    /// The report had been taken before, or is outdated; nothing was changed.
    pub duplicate: bool,
    /// What is known of the host was seen later than this report: by its number it is no later one, and
    /// by its time neither. Nothing was changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outdated: bool,
    /// Sections that are still unknown and were sent as `unchanged`: send them next.
    #[serde(default)]
    pub wanted: Vec<SectionName>,
    /// Records that were left out, with the reason.
    #[serde(default)]
    pub odd: Vec<Odd>,
    /// The number that the host's next report is to carry at least.
    pub next_sequence: u64,
    /// Seconds until the next check-in.
    pub interval_seconds: u32,
}
