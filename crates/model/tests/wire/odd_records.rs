//! A record that is odd by itself is listed, and the rest of the report is taken.

use crate::sample::{self, with};
use model::wire::{Accepted, Limits, Odd, SectionName, read_report};
use serde_json::json;

fn accepted(body: &[u8]) -> Accepted {
    read_report(body, &Limits::default()).expect("the report is taken")
}

/// The odd records that the reader itself found, not those that the sender skipped.
fn found(accepted: &Accepted) -> Vec<Odd> {
    let skipped = ["/var/lib/dpkg/status line 812", "preferences.d/99local line 3", "sources.list line 9"];
    accepted.odd.iter().filter(|odd| !skipped.contains(&odd.record.as_str())).cloned().collect()
}

#[track_caller]
fn assert_odd(body: &[u8], section: SectionName, record: &str, why: &str) -> Accepted {
    let accepted = accepted(body);
    let found = found(&accepted);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].section, found[0].record.as_str()), (section, record));
    assert!(found[0].why.contains(why), "{found:?}");
    accepted
}

#[test]
fn versions_that_dpkg_would_not_take() {
    // `dpkg --validate-version` exits 2 for each of these.
    for (version, why) in [("", "version is empty"), ("x:1.0", "epoch"), ("1.0-", "revision")] {
        let body = with("/sections/packages/data/records/1/version", version);
        let accepted = assert_odd(&body, SectionName::Packages, "records[1] tzdata", why);
        assert_eq!(accepted.packages.data().unwrap().records.len(), 1, "the other package is there");
    }
    let body = with("/sections/packages/data/records/0/source_version", "a b");
    assert_odd(&body, SectionName::Packages, "records[0] libssl3", "");
}

#[test]
fn names() {
    assert_odd(
        &with("/sections/packages/data/records/1/name", ""),
        SectionName::Packages,
        "records[0]",
        "name is empty",
    );
    assert_odd(
        &with("/sections/packages/data/records/1/name", "tz\0data"),
        SectionName::Packages,
        "records[1] tz\\0data",
        "name holds the control character \\u{0}",
    );
    assert_odd(
        &with("/sections/packages/data/records/0/depends", "x".repeat(40_000)),
        SectionName::Packages,
        "records[0] libssl3",
        "depends: longer than 32768 bytes",
    );
}

/// dpkg knows one version of a (package, architecture); rpm allows several kernels. Only a record
/// that stands there twice is one too many.
#[test]
fn records_that_stand_there_twice() {
    for (section, name, list, record) in [
        ("packages", SectionName::Packages, "records", "records[1] libssl3"),
        ("updates", SectionName::Updates, "records", "records[1] libssl3"),
        ("repositories", SectionName::Repositories, "records", "records[1] http://deb.debian.org/debian-security"),
        ("history", SectionName::History, "records", "records[1] libssl3"),
        ("runtime", SectionName::Runtime, "kernels", "kernels[1] 6.1.0-40-amd64"),
        ("runtime", SectionName::Runtime, "restarts", "restarts[1] sshd"),
    ] {
        let mut tree = sample::tree();
        let records = tree["sections"][section]["data"][list].as_array_mut().unwrap();
        // At the end, so that a list that is not sorted is no way around.
        records.push(records[0].clone());
        assert_odd(&sample::body(tree), name, record, "stands there twice");
    }
}

#[test]
fn updates() {
    let record = "records[0] libssl3";
    for (field, value, why) in [
        ("phased_percent", json!(101), "phased_percent is above 100"),
        ("size", json!(u64::MAX), "is above 9223372036854775807"),
        ("candidate", json!(""), "candidate is empty"),
        ("suite", json!("a\u{1b}b"), "suite holds the control character"),
    ] {
        let body = with(&format!("/sections/updates/data/records/0/{field}"), value);
        let accepted = assert_odd(&body, SectionName::Updates, record, why);
        assert!(accepted.updates.data().unwrap().records.is_empty());
    }
}

/// Anybody on the host may map a file or name a process as they like; that is no reason to lose the
/// report.
#[test]
fn processes_with_odd_names() {
    let accepted = assert_odd(
        &with("/sections/runtime/data/restarts/0/file", "/tmp/\u{1b}[2J"),
        SectionName::Runtime,
        "restarts[0] sshd",
        "file: holds the control character",
    );
    assert_eq!(accepted.runtime.data().unwrap().restarts, []);
    assert_eq!(accepted.runtime.data().unwrap().running_kernel, "6.1.0-40-amd64");
}

#[test]
fn kernels_and_repositories() {
    assert_odd(
        &with("/sections/runtime/data/kernels/0/release", ""),
        SectionName::Runtime,
        "kernels[0]",
        "release is empty",
    );
    assert_odd(
        &with("/sections/repositories/data/records/0/uri", "x".repeat(513)),
        SectionName::Repositories,
        &format!("records[0] {}", "x".repeat(80)),
        "uri longer than 512 bytes",
    );
}
