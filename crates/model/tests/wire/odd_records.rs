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

/// The order is the package database's where the report says which; what no manager takes is odd
/// anyway.
#[test]
fn candidates_that_are_no_versions() {
    for (field, version) in [("candidate", "1_0"), ("candidate", "x:1"), ("installed", "1 0")] {
        let body = with(&format!("/sections/updates/data/records/0/{field}"), version);
        let accepted = assert_odd(&body, SectionName::Updates, "records[0] libssl3", &format!("{field}: "));
        assert_eq!(accepted.updates.data().unwrap().records.len(), 0);
    }
    let alone = |version: &str| {
        let mut tree = sample::tree();
        tree["sections"]["updates"]["data"]["records"][0]["candidate"] = json!(version);
        for section in ["host", "packages"] {
            tree["sections"][section] = json!({"state": "unavailable", "reason": "not now"});
        }
        found(&accepted(&sample::body(tree))).len()
    };
    assert_eq!((alone("9_0"), alone("9 0"), alone("9\u{e9}")), (0, 1, 1), "an rpm's version may hold '_'");
}

/// `dpkg --compare-versions INSTALLED ge CANDIDATE` exits 0 for each of these pairs, `vercmp` and rpm's
/// `rpm.vercmp` agree. Of `1.0-1` and `1.0-1+b1` all three say the contrary.
#[test]
fn candidates_that_are_not_above_what_is_installed() {
    let updates = |manager: Option<&str>, installed: &str, candidate: &str| {
        let mut tree = sample::tree();
        let record = &mut tree["sections"]["updates"]["data"]["records"][0];
        record["installed"] = json!(installed);
        record["candidate"] = json!(candidate);
        if manager.is_none() {
            for section in ["host", "packages"] {
                tree["sections"][section] = json!({"state": "unavailable", "reason": "not now"});
            }
        }
        let accepted = accepted(&sample::body(tree));
        (accepted.updates.data().unwrap().records.len(), found(&accepted))
    };
    for (installed, candidate, words) in [
        ("3.0.15-1~deb12u1", "3.0.14-1~deb12u2", "is not above what is installed"),
        ("1:1.0-1", "2.0-1", "is not above what is installed"),
        ("3.0.15-1", "3.0.15-1", "is what is installed"),
        ("1.10", "1.9", "is not above what is installed"),
    ] {
        // Alpine's versions have no epoch: its order takes what stands before the colon for all of it.
        let managers = if installed.contains(':') { &[Some("dpkg")][..] } else { &[Some("dpkg"), None] };
        for &manager in managers {
            let (left, odd) = updates(manager, installed, candidate);
            let [odd] = odd.as_slice() else { panic!("{installed} {candidate}: {odd:?}") };
            assert_eq!((left, odd.section, odd.record.as_str()), (0, SectionName::Updates, "records[0] libssl3"));
            assert!(odd.why.contains(words) && odd.why.contains(candidate) && odd.why.contains(installed), "{odd:?}");
            assert!(!odd.kept, "a host is not green over it");
        }
    }
    assert_eq!(updates(Some("dpkg"), "1.0-1", "1.0-1+b1").1, []);
    assert_eq!(updates(None, "1.0-1", "1.0-1+b1").1, []);
}

/// A time that no clock shows costs itself, not what it stands beside.
#[test]
fn times_of_records() {
    let pointer = "/sections/packages/data/records/0/installed_at";
    let accepted = assert_odd(
        &with(pointer, "3500-01-01T00:00:00Z"),
        SectionName::Packages,
        "records[0].installed_at",
        "outside of the years 1970 to 2999",
    );
    let records = &accepted.packages.data().unwrap().records;
    assert_eq!((records.len(), records[0].installed_at), (2, None));
    let body = with("/sections/history/data/records/0/at", "0001-01-01T00:00:00Z");
    assert_odd(&body, SectionName::History, "records[0] libssl3", "outside of the years");
}

#[test]
fn addresses_of_repositories() {
    let uri = "/sections/repositories/data/records/0/uri";
    let kept = |body: &[u8]| accepted(body).repositories.data().unwrap().records[0].uri.clone();
    assert_eq!(kept(&with(uri, "https://me:s3cret@mirror.example/debian")), "https://mirror.example/debian");
    let repository = "/sections/updates/data/records/0/repository";
    let update = accepted(&with(repository, "https://me:s3cret@mirror.example/debian"));
    assert_eq!(update.updates.data().unwrap().records[0].repository, "https://mirror.example/debian");
    assert_odd(
        &with(uri, "javascript:alert(1)"),
        SectionName::Repositories,
        "records[0] javascript:alert(1)",
        "uri has the scheme 'javascript'",
    );
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
