//! What is vulnerable on a host, and why it is said.

use super::assessment::mending_command;
use super::error::{ApiError, ApiResult, Problem};
use super::findings::{FindingsAsked, severity_of, state_of};
use super::host::no_host;
use super::json::{Path, Query};
use super::page::slice;
use super::types::{FindingRow, NotAssessed};
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use model::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// One page of a host's findings.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostFindingPage {
    /// The rows: most pressing state first, then worst severity.
    pub items: Vec<FindingRow>,
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
    pub package: Option<String>,
    /// Answer only from a state that holds this change.
    pub min_seq: Option<i64>,
}

/// The whole reasoning behind a verdict.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostExplanation {
    /// The reasoning in sentences, as `mendwatch explain` prints it.
    pub explanation: Vec<String>,
    /// The open findings it is about.
    pub findings: Vec<FindingRow>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(host_findings)).routes(routes!(host_explain))
}

/// Lists what is open on a host; with `state=not_affected`, what was judged and found not affected.
#[utoipa::path(get, path = "/api/v1/hosts/{id}/findings", tag = "hosts", params(("id" = i64, Path,), FindingsAsked), responses(
    (status = 200, body = HostFindingPage),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 422, description = "`invalid_state`, `invalid_severity`, `invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn host_findings(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<i64>,
    Query(asked): Query<FindingsAsked>,
) -> ApiResult<Json<HostFindingPage>> {
    let state = state_of(asked.state.as_deref())?;
    let severity = severity_of(asked.severity.as_deref())?;
    let (snapshot, seq) = app.snapshot(asked.min_seq).await?;
    let negatives = state == Some(model::State::NotAffected);
    let known = snapshot.host_findings(fleet::HostId(id), negatives, None).ok_or_else(|| no_host(id))?;
    let mut findings = known.findings;
    findings.retain(|finding| {
        state.is_none_or(|state| finding.state == state)
            && severity.is_none_or(|severity| finding.severity == severity)
            && super::words_in(asked.q.as_deref(), &format!("{} {} {}", finding.cve, finding.package, finding.advisory))
    });
    let rank = |finding: &Finding| model::State::ALL.iter().position(|state| *state == finding.state);
    findings.sort_by(|a, b| {
        rank(a)
            .cmp(&rank(b))
            .then(b.severity.cmp(&a.severity))
            .then_with(|| (&a.cve, &a.package).cmp(&(&b.cve, &b.package)))
    });
    let page =
        slice(&findings, asked.limit, asked.cursor.as_deref(), seq, |finding| FindingRow::from(finding.clone()))?;
    let not_assessed = known.assessment.reasons.first().map(|reason| NotAssessed {
        reason: reason.reason.to_string(),
        packages: reason.count,
        command: mending_command(reason.reason.code()),
    });
    Ok(Json(HostFindingPage { items: page.items, total: page.total, next_cursor: page.next_cursor, seq, not_assessed }))
}

/// Explains what is said of a CVE on a host, positive or negative.
#[utoipa::path(get, path = "/api/v1/hosts/{id}/findings/{cve}", tag = "hosts",
    params(("id" = i64, Path,), ("cve" = String, Path, description = "A CVE, or an advisory's id"), ExplainAsked),
    responses(
        (status = 200, body = HostExplanation),
        (status = 404, description = "`not_found`: no such host, or no package of it that the CVE could concern", body = Problem),
    ))]
async fn host_explain(
    State(app): State<App>,
    _user: Principal,
    Path((id, cve)): Path<(i64, String)>,
    Query(asked): Query<ExplainAsked>,
) -> ApiResult<Json<HostExplanation>> {
    let (snapshot, _) = app.snapshot(asked.min_seq).await?;
    let packages = snapshot.host_packages(fleet::HostId(id), None).ok_or_else(|| no_host(id))?;
    let known = snapshot.host_findings(fleet::HostId(id), false, None).ok_or_else(|| no_host(id))?;
    let mut explanation = Vec::new();
    for row in &packages {
        let named = asked.package.as_deref().is_none_or(|name| row.package.name == name);
        let Some(rules) = app.rules(&row.package.platform).filter(|_| named) else { continue };
        let explained = rules.explain(&row.package, row.role, Some(&cve));
        // Without a name, only packages that some fact of the CVE speaks of.
        if asked.package.is_some() || !explained.considered.is_empty() {
            if !explanation.is_empty() {
                explanation.push(String::new());
            }
            explanation.extend(explained.lines);
        }
    }
    if explanation.is_empty() {
        return Err(ApiError::not_found(format!(
            "Nothing in force says anything of {} about a package of host {id}; name a package to see why.",
            cve.escape_debug()
        )));
    }
    let findings = known
        .findings
        .into_iter()
        .filter(|finding| finding.cve == cve && asked.package.as_deref().is_none_or(|name| finding.package == name))
        .map(FindingRow::from)
        .collect();
    Ok(Json(HostExplanation { explanation, findings }))
}
