//! The real binary on a port of its own, a client that holds every answer against the
//! specification, and reports to send.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    reason = "shared by test binaries, each of which uses a part of it: an expectation would fail in one or the other"
)]

pub mod reports;
pub mod specification;

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ureq::http::{Method, Request, Response};

pub const NAME: &str = "admin";
pub const PASSWORD: &str = "correct horse battery";

/// The engines that every test of the service runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The binary under test: `MENDWATCH_BIN`, or the one that cargo built beside the tests.
pub fn binary() -> PathBuf {
    std::env::var_os("MENDWATCH_BIN").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_mendwatch")), PathBuf::from)
}

/// A database of its own on the test run's PostgreSQL, gone with the value.
pub struct Database {
    admin: String,
    name: String,
}

impl Database {
    fn create() -> Self {
        let admin = std::env::var("TEST_DATABASE_URL")
            .expect("TEST_DATABASE_URL names a PostgreSQL for tests; ./dev test starts one");
        let name = format!("server_{}_{}", std::process::id(), random());
        psql(&admin, &format!("CREATE DATABASE {name}"));
        Self { admin, name }
    }

    pub fn url(&self) -> String {
        let (base, query) = self.admin.split_once('?').unwrap_or((&self.admin, ""));
        let (server, _) = base.rsplit_once('/').expect("the address names a database");
        format!("{server}/{}?{query}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        psql(&self.admin, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn psql(url: &str, sql: &str) {
    let done = Command::new("psql").args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]).output();
    let done = done.expect("psql is installed (package postgresql-client)");
    assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
}

pub fn random() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("random bytes");
    u64::from_le_bytes(bytes)
}

/// A running server. Ended, and its data removed, when dropped.
pub struct Server {
    child: Option<Child>,
    pub address: SocketAddr,
    pub setup_token: Option<String>,
    pub printed: Vec<String>,
    data: TempDir,
    database: Option<Database>,
    arguments: Vec<String>,
    wrapper: Vec<String>,
}

/// Editions of few records are whole here: tests take the parts of vendors' documents that they are about.
fn small_feeds() -> impl Iterator<Item = (String, &'static str)> {
    let usual = feeds::FEEDS.iter().chain(feeds::CVE_FEEDS).filter(|feed| feed.usual_records() > 0);
    usual.map(|feed| (format!("MENDWATCH_FEED_{}_MIN_RECORDS", feed.id().to_uppercase().replace('-', "_")), "1"))
}

impl Server {
    pub fn start(engine: Engine) -> Self {
        Self::start_with(engine, &[])
    }

    pub fn start_with(engine: Engine, arguments: &[&str]) -> Self {
        Self::start_under(engine, arguments, &[])
    }

    /// Starts it under another program, such as strace.
    pub fn start_under(engine: Engine, arguments: &[&str], wrapper: &[&str]) -> Self {
        let mut server = Self {
            child: None,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            setup_token: None,
            printed: Vec::new(),
            data: TempDir::new().expect("a directory for data"),
            database: (engine == Engine::Postgres).then(Database::create),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            wrapper: wrapper.iter().map(ToString::to_string).collect(),
        };
        server.run();
        server
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// A command on the same data and database.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).env("MENDWATCH_DATA", self.data()).env_remove("DATABASE_URL");
        command.envs(small_feeds());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database.url());
        }
        command
    }

    fn run(&mut self) {
        let mut line: Vec<std::ffi::OsString> = self.wrapper.iter().map(Into::into).collect();
        line.push(binary().into());
        let mut command = Command::new(&line[0]);
        command
            .args(&line[1..])
            .args(["server", "--listen", "127.0.0.1:0"])
            .env("MENDWATCH_DATA", self.data())
            .env("MENDWATCH_OWN_HOST", "off")
            .envs(small_feeds())
            .env_remove("DATABASE_URL")
            .args(&self.arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database.url());
        }
        let mut child = command.spawn().expect("the server starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        self.child = Some(child);
        self.printed.clear();
        self.setup_token = None;
        for line in out.lines() {
            let line = line.expect("its output is text");
            if let Some((_, address)) = line.split_once(" on http://") {
                self.address = address.parse().expect("an address");
            }
            if let Some((_, token)) = line.split_once("/setup#") {
                self.setup_token = Some(token.to_owned());
            }
            let ready = line.trim_start().starts_with("stop ");
            self.printed.push(line);
            if ready {
                return;
            }
        }
        panic!("the server ended before it was ready: {:?}", self.printed);
    }

    /// The server's own number, also where it runs under another program.
    pub fn pid(&self) -> u32 {
        let started = self.child.as_ref().expect("a running server").id();
        if self.wrapper.is_empty() {
            return started;
        }
        let children =
            std::fs::read_to_string(format!("/proc/{started}/task/{started}/children")).expect("its children");
        children.split_whitespace().next().and_then(|pid| pid.parse().ok()).expect("the server under its wrapper")
    }

    /// Ends it as an administrator would.
    pub fn stop(&mut self) {
        self.signal("-TERM");
        let mut child = self.child.take().expect("a running server");
        let start = Instant::now();
        while child.try_wait().expect("its state").is_none() {
            assert!(start.elapsed() < Duration::from_secs(30), "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("a running server");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    fn signal(&self, signal: &str) {
        let done = Command::new("kill").args([signal, &self.pid().to_string()]).status();
        assert!(done.expect("kill").success());
    }

    pub fn restart(&mut self) {
        if self.child.is_some() {
            self.stop();
        }
        self.run();
    }

    /// A client that nobody has signed in.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// A client with the administrator signed in; makes the account at first.
    pub fn admin(&self) -> Client {
        let mut client = self.client();
        match &self.setup_token {
            Some(token) if client.get("/api/v1/session").json()["state"] == "setup_needed" => {
                let setup = serde_json::json!({"token": token, "name": NAME, "password": PASSWORD});
                assert_eq!(client.post("/api/v1/setup", &setup).status, 201);
            }
            _ => {
                let credentials = serde_json::json!({"name": NAME, "password": PASSWORD});
                assert_eq!(client.post("/api/v1/session", &credentials).status, 201);
            }
        }
        client
    }

    /// A new agent's token.
    pub fn agent_token(&self) -> String {
        let done = self.command(&["tokens", "create"]).output().expect("the command runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("text").trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; then there is nothing to end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What came back, held against the specification already.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub fn seq(&self) -> i64 {
        self.header("mendwatch-seq").parse().expect("Mendwatch-Seq is a number")
    }

    /// The problem's code and field.
    pub fn problem(&self) -> (u16, String, String) {
        let kind = self.header("content-type");
        assert_eq!(kind, "application/problem+json", "{} {}", self.status, String::from_utf8_lossy(&self.body));
        let problem = self.json();
        let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        assert!(!text("detail").is_empty(), "a problem says what happened");
        (self.status, text("code"), text("field"))
    }
}

/// A browser, or an agent.
pub struct Client {
    agent: ureq::Agent,
    address: SocketAddr,
    cookie: Option<String>,
    bearer: Option<String>,
    pub csrf: bool,
}

impl Client {
    fn new(address: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Self { agent: config.into(), address, cookie: None, bearer: None, csrf: true }
    }

    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.bearer = Some(token.to_owned());
        self
    }

    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub fn set_cookie(&mut self, cookie: Option<String>) {
        self.cookie = cookie;
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Vec::new())
    }

    /// Reads, and insists on success.
    pub fn read(&mut self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[("content-type", "application/json")], body.to_string().into_bytes())
    }

    pub fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Vec::new())
    }

    pub fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method.clone()).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(bearer) = &self.bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if self.csrf {
            request = request.header("x-mendwatch-csrf", "1");
        }
        let response = if method == Method::GET || method == Method::DELETE {
            self.agent.run(request.body(()).expect("a request"))
        } else {
            self.agent.run(request.body(body).expect("a request"))
        };
        let mut response: Response<ureq::Body> = response.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default().to_owned();
            self.cookie = (!pair.ends_with('=')).then_some(pair);
        }
        let body = response.body_mut().with_config().limit(256 << 20).read_to_vec().expect("the body");
        let answer = Answer { status: response.status().as_u16(), headers: response.headers().clone(), body };
        specification::check(&method, path, &answer);
        answer
    }

    /// Sends a report; the answer.
    pub fn report(&mut self, report: &[u8]) -> Answer {
        self.send(Method::POST, "/api/agent/v1/report", &[("content-type", "application/json")], report.to_vec())
    }
}

/// The tests of the service, on each engine.
#[macro_export]
macro_rules! on_both_engines {
    ($($test:ident),+ $(,)?) => {
        mod sqlite { $( #[test] fn $test() { super::$test(crate::support::Engine::Sqlite); } )+ }
        mod postgres { $( #[test] fn $test() { super::$test(crate::support::Engine::Postgres); } )+ }
    };
}
