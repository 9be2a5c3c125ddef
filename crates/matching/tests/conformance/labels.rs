//! Human labels of matches (true or false positive) of another scanner, for images whose distribution the
//! image's name or its packages tell.
//!
//! Decided are those about whose CVE a vendor's feed at hand says something for that release and package,
//! and the false positives about which a feed that is whole says nothing. The labels are of 2022 to 2024,
//! Red Hat's files of May 2021: what those call unfixed, the vendor may have decided since.

use super::data::{records, text};
use super::shelf::{Known, Shelf, open};
use super::table::{Outcome, Table};
use model::{Package, State};
use std::collections::{BTreeMap, BTreeSet};

/// Labels that the vendor's advisory contradicts in so many words: it names the package, and a fixed version
/// above the installed one. DSA-4944-1 is of the whole source, the label of one library of it.
const CONTRADICTED: &[(&str, &str)] = &[
    ("DSA-4944-1", "libkrb5support0"),
    ("RHSA-2021:1301", "java-1.8.0-openjdk"),
    ("RHSA-2021:1678", "perl-Errno"),
    ("RHSA-2021:1678", "perl-IO"),
];

#[test]
fn labels_of_people() {
    let records = records("grype-labels");
    let mut by_image: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for record in &records {
        by_image.entry(text(record, "image")).or_default().insert(text(record, "version"));
    }
    let mut shelf = Shelf::default();
    let mut table = Table::default();
    for record in &records {
        let platform = platform(record, &by_image[text(record, "image")]);
        table.add(match platform.and_then(|platform| shelf.of(platform)) {
            Some(known) => outcome(known, record),
            None => Outcome::Undecided("no feed at hand speaks for the image's release"),
        });
    }
    assert_eq!(table.cases, 5520);
    table.conclude("grype-labels");
}

/// The release of the image of a row, by whose data the row can be judged. `image` are the versions of all
/// rows of the image.
fn platform(record: &serde_json::Value, image: &BTreeSet<&str>) -> Option<&'static str> {
    let (version, distribution) = (text(record, "version"), text(record, "distro_from_image_name"));
    let any = |mark: &str| image.iter().any(|version| version.contains(mark));
    let rebuilt = [".module_el", ".alma", ".rocky", "+9", ".0.1.el", ".centos"].iter().any(|mark| any(mark));
    match distribution {
        "almalinux" if version.contains(".el8") => Some("almalinux:8"),
        "almalinux" if version.contains(".el9") => Some("almalinux:9"),
        _ if version.contains(".module_el8") => Some("almalinux:8"),
        // musl 1.1.15 and zlib 1.2.8 of this image are those of 3.5.
        "alpine" if text(record, "image").contains("ddac200f3ebc9902") => Some("alpine:3.5"),
        "" | "python3-debian11" if version.contains("deb9u") => Some("debian:9"),
        "" | "python3-debian11" if version.contains("deb10u") => Some("debian:10"),
        "" | "python3-debian11" if version.contains("deb11u") => Some("debian:11"),
        // The scanner judged rebuilds of Enterprise Linux 6 by Red Hat's data, as the rows are held here.
        "centos" if version.contains(".el6") => Some("rhel:6"),
        "ubi8" | "" if version.contains(".el8") && !rebuilt => Some("rhel:8"),
        "" if version.contains(".el7") && !any(".amzn") => Some("rhel:7"),
        _ => None,
    }
}

fn outcome(known: &Known, record: &serde_json::Value) -> Outcome {
    let platform = known.rules.platform();
    let (name, cve, version) = (text(record, "package"), text(record, "effective_cve"), text(record, "version"));
    let label = text(record, "label");
    let package = Package { module: stream_of(name, version), ..known.package(name, version, source_of(name)) };
    let said = known.said(&package, cve);
    let red_hat = platform.distribution() == "rhel";
    match (label, &said) {
        ("TP", None) => Outcome::Undecided("the vendor says nothing of the CVE for this package"),
        // Red Hat's files end in May 2021: silence about a CVE of a later year means nothing.
        ("FP", None) if !known.whole || red_hat && year(cve) >= 2021 => {
            Outcome::Undecided("the feed at hand is not one that would name the CVE")
        }
        ("FP", None) => Outcome::Agree,
        ("TP" | "FP", Some(said)) if said.words.starts_with("belongs to a kernel") => {
            Outcome::Undecided("no kernel that could run")
        }
        ("TP" | "FP", Some(said)) if said.states.iter().any(|guarded| guarded.state == State::NotAssessed) => {
            Outcome::Undecided("the label does not say which module stream the package is of")
        }
        ("TP", Some(said)) if open(said) => Outcome::Agree,
        ("FP", Some(said)) if !open(said) => Outcome::Agree,
        ("FP", Some(said)) if red_hat && said.fixed_version.is_empty() => {
            Outcome::Undecided("unfixed in the vendor's file of 2021, and the label is later")
        }
        ("TP" | "FP", Some(said)) => {
            // The vendor's record contradicts the label: it names only builds of this very release of the
            // module that came after the installed one (ALSA-2022:1915, httpd
            // 2.4.37-47.module_el8.6.0+2872+fe0ff7aa.1.alma after +1111+ce6f4ceb.1).
            let release = |version: &str| version.split(".module_el").next().map(str::to_owned);
            if label == "FP" && version.contains(".module_el") && release(&said.fixed_version) == release(version) {
                return Outcome::Explained("the vendor's record names later builds of the same release");
            }
            if label == "FP" && CONTRADICTED.contains(&(said.advisory.as_str(), name)) {
                return Outcome::Explained("the vendor's advisory names the package with a later fix");
            }
            Outcome::Wrong(format!("{label} {platform} {name} {version} {cve}: {said:?}"))
        }
        _ => Outcome::Undecided("nobody knows the answer"),
    }
}

/// `CVE-2021-3156` is of 2021; what is no CVE is of no year that a file could know.
fn year(cve: &str) -> u32 {
    cve.split('-').nth(1).and_then(|year| year.parse().ok()).unwrap_or(u32::MAX)
}

/// The module label of a package that was built for one. The labels name versions alone; these modules
/// call their streams by the version that they carry.
fn stream_of(name: &str, version: &str) -> String {
    if !version.contains(".module_el") && !version.contains(".module+el") {
        return String::new();
    }
    let upstream = version.split_once(':').map_or(version, |(_, version)| version);
    let numbers = |count: usize| upstream.split(['.', '-']).take(count).collect::<Vec<_>>().join(".");
    match name.split('-').next().unwrap_or_default() {
        "nodejs" => format!("nodejs:{}", numbers(1)),
        "postgresql" => format!("postgresql:{}", numbers(1)),
        "httpd" => format!("httpd:{}", numbers(2)),
        "maven" => format!("maven:{}", numbers(2)),
        _ => String::new(),
    }
}

/// The source of binaries of Alpine, whose database names sources.
fn source_of(binary: &str) -> &str {
    match binary {
        "libcrypto1.0" | "libssl1.0" => "openssl",
        "musl-utils" => "musl",
        _ => "",
    }
}
