//! What `mendwatch scan` asks of the kernel, on the host that the test runs on: as nobody, with an
//! empty environment, it executes nothing, takes no lock, opens no socket and writes nothing. The same
//! with a data directory to judge by, when no server holds it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of the program that any user may execute, wherever the working copy lies.
fn program(dir: &Path) -> PathBuf {
    let copy = dir.join("mendwatch");
    std::fs::copy(env!("CARGO_BIN_EXE_mendwatch"), &copy).unwrap();
    for (path, mode) in [(dir, 0o777), (copy.as_path(), 0o755)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    copy
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

/// Runs the scan below strace and returns what it printed, and the calls.
fn traced(arguments: &[&str]) -> (String, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let (program, trace) = (program(dir.path()), dir.path().join("trace"));
    // Root is not what a scan needs: as root it runs as nobody (65534 on Debian).
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--", "strace"]);
        command
    } else {
        Command::new("strace")
    };
    let output = command
        .args(["-f", "-qq", "-s", "256", "-E", "PATH", "-E", "LD_LIBRARY_PATH"])
        .args(["-e", "trace=%process,%file,%network,%desc"])
        .arg("-o")
        .arg(&trace)
        .arg(&program)
        .arg("scan")
        .args(arguments)
        .current_dir("/")
        .output()
        .expect("strace (and setpriv for root) must be installed");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let calls = std::fs::read_to_string(&trace).unwrap();
    (String::from_utf8(output.stdout).unwrap(), calls.lines().map(str::to_owned).collect())
}

/// The name of the call in a line `1234  openat(…`, or `None` in lines of other kinds.
fn name(line: &str) -> Option<&str> {
    let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    call.split_once('(').map(|(name, _)| name).filter(|name| !name.contains(' '))
}

/// What changes the world, or waits for others.
fn offences(calls: &[String]) -> Vec<&String> {
    const NEVER: &[&str] = &[
        "fork",
        "vfork",
        "execveat",
        "flock",
        "socket",
        "connect",
        "bind",
        "listen",
        "creat",
        "unlink",
        "unlinkat",
        "rename",
        "renameat",
        "renameat2",
        "mkdir",
        "mkdirat",
        "rmdir",
        "link",
        "linkat",
        "symlink",
        "symlinkat",
        "chmod",
        "fchmod",
        "fchmodat",
        "chown",
        "fchown",
        "lchown",
        "fchownat",
        "truncate",
        "ftruncate",
        "mknod",
        "mknodat",
        "utimensat",
        "utime",
        "setxattr",
        "fsetxattr",
        "mount",
        "umount2",
        "memfd_create",
        "fallocate",
    ];
    const WRITING: &[&str] = &["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE"];
    let harmless = |line: &str| line.contains("\"/dev/null\"") || line.contains("\"/dev/tty\"");
    calls
        .iter()
        .filter(|line| match name(line) {
            Some("open" | "openat" | "openat2") => WRITING.iter().any(|flag| line.contains(flag)) && !harmless(line),
            // A thread of the same program is no other program.
            Some("clone" | "clone3") => !line.contains("CLONE_THREAD"),
            Some("fcntl") => {
                ["F_SETLK", "F_SETLKW", "F_OFD_SETLK", "F_SETLEASE"].iter().any(|lock| line.contains(lock))
            }
            // Standard output is a pipe of the test; nothing else is open for writing.
            Some("write" | "writev" | "pwrite64") => !(line.contains("(1, ") || line.contains("(2, ")),
            Some(name) => NEVER.contains(&name),
            None => false,
        })
        .collect()
}

#[test]
fn a_scan_reads_and_does_nothing_else() {
    let (shown, calls) = traced(&["--json"]);
    let scan: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert!(scan["counts"]["packages"].as_u64().unwrap() > 10, "a real host was read: {}", scan["counts"]);
    assert!(!scan["counts"]["security_updates"].is_null(), "its updates are known: {}", scan["sections"]);
    let executed: Vec<_> = calls.iter().filter(|line| name(line) == Some("execve")).collect();
    assert_eq!(executed.len(), 1, "the program itself and no other: {executed:?}");
    assert!(
        calls.iter().any(|line| line.contains("var/lib/dpkg") || line.contains("\"status\"")),
        "the trace holds the reading"
    );
    assert_eq!(offences(&calls), Vec::<&String>::new());
}

#[test]
fn the_table_needs_no_more_than_the_json() {
    let (shown, calls) = traced(&[]);
    assert!(shown.contains(" packages"), "{shown}");
    assert_eq!(offences(&calls), Vec::<&String>::new());
}

/// A data directory with a feed in force, which others may read.
fn data_directory() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("DSA");
    let text = "[01 Sep 2026] DSA-9001-1 dpkg - security update\n\t{CVE-2026-0001}\n\t[bookworm] - dpkg 99\n";
    std::fs::write(&list, text).unwrap();
    let data = dir.path().join("data");
    let import = Command::new(env!("CARGO_BIN_EXE_mendwatch"))
        .args(["feeds", "import", "debian-dsa"])
        .arg(&list)
        .arg("--data")
        .arg(&data)
        .output()
        .unwrap();
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    for (path, mode) in [(dir.path(), 0o755), (&data, 0o755), (&data.join("mendwatch.db"), 0o644)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    dir
}

#[test]
fn judging_by_a_data_directory_only_reads_it() {
    let dir = data_directory();
    let data = dir.path().join("data");
    let (shown, calls) = traced(&["--json", "--data", data.to_str().unwrap()]);
    let scan: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(scan["assessment"]["feeds"], serde_json::json!(["debian-dsa"]), "{}", scan["assessment"]);
    assert!(calls.iter().any(|line| line.contains("mendwatch.db") && line.contains("O_RDONLY")), "it was read");
    assert_eq!(offences(&calls), Vec::<&String>::new());
}

#[test]
fn data_that_nobody_may_read_keeps_only_the_verdicts_back() {
    let dir = data_directory();
    let data = dir.path().join("data");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o000)).unwrap();
    let (shown, calls) = traced(&["--json", "--data", data.to_str().unwrap()]);
    let scan: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert!(scan["counts"]["packages"].as_u64().unwrap() > 10, "the host was read: {}", scan["counts"]);
    assert!(scan["counts"]["findings"].is_null(), "{}", scan["counts"]);
    let reason = &scan["assessment"]["reasons"][0];
    assert_eq!(reason["code"], "data_unreadable", "{reason}");
    assert!(reason["reason"].as_str().unwrap().contains("Permission denied"), "{}", reason["reason"]);
    assert_eq!(offences(&calls), Vec::<&String>::new());
}

/// The net has no holes where it matters: calls as strace writes them, each of which is caught.
#[test]
fn offences_are_seen() {
    let caught = [
        r#"12 openat(AT_FDCWD, "/var/lib/dpkg/lock", O_RDWR|O_CREAT|O_CLOEXEC, 0640) = 3"#,
        r#"12 openat2(3, "x", {flags=O_WRONLY, resolve=RESOLVE_IN_ROOT}, 24) = 4"#,
        "12 flock(3, LOCK_EX) = 0",
        "12 fcntl(3, F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=0}) = 0",
        "12 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3",
        "12 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 13",
        r#"12 write(3, "x", 1) = 1"#,
        r#"12 rename("a", "b") = 0"#,
    ];
    let harmless = [
        r#"12 openat(AT_FDCWD, "/var/lib/dpkg/status", O_RDONLY|O_CLOEXEC) = 3"#,
        r#"12 openat(AT_FDCWD, "/dev/null", O_RDWR) = 3"#,
        r#"12 write(1, "x", 1) = 1"#,
        "12 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, stack=0x0}, 88) = 13",
        "12 fcntl(0, F_GETFL) = 0",
        "12 +++ exited with 0 +++",
    ];
    let lines: Vec<String> = caught.iter().chain(&harmless).map(|line| (*line).to_owned()).collect();
    assert_eq!(offences(&lines), lines.iter().take(caught.len()).collect::<Vec<_>>());
}
