//! Findings of the fleet, by CVE.

use super::error::{ApiError, ApiResult, Problem};
use super::exploited;
use super::json::Query;
use super::page::{Listing, Page, asked, limit, sort};
use super::types::{StateCounts, texts};
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use model::Severity;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// One CVE that is open somewhere.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FleetFinding {
    /// The CVE, or the advisory's id where it names none.
    pub cve: String,
    /// The worst severity among its hosts.
    pub severity: String,
    /// A catalogue of vulnerabilities known to be exploited, in force, has it.
    pub exploited: bool,
    /// The most pressing state that any host has.
    pub state: String,
    /// Hosts on which it is open.
    pub hosts: u64,
    /// Names of packages that carry it, sorted; the first 10.
    pub packages: Vec<String>,
    /// How many packages carry it.
    pub package_count: u64,
    /// Hosts by state; they add up to `hosts`.
    pub states: StateCounts,
    /// First versions that are not affected, sorted as text; the first 10.
    pub fixed_versions: Vec<String>,
    /// How many versions there are.
    pub fixed_version_count: u64,
}

impl From<fleet::FindingRow> for FleetFinding {
    fn from(row: fleet::FindingRow) -> Self {
        Self {
            cve: row.cve.to_string(),
            severity: row.severity.as_str().to_owned(),
            exploited: false,
            state: row.state.as_str().to_owned(),
            hosts: row.hosts,
            packages: texts(&row.packages),
            package_count: row.package_count,
            states: (&row.states).into(),
            fixed_versions: texts(&row.fixed_versions),
            fixed_version_count: row.fixed_version_count,
        }
    }
}

/// What findings are asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FindingsAsked {
    /// Words that must occur in the CVE's id or a package's name.
    #[param(max_length = 4096)]
    pub q: Option<String>,
    /// Only CVEs in this state: `fix_available`, `no_fix` ...
    #[param(max_length = 64)]
    pub state: Option<String>,
    /// Only of this severity: `critical`, `high` ...
    #[param(max_length = 64)]
    pub severity: Option<String>,
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

/// The state of a word.
///
/// # Errors
/// 422 that lists the words.
pub fn state_of(word: Option<&str>) -> ApiResult<Option<model::State>> {
    word.filter(|word| !word.is_empty())
        .map(|word| word.parse().map_err(|why: String| ApiError::invalid("invalid_state", "state", why)))
        .transpose()
}

/// The severity of a word.
///
/// # Errors
/// 422 that lists the words.
pub fn severity_of(word: Option<&str>) -> ApiResult<Option<Severity>> {
    let Some(word) = word.filter(|word| !word.is_empty()) else { return Ok(None) };
    Severity::ALL.into_iter().find(|severity| severity.as_str() == word).map(Some).ok_or_else(|| {
        let words = Severity::ALL.map(Severity::as_str).join(", ");
        ApiError::invalid(
            "invalid_severity",
            "severity",
            format!("'{}' is not a severity: expected one of {words}.", word.escape_debug()),
        )
    })
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(finding_list))
}

/// Lists CVEs that are open somewhere. `sort` is one of `severity` (the default, descending), `hosts`,
/// `cve`; equal rows stand by severity (worst first), hosts (most first), CVE.
#[utoipa::path(get, path = "/api/v1/findings", tag = "findings", params(FindingsAsked), responses(
    (status = 200, body = Page<FleetFinding>),
    (status = 422, description = "`invalid_state`, `invalid_severity`, `invalid_sort`, `invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn finding_list(
    State(app): State<App>,
    _user: Principal,
    Query(query): Query<FindingsAsked>,
) -> ApiResult<Json<Page<FleetFinding>>> {
    let sort = sort(query.sort.as_deref())?;
    let filters = [&query.q, &query.state, &query.severity].map(|filter| asked(filter.as_deref()));
    let [words, state, severity] = filters;
    let listing = Listing::of("findings", &[words, state, severity, &sort.to_string()]);
    let wanted = fleet::FindingsQuery {
        words: words.to_owned(),
        state: state_of(Some(state))?,
        severity: severity_of(Some(severity))?,
        sort,
        limit: limit(query.limit)?,
        cursor: listing.decode(query.cursor.as_deref())?,
    };
    let (snapshot, _) = app.snapshot(query.min_seq).await?;
    let asked = Arc::clone(&snapshot);
    let page = app.answer(move || asked.findings(&wanted, None)).await?;
    let mut page = listing.page(page, FleetFinding::from);
    exploited::mark(&snapshot, &mut page.items);
    Ok(Json(page))
}
