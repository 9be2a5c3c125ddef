//! Human labels of matches (true or false positive) of another scanner, for images whose distribution
//! the image's name tells.
//!
//! Decided are those about whose CVE the vendor's feed at hand says something for that release, and
//! every false positive of a package for which a feed is in force.

use super::data::{package, parsed, records, rules, text};
use super::table::{Outcome, Table};
use matching::Rules;
use model::{Package, Role};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn labels_of_almalinux_and_alpine() {
    let alma = parsed("almalinux-osv", "feeds/almalinux/osv-database.tar.zst", |name| name.ends_with(".json"));
    let alpine = parsed("alpine-secdb", "feeds/alpine/alpine-secdb-yaml.tar.zst", |name| name.ends_with(".yaml"));
    let mut compiled: BTreeMap<String, (Rules, BTreeSet<(String, String)>)> = BTreeMap::new();
    let mut table = Table::default();
    for record in records("grype-labels") {
        let (version, label) = (text(&record, "version"), text(&record, "label"));
        let (platform, feed, advisories) = match text(&record, "distro_from_image_name") {
            "almalinux" if version.contains(".el8") => ("almalinux:8", "almalinux-osv", &alma),
            "almalinux" if version.contains(".el9") => ("almalinux:9", "almalinux-osv", &alma),
            _ if version.contains(".module_el8") => ("almalinux:8", "almalinux-osv", &alma),
            "alpine" if record["image"].as_str().unwrap_or_default().contains("ddac200f3ebc9902") => {
                // musl 1.1.15 and zlib 1.2.8 of this image are those of 3.5.
                ("alpine:3.5", "alpine-secdb", &alpine)
            }
            _ => {
                table.add(Outcome::Undecided("no feed at hand speaks for the image's release"));
                continue;
            }
        };
        let (rules, known) = compiled.entry(platform.to_owned()).or_insert_with(|| {
            let facts = advisories.iter().flat_map(|advisory| &advisory.facts);
            let known = facts
                .filter(|fact| fact.platform.to_string() == platform)
                .map(|fact| (fact.subject.name().to_owned(), fact.cve.clone()))
                .collect();
            (rules(platform, feed, advisories), known)
        });
        let (name, cve) = (text(&record, "package"), text(&record, "effective_cve"));
        let package =
            Package { module: stream_of(name, version), ..package(platform, name, version, "x86_64", source_of(name)) };
        let named = [name, &package.source].iter().any(|of| known.contains(&((*of).to_owned(), cve.to_owned())));
        let open = rules.judge(&package, Role::Installed).verdicts.iter().any(|verdict| verdict.cve == cve);
        table.add(match (label, open) {
            ("TP", true) | ("FP", false) => Outcome::Agree,
            ("TP", false) if !named => Outcome::Undecided("the vendor says nothing of the CVE for this package"),
            ("TP", false) | ("FP", true) => {
                let said = rules.explain(&package, Role::Installed, Some(cve));
                let comparisons = || said.considered.iter().flat_map(|item| &item.comparisons);
                // The vendor's record contradicts the label: it names only builds of this very release
                // of the module that came after the installed one (ALSA-2022:1915, httpd
                // 2.4.37-47.module_el8.6.0+2872+fe0ff7aa.1.alma after +1111+ce6f4ceb.1).
                let release = |version: &str| version.split(".module_el").next().map(str::to_owned);
                if label == "FP" && comparisons().all(|c| c.relation == "<" && release(&c.fixed) == release(version)) {
                    table.add(Outcome::Explained("the vendor's record names later builds of the same release"));
                    continue;
                }
                Outcome::Wrong(format!("{label} {platform} {name} {version} {cve}: {}", said.lines.join("; ")))
            }
            _ => Outcome::Undecided("nobody knows the answer"),
        });
    }
    assert_eq!(table.cases, 5520);
    table.conclude("grype-labels");
}

/// The module label of a package that was built for one. The labels name versions alone; these modules
/// call their streams by the version that they carry.
fn stream_of(name: &str, version: &str) -> String {
    if !version.contains(".module_el") {
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
