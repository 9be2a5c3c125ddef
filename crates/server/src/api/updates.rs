//! Pending updates of the fleet.

use super::error::{ApiResult, Problem};
use super::json::Query;
use super::page::{Page, decode_cursor, limit};
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
    /// Names of the packages that wait, sorted.
    pub packages: Vec<String>,
    /// Versions that would be installed, the one that most wait for first.
    pub candidates: Vec<String>,
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
        let texts = |texts: Vec<std::sync::Arc<str>>| texts.iter().map(ToString::to_string).collect();
        Self {
            source: update.source.to_string(),
            platform: update.platform.to_string(),
            security: update.security,
            packages: texts(update.packages),
            candidates: texts(update.candidates),
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
    pub q: Option<String>,
    /// Only security updates, or only others.
    pub security: Option<bool>,
    /// Rows of a page, 1 to 500, 50 by default.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Answer only from a state that holds this change.
    pub min_seq: Option<i64>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(update_list))
}

/// Lists updates over the fleet: security first, then most hosts.
#[utoipa::path(get, path = "/api/v1/updates", tag = "updates", params(UpdatesAsked), responses(
    (status = 200, body = Page<FleetUpdate>),
    (status = 422, description = "`invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn update_list(
    State(app): State<App>,
    _user: Principal,
    Query(asked): Query<UpdatesAsked>,
) -> ApiResult<Json<Page<FleetUpdate>>> {
    let (snapshot, seq) = app.snapshot(asked.min_seq).await?;
    let query = fleet::UpdatesQuery {
        words: asked.q.unwrap_or_default(),
        security: asked.security,
        limit: limit(asked.limit)?,
        cursor: decode_cursor(asked.cursor.as_deref())?,
    };
    Ok(Json(Page::of(snapshot.updates(&query, None), seq, FleetUpdate::from)))
}
