//! The list of hosts.

use super::error::{ApiError, ApiResult, Problem};
use super::json::Query;
use super::page::{Listing, asked, limit, sort};
use super::types::{Count, ListQuery};
use crate::app::App;
use crate::auth::principal::Principal;
use crate::not_known::{About, NotKnown};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use versions::Scheme;

/// One host as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostRow {
    /// Its public number.
    pub id: i64,
    /// Its name.
    pub hostname: String,
    /// Its distribution and release: `debian:12`.
    pub platform: String,
    /// Its system's name for people.
    pub os_name: String,
    /// `green`, `yellow`, `orange`, `red` or `grey`; see `docs/architecture.md`.
    pub colour: String,
    /// `fresh`, `late`, `stale` or `lost`.
    pub freshness: String,
    /// Whether it is known what waits. Where it is not (no updates were ever reported), the numbers
    /// of updates are 0 and say nothing.
    pub updates_known: bool,
    /// What is not known of it: why "nothing waits" would be no knowledge. Empty where everything is
    /// known; a host with nothing pending is green only then.
    pub not_known: Vec<NotKnown>,
    /// Pending security updates, withheld ones too.
    pub security_updates: u32,
    /// Pending updates that are neither security updates nor withheld.
    pub other_updates: u32,
    /// Updates that the manager holds, phases or keeps back.
    pub withheld_updates: u32,
    /// CVEs that are open on it.
    pub open_findings: u32,
    /// The worst severity among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst_severity: Option<String>,
    /// Whether it must be rebooted, if it can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reboot_required: Option<bool>,
    /// Installed packages.
    pub packages: u32,
    /// When it was last heard of.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: jiff::Timestamp,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// Whether any of its packages is assessed.
    pub assessed: bool,
}

impl From<fleet::HostRow> for HostRow {
    fn from(row: fleet::HostRow) -> Self {
        let about = About { scheme: Scheme::of_distribution(row.platform.distribution()), ..About::default() };
        Self {
            id: row.id.0,
            hostname: row.hostname.to_string(),
            platform: row.platform.to_string(),
            os_name: row.os_name.to_string(),
            colour: colour(row.colour).to_owned(),
            freshness: freshness(row.freshness).to_owned(),
            updates_known: row.updates_known,
            not_known: about.say(&row.not_known),
            security_updates: row.security_updates,
            other_updates: row.other_updates,
            withheld_updates: row.withheld_updates,
            open_findings: row.open_findings,
            worst_severity: row.worst_severity.map(|severity| severity.as_str().to_owned()),
            reboot_required: row.reboot_required,
            packages: row.packages,
            last_seen_at: row.last_seen_at,
            tags: row.tags.iter().map(ToString::to_string).collect(),
            assessed: row.assessed,
        }
    }
}

/// The word of a colour.
#[must_use]
pub const fn colour(colour: fleet::Colour) -> &'static str {
    match colour {
        fleet::Colour::Green => "green",
        fleet::Colour::Yellow => "yellow",
        fleet::Colour::Orange => "orange",
        fleet::Colour::Red => "red",
        fleet::Colour::Grey => "grey",
    }
}

/// The word of a freshness.
#[must_use]
pub const fn freshness(freshness: fleet::Freshness) -> &'static str {
    match freshness {
        fleet::Freshness::Fresh => "fresh",
        fleet::Freshness::Late => "late",
        fleet::Freshness::Stale => "stale",
        fleet::Freshness::Lost => "lost",
    }
}

/// How the hosts of a result spread; counts are over the whole result, not the page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostFacets {
    /// By platform.
    pub platform: Vec<Count>,
    /// By freshness.
    pub freshness: Vec<Count>,
    /// By colour.
    pub colour: Vec<Count>,
}

/// One page of hosts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostPage {
    /// The rows.
    pub items: Vec<HostRow>,
    /// How many hosts the query keeps.
    pub total: u64,
    /// Pass it as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The change that the answer holds.
    pub seq: i64,
    /// What the query asks for and is not known, a sentence each: hosts without an assessment, data that nobody gave.
    pub lacks: Vec<String>,
    /// How the whole result spreads.
    pub facets: HostFacets,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(host_list))
}

/// A query that can't be read, as the error that says where.
pub fn bad_query(error: &fleet::QueryError) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_query", error.to_string()).field("q").piece(
        error.position,
        error.length,
        error.suggestion.clone(),
    )
}

/// Lists hosts. `q` is the query language of `docs/query-language.md`; `sort` is one of `hostname`,
/// `security_updates` (the default, descending), `other_updates`, `withheld_updates`, `open_findings`,
/// `last_seen_at`, `packages`.
#[utoipa::path(get, path = "/api/v1/hosts", tag = "hosts", params(ListQuery), responses(
    (status = 200, body = HostPage),
    (status = 422, description = "`bad_query` with the position, `invalid_sort`, `invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn host_list(
    State(app): State<App>,
    _user: Principal,
    Query(list): Query<ListQuery>,
) -> ApiResult<Json<HostPage>> {
    let filter = asked(list.q.as_deref()).parse().map_err(|error| bad_query(&error))?;
    let (snapshot, seq) = app.snapshot(list.min_seq).await?;
    Ok(Json(page(&app, "hosts", &list, filter, (snapshot, seq)).await?))
}

/// A page of the hosts that a query keeps, for every address that lists them; `path` is that address.
///
/// # Errors
/// 422 for an order, a limit or a cursor that is none.
pub(super) async fn page(
    app: &App,
    path: &str,
    list: &ListQuery,
    filter: fleet::Query,
    (snapshot, seq): (Arc<fleet::Snapshot>, i64),
) -> ApiResult<HostPage> {
    let sort = sort(list.sort.as_deref())?;
    let listing = Listing::of(path, &[asked(list.q.as_deref()), &sort.to_string()]);
    let query =
        fleet::HostQuery { filter, sort, limit: limit(list.limit)?, cursor: listing.decode(list.cursor.as_deref())? };
    let asked_of_cves = query.filter.cve_data();
    let (found, mut lacks) =
        app.answer(move || (snapshot.hosts(&query, None), snapshot.lacks(&query.filter, None))).await?;
    if !asked_of_cves.is_empty() {
        lacks.extend(crate::cve_scores::stale(app, &asked_of_cves).await?);
    }
    let count = |value: String, count| Count { value, count };
    Ok(HostPage {
        total: found.page.total,
        next_cursor: listing.encode(found.page.next.as_ref()),
        seq,
        lacks,
        items: found.page.items.into_iter().map(HostRow::from).collect(),
        facets: HostFacets {
            platform: found.facets.platform.iter().map(|b| count(b.value.to_string(), b.count)).collect(),
            freshness: found.facets.freshness.iter().map(|b| count(freshness(b.value).to_owned(), b.count)).collect(),
            colour: found.facets.colour.iter().map(|b| count(colour(b.value).to_owned(), b.count)).collect(),
        },
    })
}
