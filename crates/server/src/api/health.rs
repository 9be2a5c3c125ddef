//! Whether the server lives and is ready.

use crate::app::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The state of the server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// It answers.
    pub live: bool,
    /// The index is built, and the record can be read and written.
    pub ready: bool,
    /// Why it is not ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The latest change in the index.
    pub seq: i64,
    /// Version of the server.
    pub version: String,
    /// `sqlite` or `postgres`.
    pub engine: String,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health))
}

/// Whether the server lives (it answered) and is ready (200) or not (503): while it starts, while the
/// disk is full, while the database can't be reached. Needs no session.
#[utoipa::path(get, path = "/api/health", tag = "service", responses((status = 200, body = Health), (status = 503, body = Health)))]
async fn health(State(app): State<App>) -> (StatusCode, Json<Health>) {
    let reason = if app.is_ready() {
        app.writable().check(&app).await
    } else {
        Some("The server is starting; it still reads its record.".to_owned())
    };
    let ready = reason.is_none();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let health = Health {
        live: true,
        ready,
        reason,
        seq: app.seq(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: app.store().engine().as_str().to_owned(),
    };
    (status, Json(health))
}
