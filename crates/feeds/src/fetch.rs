//! The only place that speaks HTTP.
//!
//! A document is fetched over HTTPS (plain HTTP to this machine, or anywhere by explicit choice),
//! conditionally (`If-None-Match`, `If-Modified-Since`), through the environment's proxy, under
//! ceilings on bytes, redirects and time, decompressed by its own first bytes, and written to a file.

use crate::keep::{Fresh, keep};
use formats::compression::too_large;
use jiff::Timestamp;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{HeaderMap, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

/// Ceilings and choices of a [`Fetcher`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchOptions {
    /// Most bytes of a document after decompression.
    pub max_bytes: u64,
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
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            max_bytes: 512 << 20,
            max_redirects: 5,
            connect_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(60),
            total_timeout: Duration::from_mins(30),
            allow_http: false,
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
    #[error("{url} answered with status {status}")]
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
        let (url, response) = self.get(url, known)?;
        if response.status().as_u16() == 304 {
            return Ok(Fetched::Unchanged);
        }
        let headers = response.headers().clone();
        let body = BufReader::with_capacity(1 << 16, response.into_body().into_reader());
        let (sha256, bytes) = keep(body, dest, self.options.max_bytes).map_err(|error| broken(&url, &error))?;
        let last_modified = header(&headers, "last-modified");
        Ok(Fetched::Fresh(Fresh {
            body: dest.to_owned(),
            origin: url,
            etag: header(&headers, "etag"),
            modified_at: last_modified.as_deref().and_then(http_date),
            last_modified,
            sha256,
            bytes,
            fetched_at: now,
        }))
    }

    /// Reads a small document into memory: an index of documents. At most 16 MiB or the ceiling.
    ///
    /// # Errors
    /// [`FetchError`].
    pub fn read(&self, url: &str) -> Result<Vec<u8>, FetchError> {
        let (url, response) = self.get(url, &Known::default())?;
        let limit = self.options.max_bytes.min(16 << 20);
        let body = BufReader::new(response.into_body().into_reader());
        let mut content = Vec::new();
        formats::compression::Decoder::new(body, limit)
            .and_then(|mut decoder| decoder.read_to_end(&mut content))
            .map_err(|error| broken(&url, &error))?;
        Ok(content)
    }

    /// Asks, following redirects; gives the last address and an answer of status 200 or 304.
    fn get(&self, first: &str, known: &Known) -> Result<(String, Response<ureq::Body>), FetchError> {
        let mut url = first.to_owned();
        let local = self.check(&url, false)?;
        for _ in 0..=self.options.max_redirects {
            let mut request = self.agent.get(&url).header("Accept-Encoding", "gzip");
            if let Some(etag) = &known.etag {
                request = request.header("If-None-Match", etag);
            }
            if let Some(date) = &known.last_modified {
                request = request.header("If-Modified-Since", date);
            }
            let request = if local { request.config().proxy(None).build() } else { request };
            let response = request.call().map_err(|error| failed(&url, error))?;
            let status = response.status();
            match status.as_u16() {
                200 => return Ok((url, response)),
                304 if *known != Known::default() => return Ok((url, response)),
                301 | 302 | 303 | 307 | 308 => {
                    let location = header(response.headers(), "location").unwrap_or_default();
                    let next = follow(&url, &location)
                        .ok_or_else(|| FetchError::Redirect { url: url.clone(), why: format!("to '{location}'") })?;
                    // From another machine, an address of this one is never meant well.
                    if !local && self.check(&next, true)? {
                        return Err(FetchError::Redirect { url, why: "to this machine".to_owned() });
                    }
                    if url.starts_with("https:") && !next.starts_with("https:") {
                        return Err(FetchError::Redirect { url, why: "from HTTPS to plain HTTP".to_owned() });
                    }
                    self.check(&next, false)?;
                    url = next;
                }
                status => {
                    let retry_after = header(response.headers(), "retry-after")
                        .and_then(|text| text.parse().ok())
                        .map(|seconds| Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER));
                    return Err(FetchError::Status { url, status, retry_after });
                }
            }
        }
        Err(FetchError::Redirect {
            url: first.to_owned(),
            why: format!("more than {} times", self.options.max_redirects),
        })
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

fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

/// The address that a `Location` means. RFC 3986 5.2 for what servers really send: an address, a
/// network path, an absolute path.
fn follow(url: &str, location: &str) -> Option<String> {
    if location.starts_with("https://") || location.starts_with("http://") {
        return Some(location.to_owned());
    }
    let (scheme, rest) = url.split_once("://")?;
    if location.starts_with("//") {
        return Some(format!("{scheme}:{location}"));
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    location.starts_with('/').then(|| format!("{scheme}://{authority}{location}"))
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// An HTTP date (RFC 9110 5.6.7), `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
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

    #[test]
    fn locations_are_resolved_against_the_address() {
        let follow = |location| follow("https://a.example/b/c?d", location);
        assert_eq!(follow("https://e.example/f").as_deref(), Some("https://e.example/f"));
        assert_eq!(follow("/f").as_deref(), Some("https://a.example/f"));
        assert_eq!(follow("//e.example/f").as_deref(), Some("https://e.example/f"));
        assert_eq!(follow(""), None);
        assert_eq!(follow("javascript:x"), None);
    }

    /// The example of RFC 9110 5.6.7.
    #[test]
    fn http_dates_are_read() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some("1994-11-06T08:49:37Z".parse().unwrap()));
        assert_eq!(http_date("yesterday"), None);
    }
}
