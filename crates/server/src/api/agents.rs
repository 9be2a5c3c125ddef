//! What agents ask: check-in and report. Specification: `docs/wire-format.md`.

use super::error::{ApiError, ApiResult, Problem};
use super::json::body_error;
use crate::app::App;
use crate::auth::principal::{OverSocket, bearer};
use crate::awaited::Said;
use crate::intake::Sender;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use model::wire::{self, CheckIn, Invalid};
use serde::Serialize;
use std::io::Read;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The answer to a check-in.
#[derive(Serialize, ToSchema)]
struct CheckInAnswer {
    /// `known`, `send` or `report_now`.
    answer: String,
    /// The sections wanted; empty with `known`.
    sections: Vec<String>,
    /// The number that the host's next report is to carry at least.
    next_sequence: u64,
    /// Seconds until the next check-in, where the agent has no interval of its own.
    interval_seconds: u32,
}

/// A record that was left out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OddRecord {
    /// The section it stood in.
    pub section: String,
    /// Which one.
    pub record: String,
    /// Why.
    pub why: String,
}

impl From<&wire::Odd> for OddRecord {
    fn from(odd: &wire::Odd) -> Self {
        Self { section: odd.section.to_string(), record: odd.record.clone(), why: odd.why.clone() }
    }
}

/// The answer to a report.
#[derive(Serialize, ToSchema)]
struct ReportAnswer {
    /// The host's public id.
    host_id: i64,
    /// The report had been taken before, or is outdated; nothing was changed.
    duplicate: bool,
    /// What is known of the host was seen later than this report; absent where it is not so.
    #[schema(required = false)]
    outdated: bool,
    /// Sections sent as `unchanged` that the server does not have.
    wanted: Vec<String>,
    /// Records that were left out, with the reason; the first 100.
    odd: Vec<OddRecord>,
    /// The number that the host's next report is to carry at least.
    next_sequence: u64,
    /// Seconds until the next check-in.
    interval_seconds: u32,
}

/// The routes of this file. Bodies may be as large as a report, compressed or not.
pub fn router(limits: &wire::Limits) -> OpenApiRouter<App> {
    let most = usize::try_from(limits.report_bytes).unwrap_or(usize::MAX);
    OpenApiRouter::new().routes(routes!(checkin)).routes(routes!(report)).layer(DefaultBodyLimit::max(most))
}

/// A body that an agent sent, decompressed under the report's ceiling.
struct AgentBody {
    sender: Sender,
    bytes: Vec<u8>,
    /// Held until it was read.
    permit: OwnedSemaphorePermit,
}

/// A report is tens of kilobytes; on the slowest line that is seconds.
const UPLOAD: Duration = Duration::from_secs(60);
/// How much of a body that is too large is read before it is refused, and for how long.
const DRAINED: usize = 64 << 20;
const LINGER: Duration = Duration::from_secs(5);
/// What a report takes in memory while it waits, by its length.
const MEMORY_OF_A_BYTE: u64 = 4;
/// Odd records that an answer lists; the host's page lists as many.
pub const MOST_ODD: usize = 100;

impl FromRequest<App> for AgentBody {
    type Rejection = ApiError;

    /// The token is checked before a byte of the body is read.
    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        let sender = if request.extensions().get::<OverSocket>().is_some() {
            // Reports from files are those of agents, whoever brings them.
            match request.uri().query() {
                Some("sender=agent") => Sender::Token(store::TOKENS),
                _ => Sender::OwnHost,
            }
        } else {
            let token = bearer(request.headers())?;
            let id = app.agent_token(token).await?.ok_or_else(|| {
                ApiError::new(
                    StatusCode::UNAUTHORIZED,
                    "unknown_token",
                    "This token is not in force: it was revoked, or this server has never made it. `mendwatch tokens list` on the \
                     server shows those that are, `mendwatch tokens create` makes one.",
                )
            })?;
            Sender::Token(id)
        };
        let coding = coding(request.headers())?;
        let body = body(request, app).await?;
        let permit = app.decode_permit().await?;
        let most = app.limits().report_bytes;
        let bytes = match coding {
            Coding::Identity => body.to_vec(),
            coding => tokio::task::spawn_blocking(move || decode(coding, &body, most))
                .await
                .map_err(anyhow::Error::from)??,
        };
        Ok(Self { sender, bytes, permit })
    }
}

/// The body as it was sent. While it comes, it holds its length of the budget for uploads and no
/// turn to be decoded: a laptop that falls asleep in the middle keeps nobody waiting.
async fn body(request: Request, app: &App) -> ApiResult<Bytes> {
    let most = app.limits().report_bytes;
    let stated =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if stated.is_some_and(|length| length > most) {
        drain(request).await;
        return Err(too_large(most));
    }
    let _share = app.uploading().take(stated.unwrap_or(most)).await?;
    match tokio::time::timeout(UPLOAD, Bytes::from_request(request, app)).await {
        Ok(body) => body.map_err(|rejection| body_error(&rejection)),
        Err(_) => Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            format!("The body did not come within {} s.", UPLOAD.as_secs()),
        )),
    }
}

/// Reads on for a moment what is not wanted. A sender that still writes when the connection closes
/// sees it break, and never the answer that says why.
async fn drain(request: Request) {
    let mut left = DRAINED;
    let mut frames = request.into_body().into_data_stream();
    let reading = async {
        while let Some(Ok(bytes)) = frames.next().await {
            left = left.saturating_sub(bytes.len());
            if left == 0 {
                return;
            }
        }
    };
    // The answer is given in any case.
    let _ = tokio::time::timeout(LINGER, reading).await;
}

fn too_large(most: u64) -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("The report has more than {most} bytes."))
}

#[derive(Clone, Copy)]
enum Coding {
    Identity,
    Gzip,
    Zstd,
}

fn coding(headers: &HeaderMap) -> ApiResult<Coding> {
    let stated = headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?").trim());
    // Codings are named in any case (RFC 9110, section 8.4.1).
    match stated.unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(Coding::Identity),
        "gzip" | "x-gzip" => Ok(Coding::Gzip),
        "zstd" => Ok(Coding::Zstd),
        other => Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_encoding",
            format!("Content-Encoding '{}' is not read here; send zstd, gzip or none.", other.escape_debug()),
        )),
    }
}

fn decode(coding: Coding, body: &[u8], most: u64) -> ApiResult<Vec<u8>> {
    let broken = |error: std::io::Error| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "unreadable_body",
            format!("The compressed body can't be read: {error}."),
        )
    };
    let mut reader: Box<dyn Read> = match coding {
        Coding::Identity => Box::new(body),
        Coding::Gzip => Box::new(flate2::read::MultiGzDecoder::new(body)),
        Coding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::new(body).map_err(broken)?;
            // A frame may ask for a window of gigabytes; 8 MiB is what senders use.
            decoder.window_log_max(23).map_err(broken)?;
            Box::new(decoder)
        }
    };
    let mut bytes = Vec::new();
    reader.by_ref().take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(broken)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(too_large(most));
    }
    Ok(bytes)
}

fn invalid(invalid: &Invalid) -> ApiError {
    ApiError::invalid("invalid_report", invalid.field.clone(), invalid.to_string())
}

/// Says what is there, by hashes; hears what to send.
#[utoipa::path(post, path = "/api/agent/v1/checkin", tag = "agents",
    request_body(content = Object, description = "A check-in of `docs/wire-format.md`", content_type = "application/json"),
    security(("agent_token" = [])),
    responses(
        (status = 200, body = CheckInAnswer),
        (status = 401, description = "`unknown_token`", body = Problem),
        (status = 422, description = "`invalid_report`, with the field", body = Problem),
        (status = 503, description = "`busy`, with Retry-After", body = Problem),
    ))]
async fn checkin(State(app): State<App>, body: AgentBody) -> ApiResult<Response> {
    let checkin = CheckIn::read(&body.bytes, app.limits()).map_err(|error| invalid(&error))?;
    app.has_room()?;
    let outcome = app.intake().checkin(body.sender, checkin, app.now()).await?;
    let answer = wire::CheckInAnswer {
        answer: outcome.answer,
        sections: outcome.wanted,
        next_sequence: outcome.next_sequence,
        interval_seconds: app.interval_seconds(),
    };
    Ok(acknowledged(outcome.seq, answer))
}

/// Takes a report: answers when it is durable and counted, with `Mendwatch-Seq`.
#[utoipa::path(post, path = "/api/agent/v1/report", tag = "agents",
    request_body(content = Object, description = "A report of `docs/wire-format.md`, plain or with Content-Encoding zstd or gzip", content_type = "application/json"),
    security(("agent_token" = [])),
    responses(
        (status = 200, body = ReportAnswer),
        (status = 401, description = "`unknown_token`", body = Problem),
        (status = 413, description = "`too_large`", body = Problem),
        (status = 415, description = "`unsupported_encoding`", body = Problem),
        (status = 422, description = "`invalid_report`, with the field", body = Problem),
        (status = 503, description = "`busy`, with Retry-After", body = Problem),
    ))]
async fn report(State(app): State<App>, body: AgentBody) -> ApiResult<Response> {
    let AgentBody { sender, bytes, permit } = body;
    let limits = *app.limits();
    app.has_room()?;
    let _share = app.waiting().take((bytes.len() as u64).saturating_mul(MEMORY_OF_A_BYTE)).await?;
    let read = tokio::task::spawn_blocking(move || {
        wire::read_report(&bytes, &limits).map_err(|error| (error, Said::read(&bytes)))
    });
    let read = read.await.map_err(anyhow::Error::from)?;
    drop(permit);
    let accepted = match read {
        Ok(accepted) => accepted,
        Err((error, said)) => {
            if let Some(said) = said
                && let Err(error) = app.intake().refused(sender, said, app.now()).await
            {
                // The sender is told what is wrong with its report all the same.
                tracing::error!(
                    error = error.detail(),
                    "it could not be noted that a host is otherwise than on record"
                );
            }
            return Err(invalid(&error));
        }
    };
    let odd = accepted.odd.iter().take(MOST_ODD).cloned().collect();
    let outcome = app.intake().report(sender, accepted, app.now()).await?;
    let answer = wire::ReportAnswer {
        host_id: outcome.host_id,
        duplicate: outcome.duplicate,
        outdated: outcome.outdated,
        wanted: outcome.wanted,
        odd,
        next_sequence: outcome.next_sequence,
        interval_seconds: app.interval_seconds(),
    };
    Ok(acknowledged(outcome.seq, answer))
}

fn acknowledged(seq: i64, answer: impl Serialize) -> Response {
    let mut response = Json(answer).into_response();
    response.headers_mut().insert(super::SEQ_HEADER.clone(), seq.into());
    response
}
