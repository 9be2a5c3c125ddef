//! One CVE on the fleet.

use super::error::{ApiError, ApiResult, Problem};
use super::exploited;
use super::findings::{FleetFinding, state_of};
use super::hosts::HostRow;
use super::json::{Path, Query};
use super::page::{Listing, Page, asked, limit};
use super::types::{Count, texts};
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// One CVE on the fleet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CveOnFleet {
    /// Its id as the data writes it; an advisory's where it names no CVE.
    pub cve: String,
    /// The row of the list of findings; null where it is open on no host.
    pub finding: Option<FleetFinding>,
    /// The hosts on which it is open: most pressing state first, then worst severity, then by name.
    pub hosts: Page<CveHost>,
    /// All hosts on which it is open by platform, most hosts first.
    pub platforms: Vec<Count>,
    /// What the vendors say of it where it is open, each statement once; at most 10.
    pub statements: Vec<CveStatement>,
    /// Platforms of the fleet whose data in force names it, whether it is open there or not.
    pub named_for: Vec<String>,
}

/// A host on which a CVE is open.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CveHost {
    /// The host.
    pub host: HostRow,
    /// The most pressing state among its packages.
    pub state: String,
    /// The worst severity among them.
    pub severity: String,
    /// Names of the packages that carry it there, sorted; the first 10.
    pub packages: Vec<String>,
    /// How many packages carry it there.
    pub package_count: u64,
}

/// What a vendor says of a CVE for a platform.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CveStatement {
    /// The platform.
    pub platform: String,
    /// Id of the feed that decided.
    pub feed: String,
    /// Advisory that labels it, empty where none does.
    pub advisory: String,
    /// The vendor's own words, may be empty.
    pub words: String,
}

impl From<fleet::CveHost> for CveHost {
    fn from(row: fleet::CveHost) -> Self {
        Self {
            state: row.state.as_str().to_owned(),
            severity: row.severity.as_str().to_owned(),
            packages: texts(&row.packages),
            package_count: row.package_count,
            host: row.host.into(),
        }
    }
}

impl From<fleet::Statement> for CveStatement {
    fn from(statement: fleet::Statement) -> Self {
        Self {
            platform: statement.platform.to_string(),
            feed: statement.feed.to_string(),
            advisory: statement.advisory.to_string(),
            words: statement.words.to_string(),
        }
    }
}

/// Which of its hosts are asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CveAsked {
    /// Only hosts on which it is in this state: `fix_available`, `no_fix` ...
    #[param(max_length = 64)]
    pub state: Option<String>,
    /// Hosts of a page, 1 to 500, 50 by default.
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
    OpenApiRouter::new().routes(routes!(cve_get))
}

/// Most characters of a CVE's or an advisory's id; the longest ones that feeds give have 60.
const MOST_ID: usize = 200;

/// Whether something can be the id of a CVE or an advisory ([`fleet::query::check_id`]): a slip would be answered with
/// "not affected".
///
/// # Errors
/// 422 `invalid_cve` about `field`, with the CVE that was probably meant.
pub fn check_id(field: &str, id: &str) -> ApiResult<()> {
    let refused = |why: String| ApiError::invalid("invalid_cve", field, why);
    let length = id.chars().count();
    if length > MOST_ID {
        return Err(refused(format!("The id has {length} characters; none has more than {MOST_ID}.")));
    }
    if id.trim().is_empty() || id.chars().any(model::wire::is_invisible) {
        return Err(refused(format!("'{}' is no id: nobody can see it.", id.escape_debug())));
    }
    fleet::query::check_id(id).map_err(|no_id| {
        let end = if no_id.suggestion.is_some() { "" } else { "." };
        refused(format!("{no_id}{end}")).suggestion(no_id.suggestion)
    })
}

/// One CVE on the fleet: where it is open, in what, and by which data.
#[utoipa::path(get, path = "/api/v1/cves/{id}", tag = "findings",
    params(("id" = String, Path, description = "A CVE, or an advisory's id where it names none; in any case"), CveAsked),
    responses(
        (status = 200, body = CveOnFleet),
        (status = 404, description = "`not_found`: it is open on no host, and no data in force for a platform of the fleet names it", body = Problem),
        (status = 422, description = "`invalid_cve`, `invalid_state`, `invalid_limit`, `invalid_cursor`", body = Problem),
    ))]
async fn cve_get(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<String>,
    Query(query): Query<CveAsked>,
) -> ApiResult<Json<CveOnFleet>> {
    check_id("id", &id)?;
    let state = asked(query.state.as_deref());
    let listing = Listing::of("cve", &[&id, state]);
    let wanted = fleet::CveHostsQuery {
        cve: id.clone(),
        state: state_of(Some(state))?,
        limit: limit(query.limit)?,
        cursor: listing.decode(query.cursor.as_deref())?,
    };
    let (snapshot, _) = app.snapshot(query.min_seq).await?;
    let asked = Arc::clone(&snapshot);
    let found = app.answer(move || asked.cve(&wanted, None)).await?.ok_or_else(|| {
        ApiError::not_found(format!(
            "{} is open on no host, and no data in force for a platform of the fleet names it.",
            id.escape_debug()
        ))
    })?;
    let mut finding = found.finding.map(FleetFinding::from);
    exploited::mark(&snapshot, finding.as_mut_slice());
    Ok(Json(CveOnFleet {
        cve: found.cve.to_string(),
        finding,
        hosts: listing.page(found.hosts, CveHost::from),
        platforms: found
            .platforms
            .iter()
            .map(|bucket| Count { value: bucket.value.to_string(), count: bucket.count })
            .collect(),
        statements: found.statements.into_iter().map(CveStatement::from).collect(),
        named_for: found.named_for.iter().map(ToString::to_string).collect(),
    }))
}
