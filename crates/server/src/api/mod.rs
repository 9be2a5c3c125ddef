//! The HTTP API: one file a noun, each with its types, its handlers and their descriptions.
//! `api/openapi.json` is generated from here.

pub mod agents;
pub mod assessment;
pub mod cve_record;
pub mod cves;
pub mod error;
pub mod evaluate;
pub mod events;
mod exploited;
pub mod feed_documents;
pub mod feeds;
pub mod findings;
pub mod health;
pub mod host;
pub mod host_findings;
pub mod host_packages;
pub mod host_updates;
pub mod hosts;
pub mod json;
pub mod lines;
pub mod overview;
pub mod packages;
pub mod page;
pub mod parameters;
pub mod query;
pub mod session;
pub mod summary;
pub mod tokens;
pub mod types;
pub mod updates;

use crate::app::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use model::wire::Limits;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

/// Carries the number of the latest change that an answer holds.
pub static SEQ_HEADER: HeaderName = HeaderName::from_static("mendwatch-seq");

/// Bodies of requests other than reports and feeds.
const MOST_BODY_BYTES: usize = 1 << 20;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mendwatch",
        description = "What is unpatched, vulnerable, not restarted or not known across Linux hosts. Errors are RFC 9457 problem details with a stable `code`; times are RFC 3339 UTC; lists page by cursor and carry the total.",
        license(name = "MIT", identifier = "MIT")
    ),
    components(schemas(error::Problem))
)]
struct Specification;

fn described(limits: &Limits) -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Specification::openapi())
        .merge(health::router())
        .merge(session::router())
        .merge(overview::router())
        .merge(hosts::router())
        .merge(query::router())
        .merge(host::router())
        .merge(host_packages::router())
        .merge(host_updates::router())
        .merge(host_findings::router())
        .merge(packages::router())
        .merge(updates::router())
        .merge(findings::router())
        .merge(cves::router())
        .merge(cve_record::router())
        .merge(tokens::router())
        .routes(utoipa_axum::routes!(openapi))
        .merge(events::router())
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .merge(evaluate::router())
        .merge(feeds::router())
        .merge(agents::router(limits))
}

/// The specification as committed in `api/openapi.json`.
///
/// # Errors
/// Never in practice: only when it can't be written as JSON.
pub fn specification_text() -> anyhow::Result<String> {
    let (_, mut specification) = described(&Limits::default()).split_for_parts();
    let components = specification.components.get_or_insert_default();
    components.add_security_scheme(
        "agent_token",
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
    );
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::auth::principal::COOKIE))),
    );
    Ok(specification.to_pretty_json()?)
}

/// The whole service: API and dashboard.
pub fn router(app: App) -> Router {
    let (router, specification) = described(app.limits()).split_for_parts();
    let parameters = parameters::Parameters::of(&specification);
    router
        .fallback(crate::web::dashboard)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn(move |request, next| parameters::only_known(parameters.clone(), request, next)))
        .layer(from_fn_with_state(app.clone(), with_seq))
        .layer(CompressionLayer::new().gzip(true).zstd(true))
        .layer(from_fn(with_security_headers))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(app)
}

async fn method_not_allowed(method: Method, uri: Uri) -> error::ApiError {
    error::ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        format!("{} does not take {method}; /api/openapi.json says what it takes.", uri.path()),
    )
}

/// This specification, as the server that answers has it.
#[utoipa::path(get, path = "/api/openapi.json", tag = "service", responses((status = 200, body = Object)))]
async fn openapi() -> error::ApiResult<Response> {
    Ok(([(header::CONTENT_TYPE, "application/json")], specification_text()?).into_response())
}

/// A handler that panicked: the caller gets a problem like any other; the log has the place.
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    error::ApiError::from(anyhow::anyhow!("a handler panicked")).into_response()
}

async fn with_seq(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    if is_api {
        let headers = response.headers_mut();
        headers.entry(SEQ_HEADER.clone()).or_insert_with(|| app.seq().into());
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// Everything the dashboard needs comes from this server, so everything else is forbidden.
async fn with_security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether every word of `words` occurs in `text`, in any case.
#[must_use]
pub fn words_in(words: Option<&str>, text: &str) -> bool {
    let text = text.to_lowercase();
    words.unwrap_or_default().split_whitespace().all(|word| text.contains(&word.to_lowercase()))
}
