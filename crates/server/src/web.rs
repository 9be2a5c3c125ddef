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
    if names_a_file(path) {
        let gone = (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], "There is no such file.\n");
        return gone.into_response();
    }
    match Dashboard::get("index.html") {
        Some(page) => respond("text/html; charset=utf-8", "no-cache", Body::from(page.data)),
        None => respond("text/html; charset=utf-8", "no-cache", Body::from(FALLBACK)),
    }
}

/// Whether a path can only be meant for a file: below assets/, hidden (`.git/config`), or with an extension.
///
/// The page in its place, with status 200, would break a script that a newer build has replaced where
/// nobody looks, and tell a search for left-behind files that it found some. No address of a page has
/// such a name: they end in a word, a number or a CVE's id. `libc6.1` is none either, as an extension
/// begins with a letter.
fn names_a_file(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    let extension = last.rsplit_once('.').is_some_and(|(_, extension)| {
        extension.starts_with(|first: char| first.is_ascii_alphabetic())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    extension || path == "assets" || path.starts_with("assets/") || path.split('/').any(|part| part.starts_with('.'))
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
