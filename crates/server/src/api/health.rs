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
    /// The index is built and the database answers.
    pub ready: bool,
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

/// Whether the server lives (it answered) and is ready (200) or not yet (503). Needs no session.
#[utoipa::path(get, path = "/api/health", tag = "service", responses((status = 200, body = Health), (status = 503, body = Health)))]
async fn health(State(app): State<App>) -> (StatusCode, Json<Health>) {
    let ready = app.is_ready() && app.store().change_head().await.is_ok();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let health = Health {
        live: true,
        ready,
        seq: app.seq(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: app.store().engine().as_str().to_owned(),
    };
    (status, Json(health))
}
