//! What waits to be upgraded on a host.

use super::error::{ApiResult, Problem};
use super::host::no_host;
use super::json::{Path, Query};
use super::page::{Page, slice};
use super::updates::UpdatesAsked;
use crate::app::App;
use crate::auth::principal::Principal;
use crate::host_update::{self, Binary, Closing, HostUpdate};
use axum::Json;
use axum::extract::State;
use std::collections::BTreeSet;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(host_updates))
}

/// Lists what waits on a host: security first, then by name.
#[utoipa::path(get, path = "/api/v1/hosts/{id}/updates", tag = "hosts", params(("id" = i64, Path,), UpdatesAsked), responses(
    (status = 200, body = Page<HostUpdate>),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 422, description = "`invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn host_updates(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<i64>,
    Query(asked): Query<UpdatesAsked>,
) -> ApiResult<Json<Page<HostUpdate>>> {
    let (snapshot, seq) = app.snapshot(asked.min_seq).await?;
    let findings = snapshot.host_findings(fleet::HostId(id), false, None).ok_or_else(|| no_host(id))?.findings;
    let state = app.store().host_get(id).await?.ok_or_else(|| no_host(id))?;
    let mut records = state.updates.map(|updates| updates.records).unwrap_or_default();
    records.retain(|record| {
        asked.security.is_none_or(|security| record.security == security)
            && super::words_in(asked.q.as_deref(), &record.name)
    });
    host_update::sort(&mut records);
    let packages = snapshot.host_packages(fleet::HostId(id), None).ok_or_else(|| no_host(id))?;
    let alike: BTreeSet<Binary<'_>> = packages
        .iter()
        .filter(|row| row.package.version == row.package.source_version)
        .map(|row| (row.package.name.as_str(), row.package.arch.as_str()))
        .collect();
    let closing = Closing::new(&state.platform, &findings, &alike);
    let page = slice(&records, asked.limit, asked.cursor.as_deref(), seq, |record| closing.row(record))?;
    Ok(Json(page))
}
