//! The fleet at a glance.

use super::error::ApiResult;
use super::exploited;
use super::feeds::FeedRow;
use super::findings::FleetFinding;
use super::json::Query;
use super::types::{AssessmentCounts, SeverityCounts, StateCounts};
use super::updates::SourceUpdate;
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use fleet::{Colour, Freshness};
use matching::Reason;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Hosts by colour.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ColourCounts {
    /// Nothing pending.
    pub green: u64,
    /// Only other than security updates pending.
    pub yellow: u64,
    /// Security updates pending.
    pub orange: u64,
    /// A critical finding with a fix at hand.
    pub red: u64,
    /// Unknown.
    pub grey: u64,
}

/// Hosts by freshness and colour.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostCounts {
    /// All.
    pub total: u64,
    /// Heard of within twice their interval.
    pub fresh: u64,
    /// Within a day.
    pub late: u64,
    /// Within a week.
    pub stale: u64,
    /// Longer ago.
    pub lost: u64,
    /// By colour.
    pub colours: ColourCounts,
}

/// Pending updates, summed over hosts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FleetUpdateCounts {
    /// Hosts with a security update.
    pub hosts_with_security: u64,
    /// Hosts with any update.
    pub hosts_with_any: u64,
    /// Security updates, withheld ones too.
    pub security: u64,
    /// Updates that are neither security updates nor withheld.
    pub other: u64,
    /// Updates that the manager holds, phases or keeps back.
    pub withheld: u64,
}

/// Hosts that wait for a restart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RestartCounts {
    /// Hosts that say they must be rebooted.
    pub hosts_reboot_required: u64,
}

/// Open findings, each (host, CVE) counted once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingCounts {
    /// All.
    pub open: u64,
    /// Hosts with one or more.
    pub hosts: u64,
    /// By state.
    pub by_state: StateCounts,
    /// By severity.
    pub by_severity: SeverityCounts,
}

/// How much of the fleet could be judged.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FleetAssessment {
    /// The counts.
    #[serde(flatten)]
    pub counts: AssessmentCounts,
    /// Hosts without a single assessed package.
    pub hosts_not_assessed: u64,
}

/// One platform of the fleet and the feeds that speak for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlatformRow {
    /// Distribution and release.
    pub platform: String,
    /// Its hosts.
    pub hosts: u64,
    /// Of the feed that decides: `in_force`, `too_old`; `partial` where only feeds that name fixed
    /// issues are at hand, or too many of its records were skipped; `none` where no feed in force speaks of the
    /// release.
    pub feed_state: String,
    /// Feeds that speak for it, the deciding one first.
    pub feeds: Vec<String>,
    /// Date of the data: the deciding feed's, else the newest of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<jiff::Timestamp>,
    /// A command for the server's shell that mends what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// The age of what hosts themselves know.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Lists {
    /// The oldest package lists of any fresh host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest_at: Option<jiff::Timestamp>,
}

/// The fleet at a glance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    /// The moment for which it holds.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: jiff::Timestamp,
    /// The change that it holds.
    pub seq: i64,
    /// Hosts.
    pub hosts: HostCounts,
    /// Updates.
    pub updates: FleetUpdateCounts,
    /// Restarts.
    pub restarts: RestartCounts,
    /// Findings.
    pub findings: FindingCounts,
    /// Assessment.
    pub assessment: FleetAssessment,
    /// Platforms, most hosts first.
    pub platforms: Vec<PlatformRow>,
    /// Feeds.
    pub feeds: Vec<FeedRow>,
    /// At most 10 source packages: those whose updates close the most findings first, then security
    /// updates, then those that settle the most updates.
    pub top_updates: Vec<SourceUpdate>,
    /// At most 10 findings: worst first, then most hosts.
    pub top_findings: Vec<FleetFinding>,
    /// Package lists.
    pub lists: Lists,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(overview))
}

/// The fleet at a glance.
#[utoipa::path(get, path = "/api/v1/overview", tag = "overview", params(super::host::HostAsked), responses((status = 200, body = Overview)))]
async fn overview(
    State(app): State<App>,
    _user: Principal,
    Query(asked): Query<super::host::HostAsked>,
) -> ApiResult<Json<Overview>> {
    let (snapshot, seq) = app.snapshot(asked.min_seq).await?;
    let feeds = super::feeds::rows(&app).await?;
    let asked = Arc::clone(&snapshot);
    let all = app.answer(move || asked.overview(None)).await?;
    let mut top_findings: Vec<_> = all.top_findings.into_iter().map(FleetFinding::from).collect();
    exploited::mark(&snapshot, &mut top_findings);
    Ok(Json(Overview {
        as_of: all.as_of,
        seq,
        hosts: HostCounts {
            total: all.hosts.total,
            fresh: all.hosts.fresh(Freshness::Fresh),
            late: all.hosts.fresh(Freshness::Late),
            stale: all.hosts.fresh(Freshness::Stale),
            lost: all.hosts.fresh(Freshness::Lost),
            colours: ColourCounts {
                green: all.hosts.coloured(Colour::Green),
                yellow: all.hosts.coloured(Colour::Yellow),
                orange: all.hosts.coloured(Colour::Orange),
                red: all.hosts.coloured(Colour::Red),
                grey: all.hosts.coloured(Colour::Grey),
            },
        },
        updates: FleetUpdateCounts {
            hosts_with_security: all.updates.hosts_with_security,
            hosts_with_any: all.updates.hosts_with_any,
            security: all.updates.security,
            other: all.updates.other,
            withheld: all.updates.withheld,
        },
        restarts: RestartCounts { hosts_reboot_required: all.restarts.hosts_reboot_required },
        findings: FindingCounts {
            open: all.findings.open,
            hosts: all.findings.hosts,
            by_state: (&all.findings.by_state).into(),
            by_severity: (&all.findings.by_severity).into(),
        },
        assessment: FleetAssessment {
            counts: AssessmentCounts {
                packages: all.assessment.packages,
                assessed: all.assessment.assessed,
                not_assessed: all.assessment.not_assessed,
            },
            hosts_not_assessed: all.assessment.hosts_not_assessed,
        },
        platforms: all.platforms.iter().map(|platform| platform_row(&app, platform, &feeds)).collect(),
        feeds,
        top_updates: all.top_updates.into_iter().map(SourceUpdate::from).collect(),
        top_findings,
        lists: Lists { oldest_at: all.oldest_lists_at },
    }))
}

/// A platform with the state of the feeds that speak for it, by the rules that judge it: a feed in force may say
/// nothing of the release.
fn platform_row(app: &App, totals: &fleet::PlatformTotals, feeds: &[FeedRow]) -> PlatformRow {
    let rules = app.rules(&totals.platform);
    let silence = rules.as_ref().and_then(|rules| rules.silence());
    let wanted = matching::speaks_for(&totals.platform);
    let find = |id: &&str| feeds.iter().find(|feed| feed.id == **id && feed.state != "never");
    let deciding = matching::deciding_for(&totals.platform);
    let decides = deciding.iter().find_map(find);
    let others = wanted.iter().filter(|id| !deciding.contains(id)).filter_map(find);
    let newest = || others.filter_map(|feed| feed.as_of).max();
    let (feed_state, as_of) = match silence {
        None | Some(Reason::RecordSkipped { .. } | Reason::ForeignOrigin { .. } | Reason::InvalidVersion { .. }) => {
            ("in_force", decides.and_then(|feed| feed.as_of))
        }
        Some(Reason::FeedTooOld { as_of, .. }) => ("too_old", Some(*as_of)),
        Some(Reason::PositivesOnly { .. } | Reason::DocumentSkipped { .. } | Reason::TooManySkipped { .. }) => {
            ("partial", decides.and_then(|feed| feed.as_of).or_else(newest))
        }
        Some(Reason::NoFeed { .. } | Reason::ReleaseNotInFeed { .. }) => ("none", None),
    };
    PlatformRow {
        platform: totals.platform.to_string(),
        hosts: totals.hosts,
        feed_state: feed_state.to_owned(),
        as_of,
        command: silence.and_then(super::assessment::mending_command),
        feeds: wanted.into_iter().map(str::to_owned).collect(),
    }
}
