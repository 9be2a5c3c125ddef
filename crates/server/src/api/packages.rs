//! Distinct packages of the fleet.

use super::error::{ApiResult, Problem};
use super::json::Query;
use super::page::{Listing, Page, asked, limit, sort};
use super::types::ListQuery;
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// One distinct package that some host has installed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PackageRow {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Architecture.
    pub arch: String,
    /// Distribution and release of its hosts.
    pub platform: String,
    /// Hosts that have it installed.
    pub hosts: u64,
    /// CVEs that are open for it, before a host's own context is looked at.
    pub open_findings: u32,
    /// Whether a feed in force speaks for it.
    pub assessed: bool,
}

impl From<fleet::PackageRow> for PackageRow {
    fn from(row: fleet::PackageRow) -> Self {
        Self {
            name: row.package.name.clone(),
            version: row.package.version.clone(),
            arch: row.package.arch.clone(),
            platform: row.package.platform.to_string(),
            hosts: row.hosts,
            open_findings: row.open_findings,
            assessed: row.assessed,
        }
    }
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(package_list))
}

/// Lists distinct packages. `q` is words that must all occur in the name; `sort` is one of `hosts` (the
/// default, descending), `findings`, `name`; equal rows stand by hosts (most first), name, version.
#[utoipa::path(get, path = "/api/v1/packages", tag = "packages", params(ListQuery), responses(
    (status = 200, body = Page<PackageRow>),
    (status = 422, description = "`invalid_sort`, `invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn package_list(
    State(app): State<App>,
    _user: Principal,
    Query(list): Query<ListQuery>,
) -> ApiResult<Json<Page<PackageRow>>> {
    let sort = sort(list.sort.as_deref())?;
    let words = asked(list.q.as_deref());
    let listing = Listing::of("packages", &[words, &sort.to_string()]);
    let query = fleet::PackagesQuery {
        words: words.to_owned(),
        sort,
        limit: limit(list.limit)?,
        cursor: listing.decode(list.cursor.as_deref())?,
    };
    let (snapshot, _) = app.snapshot(list.min_seq).await?;
    let page = app.answer(move || snapshot.packages(&query, None)).await?;
    Ok(Json(listing.page(page, PackageRow::from)))
}
