//! Pending updates of the fleet.

use super::error::{ApiResult, Problem};
use super::json::Query;
use super::page::{Listing, Page, asked, limit, sort};
use super::types::texts;
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// One update, wherever it is pending.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FleetUpdate {
    /// Name of the package.
    pub name: String,
    /// The version that would be installed.
    pub candidate: String,
    /// Platform of the hosts.
    pub platform: String,
    /// The suite within the repository.
    pub suite: String,
    /// Whether it is a security update.
    pub security: bool,
    /// Hosts on which it is pending, withheld or not.
    pub hosts: u64,
}

impl From<fleet::FleetUpdate> for FleetUpdate {
    fn from(update: fleet::FleetUpdate) -> Self {
        Self {
            name: update.name.to_string(),
            candidate: update.candidate.to_string(),
            platform: update.platform.to_string(),
            suite: update.suite.to_string(),
            security: update.security,
            hosts: update.hosts,
        }
    }
}

/// The pending updates of one source package on one platform: what one decision settles.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceUpdate {
    /// The source package; the updated package's own name where no host has it installed.
    pub source: String,
    /// Platform of the hosts.
    pub platform: String,
    /// Whether one of them is a security update.
    pub security: bool,
    /// Names of the packages that wait, sorted; the first 10.
    pub packages: Vec<String>,
    /// How many packages wait.
    pub package_count: u64,
    /// Versions that would be installed, the one that most wait for first; the first 10.
    pub candidates: Vec<String>,
    /// How many versions would be installed.
    pub candidate_count: u64,
    /// Hosts on which one is pending, withheld or not.
    pub hosts: u64,
    /// Updates, counted per host and package.
    pub updates: u64,
    /// Open findings that the candidates fix, counted per host and CVE, as far as the versions can be
    /// compared.
    pub findings: u64,
}

impl From<fleet::SourceUpdate> for SourceUpdate {
    fn from(update: fleet::SourceUpdate) -> Self {
        Self {
            source: update.source.to_string(),
            platform: update.platform.to_string(),
            security: update.security,
            packages: texts(&update.packages),
            package_count: update.package_count,
            candidates: texts(&update.candidates),
            candidate_count: update.candidate_count,
            hosts: update.hosts,
            updates: update.updates,
            findings: update.findings,
        }
    }
}

/// What updates are asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UpdatesAsked {
    /// Words that must all occur in the package's name.
    #[param(max_length = 4096)]
    pub q: Option<String>,
    /// Only security updates, or only others.
    pub security: Option<bool>,
    /// Order: one of the columns named above, `-` before it for descending.
    #[param(max_length = 64)]
    pub sort: Option<String>,
    /// Rows of a page, 1 to 500, 50 by default.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(max_length = 16384)]
    pub cursor: Option<String>,
    /// Answer only from a state that holds this change.
    #[param(minimum = 0)]
    pub min_seq: Option<i64>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(update_list))
}

/// Lists updates over the fleet. `sort` is one of `security` (the default, descending: security updates
/// first), `hosts`, `name`; equal rows stand by security first, hosts (most first), name.
#[utoipa::path(get, path = "/api/v1/updates", tag = "updates", params(UpdatesAsked), responses(
    (status = 200, body = Page<FleetUpdate>),
    (status = 422, description = "`invalid_sort`, `invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn update_list(
    State(app): State<App>,
    _user: Principal,
    Query(query): Query<UpdatesAsked>,
) -> ApiResult<Json<Page<FleetUpdate>>> {
    let sort = sort(query.sort.as_deref())?;
    let words = asked(query.q.as_deref());
    let listing = Listing::of("updates", &[words, kind(query.security), &sort.to_string()]);
    let wanted = fleet::UpdatesQuery {
        words: words.to_owned(),
        security: query.security,
        sort,
        limit: limit(query.limit)?,
        cursor: listing.decode(query.cursor.as_deref())?,
    };
    let (snapshot, _) = app.snapshot(query.min_seq).await?;
    let page = app.answer(move || snapshot.updates(&wanted, None)).await?;
    Ok(Json(listing.page(page, FleetUpdate::from)))
}

/// A filter by kind, as part of what a cursor belongs to.
#[must_use]
pub const fn kind(security: Option<bool>) -> &'static str {
    match security {
        None => "",
        Some(true) => "security",
        Some(false) => "other",
    }
}
