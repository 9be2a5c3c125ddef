//! The way from a command to the data: through the running server, or, where none runs, through the
//! same API in this process.
//!
//! While a server holds a data directory, a second process never opens its database; it asks over
//! the server's socket instead. Without a server the command opens the directory itself and asks the
//! same router. Either way a command is a request, so that commands and API give the same answers.

use crate::api::lines::NDJSON;
use crate::app::{App, Config};
use crate::auth::principal::OverSocket;
use crate::data_dir::{DataDir, Held};
use crate::partial;
use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use model::wire::{Report, ReportAnswer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ops::ControlFlow;
use tower::ServiceExt as _;

/// Answers larger than this are refused: commands page through lists.
const MOST_ANSWER_BYTES: usize = 256 << 20;

enum Way {
    Socket(DataDir),
    Here { app: App, router: Router, filled: tokio::sync::Mutex<Need> },
}

/// How much of the index an answer rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// None: the record alone answers.
    Record,
    /// One host and its verdicts.
    Host(i64),
    /// The names of all hosts.
    Names,
    /// What all hosts reported, and no verdicts.
    Facts,
    /// The whole.
    All,
}

impl Need {
    /// Of a request. Whatever is not known here needs all; a handler that is given too little of the index says that it
    /// is not ready, and never less than there is.
    fn of<B>(request: &Request<B>) -> Self {
        // Who looks at a part of the answer alone says so.
        if let Some(need) = request.extensions().get::<Self>() {
            return *need;
        }
        let Some(path) = request.uri().path().strip_prefix("/api/v1/") else { return Self::All };
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method(), parts.as_slice()) {
            (_, ["agent-tokens", ..]) | (&Method::GET, ["cves", _, "record"]) => Self::Record,
            // They compile the rules of the one platform that they are asked about.
            (&Method::POST, ["evaluate" | "explain"]) => Self::Record,
            (&Method::GET | &Method::DELETE, ["hosts", id]) => id.parse().map_or(Self::All, Self::Host),
            _ => Self::All,
        }
    }
}

/// A client of the data in a directory.
pub struct Local {
    runtime: tokio::runtime::Runtime,
    way: Option<Way>,
}

impl Local {
    /// Reaches the data in a directory, with `DATABASE_URL` in place of the embedded database if it is
    /// set.
    ///
    /// # Errors
    /// When a server holds the directory but does not answer, or the directory or database can't be opened.
    pub fn open(data: DataDir, config: Config) -> anyhow::Result<Self> {
        let runtime = runtime()?;
        let way = runtime.block_on(async {
            match data.hold()? {
                Held::ByUs(lock) => {
                    let app = App::open(config, data, lock).await?;
                    let router = crate::api::router(app.clone());
                    anyhow::Ok(Way::Here { app, router, filled: tokio::sync::Mutex::new(Need::Record) })
                }
                Held::ByOther => Ok(Way::Socket(data)),
            }
        })?;
        Ok(Self { runtime, way: Some(way) })
    }

    /// Reaches the server that holds a directory, if one answers, and opens nothing otherwise.
    ///
    /// # Errors
    /// When there is a server that this user may not talk to.
    pub fn of_server(data: DataDir) -> anyhow::Result<Option<Self>> {
        if !data.has_server()? {
            return Ok(None);
        }
        Ok(Some(Self { runtime: runtime()?, way: Some(Way::Socket(data)) }))
    }

    /// Sends a request with a JSON body and reads the JSON answer.
    ///
    /// # Errors
    /// What the API says is wrong, in its own words; or that it could not be reached.
    pub fn json<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> anyhow::Result<T> {
        let body = body.map(serde_json::to_vec).transpose()?.unwrap_or_default();
        let answer = self.send(method, path, "application/json", Body::from(body))?;
        serde_json::from_slice(&answer).with_context(|| format!("the answer to {path} is not what was expected"))
    }

    /// Reads.
    ///
    /// # Errors
    /// As [`Local::json`].
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.json(&Method::GET, path, None::<&()>)
    }

    /// Reads what rests on reported facts alone, which is had much sooner than verdicts. What the answer says of
    /// vulnerabilities is not to be looked at.
    ///
    /// # Errors
    /// As [`Local::json`].
    pub fn get_facts<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.get_part(path, Need::Facts)
    }

    /// As [`Local::get_facts`], of which nothing but numbers and names of hosts is to be looked at.
    ///
    /// # Errors
    /// As [`Local::json`].
    pub fn get_names<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.get_part(path, Need::Names)
    }

    fn get_part<T: DeserializeOwned>(&self, path: &str, need: Need) -> anyhow::Result<T> {
        let mut request = request(&Method::GET, path, "application/json", Body::empty())?;
        request.extensions_mut().insert(need);
        let answer = self.answer(request)?;
        serde_json::from_slice(&answer).with_context(|| format!("the answer to {path} is not what was expected"))
    }

    /// Delivers a report of this host.
    ///
    /// # Errors
    /// As [`Local::json`].
    pub fn deliver(&self, report: &Report) -> anyhow::Result<ReportAnswer> {
        self.json(&Method::POST, "/api/agent/v1/report", Some(report))
    }

    /// Sends a request with a JSON body that is answered with one value a line, and hands each line to
    /// `each` until it breaks. Holds one line at a time.
    ///
    /// # Errors
    /// As [`Local::json`]; what `each` says; a line beyond every measure.
    pub fn lines<B>(
        &self,
        path: &str,
        body: &impl Serialize,
        each: &mut dyn FnMut(&[u8]) -> anyhow::Result<ControlFlow<B>>,
    ) -> anyhow::Result<ControlFlow<B>> {
        let body = Body::from(serde_json::to_vec(body)?);
        let mut request = request(&Method::POST, path, "application/json", body)?;
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(NDJSON));
        self.runtime.block_on(async {
            let response = self.ask(request).await?;
            let status = response.status();
            if !status.is_success() {
                bail!("{}", problem_text(status, &whole(response).await?))
            }
            let (mut body, mut rest) = (response.into_body(), Vec::new());
            while let Some(frame) = body.frame().await {
                let Ok(chunk) = frame.map_err(|error| anyhow::anyhow!(error))?.into_data() else { continue };
                let mut chunk = chunk.as_ref();
                while let Some(end) = chunk.iter().position(|byte| *byte == b'\n') {
                    let (line, behind) = chunk.split_at(end);
                    rest.extend_from_slice(line);
                    if let ControlFlow::Break(with) = each(&rest)? {
                        return Ok(ControlFlow::Break(with));
                    }
                    rest.clear();
                    chunk = behind.get(1..).unwrap_or_default();
                }
                rest.extend_from_slice(chunk);
                if rest.len() > MOST_ANSWER_BYTES {
                    bail!("a line of the answer to {path} is longer than {MOST_ANSWER_BYTES} bytes");
                }
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Sends a body as it is and returns the answer's bytes.
    ///
    /// # Errors
    /// As [`Local::json`].
    pub fn send(&self, method: &Method, path: &str, kind: &str, body: Body) -> anyhow::Result<Vec<u8>> {
        self.answer(request(method, path, kind, body)?)
    }

    fn answer(&self, request: Request<Body>) -> anyhow::Result<Vec<u8>> {
        let (status, bytes) = self.runtime.block_on(async {
            let response = self.ask(request).await?;
            anyhow::Ok((response.status(), whole(response).await?))
        })?;
        if status.is_success() {
            return Ok(bytes);
        }
        bail!("{}", problem_text(status, &bytes))
    }

    async fn ask(&self, mut request: Request<Body>) -> anyhow::Result<Response<Body>> {
        Ok(match self.way.as_ref().context("the data directory is closed")? {
            Way::Socket(data) => {
                let stream = data.connect().await?;
                let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                sender.send_request(request).await?.map(Body::new)
            }
            Way::Here { app, router, filled } => {
                fill(app, &mut *filled.lock().await, Need::of(&request)).await?;
                request.extensions_mut().insert(OverSocket);
                router.clone().oneshot(request).await.map_err(|never| match never {})?
            }
        })
    }
}

/// Fills as much of the index as is needed and not there yet.
async fn fill(app: &App, filled: &mut Need, need: Need) -> anyhow::Result<()> {
    match (*filled, need) {
        (_, Need::Record) | (Need::All, _) => return Ok(()),
        (filled, need) if filled == need => return Ok(()),
        (Need::Facts, Need::Names) => return Ok(()),
        (Need::Record, Need::Names) => app.rebuild_part(partial::names(app)).await?,
        (Need::Record | Need::Names, Need::Host(id)) => app.rebuild_part(partial::host(app, id)).await?,
        (Need::Record, Need::Facts) => app.rebuild_part(partial::facts(app)).await?,
        (Need::Facts, Need::Host(id)) => {
            // The next host may be of another platform: facts stay what is there of all.
            return app.rebuild_part(partial::verdicts_like(app, id)).await;
        }
        _ => {
            app.rebuild().await?;
            *filled = Need::All;
            return Ok(());
        }
    }
    *filled = need;
    Ok(())
}

fn request(method: &Method, path: &str, kind: &str, body: Body) -> anyhow::Result<Request<Body>> {
    Ok(Request::builder()
        .method(method.clone())
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, kind)
        .body(body)?)
}

async fn whole(response: Response<Body>) -> anyhow::Result<Vec<u8>> {
    let body = http_body_util::Limited::new(response.into_body(), MOST_ANSWER_BYTES);
    Ok(body.collect().await.map_err(|error| anyhow::anyhow!(error))?.to_bytes().to_vec())
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// Percent-encoding of everything but what an address may hold anywhere (RFC 3986, unreserved).
#[must_use]
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

/// What a problem says, on one line.
fn problem_text(status: StatusCode, body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Problem {
        detail: String,
        #[serde(default)]
        field: String,
    }
    match serde_json::from_slice::<Problem>(body) {
        // Sentences about reports begin with the field themselves.
        Ok(problem) if problem.field.is_empty() || problem.detail.starts_with(&format!("{}: ", problem.field)) => {
            problem.detail
        }
        Ok(problem) => format!("{}: {}", problem.field, problem.detail),
        Err(_) => format!("the server answered {status}"),
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if let Some(Way::Here { app, .. }) = self.way.take() {
            self.runtime.block_on(app.close());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_fills_no_more_than_its_answer_rests_on() {
        let of = |method: Method, path: &str| Need::of(&request(&method, path, "", Body::empty()).unwrap());
        assert_eq!(of(Method::GET, "/api/v1/agent-tokens"), Need::Record);
        assert_eq!(of(Method::DELETE, "/api/v1/agent-tokens/7"), Need::Record);
        assert_eq!(of(Method::POST, "/api/v1/evaluate"), Need::Record);
        assert_eq!(of(Method::GET, "/api/v1/cves/CVE-2024-3094/record"), Need::Record);
        assert_eq!(of(Method::GET, "/api/v1/hosts/7"), Need::Host(7));
        // Whatever speaks of all hosts, or is not known here.
        for path in ["/api/v1/hosts?q=web", "/api/v1/cves/CVE-2024-3094", "/api/v1/hosts/7/findings", "/api/v1/feeds"] {
            assert_eq!(of(Method::GET, path), Need::All, "{path}");
        }
        assert_eq!(of(Method::POST, "/api/agent/v1/report"), Need::All);
    }
}
