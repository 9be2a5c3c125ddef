//! Requests to the server: timeouts, retries, and refusals in words.

use crate::failure::{Failure, Kind};
use crate::pace::{LONGEST_RETRY_AFTER, Pace, RETRIES, back_off, retry_after};
use crate::settings::Settings;
use model::Clock;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{Response, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// The largest answer that is read, in bytes as decoded: a report's answer lists odd records, at most thousands.
const LARGEST_ANSWER: u64 = 8 << 20;
/// The largest file of authorities that is read.
const LARGEST_CA: u64 = 8 << 20;

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Name resolution, TCP and TLS.
    pub connect: Duration,
    /// One whole request with its answer. A server answers a report after its commit.
    pub request: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), request: Duration::from_secs(120) }
    }
}

/// A connection to one server.
pub struct Client<'a> {
    agent: ureq::Agent,
    server_url: String,
    authorization: String,
    pace: &'a dyn Pace,
    clock: &'a dyn Clock,
}

/// A body as it goes over the wire.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// `Content-Encoding`, `None` for plain JSON.
    pub encoding: Option<&'static str>,
}

/// problem+json (RFC 9457), as far as people need it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem {
    title: String,
    code: String,
    detail: String,
    field: Option<String>,
}

/// A failed attempt.
enum Attempt {
    /// May pass; the server's wish for the wait, if it has one.
    Passing(Failure, Option<Duration>),
    /// Will not pass by trying again.
    Final(Failure),
}

impl<'a> Client<'a> {
    /// Prepares connections to the server of the settings. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Kind::Settings`] when the file of authorities can't be used.
    pub fn new(
        settings: &Settings,
        timeouts: Timeouts,
        pace: &'a dyn Pace,
        clock: &'a dyn Clock,
    ) -> Result<Self, Failure> {
        let roots = match &settings.ca {
            Some(path) => read_roots(path)
                .map_err(|why| Failure::new(Kind::Settings, format!("--ca: {}: {why}", path.display())))?,
            None => RootCerts::WebPki,
        };
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(roots)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let mut config = ureq::Agent::config_builder()
            .tls_config(tls)
            .user_agent(concat!("mendwatch-agent/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(timeouts.connect))
            .timeout_global(Some(timeouts.request))
            .http_status_as_error(false)
            // Answers are small; a compressed one could unfold to anything.
            .accept_encoding("identity")
            // A redirect is refused below: the token is for the configured server only.
            .max_redirects(0);
        if settings.server_url.starts_with("http://") {
            // HTTPS crosses a proxy of the environment in a tunnel; plain HTTP would hand it the token.
            config = config.proxy(None);
        }
        Ok(Self {
            agent: config.build().new_agent(),
            server_url: settings.server_url.clone(),
            authorization: format!("Bearer {}", settings.token.expose()),
            pace,
            clock,
        })
    }

    /// Posts a body and reads the answer; repeats what may pass, [`RETRIES`] times. `what` names the
    /// request in messages: `check-in`.
    ///
    /// # Errors
    /// [`Failure`] with the server's own words where it has some.
    pub fn post<T: DeserializeOwned>(&self, path: &str, what: &str, body: Body<'_>) -> Result<T, Failure> {
        let mut retry = 0;
        loop {
            let (failure, wish) = match self.attempt(path, what, body) {
                Ok(answer) => return Ok(answer),
                Err(Attempt::Final(failure)) => return Err(failure),
                Err(Attempt::Passing(failure, wish)) => (failure, wish),
            };
            if retry == RETRIES || wish.is_some_and(|wish| wish > LONGEST_RETRY_AFTER) {
                return Err(Failure::new(failure.kind, tried(&failure.message, retry, wish)));
            }
            // Never sooner than the back-off: "Retry-After: 0" is no invitation to hammer.
            let pause = back_off(retry, self.pace.random());
            self.pace.sleep(wish.map_or(pause, |wish| wish.max(pause)));
            retry += 1;
        }
    }

    fn attempt<T: DeserializeOwned>(&self, path: &str, what: &str, body: Body<'_>) -> Result<T, Attempt> {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.server_url))
            .header("Authorization", &self.authorization)
            .header("Accept", "application/json, application/problem+json")
            .content_type("application/json");
        if let Some(encoding) = body.encoding {
            request = request.header("Content-Encoding", encoding);
        }
        let mut response = request.send(body.bytes).map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(Attempt::Final(self.redirected(&response)));
        }
        if !status.is_success() {
            return Err(self.refused(what, &mut response));
        }
        // gzip never shows here: it is decoded, under the ceiling of `read_body`.
        if let Some(encoding) = response.headers().get("content-encoding").filter(|encoding| *encoding != "identity") {
            return Err(Attempt::Final(Failure::new(
                Kind::Refused,
                format!(
                    "the answer of {} is encoded as {encoding:?}, which was not asked for; is this a Mendwatch server?",
                    self.server_url
                ),
            )));
        }
        let bytes = read_body(&mut response).map_err(|error| self.unreachable(&error))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Attempt::Final(Failure::new(
                Kind::Refused,
                format!(
                    "the answer of {} to the {what} is not understood ({error}); is this a Mendwatch server?",
                    self.server_url
                ),
            ))
        })
    }

    /// No answer, or half of one.
    fn unreachable(&self, error: &ureq::Error) -> Attempt {
        let url = &self.server_url;
        let failure = |why: String| Failure::new(Kind::Unreachable, format!("no answer from {url}: {why}"));
        match error {
            // A certificate does not become right by waiting.
            ureq::Error::Rustls(error) => Attempt::Final(failure(certificate(error))),
            ureq::Error::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
                Attempt::Final(failure(certificate(error)))
            }
            ureq::Error::BodyExceedsLimit(limit) => Attempt::Final(Failure::new(
                Kind::Refused,
                format!("the answer of {url} is larger than {limit} bytes; is this a Mendwatch server?"),
            )),
            ureq::Error::Io(error) => Attempt::Passing(failure(error.to_string()), None),
            ureq::Error::Timeout(phase) => Attempt::Passing(failure(format!("timeout ({phase})")), None),
            ureq::Error::HostNotFound => Attempt::Passing(failure("the host name is not known".to_owned()), None),
            other => Attempt::Passing(failure(other.to_string()), None),
        }
    }

    fn redirected<B>(&self, response: &Response<B>) -> Failure {
        let to = response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or("elsewhere");
        Failure::new(
            Kind::Refused,
            format!(
                "{} redirects to {to}; redirects are not followed, since they would carry the token along: set --server-url to the right address",
                self.server_url
            ),
        )
    }

    fn refused(&self, what: &str, response: &mut Response<ureq::Body>) -> Attempt {
        let status = response.status();
        let wish = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| retry_after(value, self.clock.now()));
        let bytes = read_body(response).unwrap_or_default();
        let problem: Problem = serde_json::from_slice(&bytes).unwrap_or_default();
        let words = in_words(status, &problem);
        let url = &self.server_url;
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Attempt::Final(Failure::new(Kind::Token, format!("{url} refuses the token: {words}")))
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Attempt::Passing(
                Failure::new(Kind::Unreachable, format!("{url} does not take the {what} now: {words}")),
                wish,
            ),
            _ if status.is_server_error() => Attempt::Passing(
                Failure::new(Kind::Unreachable, format!("{url} can't take the {what} now: {words}")),
                wish,
            ),
            _ => Attempt::Final(Failure::new(Kind::Refused, format!("{url} refuses the {what}: {words}"))),
        }
    }
}

/// Reads an answer up to the ceiling, counted behind any decompression: the limit of ureq's own
/// configuration counts the bytes of the connection, of which few can unfold to many.
fn read_body(response: &mut Response<ureq::Body>) -> Result<Vec<u8>, ureq::Error> {
    let mut bytes = Vec::new();
    response.body_mut().as_reader().take(LARGEST_ANSWER + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_ANSWER {
        return Err(ureq::Error::BodyExceedsLimit(LARGEST_ANSWER));
    }
    Ok(bytes)
}

/// `422 invalid_report: sections.packages.data: 3 is not a list`.
fn in_words(status: StatusCode, problem: &Problem) -> String {
    let mut words = status.as_u16().to_string();
    let label = if problem.code.is_empty() { status.canonical_reason().unwrap_or_default() } else { &problem.code };
    for part in [" ", label] {
        words.push_str(part);
    }
    let detail = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
    if let Some(field) = problem.field.as_deref().filter(|field| !field.is_empty() && !detail.contains(field)) {
        words.push_str(": ");
        words.push_str(field);
    }
    if !detail.is_empty() {
        words.push_str(": ");
        words.push_str(detail);
    }
    words
}

fn certificate(error: &dyn std::fmt::Display) -> String {
    format!("{error}; if the server's certificate comes from an authority of your own, name it with --ca FILE")
}

fn tried(message: &str, retries: u32, wish: Option<Duration>) -> String {
    match wish.filter(|wish| *wish > LONGEST_RETRY_AFTER) {
        Some(wish) => format!("{message} (the server asks to come back in {} s)", wish.as_secs()),
        None => format!("{message} (tried {} times)", retries + 1),
    }
}

/// The certificates of a PEM file; they replace the built-in ones.
fn read_roots(path: &Path) -> Result<RootCerts, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut pem = Vec::new();
    file.take(LARGEST_CA).read_to_end(&mut pem).map_err(|error| error.to_string())?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| error.to_string())? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err("holds no certificate in PEM form".to_owned());
    }
    Ok(RootCerts::new_with_certs(&certificates))
}
