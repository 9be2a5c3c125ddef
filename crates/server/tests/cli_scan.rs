//! `mendwatch scan` and its small neighbours, as a shell sees them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/debian_root.rs"]
mod debian_root;

use debian_root::{debian_root, write};
use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program with nothing in its environment: no `PATH`, no locale.
fn mendwatch(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mendwatch"));
    command.env_clear().args(arguments).current_dir(std::env::temp_dir());
    command
}

fn scan(root: &Path, arguments: &[&str]) -> Output {
    mendwatch(&["scan", "--root"]).arg(root).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn json(root: &Path) -> Value {
    let output = scan(root, &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What apt says of the same root: `apt-cache policy` has these candidates, `apt-get -s upgrade`
/// keeps the held package.
#[test]
fn the_json_says_what_is_installed_and_what_waits() {
    let root = debian_root();
    let scan = json(root.path());
    assert_eq!((&scan["host"]["hostname"], &scan["host"]["platform"]), (&"web-17".into(), &"debian:12".into()));
    assert_eq!(scan["packages"].as_array().unwrap().len(), 4);
    let updates: Vec<_> = scan["updates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| ["name", "installed", "candidate", "security", "withheld"].map(|field| u[field].to_string()))
        .collect();
    let row = |fields: [&str; 5]| fields.map(str::to_owned);
    assert_eq!(
        updates,
        [
            row([r#""openssl""#, r#""3.0.15-1~deb12u1""#, r#""3.0.17-1~deb12u2""#, "true", "null"]),
            row([r#""sqlite3""#, r#""3.40.1-2""#, r#""3.40.1-2+deb12u2""#, "false", "null"]),
            row([r#""vim""#, r#""2:9.0.1378-2""#, r#""2:9.0.1378-2+deb12u2""#, "false", r#""held""#]),
        ]
    );
    assert!(scan["updates"][0]["suite"].as_str().unwrap().contains("security"));
    assert_eq!(
        (&scan["counts"]["security_updates"], &scan["counts"]["other_updates"], &scan["counts"]["withheld_updates"]),
        (&1.into(), &2.into(), &1.into())
    );
    // Nothing is known of vulnerabilities, and nothing is claimed.
    assert_eq!((&scan["counts"]["findings"], &scan["counts"]["not_assessed"]), (&Value::Null, &4.into()));
    assert_eq!(scan["assessment"]["reasons"][0]["code"], "no_feed");
    let command = scan["assessment"]["reasons"][0]["command"].as_str().unwrap();
    assert!(
        command.starts_with("mendwatch feeds sync debian-tracker debian-dsa debian-dla --data "),
        "it names where the scan will look: {command}"
    );
    assert!(scan["reboot_required"].is_boolean() || scan["reboot_required"].is_null());
    // No process is looked into.
    assert_eq!(scan.get("restarts"), Some(&Value::Null));
}

#[test]
fn a_pipe_gets_plain_text_with_the_counts_first() {
    let root = debian_root();
    let output = scan(root.path(), &[]);
    let shown = text(&output.stdout);
    assert!(!shown.contains('\u{1b}'), "{shown}");
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines[0].starts_with("web-17  Debian GNU/Linux 12 (bookworm)  4 packages"), "{shown}");
    assert!(lines[1].contains("1 security update") && lines[1].contains("2 others (1 of all withheld)"), "{shown}");
    assert!(shown.contains("vulnerabilities not assessed: no feed"), "{shown}");
    assert!(
        shown.contains("to mend it: `mendwatch feeds sync debian-tracker debian-dsa debian-dla --data "),
        "{shown}"
    );
    assert!(shown.lines().any(|line| line.contains("vim") && line.ends_with("held")), "{shown}");
    assert!(shown.lines().all(|line| line.trim_end() == line), "no line ends in spaces: {shown}");
    let forced = mendwatch(&["scan", "--root"]).arg(root.path()).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(text(&forced.stdout).contains("\u{1b}["), "CLICOLOR_FORCE is respected");
    let refused = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1"), ("TERM", "xterm")];
    let plain = mendwatch(&["scan", "--root"]).arg(root.path()).envs([refused[1], refused[2]]).output().unwrap();
    assert!(!text(&plain.stdout).contains('\u{1b}'));
}

#[test]
fn exit_codes_serve_monitoring() {
    let root = debian_root();
    let code = |kind: &str| scan(root.path(), &["--fail-on", kind]).status.code();
    assert_eq!((code("security"), code("any")), (Some(1), Some(1)));
    let security = "var/lib/apt/lists/security.debian.org_debian-security_dists_bookworm-security";
    write(root.path(), &format!("{security}_main_binary-amd64_Packages"), "");
    assert_eq!((code("security"), code("any")), (Some(0), Some(1)));
    // By the same lists a month later nothing is known to be pending, which is no all-clear.
    let month = std::time::Duration::from_secs(31 * 86_400);
    for list in std::fs::read_dir(root.path().join("var/lib/apt/lists")).unwrap() {
        let list = std::fs::File::options().write(true).open(list.unwrap().path()).unwrap();
        list.set_modified(list.metadata().unwrap().modified().unwrap() - month).unwrap();
    }
    assert_eq!((code("security"), code("any")), (Some(2), Some(1)));
    let output = scan(root.path(), &["--fail-on", "security"]);
    assert!(text(&output.stderr).contains("more than 7 days ago"), "{}", text(&output.stderr));
    assert_eq!(json(root.path())["not_known"][0]["code"], "lists_old");
    assert_eq!(code("everything"), Some(2), "an unknown kind is wrong use");

    // Not known is neither yes nor no.
    std::fs::remove_dir_all(root.path().join("var/lib/dpkg")).unwrap();
    let output = scan(root.path(), &["--fail-on", "security"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("not known"), "{}", text(&output.stderr));
    assert_eq!(scan(root.path(), &[]).status.code(), Some(0), "without --fail-on the scan says what it could see");

    let output = scan(Path::new("/nonexistent"), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("/nonexistent"), "{}", text(&output.stderr));
}

/// What is newer than a version that dpkg's order does not know can't be told.
#[test]
fn a_version_without_an_order_is_no_all_clear() {
    let root = debian_root();
    let status = root.path().join("var/lib/dpkg/status");
    let before = std::fs::read_to_string(&status).unwrap();
    let not_known = |status_file: String| {
        std::fs::write(&status, status_file).unwrap();
        json(root.path())["not_known"].clone()
    };
    assert_eq!(not_known(before.clone()), serde_json::json!([]));
    for odd in [before.replace("\nVersion: ", "\nVersion: v"), before.replacen("\nArchitecture: amd64", "", 1)] {
        assert_eq!(not_known(odd)[0]["code"], "packages_skipped");
        assert_ne!(scan(root.path(), &["--fail-on", "any"]).status.code(), Some(0));
    }
}

/// An Arch with an update, whose database is packed as `repo-add` does. `replaces` is a line of what it replaces.
fn arch_root(replaces: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "etc/os-release", "ID=arch\nNAME=\"Arch Linux\"\nBUILD_ID=rolling\n");
    write(root.path(), "etc/pacman.conf", "[options]\nArchitecture = x86_64\n[core]\nServer = https://e.org/$repo\n");
    for name in ["openssl", "old"] {
        let desc = format!("%NAME%\n{name}\n\n%VERSION%\n3.0-1\n\n%BASE%\n{name}\n\n%ARCH%\nx86_64\n");
        write(root.path(), &format!("var/lib/pacman/local/{name}-3.0-1/desc"), &desc);
    }
    let desc = "%NAME%\nopenssl\n\n%VERSION%\n3.1-1\n\n%ARCH%\nx86_64\n\n";
    write(root.path(), "database/openssl-3.1-1/desc", desc);
    write(
        root.path(),
        "database/new-1-1/desc",
        &format!("%NAME%\nnew\n\n%VERSION%\n1-1\n\n%ARCH%\nx86_64\n\n{replaces}"),
    );
    std::fs::create_dir_all(root.path().join("var/lib/pacman/sync")).unwrap();
    let pack = "tar -C database -cf - openssl-3.1-1 new-1-1 | gzip > var/lib/pacman/sync/core.db";
    assert!(Command::new("sh").args(["-c", pack]).current_dir(root.path()).status().unwrap().success());
    root
}

/// Where lists say of no update whether it is of security, "none is" would be no knowledge; findings of a feed tell.
#[test]
fn what_no_list_tells_of_security_is_not_known() {
    let root = arch_root("");
    let code = |arguments: &[&str]| scan(root.path(), arguments).status.code();
    assert_eq!(code(&["--fail-on", "any"]), Some(1));
    let output = scan(root.path(), &["--fail-on", "security"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("do not tell which updates are of security"), "{}", text(&output.stderr));
    let shown = scan(root.path(), &[]);
    assert!(text(&shown.stdout).contains("(1 of them perhaps of security)"), "{}", text(&shown.stdout));
    let known = json(root.path());
    assert!(known["not_known"].as_array().unwrap().iter().any(|one| one["code"] == "security_unknown"), "{known}");
    assert_eq!(
        (&known["counts"]["security_unknown"], &known["updates"][0]["security_unknown"]),
        (&1.into(), &true.into())
    );
    // By the tracker of Arch: the update closes a CVE, then it closes none.
    let feed = |fixed: &str| {
        let advisory = format!(
            r#"[{{"name":"AVG-1","packages":["openssl"],"status":"Fixed","severity":"High","type":"x","affected":"2.9-1",
            "fixed":"{fixed}","ticket":null,"issues":["CVE-2026-0001"],"advisories":[]}}]"#
        );
        write(root.path(), "all.json", &advisory);
        format!("arch-tracker={}", root.path().join("all.json").display())
    };
    assert_eq!(code(&["--fail-on", "security", "--feed", &feed("3.1-1")]), Some(1));
    let shown = scan(root.path(), &["--feed", &feed("3.1-1")]);
    assert!(text(&shown.stdout).contains("1 security update "), "{}", text(&shown.stdout));
    let output = scan(root.path(), &["--fail-on", "security", "--feed", &feed("2.9-2")]);
    assert_ne!(output.status.code(), Some(1));
    assert!(!text(&output.stderr).contains("do not tell which"), "{}", text(&output.stderr));
}

/// `pacman -Su` asks whether to replace `old` by `new`: that waits like any update.
#[test]
fn what_replaces_a_package_is_shown_and_counted() {
    let root = arch_root("%REPLACES%\nold\n");
    let shown = scan(root.path(), &[]);
    assert!(text(&shown.stdout).contains("old 3.0-1 → new 1-1 (replaces)"), "{}", text(&shown.stdout));
    let known = json(root.path());
    let counts = &known["counts"];
    assert_eq!((&counts["other_updates"], &counts["replacements"]), (&2.into(), &1.into()), "{counts}");
    assert_eq!(known["replacements"][0]["by"], "new");
    let database = root.path().join("var/lib/pacman/local/openssl-3.0-1");
    std::fs::remove_dir_all(database).unwrap();
    assert_eq!(scan(root.path(), &["--fail-on", "any"]).status.code(), Some(1), "nothing else waits");
}

/// An empty answer about a folder that is no system would read like a clean one.
#[test]
fn a_folder_that_is_no_system_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&[][..], &["--json"], &["--fail-on", "any"]] {
        let output = scan(folder.path(), arguments);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{arguments:?}");
        let told = text(&output.stderr);
        assert!(told.contains("is no system") && told.contains("etc/os-release"), "{told}");
    }
}

#[test]
fn why_lists_what_is_not_known() {
    let root = debian_root();
    write(root.path(), "etc/apt/sources.list.d/broken.sources", "Types: deb\nURIs: \n");
    let output = scan(root.path(), &["--why"]);
    let shown = text(&output.stdout);
    assert!(shown.starts_with("4 of 4 packages are not assessed"), "{shown}");
    assert!(shown.contains("history: "), "sections that are not read are named: {shown}");
}

#[test]
fn foreign_strings_can_not_steer_the_terminal() {
    let root = debian_root();
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[31m";
    write(root.path(), "etc/os-release", &format!("ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian {evil}\"\n"));
    write(root.path(), "etc/hostname", &format!("web{evil}\n"));
    for arguments in [&[][..], &["--why"]] {
        let output = scan(root.path(), arguments);
        let shown = [text(&output.stdout), text(&output.stderr)].concat();
        assert!(shown.contains("Debian") || arguments.len() == 1, "{shown:?}");
        assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let root = debian_root();
    let mut child = mendwatch(&["scan", "--json", "--fail-on", "security", "--root"])
        .arg(root.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), ""), "the exit code stays the scan's own");
}

/// Linux gives a device that is always full (full(4)). What was not written is not done.
#[test]
fn an_output_that_is_full_is_an_error_of_every_command() {
    let data = tempfile::tempdir().unwrap();
    let dir = data.path().to_str().unwrap();
    let made = mendwatch(&["simulate", "--hosts", "1", "--data", dir]).output().unwrap();
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    for arguments in [
        &["feeds", "list", "--data", dir][..],
        &["feeds", "show", "debian-tracker", "--data", dir],
        &["tokens", "list", "--data", dir],
        &["hosts", "list", "--data", dir],
        &["compare-versions", "--scheme", "dpkg", "1", "2"],
        &["openapi"],
        &["--version"],
        &["help"],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = mendwatch(arguments).stdout(full).output().unwrap();
        let told = text(&output.stderr);
        assert_eq!((output.status.code(), told.lines().count()), (Some(2), 1), "{arguments:?}: {told}");
        assert!(told.contains("can't be written: "), "{arguments:?}: {told}");
    }
}

/// Through the database itself; through a running server the way is the same request.
#[test]
fn a_saved_scan_is_kept_once() {
    let (root, data) = (debian_root(), tempfile::tempdir().unwrap());
    let data = data.path().join("data");
    let save = || {
        let output = scan(root.path(), &["--save", "--json", "--data", data.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["updates"].is_array());
        text(&output.stderr).to_owned()
    };
    assert_eq!(save(), "mendwatch: saved as host 1\n");
    assert_eq!(save(), "mendwatch: saved: nothing has changed since the last scan\n");
    let status = root.path().join("var/lib/dpkg/status");
    let upgraded = std::fs::read_to_string(&status).unwrap().replace("3.0.15-1~deb12u1", "3.0.17-1~deb12u2");
    std::fs::write(&status, upgraded).unwrap();
    assert_eq!(save(), "mendwatch: saved as host 1\n", "the same host, changed");

    // No machine id: the scan is shown, and that it can't be kept is an error.
    std::fs::remove_file(root.path().join("etc/machine-id")).unwrap();
    let output = scan(root.path(), &["--save", "--data", data.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stdout).starts_with("web-17"), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("no machine id"), "{}", text(&output.stderr));
}

fn with_input(arguments: &[&str], input: &str) -> Output {
    let mut child =
        mendwatch(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Expected values: `dpkg --compare-versions`.
#[test]
fn versions_are_compared_one_by_one_or_line_by_line() {
    let one = mendwatch(&["compare-versions", "--scheme", "dpkg", "1.0~rc1", "1.0"]).output().unwrap();
    assert_eq!((one.status.code(), text(&one.stdout)), (Some(0), "-1\n"));
    let lines = with_input(&["compare-versions", "--scheme", "dpkg"], "1:1\t2\n1.0\t1.0\n");
    assert_eq!((lines.status.code(), text(&lines.stdout)), (Some(0), "1\n0\n"));
    let bad = with_input(&["compare-versions", "--scheme", "dpkg"], "1\t2\nonly one\n");
    assert_eq!((bad.status.code(), text(&bad.stdout)), (Some(2), "-1\n"));
    assert_eq!(text(&bad.stderr), "mendwatch: error: line 2: expected two versions separated by a tab\n");
    let unknown = mendwatch(&["compare-versions", "--scheme", "ebuild", "1", "2"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("expected dpkg"), "{}", text(&unknown.stderr));
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let output = mendwatch(&["completions", shell]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains("compare-versions"), "{shell}");
    }
}
