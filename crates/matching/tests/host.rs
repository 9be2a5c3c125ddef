//! The findings of one host: roles, restarts, what is not assessed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use matching::{KERNELS_KNOWN, Rules, context_of, host_findings, host_unassessed};
use model::inventory::Entry;
use model::{Advisory, Fact, FactStatus, Finding, Origin, Package, Role, Severity, State, Subject};
use support::{package, stamp};

/// The tracker says of each CVE in which version of which source it is fixed in bookworm.
fn rules(fixes: &[(&str, &str, &str)]) -> Rules {
    let advisories = fixes.iter().map(|(cve, source, version)| Advisory {
        id: format!("{cve} {source}"),
        title: String::new(),
        published: None,
        kind: model::AdvisoryKind::Security,
        updated: None,
        withdrawn: false,
        cves: vec![(*cve).to_owned()],
        facts: vec![Fact {
            platform: "debian:12".parse().unwrap(),
            subject: Subject::Source((*source).to_owned()),
            cve: (*cve).to_owned(),
            status: FactStatus::Fixed((*version).to_owned()),
            words: String::new(),
            severity: Severity::High,
            arches: Vec::new(),
            channel: String::new(),
            module: String::new(),
        }],
        references: Vec::new(),
    });
    Rules::compile(&"debian:12".parse().unwrap(), &[stamp("debian-tracker")], advisories.map(|a| ("debian-tracker", a)))
}

/// A signed kernel image of Debian 12: `(50, "6.1.176", "1")`.
fn image(number: u32, upstream: &str, revision: &str) -> Package {
    let mut package = package(
        "debian:12",
        &format!("linux-image-6.1.0-{number}-amd64"),
        "linux-signed-amd64",
        &format!("{upstream}-{revision}"),
    );
    package.source_version = format!("{upstream}+{revision}");
    package
}

fn entry(package: Package, role: Role) -> Entry {
    Entry { package, role, held: false, auto: false }
}

fn findings(rules: &Rules, entries: &[Entry]) -> Vec<(String, Role, String, State)> {
    let row = |f: Finding| (f.version, f.role, f.cve, f.state);
    host_findings(rules, entries, &context_of(entries)).into_iter().map(row).collect()
}

#[test]
fn a_fixed_kernel_on_disk_wants_a_restart() {
    let rules = rules(&[("CVE-1", "linux", "6.1.190-1"), ("CVE-2", "linux", "6.1.192-2")]);
    let (old, new) = (image(50, "6.1.176", "1"), image(54, "6.1.190", "1"));
    let entries = [
        entry(old.clone(), Role::Installed),
        entry(old.clone(), Role::RunningKernel),
        entry(new.clone(), Role::Installed),
        entry(new.clone(), Role::NextKernel),
    ];
    assert_eq!(context_of(&entries).into_iter().collect::<Vec<_>>(), [KERNELS_KNOWN]);
    assert_eq!(
        findings(&rules, &entries),
        [
            // 54 on disk has the fix of CVE-1, and nothing on disk that of CVE-2.
            ("6.1.176-1".to_owned(), Role::RunningKernel, "CVE-1".to_owned(), State::RestartNeeded),
            ("6.1.176-1".to_owned(), Role::RunningKernel, "CVE-2".to_owned(), State::FixAvailable),
            ("6.1.190-1".to_owned(), Role::NextKernel, "CVE-2".to_owned(), State::FixAvailable),
        ]
    );
    // Restarted: 54 runs and boots next, which is one finding; 50 is still on disk and none.
    let entries = [
        entry(old, Role::Installed),
        entry(new.clone(), Role::Installed),
        entry(new.clone(), Role::RunningKernel),
        entry(new, Role::NextKernel),
    ];
    assert_eq!(
        findings(&rules, &entries),
        [("6.1.190-1".to_owned(), Role::RunningKernel, "CVE-2".to_owned(), State::FixAvailable)]
    );
}

/// Headers of the fixed version are no fixed kernel, and neither is the image of another series.
#[test]
fn only_an_image_of_the_same_kernel_can_be_booted_instead() {
    let rules = rules(&[("CVE-1", "linux", "6.1.190-1"), ("CVE-1", "linux-6.12", "6.12.117-1~deb12u1")]);
    let running = image(50, "6.1.176", "1");
    let headers = package("debian:12", "linux-headers-6.1.0-54-amd64", "linux", "6.1.190-1");
    let mut other =
        package("debian:12", "linux-image-6.12.117+deb12-amd64", "linux-signed-6.12-amd64", "6.12.117-1~deb12u1");
    other.source_version = "6.12.117+1~deb12u1".to_owned();
    let entries = [
        entry(running.clone(), Role::Installed),
        entry(running, Role::RunningKernel),
        entry(headers, Role::Installed),
        entry(other, Role::Installed),
    ];
    let states: Vec<State> = findings(&rules, &entries).into_iter().map(|(.., state)| state).collect();
    assert_eq!(states, [State::FixAvailable]);
}

#[test]
fn a_process_on_the_old_file_wants_a_restart() {
    let rules = rules(&[("CVE-1", "openssl", "3.0.17-1~deb12u2"), ("CVE-2", "openssl", "3.0.18-1~deb12u1")]);
    let of = |version: &str| package("debian:12", "libssl3", "openssl", version);
    let mut foreign_arch = of("3.0.18-1~deb12u1");
    foreign_arch.arch = "i386".to_owned();
    let entries = [
        entry(of("3.0.17-1~deb12u2"), Role::Installed),
        entry(of("3.0.9-1"), Role::Resident),
        // Another architecture's file is not what the process would load.
        entry(foreign_arch, Role::Installed),
    ];
    assert_eq!(
        findings(&rules, &entries),
        [
            ("3.0.17-1~deb12u2".to_owned(), Role::Installed, "CVE-2".to_owned(), State::FixAvailable),
            ("3.0.9-1".to_owned(), Role::Resident, "CVE-1".to_owned(), State::RestartNeeded),
            ("3.0.9-1".to_owned(), Role::Resident, "CVE-2".to_owned(), State::FixAvailable),
        ]
    );
}

/// A scan of a root that is not running anything: no image can be ruled out.
#[test]
fn a_host_that_tells_no_kernel_has_them_all() {
    let rules = rules(&[("CVE-1", "linux", "6.1.192-2")]);
    let entries =
        [entry(image(50, "6.1.176", "1"), Role::Installed), entry(image(56, "6.1.192", "2"), Role::Installed)];
    assert!(context_of(&entries).is_empty());
    assert_eq!(
        findings(&rules, &entries),
        [("6.1.176-1".to_owned(), Role::Installed, "CVE-1".to_owned(), State::FixAvailable)]
    );
}

#[test]
fn a_finding_carries_everything_a_row_shows() {
    let rules = rules(&[("CVE-1", "openssl", "3.0.17-1~deb12u2")]);
    let entries = [entry(package("debian:12", "libssl3", "openssl", "3.0.9-1"), Role::Installed)];
    let json = serde_json::to_value(host_findings(&rules, &entries, &context_of(&entries))).unwrap();
    assert_eq!(
        json,
        serde_json::json!([{
            "package": "libssl3", "version": "3.0.9-1", "arch": "amd64", "role": "installed", "cve": "CVE-1",
            "advisory": "", "state": "fix_available", "fixed_version": "3.0.17-1~deb12u2", "severity": "high",
            "feed": "debian-tracker", "words": ""
        }])
    );
}

#[test]
fn what_is_not_assessed_is_listed_once_with_its_reason() {
    let rules = rules(&[("CVE-1", "openssl", "3.0.17-1~deb12u2")]);
    let mut docker = package("debian:12", "docker-ce", "docker-ce", "5:24.0-1");
    docker.origin = Origin::Foreign("Docker".into());
    let entries = [
        entry(docker.clone(), Role::Installed),
        entry(docker, Role::Resident),
        entry(package("debian:12", "bash", "bash", "5.2.15-2"), Role::Installed),
    ];
    let unassessed = host_unassessed(&rules, &entries);
    let [one] = unassessed.as_slice() else { panic!("{unassessed:?}") };
    assert_eq!((one.package.name.as_str(), one.reason.code()), ("docker-ce", "foreign_origin"));
}

/// The whole of what is said for a kernel that is installed and not running.
#[test]
fn an_explanation_gives_every_step() {
    let rules = rules(&[("CVE-1", "linux", "6.1.192-2")]);
    let lines = rules.explain(&image(50, "6.1.176", "1"), Role::Installed, Some("CVE-1")).lines;
    assert_eq!(
        lines,
        [
            "linux-image-6.1.0-50-amd64 6.1.176-1 amd64 on debian:12, installed",
            "origin: the distribution; the version stands in its repository list",
            "judged as source linux-signed-amd64 6.1.176+1",
            "judged as source linux 6.1.176-1 (linux-signed-ARCH X+Y is the signed form of linux X-Y)",
            "judged as package linux-image-6.1.0-50-amd64 6.1.176-1",
            &format!(
                "feed debian-tracker decides: data of 2023-04-02 00:00 UTC, debian-tracker.list (sha256 {})",
                "0".repeat(64)
            ),
            "CVE-1: source linux 6.1.176-1 < 6.1.192-2 by dpkg",
            "CVE-1: not_affected with kernels-known, fix_available without kernels-known because the installed version is below the fixed one, but this kernel neither runs nor boots next; it counts only where a host does not tell its kernels [debian-tracker]",
            "anything else: not affected",
        ]
    );
    let lines = rules.explain(&package("debian:12", "bash", "bash", "5.2.15-2"), Role::Installed, Some("CVE-9")).lines;
    assert_eq!(lines.last().unwrap(), "CVE-9: no feed in force names it for this package; not affected");
}
