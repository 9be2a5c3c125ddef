//! Changes as they happen, as server-sent events.

use super::error::ApiResult;
use super::json::Query;
use super::types::NoChange;
use crate::app::App;
use crate::auth::principal::Principal;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::StreamExt as _;
use serde::Serialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What brought a change about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A report or check-in.
    Report,
    /// New security data.
    Feed,
    /// Time alone: a host went late, a feed grew too old.
    Time,
    /// Somebody decided something: a host was removed.
    Decision,
}

/// One change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeEvent {
    /// Its number.
    pub seq: i64,
    /// The hosts it concerns, up to 100; null when there are more.
    pub hosts: Option<Vec<i64>>,
    /// What brought it about.
    pub cause: Cause,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// A stream of changes: `hello` with the present number, then `change` each time. A client that
/// falls behind gets a `change` without hosts and reads afresh.
#[utoipa::path(get, path = "/api/v1/events", tag = "service", params(NoChange),
    responses((status = 200, description = "`event: hello`, then `event: change` with a ChangeEvent as data", content_type = "text/event-stream", body = ChangeEvent)))]
async fn events(State(app): State<App>, _user: Principal, _asked: Query<NoChange>) -> ApiResult<impl IntoResponse> {
    let changes = app.subscribe();
    let hello = Event::default().event("hello").data(format!("{{\"seq\":{}}}", app.seq()));
    let ended = app.ended();
    let stream = BroadcastStream::new(changes).map(move |change| {
        let change = match change {
            Ok(change) => change,
            Err(BroadcastStreamRecvError::Lagged(_)) => {
                Arc::new(ChangeEvent { seq: app.seq(), hosts: None, cause: Cause::Report })
            }
        };
        Ok::<_, Infallible>(
            Event::default()
                .event("change")
                .data(serde_json::to_string(change.as_ref()).unwrap_or_else(|_| "{}".to_owned())),
        )
    });
    let stream = futures_util::stream::once(async { Ok(hello) }).chain(stream).take_until(ended);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)).text("still here")))
}
