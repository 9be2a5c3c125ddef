//! Where commands find their data, what they do where there is none, and feeds that are refused, as a
//! shell sees them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/debian_root.rs"]
mod debian_root;

use debian_root::{debian_root, write};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A release of the host in `debian_root`, whose openssl is 3.0.15-1~deb12u1. The DSA is made up; the
/// format is that of Debian's list.
const DSA: &str = "\
[01 Sep 2026] DSA-9001-1 openssl - security update
\t{CVE-2026-0001}
\t[bookworm] - openssl 3.0.17-1~deb12u2
";

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::write(place.path().join("DSA"), DSA).unwrap();
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mendwatch"));
        command.env_clear().args(arguments).current_dir(self.path()).stdin(std::process::Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        told(&self.command(arguments).output().unwrap())
    }

    /// Names of what lies there, sorted.
    fn content(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn scan(&self, root: &Path, arguments: &[&str]) -> (Value, String) {
        let mut command = self.command(&["scan", "--json", "--root"]);
        let (code, stdout, stderr) = told(&command.arg(root).args(arguments).output().unwrap());
        assert_eq!(code, Some(0), "{stderr}");
        (serde_json::from_str(&stdout).unwrap(), stderr)
    }
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn no_command_makes_a_data_directory_unasked() {
    let place = Place::new();
    for arguments in [
        &["tokens", "create"][..],
        &["tokens", "list"],
        &["tokens", "revoke", "1"],
        &["hosts", "list"],
        &["hosts", "show", "1"],
        &["feeds", "sync"],
        &["feeds", "import", "debian-dsa", "DSA"],
        &["evaluate", "--platform", "debian:12"],
        &["explain", "--platform", "debian:12"],
    ] {
        let (code, stdout, stderr) = place.run(arguments);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}: {stderr}");
        assert!(stderr.contains("no data directory here (./data is absent"), "{arguments:?}: {stderr}");
        assert!(stderr.contains("name it with --data DIR or MENDWATCH_DATA"), "{arguments:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert_eq!(place.content(), ["DSA"], "{arguments:?}");
    }
    // Which feeds there are is known without one.
    let (code, list, stderr) = place.run(&["feeds", "list"]);
    assert_eq!((code, list.lines().count()), (Some(0), 28), "24 about packages, 4 about CVEs: {stderr}");
    assert!(list.lines().all(|line| line.contains("never fetched: ")), "{list}");
    assert!(stderr.contains("no data directory here (./data is absent"), "{stderr}");
    assert!(stderr.contains("`mendwatch feeds sync ID --data data`") && stderr.lines().count() == 1, "{stderr}");
    assert_eq!(place.run(&["feeds", "list", "--data", "nowhere"]).0, Some(2), "one that was named has to be there");
    assert_eq!(place.content(), ["DSA"]);
    // One that was named and is not there is made by those who bring data, and by no other.
    let (code, _, stderr) = place.run(&["tokens", "create", "--data", "new"]);
    assert_eq!((code, stderr.as_str()), (Some(2), "mendwatch: error: there is no data directory new\n"));
    assert_eq!(place.content(), ["DSA"]);
    assert_eq!(place.run(&["feeds", "import", "debian-dsa", "DSA", "--data", "new"]).0, Some(0));
    assert_eq!(place.content(), ["DSA", "new"]);
    // A folder of that name that is something else is left alone.
    std::fs::create_dir(place.path().join("data")).unwrap();
    let (code, _, stderr) = place.run(&["tokens", "create"]);
    assert!(code == Some(2) && stderr.contains("./data is something else"), "{stderr}");
    assert_eq!(std::fs::read_dir(place.path().join("data")).unwrap().count(), 0);
}

#[test]
fn a_scan_judges_by_the_data_at_hand() {
    let (place, root) = (Place::new(), debian_root());
    let (scan, _) = place.scan(root.path(), &[]);
    assert_eq!(scan["counts"]["findings"], Value::Null);
    assert_eq!(place.content(), ["DSA"], "a scan makes nothing");

    assert_eq!(place.run(&["feeds", "import", "debian-dsa", "DSA", "--data", "data"]).0, Some(0));
    let before = snapshot(&place.path().join("data"));
    let (scan, stderr) = place.scan(root.path(), &[]);
    assert_eq!((&scan["findings"][0]["cve"], stderr.as_str()), (&Value::from("CVE-2026-0001"), ""));
    assert_eq!(scan["updates"][0]["cves"][0]["cve"], "CVE-2026-0001", "the pending update closes it");
    assert_eq!(
        scan["assessment"]["reasons"][0]["command"], "mendwatch feeds sync debian-tracker",
        "found without being named"
    );
    // As on a day before the advisory, by the same data; on that day and later it counts.
    let (then, stderr) = place.scan(root.path(), &["--as-of", "2000-01-01"]);
    assert_eq!((&then["findings"], stderr.as_str()), (&Value::Array(Vec::new()), ""));
    assert_eq!(place.scan(root.path(), &["--as-of", "2999-01-01"]).0["findings"][0]["cve"], "CVE-2026-0001");
    assert_eq!(snapshot(&place.path().join("data")), before, "nothing was written");

    // One host alone says of itself what the list of all says of it, however it is named.
    assert_eq!(place.run(&["scan", "--save", "--root", root.path().to_str().unwrap()]).0, Some(0));
    let listed: Value = serde_json::from_str(&place.run(&["hosts", "list", "--json"]).1).unwrap();
    assert_eq!(listed[0]["open_findings"], 1);
    for name in ["1", "web-17", "eb-1"] {
        let shown: Value = serde_json::from_str(&place.run(&["hosts", "show", name, "--json"]).1).unwrap();
        for (field, value) in listed[0].as_object().unwrap() {
            assert_eq!(&shown[field], value, "{name}: {field}");
        }
    }
    assert_eq!(place.run(&["query", "--limit", "0", "pkg:openssl security>0"]).1, "1 host\n");

    // Named from elsewhere, what mends says the name, too.
    let elsewhere = Place::new();
    let data = place.path().join("data");
    let (scan, _) = elsewhere.scan(root.path(), &["--data", data.to_str().unwrap()]);
    assert_eq!(scan["findings"][0]["cve"], "CVE-2026-0001");
    assert_eq!(
        scan["assessment"]["reasons"][0]["command"],
        format!("mendwatch feeds sync debian-tracker --data {}", data.display())
    );
}

/// Name, size and time of all that lies in a directory.
fn snapshot(dir: &Path) -> Vec<(String, u64, std::time::SystemTime)> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| {
        let (entry, name) = entry.map(|entry| (entry.metadata().unwrap(), entry.file_name())).unwrap();
        (name.into_string().unwrap(), entry.len(), entry.modified().unwrap())
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort();
    entries
}

#[test]
fn data_that_can_not_be_read_keeps_only_the_verdicts_back() {
    let (place, root) = (Place::new(), debian_root());
    assert_eq!(place.run(&["feeds", "import", "debian-dsa", "DSA", "--data", "data"]).0, Some(0));
    let database = place.path().join("data/mendwatch.db");
    let good = std::fs::read(&database).unwrap();
    // The log of writes of a program that died: what is in it is not in the file yet.
    let log = place.path().join("data/mendwatch.db-wal");
    std::fs::write(&log, b"x").unwrap();
    let (scan, _) = place.scan(root.path(), &[]);
    assert_eq!((&scan["counts"]["packages"], &scan["counts"]["findings"]), (&4.into(), &Value::Null));
    let reason = |scan: &Value| scan["assessment"]["reasons"][0]["reason"].as_str().unwrap().to_owned();
    assert!(reason(&scan).contains("did not close it"), "{scan:#}");
    assert_eq!(scan["assessment"]["reasons"][0]["code"], "data_unreadable");
    std::fs::remove_file(&log).unwrap();
    // A damaged one.
    std::fs::write(&database, [&good[..4096], &vec![0xa5; good.len() - 4096]].concat()).unwrap();
    let (scan, _) = place.scan(root.path(), &[]);
    assert_eq!(scan["assessment"]["reasons"][0]["code"], "data_unreadable", "{}", reason(&scan));
    std::fs::write(&database, b"no database at all, but long enough to be looked at").unwrap();
    let (scan, _) = place.scan(root.path(), &[]);
    assert!(reason(&scan).contains("not a database"), "SQLite's own words: {}", reason(&scan));
}

/// Who names no feed and has no host would fetch gigabytes of every vendor.
#[test]
fn a_fetch_of_everything_is_asked_for() {
    let place = Place::new();
    let (code, stdout, stderr) = place.run(&["feeds", "sync", "--data", "data"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("no host is on record") && stderr.contains("`--all`"), "{stderr}");
    assert!(stderr.contains("debian-tracker") && stderr.contains("alpine-secdb"), "it names them: {stderr}");
    let (code, _, stderr) = place.run(&["feeds", "sync", "--all", "debian-dsa", "--data", "data"]);
    assert!(code == Some(2) && stderr.contains("cannot be used with"), "{stderr}");
}

/// The mirror is a folder behind an HTTP server; see docs/feeds.md for the variable.
#[test]
fn a_feed_comes_from_a_mirror_and_a_failure_says_the_other_way() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/list", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let read = stream.read(&mut request).unwrap();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", DSA.len());
        stream.write_all(format!("{head}{DSA}").as_bytes()).unwrap();
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let sync = || {
        let mut command = place.command(&["feeds", "sync", "debian-dsa", "--data", "data"]);
        told(&command.env("MENDWATCH_FEED_DEBIAN_DSA_URL", &url).output().unwrap())
    };
    let (code, stdout, stderr) = sync();
    // The list of 2023 had 5,406 advisories: one of them is no whole list, and that is said.
    let wanted = "debian-dsa: 1 record in force (1 new, 0 changed, 0 gone, 1 skipped)
  data of 2026-09-01 (the newest date in it)
  it has 1 record, where this feed usually has over 2,000: what it does not name counts as not assessed
";
    assert_eq!((code, stdout.as_str()), (Some(0), wanted), "{stderr}");
    assert!(serving.join().unwrap().starts_with("GET /list "));

    // The mirror has gone: the test's thread took one request only.
    let (code, stdout, stderr) = sync();
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    let wanted = [url.as_str(), "mendwatch: error: debian-dsa: ", "`mendwatch feeds import debian-dsa FILE`"];
    assert!(wanted.iter().all(|part| stderr.contains(part)), "{stderr}");
    let (_, list, _) = place.run(&["feeds", "list"]);
    let line = list.lines().next().unwrap();
    assert!(
        line.starts_with("debian-dsa  in force, data of ")
            && line.contains(", 1 record, 1 skipped; last fetch failed: "),
        "what was in force stays: {list}"
    );
    assert_eq!(
        list.lines().nth(1),
        Some("27 other feeds, which none of your hosts needs: `mendwatch feeds list --all`")
    );
    assert_eq!(place.run(&["feeds", "list", "--all"]).1.lines().count(), 28, "24 about packages, 4 about CVEs");
}

#[test]
fn a_file_that_is_refused_changes_nothing() {
    let place = Place::new();
    assert_eq!(place.run(&["feeds", "import", "debian-dsa", "DSA", "--data", "data"]).0, Some(0));
    let (_, before, _) = place.run(&["feeds", "list"]);
    let other = "[29 Foo 2023] DSA-5380-1 xorg-server - security update\n[1 Bar 2023] DSA-5324-1 linux - x\n";
    std::fs::write(place.path().join("other"), other).unwrap();
    // --force is for what shrank or is older, not for what is no document of the feed.
    for force in [&[][..], &["--force"]] {
        let arguments = [&["feeds", "import", "debian-dsa", "other"][..], force].concat();
        let (code, stdout, stderr) = place.run(&arguments);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{stderr}");
        assert!(stderr.contains("0 of 2 records understood: line 1: "), "{stderr}");
        assert!(stderr.contains("'29 Foo 2023' is no date"), "{stderr}");
    }
    std::fs::write(place.path().join("empty"), "").unwrap();
    let (code, _, stderr) = place.run(&["feeds", "import", "debian-dsa", "empty"]);
    assert!(code == Some(2) && stderr.contains("it holds no records; the file is empty"), "{stderr}");
    assert_eq!(place.run(&["feeds", "list"]).1, before, "the list says what it said before");
    // The same for a file that is named to evaluate by.
    let (code, _, stderr) = place.run(&["evaluate", "--platform", "debian:12", "--feed", "debian-dsa=other"]);
    assert!(code == Some(2) && stderr.contains("0 of 2 records understood"), "{stderr}");
}

#[test]
fn a_nonsense_address_of_a_database_is_one_line_without_the_password() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("data")).unwrap();
    std::fs::write(place.path().join("data/mendwatch.lock"), "").unwrap();
    for (url, says) in [
        ("secret", "no scheme"),
        ("mysql://u:secret@db/x", "'mysql' is not an engine"),
        ("postgres://u:secret@db:port/x", "port"),
    ] {
        for arguments in [&["tokens", "list"][..], &["server", "--listen", "127.0.0.1:0", "--data", "new"]] {
            let output = place.command(arguments).env("DATABASE_URL", url).output().unwrap();
            let (code, _, stderr) = told(&output);
            assert_eq!((code, stderr.lines().count()), (Some(2), 1), "{url}: {stderr}");
            assert!(stderr.contains("DATABASE_URL") && stderr.contains(says), "{url}: {stderr}");
            assert!(!stderr.contains("secret"), "{stderr}");
        }
    }
    assert_eq!(place.content(), ["DSA", "data"], "no directory is made for it");
}

#[test]
fn empty_input_is_nothing_to_judge() {
    let place = Place::new();
    for command in ["evaluate", "explain"] {
        let (code, stdout, stderr) = place.run(&[command, "--platform", "debian:12", "--feed", "debian-dsa=DSA"]);
        assert_eq!((code, stdout.as_str()), (Some(2), ""));
        assert_eq!(stderr, "mendwatch: error: no packages on standard input\n");
    }
}

/// Without package lists nobody knows what waits; that is not zero.
#[test]
fn updates_that_are_not_known_are_not_counted() {
    let (place, root) = (Place::new(), debian_root());
    let save = ["scan", "--save", "--data", "data", "--root", root.path().to_str().unwrap()];
    std::fs::remove_dir_all(root.path().join("var/lib/apt/lists")).unwrap();
    assert_eq!(place.run(&save).0, Some(0));
    let (_, list, _) = place.run(&["hosts", "list"]);
    let words: Vec<&str> = list.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(words[..8], ["1", "web-17", "debian:12", "fresh", "?", "?", "?", "?"], "{list}");
    let (_, shown, _) = place.run(&["hosts", "show", "1"]);
    assert!(shown.contains("\n  last seen ") && !shown.contains("withheld"), "{shown}");
}

#[test]
fn hosts_and_tokens_are_listed_for_people_and_programs() {
    let (place, root) = (Place::new(), debian_root());
    assert_eq!(place.run(&["scan", "--save", "--data", "data", "--root", root.path().to_str().unwrap()]).0, Some(0));
    let (_, list, _) = place.run(&["hosts", "list"]);
    let words: Vec<&str> = list.lines().nth(1).unwrap().split_whitespace().collect();
    // One security update, one other, vim held; nothing was judged.
    assert_eq!(words[..8], ["1", "web-17", "debian:12", "fresh", "1", "1", "1", "?"], "{list}");
    let (_, json, _) = place.run(&["hosts", "list", "--json"]);
    let hosts: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((hosts.as_array().unwrap().len(), &hosts[0]["hostname"]), (1, &"web-17".into()));
    assert_eq!(place.run(&["hosts", "list", "debian 11"]).1, "No hosts.\n");
    let (_, shown, _) = place.run(&["hosts", "show", "1"]);
    assert!(shown.starts_with("web-17  Debian GNU/Linux 12 (bookworm)  4 packages\n"), "{shown}");
    assert!(shown.contains("\n  updates     1 security update, 1 other, 1 withheld\n"), "{shown}");
    let (code, _, stderr) = place.run(&["hosts", "show", "2"]);
    assert_eq!((code, stderr.as_str()), (Some(2), "mendwatch: error: There is no host 2.\n"));
    let (code, _, stderr) = place.run(&["hosts", "list", "colour:"]);
    assert!(code == Some(2) && stderr.lines().count() == 1, "{stderr}");

    // The place is that of `mendwatch query`.
    assert!(stderr.ends_with("(character 8)\n"), "{stderr}");

    let (code, removed, _) = place.run(&["hosts", "remove", "1"]);
    assert_eq!(code, Some(0));
    assert!(removed.starts_with("Removed host 1 (web-17).\n") && removed.contains("comes back"), "{removed}");
    assert_eq!(place.run(&["hosts", "list"]).1, "No hosts.\n");
    let (code, _, stderr) = place.run(&["hosts", "remove", "1"]);
    assert!(code == Some(2) && stderr.contains("Host 1 was removed by "), "{stderr}");
    assert_eq!(place.run(&["scan", "--save", "--root", root.path().to_str().unwrap()]).0, Some(0));
    assert!(place.run(&["hosts", "list"]).1.contains("web-17"), "it comes back when it reports");

    assert_eq!(place.run(&["tokens", "create", "--name", "web"]).0, Some(0));
    let (_, tokens, _) = place.run(&["tokens", "list"]);
    assert!(tokens.starts_with("   1  in force  ") && tokens.contains(" s ago (20"), "{tokens}");
    assert!(tokens.ends_with(" UTC)  web\n"), "{tokens}");
}

/// Scan, list and page of a host say the same of it: without a security repository, lists that are fresh and
/// hold no security update say nothing of security.
#[test]
fn a_host_without_a_security_repository_is_no_all_clear() {
    let place = Place::new();
    let root = debian_root();
    write(root.path(), "etc/apt/sources.list", "deb http://deb.debian.org/debian bookworm main\n");
    let codes = |of: &Value| {
        let not_known = of["not_known"].as_array().unwrap().clone();
        not_known.into_iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (scan, _) = place.scan(root.path(), &["--save", "--data", "data"]);
    assert_eq!(
        (codes(&scan), &scan["counts"]["security_updates"]),
        (vec!["security_repository_missing".to_owned()], &0.into())
    );
    let mut command = place.command(&["scan", "--fail-on", "security", "--root"]);
    let (code, out, err) = told(&command.arg(root.path()).output().unwrap());
    assert_eq!(code, Some(2), "{out}");
    assert!(out.contains("No security repository") && err.contains("No security repository"), "{out}{err}");
    let (_, listed, _) = place.run(&["hosts", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((codes(&listed[0]), &listed[0]["colour"]), (codes(&scan), &"yellow".into()), "two others wait");
    let (_, listed, _) = place.run(&["hosts", "list"]);
    assert!(listed.contains("security repository missing"), "{listed}");
    let (_, shown, _) = place.run(&["hosts", "show", "web-17"]);
    assert_eq!(shown.matches("No security repository").count(), 1, "{shown}");
    // Why nothing is assessed, and what mends it.
    assert!(shown.contains("nothing is assessed: no feed in force speaks for debian:12"), "{shown}");
    assert!(shown.contains("to mend it: `mendwatch feeds sync"), "{shown}");
}

/// Red Hat's own documents: that of one release speaks of others here and there, and must not take the
/// place of theirs.
#[test]
fn a_document_of_another_release_is_held_back_from_the_place_of_one() {
    let place = Place::new();
    let document =
        |name: &str| format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/redhat/{}"), name);
    let import = |file: &str, more: &[&str]| {
        let file = document(file);
        let name = ["feeds", "import", "redhat-oval", &file, "--name", "com.redhat.rhsa-RHEL8.xml", "--data", "data"];
        place.run(&[&name[..], more].concat())
    };
    let (code, out, err) = import("com.redhat.rhsa-RHEL8.xml.zst", &[]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("redhat-oval: 129 records"), "{out}");
    let (code, out, err) = import("com.redhat.rhsa-RHEL5.xml.bz2", &[]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    let why = "held back: 'com.redhat.rhsa-RHEL8.xml' in force speaks of rhel:8, this one of rhel:5: give it a name of its own (`--name`)";
    assert!(err.contains(why), "{err}");
    let (_, listed, _) = place.run(&["feeds", "list", "--data", "data"]);
    assert!(listed.contains("129 records"), "{listed}");
}
