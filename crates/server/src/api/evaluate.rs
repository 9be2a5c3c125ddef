//! Judging a list of packages that no host reported.

use super::error::{ApiError, ApiResult, Problem};
use super::types::FindingRow;
use crate::app::App;
use crate::auth::principal::Principal;
use crate::evaluate::input::{HostContext, PackageLine};
use crate::evaluate::judged::Judged;
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use model::Platform;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const MOST_BODY_BYTES: usize = 64 << 20;
const MOST_PACKAGES: usize = 100_000;

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

/// Judges a list of packages: findings out, nothing is stored.
#[utoipa::path(post, path = "/api/v1/evaluate", tag = "evaluate", request_body = EvaluateAsked, responses(
    (status = 200, body = Evaluated),
    (status = 422, description = "`invalid_platform`, `too_many`, `invalid_body`", body = Problem),
))]
async fn evaluate(
    State(app): State<App>,
    _user: Principal,
    super::json::Body(asked): super::json::Body<EvaluateAsked>,
) -> ApiResult<Json<Judged>> {
    let (platform, rules) = rules(&app, &asked.platform, asked.packages.len()).await?;
    let judged =
        tokio::task::spawn_blocking(move || crate::evaluate::evaluate(&rules, &platform, &asked.host, &asked.packages))
            .await
            .map_err(anyhow::Error::from)?;
    Ok(Json(judged))
}

/// Explains what is said of packages: sentences out, nothing is stored.
#[utoipa::path(post, path = "/api/v1/explain", tag = "evaluate", request_body = ExplainAsked, responses(
    (status = 200, body = Explanations),
    (status = 422, description = "`invalid_platform`, `too_many`, `invalid_body`", body = Problem),
))]
async fn explain(
    State(app): State<App>,
    _user: Principal,
    super::json::Body(asked): super::json::Body<ExplainAsked>,
) -> ApiResult<Json<Explanations>> {
    let (platform, rules) = rules(&app, &asked.platform, asked.packages.len()).await?;
    let explained = tokio::task::spawn_blocking(move || {
        let only = (asked.cve.as_deref(), asked.package.as_deref());
        crate::evaluate::explain(&rules, &platform, &asked.host, &asked.packages, only)
    })
    .await
    .map_err(anyhow::Error::from)?;
    Ok(Json(Explanations { items: explained }))
}
