//! The program itself: arguments, environment, output, exit codes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::wire::{CheckIn, Incoming, Limits, SectionHash, read_report};
use std::path::Path;
use std::process::{Command, Output};
use support::{Reply, Server};

/// A small Debian below a directory.
fn root() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    write("etc/hostname", "web-17\n");
    write("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
    write(
        "var/lib/dpkg/status",
        "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2.15-2+b7\nSource: bash (5.2.15-2)\nMaintainer: Someone <someone@example.org>\n\n\
         Package: tzdata\nStatus: hold ok installed\nArchitecture: all\nVersion: 2024a-0+deb12u1\nMaintainer: Someone <someone@example.org>\n\n",
    );
    root
}

/// Runs the program with nothing in its environment but what is given: no `PATH` either.
fn run(root: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mendwatch-agent"))
        .env_clear()
        .envs(environment.iter().copied())
        .args(arguments)
        .arg("--root")
        .arg(root)
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn print_writes_a_report_that_a_server_takes() {
    let root = root();
    let output = run(root.path(), &["print", "--sequence", "42"], &[("MENDWATCH_SITE", "brno")]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", stderr(&output));
    let report = read_report(&output.stdout, &Limits::default()).unwrap();
    assert_eq!(
        (report.sequence, report.hostname.as_str(), report.site.as_str(), report.machine_id.as_str()),
        (42, "web-17", "brno", "0123456789abcdef0123456789abcdef")
    );
    // The reader has compared each hash with the data as printed; this one is computed once more.
    let Incoming::Present { hash, data, canonical } = &report.packages else { panic!("{:?}", report.packages) };
    assert_eq!(*hash, SectionHash::of(canonical.as_bytes()));
    let packages: Vec<_> =
        data.records.iter().map(|r| (r.name.as_str(), r.version.as_str(), r.source_version(), r.held)).collect();
    assert_eq!(
        packages,
        [("bash", "5.2.15-2+b7", "5.2.15-2", false), ("tzdata", "2024a-0+deb12u1", "2024a-0+deb12u1", true)]
    );
}

#[test]
fn print_of_the_same_root_has_the_same_hashes() {
    let root = root();
    let hashes = || {
        let output = run(root.path(), &["print"], &[]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        ["host", "packages", "updates", "repositories"].map(|name| report["sections"][name]["hash"].to_string())
    };
    assert_eq!(hashes(), hashes());
}

#[test]
fn pretty_is_for_people_and_says_so() {
    let root = root();
    let output = run(root.path(), &["print", "--pretty"], &[]);
    assert!(output.status.success());
    assert!(stderr(&output).contains("a server refuses this one"), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\n            \"name\": \"bash\""), "indented down to the records: {text}");
    let invalid = read_report(text.as_bytes(), &Limits::default()).unwrap_err();
    assert!(invalid.field.ends_with(".hash"), "{invalid}");
}

#[test]
fn once_takes_its_settings_from_the_ancestors_environment() {
    let known = r#"{"answer":"known","next_sequence":8,"interval_seconds":3600}"#;
    let server = Server::start(vec![Reply::Http(200, "", known.into())]);
    let root = root();
    let environment =
        [("PATCHMONITOR_SERVER_URL", server.url.as_str()), ("PATCHMONITOR_TOKEN", "s3cret"), ("MENDWATCH_TOKEN", "")];
    let output = run(root.path(), &["once"], &environment);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "nothing new: the server has everything\n");
    let seen = server.seen();
    assert_eq!(seen[0].header("authorization"), Some("Bearer s3cret"));
    let checkin = CheckIn::read(&seen[0].json(), &Limits::default()).unwrap();
    assert_eq!((checkin.hostname.as_str(), checkin.agent.name.as_str()), ("web-17", "mendwatch-agent"));
}

#[test]
fn once_reports_what_is_asked_for() {
    let server = Server::start(vec![
        Reply::Http(
            200,
            "",
            r#"{"answer":"send","sections":["host","packages"],"next_sequence":1,"interval_seconds":3600}"#.into(),
        ),
        Reply::Http(
            200,
            "",
            r#"{"host_id":7,"duplicate":false,"wanted":[],"odd":[{"section":"packages","record":"x","why":"y"}],"next_sequence":2,"interval_seconds":3600}"#
                .into(),
        ),
    ]);
    let root = root();
    let token = root.path().join("token");
    std::fs::write(&token, "s3cret\n").unwrap();
    let output = run(root.path(), &["once", "--server-url", &server.url, "--token-file", token.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("reported host, packages (") && text.contains("as host 7; the server left out 1 odd"),
        "{text}"
    );
    let report = read_report(&server.seen()[1].json(), &Limits::default()).unwrap();
    assert_eq!(report.packages.data().unwrap().records.len(), 2);
    assert!(matches!(report.updates, Incoming::Unchanged { .. } | Incoming::Unavailable { .. }));
}

#[test]
fn failures_have_exit_codes_and_one_line_without_the_token() {
    let refusal =
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"code":"unknown_token","detail":"no such token"}"#;
    let refusing = Server::start(vec![Reply::Http(401, "", refusal.into())]);
    let strange = Server::start(vec![Reply::Http(200, "", "hello".into())]);
    let root = root();
    let token = ("MENDWATCH_TOKEN", "s3cret");
    type Case<'a> = (i32, &'a str, Vec<(&'a str, &'a str)>);
    let cases: [Case<'_>; 5] = [
        (2, "give --server-url or set MENDWATCH_SERVER_URL", vec![token]),
        (2, "no token", vec![("MENDWATCH_SERVER_URL", "https://example.org")]),
        (2, "unencrypted", vec![("MENDWATCH_SERVER_URL", "http://example.org"), token]),
        (4, "401 unknown_token: no such token", vec![("MENDWATCH_SERVER_URL", &refusing.url), token]),
        (5, "is this a Mendwatch server?", vec![("MENDWATCH_SERVER_URL", &strange.url), token]),
    ];
    for (code, words, environment) in cases {
        let output = run(root.path(), &["once"], &environment);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.contains(words), "{text}");
        assert!(text.starts_with("mendwatch-agent: ") && text.trim_end().lines().count() == 1, "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn a_root_that_is_none_is_a_wrong_setting() {
    let output = run(Path::new("/nonexistent"), &["print"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("/nonexistent"), "{}", stderr(&output));
}

#[test]
fn a_host_without_machine_id_can_not_report() {
    let root = root();
    std::fs::remove_file(root.path().join("etc/machine-id")).unwrap();
    let output = run(root.path(), &["print"], &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("/etc/machine-id"), "{}", stderr(&output));
}
