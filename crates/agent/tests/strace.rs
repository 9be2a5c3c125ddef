//! What the agent asks of the kernel: it executes nothing, takes no lock, writes no file, and connects
//! to its server only.

#![expect(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use std::process::Command;
use support::{Reply, Server};

/// Runs the program below strace on the host of the test and returns the calls that could matter.
fn traced(arguments: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let trace = dir.path().join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=%process,%file,%network,flock,fcntl", "-E", "PATH"]);
    for (name, value) in environment {
        strace.arg("-E").arg(format!("{name}={value}"));
    }
    let output = strace
        .arg("-o")
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_mendwatch-agent"))
        .args(arguments)
        .output()
        .expect("strace must be installed");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(trace).unwrap().lines().map(str::to_owned).collect()
}

fn of<'a>(calls: &'a [String], names: &[&str]) -> Vec<&'a String> {
    let named = |line: &&String| {
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        call.split_once('(').is_some_and(|(name, _)| names.contains(&name))
    };
    calls.iter().filter(named).collect()
}

fn assert_reads_only(calls: &[String]) {
    assert_eq!(of(calls, &["execve", "execveat"]).len(), 1, "the program itself");
    let opened = of(calls, &["open", "openat", "openat2"]);
    assert!(opened.len() > 10, "the trace holds the reading");
    let writing = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"];
    let writing: Vec<_> = opened
        .into_iter()
        .filter(|line| writing.iter().any(|flag| line.contains(flag)) && !line.contains("\"/dev/null\""))
        .collect();
    assert_eq!(writing, Vec::<&String>::new());
    let changing = [
        "flock",
        "fork",
        "vfork",
        "creat",
        "unlink",
        "unlinkat",
        "rename",
        "renameat",
        "renameat2",
        "mkdir",
        "mkdirat",
        "chmod",
        "fchmodat",
        "bind",
        "listen",
    ];
    assert_eq!(of(calls, &changing), Vec::<&String>::new());
    assert!(!of(calls, &["fcntl"]).iter().any(|line| line.contains("SETLK")), "no locks");
}

#[test]
fn print_reads_and_does_nothing_else() {
    let calls = traced(&["print"], &[]);
    assert_reads_only(&calls);
    assert_eq!(of(&calls, &["socket", "connect"]), Vec::<&String>::new());
}

#[test]
fn once_connects_to_its_server_only() {
    let known = r#"{"answer":"known","next_sequence":1,"interval_seconds":3600}"#;
    let server = Server::start(vec![Reply::Http(200, "", known.into())]);
    let calls = traced(&["once"], &[("MENDWATCH_SERVER_URL", &server.url), ("MENDWATCH_TOKEN", "t0ken")]);
    assert_reads_only(&calls);
    let port = format!("sin_port=htons({})", server.url.rsplit_once(':').unwrap().1);
    let connected = of(&calls, &["connect"]);
    assert!(!connected.is_empty() && connected.iter().all(|line| line.contains(&port)), "{connected:?}");
}
