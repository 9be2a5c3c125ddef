//! What is vulnerable on a host, and why it is said.

use super::assessment::reasons;
use super::error::{ApiError, ApiResult, Problem};
use super::exploited;
use super::findings::{FindingsAsked, severity_of, state_of};
use super::host::no_host;
use super::json::{Path, Query};
use super::page::{Listing, asked, limit, sort};
use super::types::{FindingRow, NotAssessed};
use crate::app::App;
use crate::auth::principal::Principal;
use crate::offered::{Fix, Offers};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// One finding of a host.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostFinding {
    /// The verdict.
    #[serde(flatten)]
    pub finding: FindingRow,
    /// A catalogue of vulnerabilities known to be exploited, in force, has its CVE.
    pub exploited: bool,
    /// Of state `fix_available`: whether a pending update of the host, withheld or not, brings the fix. False: the vendor
    /// has fixed it, and the host's own package sources do not offer the fix, as of its lists. Null where that can't be
    /// told (no updates known, a kernel, versions that can't be compared), and in other states.
    pub offered: Option<bool>,
}

/// One page of a host's findings.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostFindingPage {
    /// The rows.
    pub items: Vec<HostFinding>,
    /// How many rows there are in all.
    pub total: u64,
    /// Pass it as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The change that the answer holds.
    pub seq: i64,
    /// What could not be judged, for its most frequent reason; null when everything was.
    pub not_assessed: Option<NotAssessed>,
}

/// Which package is meant.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExplainAsked {
    /// Name of the package; without it, every package of the host that the CVE concerns.
    #[param(max_length = 512)]
    pub package: Option<String>,
    /// Answer only from a state that holds this change.
    #[param(minimum = 0)]
    pub min_seq: Option<i64>,
}

/// The whole reasoning behind a verdict.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostExplanation {
    /// The reasoning in sentences, as `mendwatch explain` prints it: of the first 20 packages, those for
    /// which it is open before others.
    pub explanation: Vec<String>,
    /// How many packages there are to explain, each counted once in each role.
    pub explanation_count: u64,
    /// The open findings it is about, the first 100.
    pub findings: Vec<FindingRow>,
    /// How many open findings there are.
    pub finding_count: u64,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(host_findings)).routes(routes!(host_explain))
}

/// Lists what is open on a host; with `state=not_affected` or `state=not_assessed`, what was judged and
/// found to be so. `q` is words that occur in the CVE's id, the package's name or the advisory's id;
/// `sort` is one of `state` (the default: the most pressing first), `severity`, `cve`, `package`; equal
/// rows stand by state, severity (worst first), CVE, package.
#[utoipa::path(get, path = "/api/v1/hosts/{id}/findings", tag = "hosts", params(("id" = i64, Path,), FindingsAsked), responses(
    (status = 200, body = HostFindingPage),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 422, description = "`invalid_state`, `invalid_severity`, `invalid_sort`, `invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn host_findings(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<i64>,
    Query(query): Query<FindingsAsked>,
) -> ApiResult<Json<HostFindingPage>> {
    let sort = sort(query.sort.as_deref())?;
    let filters = [&query.q, &query.state, &query.severity].map(|filter| asked(filter.as_deref()));
    let [words, state, severity] = filters;
    let listing = Listing::of("host findings", &[&id.to_string(), words, state, severity, &sort.to_string()]);
    let wanted = fleet::HostFindingsQuery {
        words: words.to_owned(),
        state: state_of(Some(state))?,
        severity: severity_of(Some(severity))?,
        negatives: false,
        sort,
        limit: limit(query.limit)?,
        cursor: listing.decode(query.cursor.as_deref())?,
    };
    let (snapshot, _) = app.snapshot(query.min_seq).await?;
    let asked = Arc::clone(&snapshot);
    let found = app.answer(move || asked.host_findings(fleet::HostId(id), &wanted, None)).await?;
    let found = found.ok_or_else(|| no_host(id))?;
    // Only the findings of the page are held against what waits on the host.
    let fixable = found.page.items.iter().any(|finding| finding.state == model::State::FixAvailable);
    let updates = if fixable { app.store().host_get(id).await?.and_then(|state| state.updates) } else { None };
    let offers = Offers::of(updates.as_ref());
    let mut page = listing.page(found.page, |finding| {
        let fix = Fix::from(&finding);
        let offered = offers.bring(fix, |update| {
            snapshot.host_reaches(fleet::HostId(id), (fix.package, fix.arch), &update.candidate, fix.fixed_version)
        });
        HostFinding { finding: finding.into(), exploited: false, offered }
    });
    exploited::mark(&snapshot, &mut page.items);
    Ok(Json(HostFindingPage {
        items: page.items,
        total: page.total,
        next_cursor: page.next_cursor,
        seq: page.seq,
        not_assessed: reasons(&found.assessment.reasons).into_iter().next(),
    }))
}

/// Explains what is said of a CVE on a host, positive or negative.
#[utoipa::path(get, path = "/api/v1/hosts/{id}/findings/{cve}", tag = "hosts",
    params(("id" = i64, Path,), ("cve" = String, Path, description = "A CVE, or an advisory's id"), ExplainAsked),
    responses(
        (status = 200, body = HostExplanation),
        (status = 404, description = "`not_found`: no such host, or no package of it that the CVE could concern", body = Problem),
        (status = 422, description = "`invalid_cve`", body = Problem),
    ))]
async fn host_explain(
    State(app): State<App>,
    _user: Principal,
    Path((id, cve)): Path<(i64, String)>,
    Query(query): Query<ExplainAsked>,
) -> ApiResult<Json<HostExplanation>> {
    super::cves::check_id("cve", &cve)?;
    let (snapshot, _) = app.snapshot(query.min_seq).await?;
    let asked = cve.clone();
    let found = app
        .answer(move || snapshot.host_explain(fleet::HostId(id), &asked, query.package.as_deref(), None))
        .await?
        .ok_or_else(|| no_host(id))?;
    if found.explanations.is_empty() {
        return Err(ApiError::not_found(format!(
            "Nothing in force says anything of {} about a package of host {id}; name a package to see why.",
            cve.escape_debug()
        )));
    }
    let mut explanation = Vec::new();
    for explained in &found.explanations {
        if !explanation.is_empty() {
            explanation.push(String::new());
        }
        explanation.extend(explained.lines.iter().cloned());
    }
    let left_out = found.explanation_count.saturating_sub(found.explanations.len() as u64);
    if left_out > 0 {
        let one = if left_out == 1 { "package is" } else { "packages are" };
        explanation.push(String::new());
        let left_out = crate::words::thousands(left_out);
        explanation.push(format!("{left_out} more {one} not shown; name a package to see why it is judged so"));
    }
    Ok(Json(HostExplanation {
        explanation,
        explanation_count: found.explanation_count,
        findings: found.findings.into_iter().map(FindingRow::from).collect(),
        finding_count: found.finding_count,
    }))
}
