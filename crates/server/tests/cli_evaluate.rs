//! `mendwatch evaluate` and `mendwatch explain` with feeds from files, as a shell sees them.
//!
//! The feeds are entries (one with its first CVEs only) of the vendor's own documents: DSA-5380-1 and DSA-5324-1 of Debian's DSA
//! list, and 389-ds-base of the security tracker's JSON.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const DSA: &str = "\
[29 Mar 2023] DSA-5380-1 xorg-server - security update
	{CVE-2023-1393}
	[bullseye] - xorg-server 2:1.20.11-1+deb11u6
[23 Jan 2023] DSA-5324-1 linux - security update
	{CVE-2023-0179}
	[bullseye] - linux 5.10.162-1
";

const TRACKER: &str = r#"{"389-ds-base":{
    "CVE-2016-5405":{"scope":"remote","description":"x","releases":{"bullseye":{"status":"resolved","repositories":{"bullseye":"1.4.4.11-2"},"fixed_version":"1.3.5.15-1","urgency":"medium"}}},
    "CVE-2016-5416":{"scope":"remote","description":"x","releases":{"bullseye":{"status":"open","repositories":{"bullseye":"1.4.4.11-2"},"urgency":"low"}}}}}"#;

const XORG: &str =
    r#"{"name":"xserver-xorg-core","version":"2:1.20.11-1+deb11u5","arch":"amd64","source":"xorg-server"}"#;
const XORG_FIXED: &str =
    r#"{"name":"xserver-common","version":"2:1.20.11-1+deb11u6","arch":"all","source":"xorg-server"}"#;
const DS: &str = r#"{"name":"389-ds-base","version":"1.4.4.11-2","arch":"amd64"}"#;

struct Feeds(TempDir);

impl Feeds {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("DSA"), DSA).unwrap();
        // Compressed files are taken as they are, whatever their names.
        std::fs::write(dir.path().join("tracker"), zstd::encode_all(TRACKER.as_bytes(), 1).unwrap()).unwrap();
        Self(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn dsa(&self) -> String {
        format!("debian-dsa={}", self.path("DSA").display())
    }

    fn tracker(&self) -> String {
        format!("debian-tracker={}", self.path("tracker").display())
    }
}

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mendwatch"))
        .env_clear()
        // The tests' lists are parts of real ones.
        .env("MENDWATCH_FEED_DEBIAN_DSA_MIN_RECORDS", "1")
        .env("MENDWATCH_FEED_DEBIAN_TRACKER_MIN_RECORDS", "1")
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has complained and gone does not read on.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn evaluate(feeds: &[&str], input: &str) -> (Vec<Value>, String) {
    let mut arguments = vec!["evaluate", "--platform", "debian:11"];
    for feed in feeds {
        arguments.extend(["--feed", feed]);
    }
    let output = run(&arguments, input);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines = text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (lines, text(&output.stderr).to_owned())
}

fn strings(value: &Value, fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| value[field].as_str().unwrap_or("?").to_owned()).collect()
}

#[test]
fn a_list_of_fixes_gives_positives_and_claims_nothing_else() {
    let feeds = Feeds::new();
    let (lines, remarks) = evaluate(&[&feeds.dsa()], &format!("{XORG}\n{XORG_FIXED}\n"));
    let fields = ["package", "version", "cve", "advisory", "state", "fixed_version", "feed"];
    assert_eq!(
        strings(&lines[0], &fields),
        [
            "xserver-xorg-core",
            "2:1.20.11-1+deb11u5",
            "CVE-2023-1393",
            "DSA-5380-1",
            "fix_available",
            "2:1.20.11-1+deb11u6",
            "debian-dsa"
        ]
    );
    // The list decides nothing about what it does not name, so both packages are not assessed.
    let rest: Vec<_> = lines[1..].iter().map(|line| strings(line, &["package", "state", "cve"])).collect();
    assert_eq!(rest, [["xserver-common", "not_assessed", ""], ["xserver-xorg-core", "not_assessed", ""]]);
    assert!(lines[1]["words"].as_str().unwrap().contains("debian-tracker"), "{}", lines[1]);
    assert!(remarks.contains("1 open finding; 0 of 2 packages assessed"), "{remarks}");
}

#[test]
fn the_tracker_decides_and_the_list_labels() {
    let feeds = Feeds::new();
    let (lines, remarks) = evaluate(&[&feeds.tracker(), &feeds.dsa()], &format!("{DS}\n"));
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(
        strings(&lines[0], &["package", "cve", "state", "fixed_version", "severity", "feed"]),
        ["389-ds-base", "CVE-2016-5416", "no_fix", "", "low", "debian-tracker"]
    );
    assert!(remarks.contains("1 open finding; 1 of 1 package assessed"), "{remarks}");
}

#[test]
fn without_a_feed_for_the_platform_nothing_is_claimed() {
    let feeds = Feeds::new();
    for (platform, words) in [
        ("void:rolling", "no feed speaks for void:rolling"),
        ("arch:rolling", "no feed in force speaks for arch:rolling: load arch-tracker"),
    ] {
        let output = run(
            &["evaluate", "--platform", platform, "--feed", &feeds.dsa()],
            "{\"name\":\"bash\",\"version\":\"5.2-1\"}\n",
        );
        assert_eq!(output.status.code(), Some(0));
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(strings(&line, &["package", "state", "words"]), ["bash", "not_assessed", words]);
    }
}

#[test]
fn a_running_kernel_waits_for_its_restart() {
    let feeds = Feeds::new();
    let kernel = |abi: &str, version: &str, source: &str| {
        format!(
            r#"{{"name":"linux-image-5.10.0-{abi}-amd64","version":"{version}","arch":"amd64","source":"linux-signed-amd64","source_version":"{source}"}}"#
        )
    };
    let packages = [kernel("20", "5.10.158-2", "5.10.158+2"), kernel("21", "5.10.162-1", "5.10.162+1")].join("\n");
    let host = r#"{"host":{"running_kernel":"5.10.0-20-amd64","next_kernel":"5.10.0-21-amd64"}}"#;
    let (lines, _) = evaluate(&[&feeds.dsa()], &format!("{host}\n{packages}\n"));
    assert_eq!(
        strings(&lines[0], &["package", "role", "cve", "state"]),
        ["linux-image-5.10.0-20-amd64", "running_kernel", "CVE-2023-0179", "restart_needed"]
    );
    assert!(
        lines[1..].iter().all(|line| line["state"] == "not_assessed"),
        "the old image itself is not exposed: {lines:?}"
    );
    let (_, remarks) = evaluate(&[&feeds.dsa()], &format!("{}\n{XORG}\n", r#"{"host":{"running_kernel":"6.6.6"}}"#));
    assert!(remarks.contains("the running kernel 6.6.6 is none of the packages"), "{remarks}");
}

#[test]
fn advisories_of_later_days_are_left_out() {
    let feeds = Feeds::new();
    let dsa = feeds.dsa();
    let findings = |day: &str| {
        let output =
            run(&["evaluate", "--platform", "debian:11", "--feed", &dsa, "--as-of", day], &format!("{XORG}\n"));
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).lines().filter(|line| line.contains("CVE-2023-1393")).count()
    };
    assert_eq!((findings("2023-03-28"), findings("2023-03-29")), (0, 1));
    let output = run(&["evaluate", "--platform", "debian:11", "--feed", &dsa, "--as-of", "yesterday"], "");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn bad_lines_are_named_and_only_all_of_them_are_fatal() {
    let feeds = Feeds::new();
    let (lines, remarks) = evaluate(&[&feeds.dsa()], &format!("{XORG}\nnot json\n{{\"name\":\"x\"}}\n"));
    assert_eq!(lines.len(), 2);
    assert!(
        remarks.contains("mendwatch: line 2: ") && remarks.contains("line 3: missing field `version`"),
        "{remarks}"
    );
    assert!(remarks.contains("2 lines of 3 left out"), "{remarks}");
    let output = run(&["evaluate", "--platform", "debian:11", "--feed", &feeds.dsa()], "a\nb\n");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
    assert!(text(&output.stderr).contains("none of 2 lines is a package"), "{}", text(&output.stderr));
}

#[test]
fn explain_shows_both_sides_of_a_comparison() {
    let feeds = Feeds::new();
    let (tracker, dsa) = (feeds.tracker(), feeds.dsa());
    let explain = |more: &[&str], input: &str| {
        let mut arguments = vec!["explain", "--platform", "debian:11", "--feed", &tracker, "--feed", &dsa];
        arguments.extend(more);
        run(&arguments, input)
    };
    let output = explain(&["--cve", "CVE-2016-5405"], &format!("{DS}\n"));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    // Negative: the installed version is above the fixed one.
    assert!(shown.contains("source 389-ds-base 1.4.4.11-2 > 1.3.5.15-1 by dpkg"), "{shown}");
    assert!(shown.contains("not_affected"), "{shown}");
    // sha256sum of the decompressed document.
    let checksum = Command::new("sha256sum").arg(checked(feeds.0.path())).output().unwrap();
    assert!(shown.contains(text(&checksum.stdout).split(' ').next().unwrap()), "{shown}");

    let output = explain(&["--package", "389-ds-base", "--json"], &format!("{DS}\n{XORG}\n"));
    let explanation: Value = serde_json::from_slice(&output.stdout).unwrap();
    let considered: Vec<_> =
        explanation["considered"].as_array().unwrap().iter().map(|c| &c["verdict"]["cve"]).collect();
    assert_eq!(considered, ["CVE-2016-5405", "CVE-2016-5416"]);

    let output = explain(&["--package", "nosuch"], &format!("{DS}\n"));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("none of the packages is called nosuch"), "{}", text(&output.stderr));
}

/// The tracker's document as it is without compression.
fn checked(dir: &Path) -> PathBuf {
    let plain = dir.join("tracker.json");
    std::fs::write(&plain, TRACKER).unwrap();
    plain
}

/// A data directory and a file of the same document give the same answers.
#[test]
fn a_data_directory_says_what_the_file_says() {
    let feeds = Feeds::new();
    let data = feeds.path("data");
    let data = data.to_str().unwrap();
    for (id, file) in [("debian-dsa", "DSA"), ("debian-tracker", "tracker")] {
        let output = run(&["feeds", "--data", data, "import", id, feeds.path(file).to_str().unwrap()], "");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let input = format!("{DS}\n{XORG}\n{XORG_FIXED}\n");
    let by_data = run(&["evaluate", "--platform", "debian:11", "--data", data], &input);
    assert_eq!(by_data.status.code(), Some(0), "{}", text(&by_data.stderr));
    let by_file =
        run(&["evaluate", "--platform", "debian:11", "--feed", &feeds.dsa(), "--feed", &feeds.tracker()], &input);
    assert_eq!(text(&by_data.stdout), text(&by_file.stdout));
    assert_eq!(text(&by_data.stderr), text(&by_file.stderr));
    let explain = |by: &[&str]| {
        let output = run(&[&["explain", "--platform", "debian:11", "--json"], by].concat(), &format!("{DS}\n"));
        let explanation: Value = serde_json::from_slice(&output.stdout).unwrap();
        explanation["considered"].clone()
    };
    let considered = explain(&["--data", data]);
    assert_eq!(considered.as_array().unwrap().len(), 2);
    assert_eq!(considered, explain(&["--feed", &feeds.dsa(), "--feed", &feeds.tracker()]));
}

/// The same for a file that is named to judge by, and a day that is given.
#[test]
fn a_file_to_judge_by_is_as_old_as_the_file() {
    let feeds = Feeds::new();
    let tracker = feeds.tracker();
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_704_067_200);
    let file = std::fs::File::options().append(true).open(feeds.path("tracker")).unwrap();
    file.set_modified(old).unwrap();
    drop(file);
    let explain = |more: &[&str]| {
        let output =
            run(&[&["explain", "--platform", "debian:11", "--feed", &tracker], more].concat(), &format!("{DS}\n"));
        (output.status.code(), text(&output.stdout).to_owned(), text(&output.stderr).to_owned())
    };
    // date -u -d @1704067200 +%F
    let (code, shown, stderr) = explain(&[]);
    assert!(
        code == Some(0) && shown.contains("data of 2024-01-01 00:00 UTC, too old for a negative"),
        "{shown}{stderr}"
    );
    assert!(shown.contains("CVE-2016-5405: not_assessed because"), "{shown}");
    let (_, shown, _) = explain(&["--date", "2024-03-01", "--as-of", "2024-03-02"]);
    assert!(shown.contains("CVE-2016-5405: not_affected because"), "{shown}");
    for (slip, meant) in [("2016-5405", "did you mean 'CVE-2016-5405'?"), ("foo", "is no id of a CVE")] {
        let (code, shown, stderr) = explain(&["--cve", slip]);
        assert!(code == Some(2) && shown.is_empty() && stderr.contains(meant), "{stderr}");
    }
    let (code, _, stderr) = explain(&["--date", "2999-01-01"]);
    assert!(code == Some(2) && stderr.contains("in the future"), "{stderr}");
}

/// A row that can't be read is no row that is not there.
#[test]
fn what_was_skipped_is_a_line_of_its_own() {
    let feeds = Feeds::new();
    std::fs::write(feeds.path("odd"), TRACKER.replace("1.3.5.15-1", &"1".repeat(10_000))).unwrap();
    let odd = format!("debian-tracker={}", feeds.path("odd").display());
    let (lines, remarks) = evaluate(&[&odd], &format!("{DS}\n"));
    let rows: Vec<_> = lines.iter().map(|line| strings(line, &["package", "cve", "state"])).collect();
    assert_eq!(rows, [["389-ds-base", "CVE-2016-5416", "no_fix"], ["389-ds-base", "CVE-2016-5405", "not_assessed"]]);
    let why = "its record in debian-tracker was skipped: fixed_version: the version has 10000 bytes, more than 1024";
    assert!(lines[1]["words"].as_str().unwrap().starts_with(why), "{}", lines[1]);
    assert!(remarks.contains("1 of 1 package assessed"), "{remarks}");
}

/// An old file that was carried is as old as it is, not of the day on which it was brought.
#[test]
fn an_imported_file_without_a_date_inside_is_as_old_as_the_file() {
    let feeds = Feeds::new();
    let (data, tracker) = (feeds.path("data"), feeds.path("tracker"));
    let (data, tracker) = (data.to_str().unwrap(), tracker.to_str().unwrap());
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_704_067_200);
    let file = std::fs::File::options().append(true).open(tracker).unwrap();
    file.set_modified(old).unwrap();
    drop(file);
    let import = |more: &[&str]| {
        let output = run(&[&["feeds", "--data", data, "import", "debian-tracker", tracker], more].concat(), "");
        (output.status.code(), text(&output.stdout).to_owned(), text(&output.stderr).to_owned())
    };
    // date -u -d @1704067200 +%F
    let (code, stdout, stderr) = import(&[]);
    assert!(code == Some(0) && stdout.contains("\n  data of 2024-01-01 (the file's date)\n"), "{stdout}{stderr}");
    assert!(stdout.starts_with("debian-tracker: 2 records in force, but too old (2 new"), "{stdout}");
    let list = run(&["feeds", "--data", data, "list"], "");
    let list = text(&list.stdout);
    assert!(list.contains("too old, data of 2024-01-01 00:00 UTC"), "{list}");
    let (code, stdout, stderr) = import(&["--date", "2024-02-01"]);
    assert!(code == Some(0) && stdout.contains("\n  data of 2024-02-01 (given)\n"), "{stdout}{stderr}");
    // Back to the file's own date is back in time.
    let (code, _, stderr) = import(&[]);
    assert!(code == Some(2) && stderr.contains("its data is of 2024-01-01T00:00:00Z, older than"), "{stderr}");
    let (code, _, stderr) = import(&["--date", "2999-01-01"]);
    assert!(code == Some(2) && stderr.contains("in the future"), "{stderr}");
}

#[test]
fn wrong_feeds_are_named() {
    let feeds = Feeds::new();
    let broken = feeds.path("broken");
    std::fs::write(&broken, "{\"389-ds-base\":").unwrap();
    for (feed, words) in [
        (format!("debian-usn={}", feeds.path("DSA").display()), "'debian-usn' is not a feed: expected one of"),
        ("debian-dsa=/nonexistent".to_owned(), "/nonexistent"),
        (format!("debian-tracker={}", broken.display()), "is no document of debian-tracker"),
        ("debian-dsa".to_owned(), "expected ID=FILE"),
    ] {
        let output = run(&["evaluate", "--platform", "debian:11", "--feed", &feed], &format!("{XORG}\n"));
        assert_eq!(output.status.code(), Some(2), "{feed}");
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
    let output = run(&["evaluate", "--platform", "Debian", "--feed", &feeds.dsa()], "");
    assert!(text(&output.stderr).contains("is not a platform"), "{}", text(&output.stderr));
}
