//! `docs/wire-format.md` says what the code does.

use crate::sample;
use model::wire::sections::Updates;
use model::wire::{Incoming, Limits, SectionHash, canonical_json, read_report};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/wire-format.md"));

/// The part of the document under a heading.
fn part(heading: &str) -> &'static str {
    let start = DOCUMENT.find(&format!("\n## {heading}")).unwrap_or_else(|| panic!("a heading '{heading}'"));
    let rest = &DOCUMENT[start + 4..];
    rest.find("\n## ").map_or(rest, |end| &rest[..end])
}

/// The cells of the tables in a part, without their heads.
fn rows(part: &str) -> Vec<Vec<&str>> {
    let is_row = |line: &&str| line.starts_with("| ") && !line.starts_with("| ---");
    let rows: Vec<&str> = part.lines().filter(is_row).collect();
    assert!(rows.len() > 1, "there is a table");
    rows[1..].iter().map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// Everything in backticks.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Every name of a field anywhere in a tree.
fn names(tree: &Value, into: &mut BTreeSet<String>) {
    match tree {
        Value::Object(object) => {
            for (name, value) in object {
                into.insert(name.clone());
                names(value, into);
            }
        }
        Value::Array(array) => array.iter().for_each(|value| names(value, into)),
        _ => {}
    }
}

/// The sample has every field set, so what the tables lack would show.
#[test]
fn every_field_is_described() {
    let tree = sample::tree();
    for (section, data) in tree["sections"].as_object().unwrap() {
        let part = part(&format!("Section `{section}`"));
        let described = quoted(part);
        let mut used = BTreeSet::new();
        names(&data["data"], &mut used);
        for name in ["records", "skipped", "record", "why"] {
            used.remove(name);
        }
        for name in &used {
            assert!(described.contains(name.as_str()), "{name} of section {section} is not described");
        }
        // The other way: the first column names no field that is not there.
        for row in rows(part) {
            for name in quoted(row[0]) {
                assert!(used.contains(name), "{name} of section {section} is described, but the sample has none");
            }
        }
    }
    let (report, heartbeat) = (quoted(part("Report")), quoted(part("Heartbeat")));
    for name in tree.as_object().unwrap().keys() {
        assert!(report.contains(name.as_str()), "{name} of the report is not described");
    }
    for name in tree["heartbeat"].as_object().unwrap().keys() {
        assert!(heartbeat.contains(name.as_str()), "{name} of the heartbeat is not described");
    }
}

#[test]
fn the_limits_are_the_defaults() {
    let stated: BTreeMap<&str, u64> =
        rows(part("Limits")).iter().map(|row| (row[0].trim_matches('`'), row[1].parse().unwrap())).collect();
    let Limits { report_bytes, packages, updates, repositories, history, list, nesting, identifier_bytes, text_bytes } =
        Limits::default();
    let actual = BTreeMap::from([
        ("report_bytes", report_bytes),
        ("packages", packages as u64),
        ("updates", updates as u64),
        ("repositories", repositories as u64),
        ("history", history as u64),
        ("list", list as u64),
        ("nesting", nesting as u64),
        ("identifier_bytes", identifier_bytes as u64),
        ("text_bytes", text_bytes as u64),
    ]);
    assert_eq!(stated, actual);
}

#[test]
fn the_small_vectors_hold() {
    let rows = rows(part("Canonical form"));
    assert_eq!(rows.len(), 2);
    for row in rows {
        let (canonical, hash) = (row[0].trim_matches('`'), row[1].trim_matches('`'));
        assert_eq!(SectionHash::of(canonical.as_bytes()).to_string(), hash);
    }
    assert_eq!(canonical_json(&Updates::default()).unwrap(), br#"{"records":[]}"#);
}

#[test]
fn the_example_is_a_report() {
    let example = DOCUMENT.split_once("<!-- example: report -->\n```json\n").unwrap().1;
    let example = example.split_once("```").unwrap().0;
    let accepted = read_report(example.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(accepted.odd, []);

    // What dpkg and apt say of this host: ../shared/data/hosts and conformance/host-debian12-apt.
    let host = accepted.host.data().unwrap();
    assert_eq!(model::Platform::of_os(&host.os).to_string(), "debian:12");
    let packages = &accepted.packages.data().unwrap().records;
    let brotli = packages.iter().find(|package| package.name == "libbrotli1").unwrap();
    assert_eq!((brotli.source_name(), brotli.source_version()), ("brotli", "1.0.9-2"));
    let update = &accepted.updates.data().unwrap().records[0];
    assert_eq!((&*update.installed, &*update.candidate, update.security), ("1.0.9-2+b6", "1.0.9-2+deb12u1", true));
    assert!(matches!(accepted.history, Incoming::Unavailable { .. }));

    // The data is what this writer would write, byte by byte.
    let Incoming::Present { data, canonical, .. } = &accepted.packages else { panic!("packages are present") };
    assert_eq!(canonical.as_bytes(), canonical_json(data).unwrap());
    assert_eq!(
        example,
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/wire_report/debian-12.json"))
    );
}
