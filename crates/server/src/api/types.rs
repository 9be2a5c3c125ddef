//! Shapes that several answers share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A number of hosts or findings under a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Count {
    /// The value.
    pub value: String,
    /// How many.
    pub count: u64,
}

/// Pending updates by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct UpdateCounts {
    /// From a security repository.
    pub security: u64,
    /// All others.
    pub other: u64,
    /// Of both, those that the manager holds, phases or keeps back.
    pub withheld: u64,
}

/// Open findings, each (host, CVE) counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StateCounts {
    /// A fix is there.
    pub fix_available: u64,
    /// A fix is there, in a channel that the host lacks.
    pub fix_needs_channel: u64,
    /// Fixed on disk, the old one still runs.
    pub restart_needed: u64,
    /// No fix yet.
    pub no_fix: u64,
    /// The vendor will not fix it.
    pub will_not_fix: u64,
    /// The vendor has not decided.
    pub under_investigation: u64,
}

/// Open findings by the vendor's severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeverityCounts {
    /// Critical.
    pub critical: u64,
    /// High.
    pub high: u64,
    /// Medium.
    pub medium: u64,
    /// Low.
    pub low: u64,
    /// Of no practical consequence.
    pub negligible: u64,
    /// The vendor gives none.
    pub unknown: u64,
}

/// How much of what is installed could be judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssessmentCounts {
    /// Installed packages, host by host.
    pub packages: u64,
    /// Those that a feed in force speaks for.
    pub assessed: u64,
    /// The others.
    pub not_assessed: u64,
}

/// Why packages could not be judged, and the command that mends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotAssessed {
    /// Why, in words.
    pub reason: String,
    /// How many packages it concerns.
    pub packages: u64,
    /// A command for the server's shell, where one helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// Where a package comes from, as far as the evidence goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OriginView {
    /// `distribution`, `distribution_inferred` or `foreign`.
    pub kind: String,
    /// Who, if foreign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl From<&model::Origin> for OriginView {
    fn from(origin: &model::Origin) -> Self {
        let (kind, name) = match origin {
            model::Origin::Distribution => ("distribution", None),
            model::Origin::DistributionInferred => ("distribution_inferred", None),
            model::Origin::Foreign(name) => ("foreign", Some(name.clone())),
        };
        Self { kind: kind.to_owned(), name }
    }
}

/// One finding: a CVE that a package of a host has, had, or does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingRow {
    /// Name of the binary package.
    pub package: String,
    /// Its installed version.
    pub version: String,
    /// Its architecture.
    pub arch: String,
    /// `installed`, `running_kernel`, `next_kernel`, `resident`.
    pub role: String,
    /// The CVE, or the advisory's id where it names none.
    pub cve: String,
    /// Advisory that labels it, empty where none does.
    pub advisory: String,
    /// The state, one of `docs/matching.md`.
    pub state: String,
    /// First version that is not affected, empty where there is none.
    pub fixed_version: String,
    /// The vendor's severity: `critical`, `high`, `medium`, `low`, `negligible`, `unknown`.
    pub severity: String,
    /// Id of the feed that decided, empty where none speaks.
    pub feed: String,
    /// The vendor's own words or the reason, may be empty.
    pub words: String,
}

impl From<model::Finding> for FindingRow {
    fn from(finding: model::Finding) -> Self {
        let role = match finding.role {
            model::Role::Installed => "installed",
            model::Role::RunningKernel => "running_kernel",
            model::Role::NextKernel => "next_kernel",
            model::Role::Resident => "resident",
        };
        Self {
            package: finding.package,
            version: finding.version,
            arch: finding.arch,
            role: role.to_owned(),
            cve: finding.cve,
            advisory: finding.advisory,
            state: finding.state.as_str().to_owned(),
            fixed_version: finding.fixed_version,
            severity: finding.severity.as_str().to_owned(),
            feed: finding.feed,
            words: finding.words,
        }
    }
}

/// The texts of names that rows of the index share.
#[must_use]
pub fn texts(names: &[std::sync::Arc<str>]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// What every list takes.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// What to look for; see `docs/query-language.md` for hosts, free words elsewhere.
    #[param(max_length = 4096)]
    pub q: Option<String>,
    /// Order: one of the columns named above, `-` before it for descending.
    #[param(max_length = 64)]
    pub sort: Option<String>,
    /// Rows of a page, 1 to 500, 50 by default.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(max_length = 16384)]
    pub cursor: Option<String>,
    /// Answer only from a state that holds this change (`Mendwatch-Seq` of an earlier answer).
    #[param(minimum = 0)]
    pub min_seq: Option<i64>,
}

/// What an answer takes that no change touches.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoChange {
    /// Taken as everywhere, so that who has seen a change need not tell addresses apart. What stands here is no part
    /// of any change: it is read from the record as it is now, and waits for none.
    #[param(minimum = 0)]
    pub min_seq: Option<i64>,
}

impl From<&fleet::StateCounts> for StateCounts {
    fn from(counts: &fleet::StateCounts) -> Self {
        use model::State;
        Self {
            fix_available: counts.get(State::FixAvailable),
            fix_needs_channel: counts.get(State::FixNeedsChannel),
            restart_needed: counts.get(State::RestartNeeded),
            no_fix: counts.get(State::NoFix),
            will_not_fix: counts.get(State::WillNotFix),
            under_investigation: counts.get(State::UnderInvestigation),
        }
    }
}

impl From<&fleet::SeverityCounts> for SeverityCounts {
    fn from(counts: &fleet::SeverityCounts) -> Self {
        use model::Severity;
        Self {
            critical: counts.get(Severity::Critical),
            high: counts.get(Severity::High),
            medium: counts.get(Severity::Medium),
            low: counts.get(Severity::Low),
            negligible: counts.get(Severity::Negligible),
            unknown: counts.get(Severity::Unknown),
        }
    }
}
