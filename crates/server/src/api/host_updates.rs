//! What waits to be upgraded on a host.

use super::error::{ApiResult, Problem};
use super::host::no_host;
use super::json::{Path, Query};
use super::page::{Listing, Page, asked, limit, sort_or};
use super::updates::{UpdatesAsked, kind};
use crate::app::App;
use crate::auth::principal::Principal;
use crate::host_update::{ClosedCve, HostUpdate, MOST_CVES};
use axum::Json;
use axum::extract::State;
use fleet::{Column, HostId, Order, Snapshot};
use model::wire::sections::UpdateRecord;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What updates of a host can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HostUpdateColumn {
    Security,
    Name,
}

impl Column for HostUpdateColumn {
    const COLUMNS: &'static [Self] = &[Self::Security, Self::Name];
    const ROWS: &'static str = "updates";

    fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Name => "name",
        }
    }
}

/// The last row of a page. An update is told by all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    security: bool,
    name: String,
    arch: String,
    candidate: String,
    suite: String,
}

impl Place {
    fn of(record: &UpdateRecord) -> Self {
        Self {
            security: record.security,
            name: record.name.clone(),
            arch: record.arch.clone(),
            candidate: record.candidate.clone(),
            suite: record.suite.clone(),
        }
    }

    fn texts(&self) -> [&str; 4] {
        [&self.name, &self.arch, &self.candidate, &self.suite]
    }

    fn compare(&self, other: &Self, order: Order<HostUpdateColumn>) -> Ordering {
        let first = match order.column {
            HostUpdateColumn::Security => self.security.cmp(&other.security),
            HostUpdateColumn::Name => self.name.cmp(&other.name),
        };
        let first = if order.descending { first.reverse() } else { first };
        first.then(other.security.cmp(&self.security)).then_with(|| self.texts().cmp(&other.texts()))
    }
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(host_updates))
}

/// Lists what waits on a host. `q` is words that must all occur in the name; `sort` is one of `security`
/// (the default, descending: security updates first), `name`; equal rows stand by security first, name,
/// architecture.
#[utoipa::path(get, path = "/api/v1/hosts/{id}/updates", tag = "hosts", params(("id" = i64, Path,), UpdatesAsked), responses(
    (status = 200, body = Page<HostUpdate>),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 422, description = "`invalid_sort`, `invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn host_updates(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<i64>,
    Query(query): Query<UpdatesAsked>,
) -> ApiResult<Json<Page<HostUpdate>>> {
    let order = sort_or(query.sort.as_deref(), Order::descending(HostUpdateColumn::Security))?;
    let words = asked(query.q.as_deref());
    let listing = Listing::of("host updates", &[&id.to_string(), words, kind(query.security), &order.to_string()]);
    let limit = limit(query.limit)?;
    let after: Option<Place> = listing.decode(query.cursor.as_deref())?;
    let (snapshot, _) = app.snapshot(query.min_seq).await?;
    snapshot.host(HostId(id), None).ok_or_else(|| no_host(id))?;
    let state = app.store().host_get(id).await?.ok_or_else(|| no_host(id))?;
    let mut records = state.updates.map(|updates| updates.records).unwrap_or_default();
    records.retain(|record| {
        query.security.is_none_or(|security| record.security == security) && super::words_in(Some(words), &record.name)
    });
    let total = records.len() as u64;
    let page = app
        .answer(move || {
            let mut places: Vec<(Place, UpdateRecord)> =
                records.into_iter().map(|record| (Place::of(&record), record)).collect();
            places.retain(|(place, _)| after.as_ref().is_none_or(|after| place.compare(after, order).is_gt()));
            places.sort_by(|(a, _), (b, _)| a.compare(b, order));
            let more = places.len() > limit;
            places.truncate(limit);
            fleet::Page {
                next: places.last().filter(|_| more).map(|(place, _)| place.clone()),
                items: places.iter().map(|(_, record)| row(&snapshot, HostId(id), record)).collect(),
                total,
                seq: snapshot.seq(),
            }
        })
        .await?;
    Ok(Json(listing.page(page, |row| row)))
}

/// An update with the CVEs that it closes.
fn row(snapshot: &Snapshot, host: HostId, record: &UpdateRecord) -> HostUpdate {
    let package = (record.name.as_str(), record.arch.as_str());
    let closed = snapshot.host_closed(host, package, &record.candidate, MOST_CVES, None).unwrap_or_default();
    let cves = closed.worst.iter().map(|(cve, severity)| ClosedCve { cve: cve.to_string(), severity: *severity });
    HostUpdate::of(record, cves.collect(), closed.total)
}
