//! Judging a list of packages that no host reported.

use super::error::{ApiError, ApiResult, Problem};
use super::lines;
use super::types::FindingRow;
use crate::app::App;
use crate::auth::principal::Principal;
use crate::evaluate::Only;
use crate::evaluate::input::{HostContext, PackageLine};
use crate::evaluate::judged::{Judged, Summary};
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use matching::Explanation;
use model::{Finding, Platform};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const MOST_BODY_BYTES: usize = 64 << 20;
const MOST_PACKAGES: usize = 100_000;
/// Most findings of an answer that is one object.
const MOST_FINDINGS: usize = 100_000;
/// Most facts that such an explanation considers.
const MOST_CONSIDERED: usize = 20_000;

/// What is to be judged.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct EvaluateAsked {
    /// Distribution and release: `debian:12`.
    pub platform: String,
    /// What a verdict depends on besides the packages; fields as in `mendwatch evaluate`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub host: HostContext,
    /// Packages: `name` and `version`, and where they are known `arch`, `source`, `source_version`,
    /// `module`, `vendor`, `origin`.
    #[schema(value_type = Vec<Object>)]
    pub packages: Vec<PackageLine>,
}

/// What is to be explained.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ExplainAsked {
    /// Distribution and release.
    pub platform: String,
    /// As in evaluate.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub host: HostContext,
    /// As in evaluate.
    #[schema(value_type = Vec<Object>)]
    pub packages: Vec<PackageLine>,
    /// Only this CVE or advisory.
    #[serde(default)]
    pub cve: Option<String>,
    /// Only packages of this name.
    #[serde(default)]
    pub package: Option<String>,
}

/// The verdicts.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes `Judged`, which the command line prints as well")]
pub struct Evaluated {
    /// Open findings.
    findings: Vec<FindingRow>,
    /// Packages judged, each once.
    packages: usize,
    /// Those that a feed in force speaks for.
    assessed: usize,
    /// The others, by reason.
    not_assessed: Vec<NotAssessedGroup>,
    /// Feeds that have a say about the platform.
    feeds: Vec<String>,
}

/// Packages that are not assessed for one reason.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "as above")]
pub struct NotAssessedGroup {
    /// `no_feed`, `feed_too_old`, `positives_only`, `foreign_origin`, `invalid_version`.
    code: String,
    /// Why, for people.
    reason: String,
    /// The command that mends it, where one does.
    command: Option<String>,
    /// How many.
    count: usize,
    /// Which: `name`, `version`, `arch`.
    #[schema(value_type = Vec<Object>)]
    packages: Vec<()>,
}

/// Explanations of verdicts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Explanations {
    /// One a package and role.
    #[schema(value_type = Vec<Object>)]
    pub items: Vec<matching::Explanation>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(evaluate))
        .routes(routes!(explain))
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
}

async fn rules(app: &App, platform: &str, packages: usize) -> ApiResult<(Platform, Arc<matching::Rules>)> {
    if packages > MOST_PACKAGES {
        return Err(ApiError::invalid(
            "too_many",
            "packages",
            format!("{packages} packages; at most {MOST_PACKAGES} are taken."),
        ));
    }
    let platform: Platform = platform.parse().map_err(|error: model::platform::InvalidPlatform| {
        ApiError::invalid("invalid_platform", "platform", error.to_string())
    })?;
    let rules = match app.rules(&platform) {
        Some(rules) => rules,
        // A platform that the fleet does not have is compiled for this answer only.
        None => Arc::new(crate::platform_rules::compile(app, &platform).await?),
    };
    Ok((platform, rules))
}

/// An answer that would be too large for one object.
fn too_many(most: usize, what: &str, command: &str) -> ApiError {
    ApiError::invalid(
        "too_many_findings",
        "packages",
        format!(
            "The answer has more than {most} {what}. Ask for fewer packages at once, or for one a line with `Accept: {}`; `mendwatch {command}` has no such limit.",
            lines::NDJSON
        ),
    )
}

/// The last line of an answer of findings.
#[derive(Serialize, Deserialize)]
pub struct SummaryLine {
    /// What was judged.
    pub summary: Summary,
}

/// Judges a list of packages: findings out, nothing is stored. With `Accept: application/x-ndjson` the
/// answer is a finding a line, then `{"summary": {...}}` with everything else, `findings` being their
/// number: of any length, and whole only if that line came. As one object it has at most 100,000
/// findings.
#[utoipa::path(post, path = "/api/v1/evaluate", tag = "evaluate", request_body = EvaluateAsked, responses(
    (status = 200, content((Evaluated = "application/json"), (String = "application/x-ndjson"))),
    (status = 422, description = "`invalid_platform`, `too_many`, `too_many_findings`, `invalid_body`", body = Problem),
))]
async fn evaluate(
    State(app): State<App>,
    _user: Principal,
    headers: HeaderMap,
    super::json::Body(asked): super::json::Body<EvaluateAsked>,
) -> ApiResult<Response> {
    let (platform, rules) = rules(&app, &asked.platform, asked.packages.len()).await?;
    let EvaluateAsked { host, packages, .. } = asked;
    if lines::wanted(&headers) {
        let work = move |out: &mut lines::Lines| {
            let each = &mut |finding: Finding| out.line(&finding);
            let summary = match crate::evaluate::evaluate(&rules, &platform, &host, &packages, each) {
                ControlFlow::Continue(summary) => summary,
                ControlFlow::Break(()) => return ControlFlow::Break(()),
            };
            out.line(&SummaryLine { summary })
        };
        return lines::answer(&app, work).await;
    }
    let judged = app
        .answer(move || {
            let mut findings = Vec::new();
            let each = &mut |finding| {
                findings.push(finding);
                if findings.len() > MOST_FINDINGS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            match crate::evaluate::evaluate(&rules, &platform, &host, &packages, each) {
                ControlFlow::Continue(summary) => Some(Judged::of(findings, summary)),
                ControlFlow::Break(()) => None,
            }
        })
        .await?;
    let judged = judged.ok_or_else(|| too_many(MOST_FINDINGS, "findings", "evaluate"))?;
    Ok(Json(judged).into_response())
}

/// Explains what is said of packages: sentences out, nothing is stored. With `Accept:
/// application/x-ndjson` the answer is one explanation a line, then `{"explained": N}` with their number: of
/// any length, and whole only if that line came. As one object it considers at most 20,000 facts.
#[utoipa::path(post, path = "/api/v1/explain", tag = "evaluate", request_body = ExplainAsked, responses(
    (status = 200, content((Explanations = "application/json"), (String = "application/x-ndjson"))),
    (status = 422, description = "`invalid_platform`, `invalid_cve`, `too_many`, `too_many_findings`, `invalid_body`", body = Problem),
))]
async fn explain(
    State(app): State<App>,
    _user: Principal,
    headers: HeaderMap,
    super::json::Body(asked): super::json::Body<ExplainAsked>,
) -> ApiResult<Response> {
    if let Some(cve) = &asked.cve {
        super::cves::check_id("cve", cve)?;
    }
    let (platform, rules) = rules(&app, &asked.platform, asked.packages.len()).await?;
    let ExplainAsked { host, packages, cve, package, .. } = asked;
    let explain = move |each: &mut dyn FnMut(Explanation) -> ControlFlow<()>| {
        let only = Only { cve: cve.as_deref(), package: package.as_deref() };
        crate::evaluate::explain(&rules, &platform, &host, &packages, only, each)
    };
    if lines::wanted(&headers) {
        let work = move |out: &mut lines::Lines| {
            let mut explained = 0_u64;
            explain(&mut |explanation| {
                explained += 1;
                out.line(&explanation)
            })?;
            out.line(&ExplainedLine { explained })
        };
        return lines::answer(&app, work).await;
    }
    let items = app
        .answer(move || {
            let (mut items, mut considered) = (Vec::new(), 0);
            let told = explain(&mut |explanation: Explanation| {
                // What has nothing to say is sent as well.
                considered += explanation.considered.len().max(1);
                items.push(explanation);
                if considered > MOST_CONSIDERED { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            told.is_continue().then_some(items)
        })
        .await?;
    let items = items.ok_or_else(|| too_many(MOST_CONSIDERED, "facts", "explain"))?;
    Ok(Json(Explanations { items }).into_response())
}

/// The last line of an answer of explanations.
#[derive(Serialize, Deserialize)]
pub struct ExplainedLine {
    /// How many explanations stand before it.
    pub explained: u64,
}
