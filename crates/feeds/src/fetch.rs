//! The only place that speaks HTTP.
//!
//! A document is fetched over HTTPS (plain HTTP to this machine, or anywhere by explicit choice),
//! conditionally (`If-None-Match`, `If-Modified-Since`), through the environment's proxy, under
//! ceilings on bytes, redirects and time. Its bytes are written to a file as they come, so that a download
//! that was cut off goes on where it ended; they are checked there, and only then decompressed by their own first
//! bytes and put in place.

mod address;
mod download;

use crate::keep::Fresh;
use address::{follow, is_local};
use download::Resume;
use formats::compression::too_large;
use jiff::Timestamp;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{HeaderMap, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

/// Ceilings and choices of a [`Fetcher`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchOptions {
    /// Most bytes of a document after decompression.
    pub max_bytes: u64,
    /// Most bytes of a document on the wire, where `max_bytes` is more.
    pub max_raw_bytes: u64,
    /// Most redirects followed.
    pub max_redirects: u8,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time without a byte.
    pub idle_timeout: Duration,
    /// Time for a whole document.
    pub total_timeout: Duration,
    /// Plain HTTP to any host, not only to this machine.
    pub allow_http: bool,
    /// Longest `Retry-After` that is waited for; a server that asks for more is left until the next fetch.
    pub max_wait: Duration,
    /// How often an interrupted download is taken up again at once.
    pub resumptions: u32,
    /// Where what came of an interrupted download is kept for the next fetch; without it, it is dropped.
    pub partial: Option<PathBuf>,
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            max_bytes: 512 << 20,
            max_raw_bytes: 4 << 30,
            max_redirects: 5,
            connect_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(60),
            total_timeout: Duration::from_mins(30),
            allow_http: false,
            max_wait: Duration::from_mins(1),
            resumptions: 4,
            partial: None,
        }
    }
}

/// What is known of the edition at hand, for a conditional request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`, as the server wrote it.
    pub last_modified: Option<String>,
}

/// What a fetch brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The edition at hand is the newest.
    Unchanged,
    /// A document.
    Fresh(Fresh),
}

/// Why a document could not be fetched. Messages fit "could not fetch the feed: ...".
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is none that may be fetched.
    #[error("{url}: {why}")]
    Address {
        /// The address.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The server refused.
    #[error("{url} answered with status {status}{}", later(*.retry_after))]
    Status {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
        /// When the server wants to be asked again, at most a day.
        retry_after: Option<Duration>,
    },
    /// The document exceeds the ceiling.
    #[error("{url} has more than {limit} bytes after decompression")]
    TooLarge {
        /// The address.
        url: String,
        /// The ceiling in bytes.
        limit: u64,
    },
    /// Too many redirects, or one that leads nowhere.
    #[error("{url} redirects {why}")]
    Redirect {
        /// The address first asked.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// It took too long.
    #[error("{url} took too long ({what})")]
    Timeout {
        /// The address.
        url: String,
        /// Which step.
        what: String,
    },
    /// What came has not the checksum that the vendor publishes, so it is not used.
    #[error("{url} is refused: {why}")]
    Checksum {
        /// The address.
        url: String,
        /// Which checksum, and what it is instead.
        why: String,
    },
    /// The vendor's signature is bad, or missing where one is required, so the document is not used.
    #[error("{url} is refused for its signature: {why}")]
    Signature {
        /// The address.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// None of several addresses gave the document.
    #[error("none of its {} addresses gave it: {}", .tried.len(), .tried.join("; "))]
    Everywhere {
        /// What went wrong at each, in the order in which they were asked.
        tried: Vec<String>,
    },
    /// No connection, a damaged or truncated answer, or the file could not be written.
    #[error("{url}: {why}")]
    Broken {
        /// The address.
        url: String,
        /// What went wrong.
        why: String,
    },
}

/// Fetches documents. Keeps connections between requests.
#[derive(Debug)]
pub struct Fetcher {
    agent: ureq::Agent,
    options: FetchOptions,
}

/// Longest wait that a server's `Retry-After` can ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(24);
/// How often a request is put off, as the server asks.
const MAX_WAITS: u32 = 2;

impl Fetcher {
    /// Sets up TLS (certificates of the web's authorities) and the environment's proxy
    /// (`ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).
    #[must_use]
    pub fn new(options: FetchOptions) -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::WebPki)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .user_agent(concat!("mendwatch/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(options.connect_timeout))
            .timeout_recv_response(Some(options.idle_timeout))
            .timeout_per_read(Some(options.idle_timeout))
            .timeout_global(Some(options.total_timeout))
            .http_status_as_error(false)
            // Followed below, where each address is checked.
            .max_redirects(0)
            .build()
            .new_agent();
        Self { agent, options }
    }

    /// Fetches a document to `dest` unless what is `known` of it still holds.
    ///
    /// # Errors
    /// [`FetchError`]; `dest` is then untouched.
    pub fn fetch(&self, url: &str, known: &Known, dest: &Path, now: Timestamp) -> Result<Fetched, FetchError> {
        self.fetch_checked(url, known, dest, now, &mut |_| Ok(()))
    }

    /// As [`Fetcher::fetch`], where `check` first looks at a file with the bytes as the vendor published them: their
    /// checksum, their signature.
    ///
    /// # Errors
    /// [`FetchError`], and what `check` says; `dest` is then untouched.
    pub fn fetch_checked(
        &self,
        url: &str,
        known: &Known,
        dest: &Path,
        now: Timestamp,
        check: &mut dyn FnMut(&Path) -> Result<(), FetchError>,
    ) -> Result<Fetched, FetchError> {
        let Some(raw) = self.download(url, known, dest)? else { return Ok(Fetched::Unchanged) };
        let settled = check(raw.path())
            .and_then(|()| raw.settle(dest, self.options.max_bytes).map_err(|error| broken(&raw.url, &error)));
        let (sha256, bytes) = settled?;
        Ok(Fetched::Fresh(Fresh {
            body: dest.to_owned(),
            origin: raw.url.clone(),
            etag: raw.etag.clone(),
            modified_at: raw.last_modified.as_deref().and_then(http_date),
            last_modified: raw.last_modified.clone(),
            sha256,
            bytes,
            fetched_at: now,
        }))
    }

    /// The same fetcher with other ceilings on a document's bytes.
    #[must_use]
    pub fn with_max_bytes(&self, max_bytes: u64) -> Self {
        Self { agent: self.agent.clone(), options: FetchOptions { max_bytes, ..self.options.clone() } }
    }

    /// Reads a small document into memory: an index of documents. At most 16 MiB or the ceiling.
    ///
    /// # Errors
    /// [`FetchError`].
    pub fn read(&self, url: &str) -> Result<Vec<u8>, FetchError> {
        let (url, response) = self.get(url, &Known::default(), None)?;
        let limit = self.options.max_bytes.min(16 << 20);
        let body = BufReader::new(response.into_body().into_reader());
        let mut content = Vec::new();
        formats::compression::Decoder::new(body, limit)
            .and_then(|mut decoder| decoder.read_to_end(&mut content))
            .map_err(|error| broken(&url, &error))?;
        Ok(content)
    }

    /// Asks, following redirects and waiting where the server asks for it; gives the last address and an answer
    /// of status 200, 304, or where `resume` asks for the rest of a document, 206 or 416.
    fn get(
        &self,
        first: &str,
        known: &Known,
        resume: Option<&Resume>,
    ) -> Result<(String, Response<ureq::Body>), FetchError> {
        let mut url = first.to_owned();
        let local = self.check(&url, false)?;
        let (mut redirects, mut waits) = (0, 0);
        loop {
            let request = self.agent.get(&url);
            let mut request = match resume {
                // Offsets count in the bytes as published, so nothing may be packed on the way.
                Some(resume) => request
                    .header("Accept-Encoding", "identity")
                    .header("Range", format!("bytes={}-", resume.from))
                    .header("If-Range", &resume.validator),
                None => request.header("Accept-Encoding", address::accepted_encoding(first)),
            };
            if let Some(etag) = known.etag.as_ref().filter(|_| resume.is_none()) {
                request = request.header("If-None-Match", etag);
            }
            if let Some(date) = known.last_modified.as_ref().filter(|_| resume.is_none()) {
                request = request.header("If-Modified-Since", date);
            }
            let request = if local { request.config().proxy(None).build() } else { request };
            let response = request.call().map_err(|error| failed(&url, error))?;
            match response.status().as_u16() {
                200 => return Ok((url, response)),
                206 | 416 if resume.is_some() => return Ok((url, response)),
                304 if resume.is_none() && *known != Known::default() => return Ok((url, response)),
                301 | 302 | 303 | 307 | 308 => {
                    redirects += 1;
                    if redirects > self.options.max_redirects {
                        let why = format!("more than {} times", self.options.max_redirects);
                        return Err(FetchError::Redirect { url: first.to_owned(), why });
                    }
                    url = self.redirected(&url, response.headers(), local)?;
                }
                status => {
                    let retry_after = retry_after(response.headers());
                    match retry_after.filter(|wait| *wait <= self.options.max_wait && waits < MAX_WAITS) {
                        Some(wait) if matches!(status, 429 | 503) => {
                            waits += 1;
                            std::thread::sleep(wait);
                        }
                        _ => return Err(FetchError::Status { url, status, retry_after }),
                    }
                }
            }
        }
    }

    /// Where a redirect leads, if it may lead there.
    fn redirected(&self, url: &str, headers: &HeaderMap, local: bool) -> Result<String, FetchError> {
        let wrong = |why: String| FetchError::Redirect { url: url.to_owned(), why };
        let location = header(headers, "location").unwrap_or_default();
        let next = follow(url, &location).ok_or_else(|| wrong(format!("to '{location}'")))?;
        // From another machine, an address of this one is never meant well.
        if !local && self.check(&next, true)? {
            return Err(wrong("to this machine".to_owned()));
        }
        if url.starts_with("https:") && !next.starts_with("https:") {
            return Err(wrong("from HTTPS to plain HTTP".to_owned()));
        }
        self.check(&next, false)?;
        Ok(next)
    }

    /// Whether the address is one of this machine; an error if it may not be asked.
    fn check(&self, url: &str, redirected: bool) -> Result<bool, FetchError> {
        let wrong = |why: &str| FetchError::Address { url: url.to_owned(), why: why.to_owned() };
        if url.starts_with("file:") {
            return Err(wrong("a file is imported, not fetched"));
        }
        let parsed: Uri = url.parse().map_err(|_| wrong("not an address"))?;
        let host = parsed.host().filter(|host| !host.is_empty()).ok_or_else(|| wrong("the address names no host"))?;
        let local = is_local(host);
        match parsed.scheme_str() {
            Some("https") => Ok(local),
            Some("http") if self.options.allow_http || local || redirected => Ok(local),
            Some("http") => {
                Err(wrong("plain HTTP is used for this machine only, unless it is allowed in the settings"))
            }
            _ => Err(wrong("only https:// is fetched")),
        }
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// An HTTP date (RFC 9110 5.6.7), `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// How long a server asks to be left alone (RFC 9110 10.2.3): seconds, or a date, which counts from the
/// server's own. At most a day.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = header(headers, "retry-after")?;
    let seconds = match text.trim().parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let (until, now) = (http_date(&text)?, http_date(&header(headers, "date")?)?);
            u64::try_from(until.as_second() - now.as_second()).unwrap_or(0)
        }
    };
    Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
}

/// When the server wants to be asked again, for people.
fn later(retry_after: Option<Duration>) -> String {
    retry_after.map(|wait| format!(" and asks to come again in {} s", wait.as_secs())).unwrap_or_default()
}

fn failed(url: &str, error: ureq::Error) -> FetchError {
    let url = url.to_owned();
    match error {
        ureq::Error::Timeout(what) => FetchError::Timeout { url, what: what.to_string() },
        ureq::Error::Io(error) => broken(&url, &error),
        other => FetchError::Broken { url, why: other.to_string() },
    }
}

fn broken(url: &str, error: &io::Error) -> FetchError {
    let url = url.to_owned();
    if let Some(limit) = too_large(error) {
        return FetchError::TooLarge { url, limit: limit.limit };
    }
    if let Some(ureq::Error::Timeout(what)) = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
        return FetchError::Timeout { url, what: what.to_string() };
    }
    if error.kind() == io::ErrorKind::TimedOut {
        return FetchError::Timeout { url, what: "a read".to_owned() };
    }
    FetchError::Broken { url, why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        let fetcher = Fetcher::new(FetchOptions::default());
        assert!(matches!(fetcher.check("https://security-tracker.debian.org/tracker/data/json", false), Ok(false)));
        for local in ["http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:80/x"] {
            assert!(matches!(fetcher.check(local, false), Ok(true)), "{local}");
        }
        let why = |url: &str| fetcher.check(url, false).unwrap_err().to_string();
        assert_eq!(why("file:///etc/passwd"), "file:///etc/passwd: a file is imported, not fetched");
        assert_eq!(why("ftp://example.org/x"), "ftp://example.org/x: only https:// is fetched");
        assert_eq!(
            why("http://example.org/x"),
            "http://example.org/x: plain HTTP is used for this machine only, unless it is allowed in the settings"
        );
        let open = Fetcher::new(FetchOptions { allow_http: true, ..FetchOptions::default() });
        assert!(matches!(open.check("http://example.org/x", false), Ok(false)));
    }

    /// The example of RFC 9110 5.6.7.
    #[test]
    fn http_dates_are_read() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some("1994-11-06T08:49:37Z".parse().unwrap()));
        assert_eq!(http_date("yesterday"), None);
    }
}
