//! `mendwatch hosts import`, and hosts that are named, as a shell sees them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/debian_root.rs"]
mod debian_root;

use collect::{Options, Root, collect};
use debian_root::{debian_root, write};
use model::wire::{AgentInfo, write_report};
use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What `mendwatch-agent print` writes of a root that has another name and machine id.
fn printed(name: &str, machine: u32, sequence: u64, observed_at: &str) -> Vec<u8> {
    let root = debian_root();
    write(root.path(), "etc/hostname", &format!("{name}\n"));
    write(root.path(), "etc/machine-id", &format!("{machine:032x}\n"));
    let collected = collect(&Root::new(root.path()).unwrap(), &Options::default());
    let agent = AgentInfo { name: "mendwatch-agent".to_owned(), version: "0.1.0".to_owned() };
    let report = write_report(&collected, agent, sequence, observed_at.parse().unwrap(), None).unwrap();
    serde_json::to_vec(&report).unwrap()
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: &[u8]) {
        std::fs::write(self.0.path().join(name), content).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mendwatch"));
        command.env_clear().args(arguments).args(["--data", "data"]).current_dir(self.0.path());
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        told(&self.command(arguments).output().unwrap())
    }
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn reports_from_files_are_taken_as_those_of_agents() {
    let place = Place::new();
    place.file("web.json", &printed("web-1", 1, 100, "2026-11-22T06:00:00Z"));
    place.file("db.json", &printed("db-1", 2, 100, "2026-11-22T06:00:00Z"));
    let (code, out, err) = place.run(&["hosts", "import", "web.json", "db.json"]);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (Some(0), "web.json: taken as host 1\ndb.json: taken as host 2\n", "")
    );
    assert!(place.0.path().join("data/mendwatch.db").exists(), "it makes the directory that was named");
    let (code, out, _) = place.run(&["hosts", "import", "web.json"]);
    assert_eq!((code, out.as_str()), (Some(0), "web.json: taken before as host 1; nothing was changed\n"));
    place.file("older.json", &printed("web-1", 1, 99, "2026-11-22T05:00:00Z"));
    let (code, out, _) = place.run(&["hosts", "import", "older.json"]);
    assert_eq!((code, out.as_str()), (Some(0), "older.json: host 1 is known by a later look; nothing was changed\n"));

    // From standard input, as through ssh; and what is refused costs only itself, and names the field.
    let mut child =
        place.command(&["hosts", "import", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&printed("mail", 3, 5, "2026-11-22T06:00:00Z")).unwrap();
    assert_eq!(told(&child.wait_with_output().unwrap()).1, "standard input: taken as host 3\n");
    let text = String::from_utf8(printed("web-1", 1, 101, "2026-11-22T07:00:00Z")).unwrap();
    place.file("spoiled.json", text.replace("5.9-4", "5.9-5").as_bytes());
    place.file("page.html", b"<html>");
    place.file("empty.json", b"");
    place.file("scan.json", b"{\"scanned_at\": \"2026-11-22T06:00:00Z\", \"host\": {}}");
    place.file("packed.json", b"\x28\xb5\x2f\xfd\x04");
    place.file("tracker.json", br#"{"bash": {"CVE-2014-6271": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "4.3-9.1", "urgency": "high"}}}}}"#);
    for (file, looks) in [
        ("page.html", "a web page (HTML), such as a sign-in or error page"),
        ("scan.json", "what `mendwatch scan --json` prints"),
        ("packed.json", "a file that is packed (zstd): unpack it first"),
        ("tracker.json", "a document of debian-tracker"),
    ] {
        let (code, _, err) = place.run(&["hosts", "import", file]);
        let wanted = "wanted is what `mendwatch-agent print` writes";
        assert_eq!((code, err), (Some(2), format!("mendwatch: error: {file}: it looks like {looks}; {wanted}\n")));
    }
    let refused = ["spoiled.json", "page.html", "empty.json", "absent.json", "web.json"];
    let (code, out, err) = place.run(&[&["hosts", "import"][..], &refused].concat());
    assert_eq!((code, out.lines().count()), (Some(2), 1), "{out}");
    let lines: Vec<_> = err.lines().collect();
    assert!(lines[0].starts_with("mendwatch: error: spoiled.json: sections.packages.hash: "), "{err}");
    assert_eq!(lines[0].matches("sections.packages.hash").count(), 1, "{err}");
    assert!(
        lines[1].starts_with("mendwatch: error: page.html: ") && lines[2].ends_with("empty.json: it is empty"),
        "{err}"
    );
    assert!(lines[3].contains("absent.json"), "{err}");
    let (code, _, err) = place.run(&["hosts", "import"]);
    assert_eq!(code, Some(2), "{err}");
}

#[test]
fn a_host_is_found_by_its_name() {
    let place = Place::new();
    for (at, name) in [(1, "web-1"), (2, "web-10"), (3, "db.example.org")] {
        place.file("report.json", &printed(name, at, 1, "2026-11-22T06:00:00Z"));
        assert_eq!(place.run(&["hosts", "import", "report.json"]).0, Some(0));
    }
    let shown = |host: &str| {
        let (code, out, err) = place.run(&["hosts", "show", host, "--json"]);
        (code, serde_json::from_str::<Value>(&out).map(|host| host["id"].clone()).unwrap_or_default(), err)
    };
    assert_eq!(shown("web-1"), (Some(0), 1.into(), String::new()), "its name, though another begins with it");
    assert_eq!(shown("WEB-10").1, 2);
    assert_eq!(shown("db").1, 3, "a part of one name only");
    assert_eq!(shown("3").1, 3);
    let (code, _, err) = shown("web");
    assert_eq!(code, Some(2));
    assert!(err.contains("2 hosts have 'web' in their names") && err.contains("1 web-1, 2 web-10"), "{err}");
    for nobody in ["mail", "a\"b", ""] {
        let (code, _, err) = place.run(&["hosts", "show", nobody]);
        assert_eq!(code, Some(2), "{nobody}: {err}");
        assert!(err.contains("no host"), "{nobody}: {err}");
    }
}

/// An emptied database in a directory that held one is no new server, whoever asks.
#[test]
fn an_emptied_database_is_refused_with_the_ways_back() {
    let place = Place::new();
    place.file("report.json", &printed("web-1", 1, 1, "2026-11-22T06:00:00Z"));
    assert_eq!(place.run(&["hosts", "import", "report.json"]).0, Some(0));
    let database = place.0.path().join("data/mendwatch.db");
    for left in [Some(Vec::new()), None, Some(without_tables())] {
        let _ = std::fs::remove_file(&database);
        if let Some(left) = &left {
            std::fs::write(&database, left).unwrap();
        }
        for arguments in [&["hosts", "list"][..], &["server", "--listen", "127.0.0.1:0", "--own-host", "off"]] {
            let (code, out, err) = place.run(arguments);
            assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
            assert!(err.contains("Restore it from a backup") && err.contains("mendwatch.made"), "{err}");
        }
        if left.as_ref().is_none_or(Vec::is_empty) {
            assert!(!Path::new(&database).exists() || std::fs::metadata(&database).unwrap().len() == 0);
        }
    }
}

/// A database without tables, as a copy is that was made without the log beside it: one page of 4,096
/// bytes with the file's header and an empty table of the schema
/// (<https://www.sqlite.org/fileformat2.html>, 1.3 and 1.6).
fn without_tables() -> Vec<u8> {
    let mut page = vec![0; 4096];
    page[..16].copy_from_slice(b"SQLite format 3\0");
    page[16..18].copy_from_slice(&4096u16.to_be_bytes());
    page[18..24].copy_from_slice(&[1, 1, 0, 64, 32, 32]);
    // The change counter, and the pages for which it holds.
    (page[27], page[31], page[95]) = (1, 1, 1);
    // The page of a table without rows, whose content begins at its end.
    page[100] = 0x0d;
    page[105..107].copy_from_slice(&4096u16.to_be_bytes());
    page
}
