//! What a verdict says, and the row in which it leaves the house.

use crate::Role;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The state of (package in a role, CVE). Meanings: `docs/matching.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Affected; the vendor ships a fix for this stream.
    FixAvailable,
    /// Affected; fixed only in a channel that the host has not attached.
    FixNeedsChannel,
    /// Affected; no fix yet.
    NoFix,
    /// Affected; the vendor says that it will not fix it here.
    WillNotFix,
    /// The vendor has not decided.
    UnderInvestigation,
    /// Fixed on disk, but the running kernel or a process is still the old one.
    RestartNeeded,
    /// Not affected, with the reason in the evidence.
    NotAffected,
    /// Open, under an exception in force.
    Accepted,
    /// No feed speaks for it.
    NotAssessed,
}

impl State {
    /// Every state, in the order in which lists show them.
    pub const ALL: [Self; 9] = [
        Self::FixAvailable,
        Self::FixNeedsChannel,
        Self::RestartNeeded,
        Self::NoFix,
        Self::WillNotFix,
        Self::UnderInvestigation,
        Self::Accepted,
        Self::NotAffected,
        Self::NotAssessed,
    ];

    /// The word in every interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FixAvailable => "fix_available",
            Self::FixNeedsChannel => "fix_needs_channel",
            Self::NoFix => "no_fix",
            Self::WillNotFix => "will_not_fix",
            Self::UnderInvestigation => "under_investigation",
            Self::RestartNeeded => "restart_needed",
            Self::NotAffected => "not_affected",
            Self::Accepted => "accepted",
            Self::NotAssessed => "not_assessed",
        }
    }

    /// Whether the state counts as an open finding: affected (or possibly so) and not accepted.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::FixAvailable
                | Self::FixNeedsChannel
                | Self::NoFix
                | Self::WillNotFix
                | Self::UnderInvestigation
                | Self::RestartNeeded
        )
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
            format!("'{text}' is not a state: expected one of {}", Self::ALL.map(Self::as_str).join(", "))
        })
    }
}

/// The vendor's severity, in one scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The vendor gives none.
    #[default]
    Unknown,
    /// Of no practical consequence (Debian: unimportant; Ubuntu: negligible).
    Negligible,
    /// Low.
    Low,
    /// Medium, moderate.
    Medium,
    /// High, important.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// Every severity, worst first.
    pub const ALL: [Self; 6] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Negligible, Self::Unknown];

    /// The word in every interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Negligible => "negligible",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Whether the vendor gives none.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A condition on the host under which a state holds. The matcher emits guards, the index
/// intersects them with its context bitmaps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum Guard {
    /// Holds on every host.
    Always,
    /// Holds where the context bit (`esm-infra`, `eus:9.2`, `livepatch:ID`) is set.
    Has(String),
    /// Holds where the context bit is not set.
    Lacks(String),
}

/// One state and when it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GuardedState {
    /// The condition.
    pub guard: Guard,
    /// The state under it.
    pub state: State,
    /// The fixed version under it, where it is another than the verdict's (a minor release with fixes
    /// of its own).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_version: Option<String>,
}

/// What is said of one package in one role and one CVE (or advisory without CVE).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Verdict {
    /// The CVE, or the advisory's id where it names none.
    pub cve: String,
    /// Advisory that labels it (`DSA-5900-1`), empty where none does.
    pub advisory: String,
    /// States by guard. The first whose guard holds counts, and together they cover every host: one
    /// that always holds, a bit and its absence, or several bits in order with one that always holds
    /// at the end.
    pub states: Vec<GuardedState>,
    /// First version that is not affected, empty where there is none.
    pub fixed_version: String,
    /// The vendor's severity for this package and release.
    pub severity: Severity,
    /// Id of the feed that decided.
    pub feed: String,
    /// The vendor's own words, may be empty.
    pub words: String,
}

/// A finding as it leaves the house: `mendwatch evaluate`, the API, the dashboard.
/// Derived on the spot, stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// Name of the binary package.
    pub package: String,
    /// Its installed version.
    pub version: String,
    /// Its architecture.
    pub arch: String,
    /// The role in which it is affected.
    pub role: Role,
    /// The CVE, or the advisory's id where it names none.
    pub cve: String,
    /// Advisory that labels it, empty where none does.
    pub advisory: String,
    /// The state on this host.
    pub state: State,
    /// First version that is not affected, empty where there is none.
    pub fixed_version: String,
    /// The vendor's severity.
    pub severity: Severity,
    /// Id of the feed that decided, empty where none speaks.
    pub feed: String,
    /// The vendor's own words or the reason, may be empty.
    pub words: String,
}
