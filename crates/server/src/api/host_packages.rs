//! What a host has installed.

use super::error::{ApiResult, Problem};
use super::host::no_host;
use super::json::{Path, Query};
use super::page::{Listing, Page, asked, limit, sort};
use super::types::{ListQuery, OriginView};
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use model::Role;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The update that waits for a package.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WaitingUpdate {
    /// The version that would be installed.
    pub candidate: String,
    /// Whether it is a security update.
    pub security: bool,
}

/// One installed package.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostPackage {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Architecture.
    pub arch: String,
    /// Source package.
    pub source: String,
    /// Its version.
    pub source_version: String,
    /// Who built it.
    pub origin: OriginView,
    /// The administrator keeps this version.
    pub held: bool,
    /// Installed as a dependency.
    pub auto: bool,
    /// The manager's state where it is not plainly installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The update that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<WaitingUpdate>,
    /// CVEs that are open for it.
    pub open_findings: u32,
    /// Whether a feed in force speaks for it.
    pub assessed: bool,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(host_packages))
}

/// Lists what a host has installed. `q` is words that must all occur in the name; `sort` is one of `name`
/// (the default), `findings`; equal rows stand by name, architecture, version.
#[utoipa::path(get, path = "/api/v1/hosts/{id}/packages", tag = "hosts", params(("id" = i64, Path,), ListQuery), responses(
    (status = 200, body = Page<HostPackage>),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 422, description = "`invalid_sort`, `invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn host_packages(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<i64>,
    Query(list): Query<ListQuery>,
) -> ApiResult<Json<Page<HostPackage>>> {
    let sort = sort(list.sort.as_deref())?;
    let words = asked(list.q.as_deref());
    let listing = Listing::of("host packages", &[&id.to_string(), words, &sort.to_string()]);
    let query = fleet::HostPackagesQuery {
        words: words.to_owned(),
        sort,
        limit: limit(list.limit)?,
        cursor: listing.decode(list.cursor.as_deref())?,
    };
    let (snapshot, _) = app.snapshot(list.min_seq).await?;
    let page = app.answer(move || snapshot.host_packages(fleet::HostId(id), &query, None)).await?;
    let page = page.ok_or_else(|| no_host(id))?;
    let state = app.store().host_get(id).await?.ok_or_else(|| no_host(id))?;
    let entries: HashMap<i64, &store::InventoryEntry> = state
        .inventory
        .iter()
        .filter(|entry| entry.role == Role::Installed)
        .map(|entry| (entry.package, entry))
        .collect();
    let records = state.updates.as_ref().map(|updates| updates.records.as_slice()).unwrap_or_default();
    let updates: HashMap<(&str, &str), _> =
        records.iter().map(|update| ((update.name.as_str(), update.arch.as_str()), update)).collect();
    Ok(Json(listing.page(page, |row| {
        let package = &row.package;
        let entry = entries.get(&row.id.0);
        let update = updates
            .get(&(package.name.as_str(), package.arch.as_str()))
            .filter(|update| update.installed == package.version);
        HostPackage {
            name: package.name.clone(),
            version: package.version.clone(),
            arch: package.arch.clone(),
            source: package.source.clone(),
            source_version: package.source_version.clone(),
            origin: (&package.origin).into(),
            held: row.held,
            auto: entry.is_some_and(|entry| entry.auto),
            status: entry.filter(|entry| !entry.status.is_empty()).map(|entry| entry.status.to_string()),
            update: update
                .map(|update| WaitingUpdate { candidate: update.candidate.clone(), security: update.security }),
            open_findings: row.open_findings,
            assessed: row.assessed,
        }
    })))
}
