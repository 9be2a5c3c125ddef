//! Greenbone's notus on a real Ubuntu 14.04: 628 packages, 2,251 advisories, and what it finds.
//!
//! Twice. *By its own product file*, which stands for Ubuntu's notices: then the world is closed. The set
//! holds half of the 420 findings; of all there must be 426, as its README counts them again with dpkg (six
//! follow from the product file alone, which is newer). *By Ubuntu's own file of CVEs*, where the
//! notice's CVEs are known from another set and the file, of May 2021, names them for the package.

use super::data::{document, package, records, rules, text};
use super::table::{Outcome, Table};
use crate::support::file;
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Package, Role, Severity, Subject};
use std::collections::{BTreeMap, BTreeSet};

const INPUTS: &str = "raw/notus-ubuntu1404-victim-inputs.tar.zst";

/// `1.3.6.1.4.1.25623.1.1.12.2023.6242.2` is USN-6242-2.
fn usn(oid: &str) -> String {
    let mut numbers = oid.rsplit('.');
    let (revision, number) = (numbers.next().unwrap(), numbers.next().unwrap());
    format!("USN-{number}-{revision}")
}

/// The packages of the host, by dpkg's own database.
fn installed() -> Vec<Package> {
    let status = String::from_utf8(file(INPUTS, "var/lib/dpkg/status")).unwrap();
    let field = |stanza: &str, name: &str| {
        stanza.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
    };
    let of = |stanza: &str| {
        let (name, version) = (field(stanza, "Package")?, field(stanza, "Version")?);
        let source = field(stanza, "Source").unwrap_or_else(|| name.clone());
        let (source, source_version) = match source.split_once(" (") {
            Some((source, version)) => (source.to_owned(), version.trim_end_matches(')').to_owned()),
            None => (source, version.clone()),
        };
        let arch = field(stanza, "Architecture")?;
        (field(stanza, "Status")? == "install ok installed")
            .then(|| Package { source_version, ..package("ubuntu:14.04", &name, &version, &arch, &source) })
    };
    status.split("\n\n").filter_map(of).collect()
}

/// The product file as what it is made from: notices that name binaries.
fn notices() -> Vec<Advisory> {
    let product: serde_json::Value = serde_json::from_slice(&file(INPUTS, "products/ubuntu_14.04.notus")).unwrap();
    let advisory = |advisory: &serde_json::Value| {
        let fact = |fixed: &serde_json::Value| {
            assert_eq!(text(fixed, "specifier"), ">=");
            Fact {
                platform: "ubuntu:14.04".parse().unwrap(),
                subject: Subject::Binary(text(fixed, "name").to_owned()),
                cve: String::new(),
                status: FactStatus::Fixed(text(fixed, "full_version").to_owned()),
                words: String::new(),
                severity: Severity::Unknown,
                arches: Vec::new(),
                channel: String::new(),
                module: String::new(),
            }
        };
        Advisory {
            id: usn(text(advisory, "oid")),
            title: String::new(),
            kind: AdvisoryKind::Security,
            published: None,
            updated: None,
            withdrawn: false,
            cves: Vec::new(),
            facts: advisory["fixed_packages"].as_array().unwrap().iter().map(fact).collect(),
            references: Vec::new(),
        }
    };
    product["advisories"].as_array().unwrap().iter().map(advisory).collect()
}

#[test]
fn a_whole_host_by_the_products_file() {
    let (packages, notices) = (installed(), notices());
    // `grep -c '^Status: install ok installed' status`; `jq '.advisories|length' ubuntu_14.04.notus`
    assert_eq!((packages.len(), notices.len()), (628, 2251));
    let rules = rules("ubuntu:14.04", "ubuntu-usn", &notices);
    let mut ours: BTreeMap<(String, String), String> = BTreeMap::new();
    for package in &packages {
        for verdict in rules.judge(package, Role::RunningKernel).verdicts {
            ours.insert((verdict.cve, package.name.clone()), verdict.fixed_version);
        }
    }
    assert_eq!(ours.len(), 420 + 6);
    let mut table = Table::default();
    for record in records("notus-ubuntu1404-victim") {
        let key = (usn(text(&record, "oid")), text(&record, "package").to_owned());
        let fixed = ours.get(&key);
        table.add(if fixed.map(String::as_str) == Some(text(&record, "fixed_version")) {
            Outcome::Agree
        } else {
            Outcome::Wrong(format!("{key:?}: {fixed:?}"))
        });
    }
    table.conclude("notus-ubuntu1404-victim");
}

#[test]
fn the_same_findings_by_ubuntus_own_file() {
    let mut cves: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in records("nasl-advisory-facts-ubuntu") {
        if !text(&record, "release_key").starts_with("UBUNTU14.04") {
            continue;
        }
        let Some(at) = text(&record, "advisory").find("USN-") else { continue };
        let name = text(&record, "advisory")[at..].split([' ', ')']).next().unwrap_or_default().to_owned();
        let of = record["cves"].as_array().unwrap().iter().filter_map(|cve| cve.as_str().map(str::to_owned));
        cves.entry(name).or_default().extend(of);
    }
    let advisories = document("ubuntu-oval", "feeds/ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2");
    let rules = rules("ubuntu:14.04", "ubuntu-oval", &advisories);
    let packages: BTreeMap<String, Package> =
        installed().into_iter().map(|package| (package.name.clone(), package)).collect();
    let mut table = Table::default();
    for record in records("notus-ubuntu1404-victim") {
        let Some(cves) = cves.get(&usn(text(&record, "oid"))) else {
            table.add(Outcome::Undecided("the CVEs of the notice are in no set at hand"));
            continue;
        };
        let package = &packages[text(&record, "package")];
        let said: Vec<_> = cves.iter().filter_map(|cve| rules.verdict(package, Role::RunningKernel, cve)).collect();
        let open = said.iter().filter(|verdict| verdict.states.iter().any(|guarded| guarded.state.is_open())).count();
        table.add(match (said.len(), open) {
            (0, _) => Outcome::Undecided("the tracker's file of May 2021 does not name them for the package"),
            // What a notice fixes is not always in every package of its sources: one of its CVEs is enough.
            (_, 1..) => Outcome::Agree,
            _ => Outcome::Wrong(format!("{} {}: {said:?}", usn(text(&record, "oid")), package.name)),
        });
    }
    table.conclude("notus-ubuntu1404-victim by OVAL");
}
