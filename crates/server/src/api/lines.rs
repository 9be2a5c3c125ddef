//! Answers of any length: JSON values, one a line, sent while they are made.

use super::error::ApiResult;
use crate::app::App;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;

/// The media type of JSON values, one a line.
pub const NDJSON: &str = "application/x-ndjson";

/// Bytes that are sent at once.
const CHUNK: usize = 64 << 10;
/// Chunks that wait for the reader.
const AHEAD: usize = 4;
/// A reader that takes nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether the request asks for one value a line.
#[must_use]
pub fn wanted(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|value| value.split(','))
        .any(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(NDJSON)))
}

/// The way to the reader, for one who makes lines on a thread of its own.
pub struct Lines {
    buffer: Vec<u8>,
    sender: Sender<Bytes>,
    runtime: Handle,
}

impl Lines {
    /// Sends a value; breaks when the reader has gone.
    pub fn line(&mut self, value: &impl Serialize) -> ControlFlow<()> {
        if let Err(error) = serde_json::to_writer(&mut self.buffer, value) {
            tracing::error!(%error, "a line could not be written as JSON");
            return ControlFlow::Break(());
        }
        self.buffer.push(b'\n');
        if self.buffer.len() < CHUNK { ControlFlow::Continue(()) } else { self.flush() }
    }

    fn flush(&mut self) -> ControlFlow<()> {
        let chunk = Bytes::from(std::mem::take(&mut self.buffer));
        let sent = self.runtime.block_on(tokio::time::timeout(PATIENCE, self.sender.send(chunk)));
        if matches!(sent, Ok(Ok(()))) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// Answers with the lines that `work` makes. At most a few chunks of them are in memory.
///
/// # Errors
/// 503 when too many such answers are under way.
pub async fn answer(
    app: &App,
    work: impl FnOnce(&mut Lines) -> ControlFlow<()> + Send + 'static,
) -> ApiResult<Response> {
    let turn = app.answering().stream_turn().await?;
    let (sender, receiver) = channel(AHEAD);
    let mut lines = Lines { buffer: Vec::with_capacity(CHUNK), sender, runtime: Handle::current() };
    tokio::task::spawn_blocking(move || {
        if work(&mut lines).is_continue() {
            // Nobody is left to be told if this fails.
            let _ = lines.flush();
        }
        drop(turn);
    });
    let body = Body::from_stream(ReceiverStream::new(receiver).map(Ok::<_, std::convert::Infallible>));
    Ok(([(header::CONTENT_TYPE, NDJSON)], body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn lines_are_for_those_who_ask_for_them() {
        let of =
            |value: &'static str| wanted(&[(header::ACCEPT, HeaderValue::from_static(value))].into_iter().collect());
        assert!(of("application/x-ndjson"));
        assert!(of("text/html, Application/X-NDJSON;q=0.9"));
        assert!(!of("application/json, */*"));
        assert!(!wanted(&HeaderMap::new()));
    }
}
