//! The one error of the API: RFC 9457 problem details with a stable `code`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, in a form for programs (`code`, `field`, `position`) and for people (`detail`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the status says the kind, `code` the case.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable name of the case: `not_found`, `invalid_report` ...
    pub code: &'static str,
    /// What happened and, where it helps, what to do.
    pub detail: String,
    /// The field of the request that is wrong: `sections.packages.data.records[3].name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where it can't be read: the character of `q`, or with `invalid_query` the byte of the address
    /// behind its `?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// With `bad_query`: how many characters from there are meant; 0 where something is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// With `bad_query`: what was probably meant in their place; with `invalid_cve`: the CVE that was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// With `removed`: the host that stands for the same machine, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<i64>,
}

/// What few errors have, apart from the others: an error is returned by value all over.
#[derive(Debug, Default)]
struct Rare {
    length: Option<usize>,
    suggestion: Option<String>,
    successor: Option<i64>,
}

/// An error on its way out of a handler.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    field: Option<String>,
    position: Option<usize>,
    rare: Option<Box<Rare>>,
    retry_after: Option<u64>,
}

/// What handlers return.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error of a status, a stable code and a sentence for people.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { status, code, detail, field: None, position: None, rare: None, retry_after: None }
    }

    /// 404.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", what)
    }

    /// 401 for people: no session, or one that ended.
    pub fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", "Sign in first.")
    }

    /// 422 about a field.
    pub fn invalid(code: &'static str, field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail).field(field)
    }

    /// 503: try again in so many seconds.
    pub fn busy(detail: impl Into<String>, seconds: u64) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(seconds)
    }

    /// The stable name of the case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What it says to people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Names the field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Names the place in a query.
    #[must_use]
    pub fn position(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }

    /// Names the characters of a query that are wrong, and what was probably meant in their place.
    #[must_use]
    pub fn piece(mut self, position: usize, length: usize, suggestion: Option<String>) -> Self {
        self.position = Some(position);
        let rare = self.rare.get_or_insert_default();
        (rare.length, rare.suggestion) = (Some(length), suggestion);
        self
    }

    /// Names what was probably meant.
    #[must_use]
    pub fn suggestion(mut self, suggestion: Option<String>) -> Self {
        self.rare.get_or_insert_default().suggestion = suggestion;
        self
    }

    /// Names the host that stands for the same machine.
    #[must_use]
    pub fn successor(mut self, successor: Option<i64>) -> Self {
        self.rare.get_or_insert_default().successor = successor;
        self
    }

    /// Adds `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

/// Failures of the store and of jobs: logged here once, told to the caller without their insides.
impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server could not do this; its log says why. Nothing was changed.",
        )
    }
}

impl From<store::StoreError> for ApiError {
    fn from(error: store::StoreError) -> Self {
        if error.is_temporary() {
            tracing::error!(%error, "the record can't be reached or written");
            return Self::busy("The record can't be written at the moment; nothing was changed.", 60);
        }
        Self::from(anyhow::Error::from(error))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Rare { length, suggestion, successor } = self.rare.map(|rare| *rare).unwrap_or_default();
        let problem = Problem {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail,
            field: self.field.filter(|field| !field.is_empty()),
            position: self.position,
            length,
            suggestion,
            successor,
        };
        let mut response = (self.status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
