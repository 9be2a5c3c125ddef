//! A scan as people see it, from values made by hand.

use super::result::Scan;
use super::table;
use super::told::{Told, updates};
use crate::cli::output::{Look, Output};
use crate::evaluate::judged::{Judged, NotAssessed, PackageName, Summary};
use jiff::Timestamp;
use model::wire::sections::{
    Host, Kernel, Os, PackageRecord, Packages, Repositories, RepositoryRecord, Restart, Runtime, Skipped, UpdateRecord,
    Updates, Withheld,
};
use model::wire::{Collected, Heartbeat};
use model::{Finding, Role, Severity, State};
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

fn at() -> Timestamp {
    "2026-11-22T06:12:00Z".parse().unwrap()
}

fn package(name: &str, version: &str) -> PackageRecord {
    PackageRecord { name: name.into(), version: version.into(), arch: "amd64".into(), ..PackageRecord::default() }
}

fn update(name: &str, installed: &str, candidate: &str, suite: &str) -> UpdateRecord {
    UpdateRecord {
        name: name.into(),
        arch: "amd64".into(),
        installed: installed.into(),
        candidate: candidate.into(),
        suite: suite.into(),
        origin: "Debian".into(),
        security: suite.ends_with("-security"),
        ..UpdateRecord::default()
    }
}

fn collected() -> Collected {
    let installed = [
        ("openssl", "3.0.15-1~deb12u1"),
        ("tzdata", "2024a-0+deb12u1"),
        ("vim", "2:9.0.1378-2"),
        ("linux-image-6.1.0-40-amd64", "6.1.153-1"),
    ];
    let os = Os {
        id: "debian".into(),
        version_id: "12".into(),
        pretty_name: "Debian GNU/Linux 12 (bookworm)".into(),
        ..Os::default()
    };
    Collected {
        host: Ok(Host {
            arch: "amd64".into(),
            hostname: "web-17".into(),
            os,
            package_manager: "dpkg".into(),
            ..Host::default()
        }),
        packages: Ok(Packages {
            manager: "dpkg".into(),
            records: installed.iter().map(|(name, version)| package(name, version)).collect(),
            skipped: vec![],
        }),
        updates: Ok(Updates {
            lists_at: Some("2026-11-22T00:12:00Z".parse().unwrap()),
            records: vec![
                update("openssl", "3.0.15-1~deb12u1", "3.0.17-1~deb12u2", "bookworm-security"),
                update("tzdata", "2024a-0+deb12u1", "2025b-0+deb12u2", "bookworm-updates"),
                UpdateRecord {
                    withheld: Some(Withheld::Held),
                    ..update("vim", "2:9.0.1378-2", "2:9.0.1378-2+deb12u2", "bookworm")
                },
            ],
            replacements: vec![],
            skipped: vec![],
        }),
        repositories: Ok(Repositories {
            records: vec![RepositoryRecord {
                enabled: true,
                security: true,
                suite: "bookworm-security".into(),
                ..RepositoryRecord::default()
            }],
            skipped: vec![],
        }),
        runtime: Ok(Runtime {
            kernels: vec![
                Kernel {
                    release: "6.1.0-40-amd64".into(),
                    package: "linux-image-6.1.0-40-amd64".into(),
                    version: "6.1.153-1".into(),
                },
                Kernel { release: "6.1.0-41-amd64".into(), ..Kernel::default() },
            ],
            running_kernel: "6.1.0-40-amd64".into(),
            next_kernel: "6.1.0-41-amd64".into(),
            reboot_required: Some(true),
            ..Runtime::default()
        }),
        history: Err("not collected".into()),
        heartbeat: Heartbeat::default(),
        machine_id: "0123456789abcdef0123456789abcdef".into(),
        hostname: "web-17".into(),
        boot_id: String::new(),
    }
}

fn finding(package: &str, version: &str, cve: &str, state: State, severity: Severity, fixed: &str) -> Finding {
    Finding {
        package: package.into(),
        version: version.into(),
        arch: "amd64".into(),
        role: Role::Installed,
        cve: cve.into(),
        advisory: String::new(),
        state,
        fixed_version: fixed.into(),
        severity,
        feed: "debian-tracker".into(),
        words: String::new(),
    }
}

fn group(count: usize, code: &str, reason: &str, command: Option<&str>) -> NotAssessed {
    let name = |at| PackageName { name: format!("tool{at}"), version: "1".into(), arch: "amd64".into() };
    NotAssessed {
        code: code.into(),
        reason: reason.into(),
        command: command.map(str::to_owned),
        count,
        packages: (0..count).map(name).collect(),
    }
}

fn judged() -> Judged {
    let ssl = |cve, severity, fixed| finding("openssl", "3.0.15-1~deb12u1", cve, State::FixAvailable, severity, fixed);
    Judged {
        findings: vec![
            ssl("CVE-2025-0001", Severity::Low, "3.0.16-1~deb12u1"),
            ssl("CVE-2025-0002", Severity::High, "3.0.17-1~deb12u2"),
            // Fixed only by a version beyond the candidate: the update does not bring it.
            ssl("CVE-2025-0003", Severity::Critical, "3.0.18-1~deb12u1"),
            finding("vim", "2:9.0.1378-2", "CVE-2025-0004", State::NoFix, Severity::Unknown, ""),
        ],
        packages: 3,
        assessed: 2,
        not_assessed: vec![group(1, "foreign_origin", "built by Docker, whose packages no feed speaks for", None)],
        skipped: Vec::new(),
        feeds: vec!["debian-tracker".into()],
    }
}

fn unjudged() -> Judged {
    let reason = "no feed in force speaks for debian:12: load debian-tracker";
    Judged {
        packages: 3,
        not_assessed: vec![group(3, "no_feed", reason, Some("mendwatch feeds sync"))],
        ..Judged::default()
    }
}

/// The scan of a host of which all that was told, one finding after the other.
fn scanned(collected: &Collected, judged: Judged) -> Scan {
    let Judged { findings, packages, assessed, not_assessed, skipped, feeds } = judged;
    let records = updates(collected);
    let mut told = Told::new(collected, &records, true);
    let mut out = Output::to(Box::new(std::io::sink()), Box::new(std::io::sink()), Look::PLAIN);
    let summary = Summary { findings: findings.len() as u64, packages, assessed, not_assessed, skipped, feeds };
    for finding in findings {
        told.take(finding, &mut out).unwrap();
    }
    Scan::new(collected, summary, told.end(&mut out).unwrap(), at())
}

fn shown(collected: &Collected, judged: Judged, look: Look) -> String {
    let scan = scanned(collected, judged);
    table::lines(&scan, look, Duration::from_millis(90)).join("\n")
}

#[test]
fn counts_come_first_then_what_waits_then_what_is_not_known() {
    assert_eq!(
        shown(&collected(), judged(), Look::PLAIN),
        "\
web-17  Debian GNU/Linux 12 (bookworm)  4 packages  lists 6 h old  0.09 s
  ● 1 security update   ○ 2 others (1 of all withheld)   ▲ reboot required (6.1.0-40-amd64 runs, 6.1.0-41-amd64 installed)

     PACKAGE  INSTALLED         CANDIDATE             FROM               NOTE  CVES
  ●  openssl  3.0.15-1~deb12u1  3.0.17-1~deb12u2      bookworm-security        CVE-2025-0002 high +1
  ○  tzdata   2024a-0+deb12u1   2025b-0+deb12u2       bookworm-updates
  ○  vim      2:9.0.1378-2      2:9.0.1378-2+deb12u2  bookworm           held

  4 CVEs open (3 with a fix, 1 without a fix yet)
  ▲ 1 CVE fixed by the vendor, not offered to this host
  ▨ 1 package not assessed: `mendwatch scan --why`"
    );
}

#[test]
fn what_is_kept_back_is_said_with_its_reason() {
    let mut collected = collected();
    let updates = collected.updates.as_mut().unwrap();
    updates.records[1].withheld = Some(Withheld::KeptBack);
    updates.records[1].withheld_reason = "needs libc6 (>= 2.37), but there is only libc6 2.36-9".into();
    let text = shown(&collected, judged(), Look::PLAIN);
    let expected = "\
  ○  tzdata   2024a-0+deb12u1   2025b-0+deb12u2       bookworm-updates   kept back
  ○  vim      2:9.0.1378-2      2:9.0.1378-2+deb12u2  bookworm           held

  Kept back
  tzdata needs libc6 (>= 2.37), but there is only libc6 2.36-9

  4 CVEs open";
    assert!(text.contains(expected), "{text}");
    let json = serde_json::to_value(scanned(&collected, judged())).unwrap();
    assert_eq!(json["updates"][1]["withheld"], "kept_back");
    assert_eq!(json["updates"][1]["withheld_reason"], "needs libc6 (>= 2.37), but there is only libc6 2.36-9");
    assert_eq!(json["updates"][2].get("withheld_reason"), None);

    // A dozen partners are counted, not listed.
    let updates = collected.updates.as_mut().unwrap();
    let partner = updates.records[1].clone();
    updates.records = (0..12).map(|n| UpdateRecord { name: format!("p{n:02}"), ..partner.clone() }).collect();
    let text = shown(&collected, judged(), Look::PLAIN);
    assert!(text.contains("\n  p09 needs libc6"), "{text}");
    assert!(!text.contains("\n  p10 needs libc6"), "{text}");
    assert!(text.contains("\n  and 2 others: `mendwatch scan --json`"), "{text}");
}

#[test]
fn a_narrow_terminal_gets_shorter_columns() {
    for width in [60, 72, 80, 100, 121, 122] {
        let look = Look { width: Some(width), colour: false, unicode: true };
        let text = shown(&collected(), judged(), look);
        let after_title: Vec<_> = text.lines().skip(1).collect();
        assert!(after_title.iter().any(|line| line.contains("openssl")), "{text}");
        for line in after_title.iter().filter(|line| !line.contains("reboot required")) {
            assert!(line.width() <= width, "{width}: {line}");
        }
        assert_eq!(
            after_title[0].contains("reboot required"),
            width >= 122,
            "what does not fit begins a line of its own: {text}"
        );
    }
}

#[test]
fn no_feed_is_not_no_findings() {
    let text = shown(&collected(), unjudged(), Look::PLAIN);
    assert!(
        text.ends_with(
            "  ▨ vulnerabilities not assessed: no feed in force speaks for debian:12: load debian-tracker\n    to mend it: `mendwatch feeds sync`"
        ),
        "{text}"
    );
    assert!(!text.contains("no findings") && !text.contains("CVES"), "{text}");
    let scan = scanned(&collected(), unjudged());
    assert_eq!((scan.counts.findings, scan.counts.not_assessed), (None, Some(3)));
}

#[test]
fn old_lists_are_warned_of() {
    let mut old = collected();
    old.updates.as_mut().unwrap().lists_at = Some("2026-11-10T06:12:00Z".parse().unwrap());
    let text = shown(&old, judged(), Look::PLAIN);
    assert!(
        text.contains("▲ The package lists were last fetched on 2026-11-10 06:12 UTC, more than 7 days ago"),
        "{text}"
    );
    assert!(!shown(&collected(), judged(), Look::PLAIN).contains("not counted"));
    old.updates.as_mut().unwrap().lists_at = None;
    let text = shown(&old, judged(), Look::PLAIN);
    assert!(text.contains("▲ When the package lists were last fetched is not known."), "{text}");
}

#[test]
fn what_could_not_be_read_is_said_and_counts_as_not_known() {
    let mut blind = collected();
    blind.updates = Err("/var/lib/apt/lists: permission denied".into());
    let text = shown(&blind, judged(), Look::PLAIN);
    assert!(text.contains("▨ updates not known"), "{text}");
    assert!(
        text.contains("▲ What could be upgraded could not be read (/var/lib/apt/lists: permission denied)"),
        "{text}"
    );
    let scan = scanned(&blind, judged());
    assert_eq!((scan.counts.security_updates, scan.counts.other_updates), (None, None));
    let json = serde_json::to_value(&scan).unwrap();
    assert!(json["counts"]["security_updates"].is_null());
    assert_eq!(json["sections"][2]["reason"], "/var/lib/apt/lists: permission denied");
}

#[test]
fn a_host_without_pending_updates_is_told_so() {
    let mut clean = collected();
    clean.updates.as_mut().unwrap().records.clear();
    clean.runtime.as_mut().unwrap().reboot_required = Some(false);
    let text = shown(&clean, Judged { packages: 3, assessed: 3, ..Judged::default() }, Look::PLAIN);
    assert_eq!(text.lines().nth(1), Some("  ✓ no updates pending"));
    assert!(text.ends_with("\n\n  no findings"), "{text}");
}

#[test]
fn foreign_text_can_not_steer_the_terminal() {
    let evil = "\u{1b}[2J\u{7}\u{202e}";
    let mut host = collected();
    host.hostname = format!("web{evil}");
    host.host.as_mut().unwrap().os.pretty_name = format!("Debian{evil}");
    let update = &mut host.updates.as_mut().unwrap().records[0];
    for field in [&mut update.name, &mut update.installed, &mut update.candidate, &mut update.suite] {
        field.push_str(evil);
    }
    host.updates.as_mut().unwrap().skipped.push(Skipped { record: format!("list{evil}"), why: format!("odd{evil}") });
    host.runtime.as_mut().unwrap().next_kernel = evil.into();
    host.history = Err(evil.into());
    let mut judged = judged();
    judged.not_assessed[0].reason = format!("built by {evil}");
    judged.not_assessed[0].packages[0].name = evil.into();
    for look in [Look::PLAIN, Look { width: Some(60), ..Look::PLAIN }] {
        let scan = scanned(&host, judged.clone());
        let lines = [table::lines(&scan, look, Duration::ZERO), table::why(&scan, look)].concat().join("");
        assert!(!lines.chars().any(|c| c.is_control() || c == '\u{202e}'), "{lines:?}");
    }
}

#[test]
fn reasons_are_given_with_what_mends_them() {
    let scan = scanned(&collected(), judged());
    assert_eq!(
        table::why(&scan, Look::PLAIN).join("\n"),
        "\
1 of 3 packages are not assessed; judged by: debian-tracker

1 package: built by Docker, whose packages no feed speaks for
  tool0  1  amd64

Sections that could not be read:
  history: not collected"
    );
    let scan = scanned(&collected(), unjudged());
    let why = table::why(&scan, Look::PLAIN).join("\n");
    assert!(
        why.contains("3 packages: no feed in force") && why.contains("to mend it: `mendwatch feeds sync`"),
        "{why}"
    );
    assert!(!why.contains("tool0"), "what concerns the platform names no packages: {why}");
}

/// Nobody looked, and nobody runs a replaced file, are two things.
#[test]
fn restarts_are_known_only_where_processes_were_looked_into() {
    let restarts = |unreadable: Option<u32>, found: &[&str]| {
        let mut collected = collected();
        let runtime = collected.runtime.as_mut().unwrap();
        runtime.unreadable_processes = unreadable;
        runtime.restarts = found.iter().map(|name| Restart { command: (*name).into(), ..Restart::default() }).collect();
        serde_json::to_value(scanned(&collected, judged())).unwrap()["restarts"].take()
    };
    assert_eq!(restarts(None, &[]), serde_json::Value::Null);
    assert_eq!(restarts(Some(0), &[]), serde_json::json!([]));
    assert_eq!(restarts(Some(3), &["sshd"])[0]["command"], "sshd");
    assert_eq!(restarts(None, &["sshd"])[0]["command"], "sshd");
    let blind = Collected { runtime: Err("not collected".into()), ..collected() };
    let json = serde_json::to_value(scanned(&blind, judged())).unwrap();
    assert_eq!(json.get("restarts"), Some(&serde_json::Value::Null), "the field is there, and says nothing");
}

#[test]
fn the_json_has_the_fields_of_the_contract() {
    let json = serde_json::to_value(scanned(&collected(), judged())).unwrap();
    let update = &json["updates"][0];
    assert_eq!(
        (&update["name"], &update["installed"], &update["candidate"], &update["suite"], &update["security"]),
        (
            &"openssl".into(),
            &"3.0.15-1~deb12u1".into(),
            &"3.0.17-1~deb12u2".into(),
            &"bookworm-security".into(),
            &true.into()
        )
    );
    assert_eq!(update["cves"][0]["cve"], "CVE-2025-0002");
    assert_eq!(json["updates"][2]["withheld"], "held");
    assert_eq!(json["packages"][0]["source_version"], "3.0.15-1~deb12u1");
    assert_eq!(json["counts"]["withheld_updates"], 1);
    assert_eq!((&json["lists_age_seconds"], &json["reboot_required"]), (&21_600.into(), &true.into()));
    assert_eq!(json["kernel"]["running"], "6.1.0-40-amd64");
    assert_eq!(json["findings"].as_array().unwrap().len(), 4);
    assert_eq!(json["assessment"]["reasons"][0]["code"], "foreign_origin");
}
