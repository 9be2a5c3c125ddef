//! What is acknowledged is there: after a restart, after a kill, in the order of system calls.

use crate::on_both_engines;
use crate::support::reports::{host, report};
use crate::support::{Engine, Server};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

on_both_engines!(a_restart_answers_as_before, a_kill_loses_nothing_that_was_acknowledged);

fn answers(server: &Server) -> Vec<Value> {
    let mut admin = server.admin();
    let mut all: Vec<Value> = [
        "hosts",
        "hosts?sort=hostname",
        "hosts/1",
        "hosts/1/packages",
        "hosts/2/updates",
        "packages",
        "updates",
        "overview",
    ]
    .iter()
    .map(|path| admin.read(&format!("/api/v1/{path}")))
    .collect();
    for value in &mut all {
        value.as_object_mut().unwrap().remove("as_of");
    }
    all
}

fn a_restart_answers_as_before(engine: Engine) {
    let mut server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    for number in 1..=3 {
        agent.report(&report(&host(number), 1));
    }
    let mut changed = host(2);
    changed.packages.as_mut().unwrap().records.pop();
    agent.report(&report(&changed, 2));
    let before = answers(&server);
    server.restart();
    assert_eq!(answers(&server), before);
}

fn a_kill_loses_nothing_that_was_acknowledged(engine: Engine) {
    let mut server = Server::start(engine);
    let token = server.agent_token();
    let acknowledged = AtomicU32::new(0);
    let stop = AtomicBool::new(false);
    let next = AtomicU32::new(1);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let mut agent = server.client().with_token(&token);
            let (acknowledged, stop, next) = (&acknowledged, &stop, &next);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let body = report(&host(number), 1);
                    // The connection breaks when the server is killed: that report is unacknowledged.
                    let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| agent.report(&body).status));
                    match sent {
                        Ok(200) => _ = acknowledged.fetch_add(1, Ordering::Relaxed),
                        _ => return,
                    }
                }
            });
        }
        while acknowledged.load(Ordering::Relaxed) < 60 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        server.kill();
        stop.store(true, Ordering::Relaxed);
    });
    server.restart();
    let mut admin = server.admin();
    let found = admin.read("/api/v1/hosts")["total"].as_u64().unwrap();
    let acknowledged = u64::from(acknowledged.load(Ordering::Relaxed));
    assert!(found >= acknowledged, "{acknowledged} acknowledged, {found} found");
    // None half: every host has all of its packages and updates.
    let overview = admin.read("/api/v1/overview");
    assert_eq!(overview["assessment"]["packages"].as_u64(), Some(3 * found));
    assert_eq!(overview["updates"]["security"].as_u64(), Some(found));
}

/// Uploads that never come to an end take no turn from others, and do not keep the server from ending.
#[test]
fn stalled_uploads_keep_nobody_waiting() {
    use std::io::Write as _;
    let mut server = Server::start(Engine::Sqlite);
    let token = server.agent_token();
    let stalled: Vec<_> = (0..12)
        .map(|_| {
            let mut stream = std::net::TcpStream::connect(server.address).unwrap();
            let head = format!(
                "POST /api/agent/v1/report HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 100000\r\n\r\n{{"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let taken = server.client().with_token(&token).report(&report(&host(1), 1));
    assert_eq!(taken.status, 200, "{}", String::from_utf8_lossy(&taken.body));
    server.stop();
    drop(stalled);
}

/// strace shows that the report is on the disk before its acknowledgement is on the wire.
#[test]
fn the_disk_has_it_before_the_agent_hears_so() {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let path = trace.path().to_str().unwrap().to_owned();
    let calls = "trace=read,recvfrom,recvmsg,readv,write,writev,sendto,sendmsg,fdatasync,fsync";
    let strace = ["strace", "-f", "-qq", "-s", "96", "-e", calls, "-o", path.as_str()];
    let mut server = Server::start_under(Engine::Sqlite, &[], &strace);
    let token = server.agent_token();
    let taken = server.client().with_token(&token).report(&report(&host(1), 1));
    assert_eq!(taken.status, 200);
    server.stop();
    let lines = std::fs::read_to_string(trace.path()).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    let at = |what: &str, from: usize| {
        from + lines[from..]
            .iter()
            .position(|line| line.contains(what))
            .unwrap_or_else(|| panic!("no {what} in the trace"))
    };
    let body = at("POST /api/agent/v1/repor", 0);
    let acknowledged = at("HTTP/1.1 200 OK", body);
    let syncs = lines[body..acknowledged].iter().filter(|line| line.contains("fdatasync(")).count();
    assert!(syncs >= 1, "no fdatasync between the request and the answer:\n{}", lines[body..=acknowledged].join("\n"));
}
