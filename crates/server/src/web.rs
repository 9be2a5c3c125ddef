//! The dashboard inside the binary.
//!
//! The folder may be missing when the binary is built (a checkout without Node): then a page says
//! what to do, and the API works all the same. For work on the dashboard itself, Vite serves it and
//! passes the API on (`npm run dev`).

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
// Counted from the crate's Cargo.toml. A variable in it would be taken by the letter.
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Dashboard;

/// Shown where the dashboard was not built.
const FALLBACK: &str = include_str!("fallback.html");

/// Answers every path that is not the API's: a file of the dashboard, or its page, whose own router
/// knows the rest.
pub async fn dashboard(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path == "api" {
        return crate::api::error::ApiError::not_found(format!("There is no {method} {}.", uri.path())).into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(file) = Dashboard::get(path) {
        // Vite puts a hash of the content into the names below assets/, so those never change.
        let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        return respond(file.metadata.mimetype(), cache, Body::from(file.data));
    }
    if path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match Dashboard::get("index.html") {
        Some(page) => respond("text/html; charset=utf-8", "no-cache", Body::from(page.data)),
        None => respond("text/html; charset=utf-8", "no-cache", Body::from(FALLBACK)),
    }
}

/// Whether the dashboard was built in.
#[must_use]
pub fn is_built() -> bool {
    Dashboard::get("index.html").is_some()
}

fn respond(kind: &str, cache: &'static str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
