//! One connection that stays open, and what its answers mean.

use super::{DriveOptions, Seen};
use anyhow::bail;
use serde::de::DeserializeOwned;
use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

/// Bytes of an answer.
const LARGEST_ANSWER: u64 = 1 << 20;
/// The longest wait that is granted to a server that is busy.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How often a request is sent again to one.
const ATTEMPTS: usize = 20;
/// How often in a row there may be no answer.
const FAILURES: u32 = 10;
const TIMEOUT: Duration = Duration::from_secs(120);

/// What is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    CheckIn,
    Report,
}

/// A connection.
pub(super) struct Client {
    agent: ureq::Agent,
    server: String,
    authorization: String,
    failures: u32,
}

impl Client {
    pub(super) fn new(options: &DriveOptions) -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::WebPki)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .user_agent(concat!("mendwatch-simulate/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .accept_encoding("identity")
            // The token is for the server that was named only.
            .max_redirects(0)
            .proxy(None)
            .build();
        Self {
            agent: config.new_agent(),
            server: options.server.trim_end_matches('/').to_owned(),
            authorization: format!("Bearer {}", options.token),
            failures: 0,
        }
    }

    /// Sends a request until it is answered, refused for good, or `until` is over: waits as long as a busy server asks.
    ///
    /// # Errors
    /// When nothing that is sent later could fare better: the token is refused, or nobody answers.
    pub(super) fn post<T: DeserializeOwned>(
        &mut self,
        kind: Kind,
        body: &[u8],
        until: Option<Instant>,
        seen: &mut Seen,
    ) -> anyhow::Result<Option<T>> {
        for _ in 0..ATTEMPTS {
            let start = Instant::now();
            let path = match kind {
                Kind::CheckIn => "/api/agent/v1/checkin",
                Kind::Report => "/api/agent/v1/report",
            };
            let mut request = self
                .agent
                .post(format!("{}{path}", self.server))
                .header("Authorization", &self.authorization)
                .content_type("application/json");
            if kind == Kind::Report {
                request = request.header("Content-Encoding", "zstd");
            }
            let answer = request.send(body).and_then(|mut response| {
                let mut bytes = Vec::new();
                response.body_mut().as_reader().take(LARGEST_ANSWER).read_to_end(&mut bytes)?;
                Ok((response, bytes))
            });
            let took = start.elapsed();
            let (response, bytes) = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    *seen.errors.entry(format!("no answer: {error}")).or_default() += 1;
                    self.failures += 1;
                    if self.failures >= FAILURES {
                        bail!("{} does not answer: {error}", self.server);
                    }
                    std::thread::sleep(Duration::from_millis(200));
                    continue;
                }
            };
            self.failures = 0;
            let status = response.status().as_u16();
            match status {
                200 => match serde_json::from_slice(&bytes) {
                    Ok(answer) => {
                        match kind {
                            Kind::CheckIn => seen.checkins.add(took),
                            Kind::Report => seen.reports.add(took),
                        }
                        return Ok(Some(answer));
                    }
                    Err(error) => bail!("{} answers what is not understood ({error}); is it Mendwatch?", self.server),
                },
                401 | 403 => bail!("{} refuses the token ({status})", self.server),
                503 => {
                    seen.busy += 1;
                    let asked =
                        response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
                    let wait = Duration::from_secs(asked.unwrap_or(1)).min(LONGEST_WAIT);
                    if until.is_some_and(|until| Instant::now() + wait >= until) {
                        return Ok(None);
                    }
                    std::thread::sleep(wait);
                }
                _ => {
                    *seen.errors.entry(status.to_string()).or_default() += 1;
                    return Ok(None);
                }
            }
        }
        *seen.errors.entry("busy too long".to_owned()).or_default() += 1;
        Ok(None)
    }
}
