//! The release gate's comparer (`tools/verdict_diff`, `./dev verdict-diff`): what it calls changed, how it
//! groups, what an accepted line covers, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::process::{Command, Stdio};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The exit code and the output of a comparison of the two samples, or of one with itself. The accepted
/// lines come from standard input.
fn compare(old: &str, new: &str, accept: Option<&str>) -> (i32, String) {
    let sample = |name: &str| format!("{ROOT}/crates/matching/testdata/verdict_diff/{name}.jsonl");
    let mut command = Command::new("python3");
    command.arg("-B").arg(format!("{ROOT}/tools/verdict_diff")).args(["compare", &sample(old), &sample(new)]);
    if accept.is_some() {
        command.args(["--accept", "/dev/stdin"]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    running.stdin.take().unwrap().write_all(accept.unwrap_or_default().as_bytes()).unwrap();
    let done = running.wait_with_output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
    (done.status.code().unwrap(), text)
}

#[test]
fn equal_verdicts_are_no_difference() {
    let (code, text) = compare("old", "old", None);
    assert_eq!((code, text.as_str()), (0, "5 verdicts before, 5 after; 0 changed, 0 of them accepted\n"));
}

#[test]
fn changes_are_grouped_by_platform_and_state_and_end_with_1() {
    let (code, text) = compare("old", "new", None);
    let expected = "\
debian:12: fix_available -> -: 1
    CVE-2024-1 openssl 1.0-1, 1.0-2: fix_available in 1.1-1 -> - (2 on the corpus)
debian:12: fix_available -> the same, with another fixed version: 1
    CVE-2024-3 zlib1g 2-1: fix_available in 3-1 -> fix_available in 3-2 (1 on the corpus)
rhel:9: - -> no_fix: 1
    CVE-2024-4 kernel-core 5.14-1: - -> no_fix (1 on the corpus)
rhel:9: not_assessed (foreign_origin) -> not_assessed (no_feed): 1
    - foreign 1-1: not_assessed (foreign_origin) -> not_assessed (no_feed) (1 on the corpus)
5 verdicts before, 4 after; 4 changed, 0 of them accepted
";
    assert_eq!((code, text.as_str()), (1, expected));
}

#[test]
fn accepted_changes_pass_and_no_others() {
    let all = "\
# The advisory was withdrawn.
debian:12 CVE-2024-1 openssl fix_available -> -
debian:12 CVE-2024-3 zlib* fix_available in 3-1 -> fix_available in 3-2  # a second fix
rhel:* CVE-2024-4 * - -> no_fix
rhel:9 - foreign not_assessed* -> not_assessed*
";
    let (code, text) = compare("old", "new", Some(all));
    assert_eq!((code, text.as_str()), (0, "5 verdicts before, 4 after; 4 changed, 4 of them accepted\n"));
    // One of them is of another platform: its change stays, and the line that accepts nothing is named.
    let (code, text) = compare("old", "new", Some(&all.replace("rhel:* ", "rhel:8 ")));
    assert_eq!(code, 1);
    assert!(text.contains("CVE-2024-4 kernel-core"), "{text}");
    assert!(text.contains("/dev/stdin, line 4 accepts nothing: rhel:8 CVE-2024-4 * - -> no_fix"), "{text}");
    assert!(!text.contains("openssl"), "{text}");
}

#[test]
fn what_is_no_line_is_named() {
    let (code, text) = compare("old", "new", Some("debian:12 CVE-2024-1 openssl\n"));
    assert_eq!(
        (code, text.as_str()),
        (1, "verdict-diff: /dev/stdin, line 1: not PLATFORM CVE PACKAGE BEFORE -> AFTER\n")
    );
}
