//! Fedora's updates as another project transcribed them, against the update system's own page.
//!
//! Decided are the updates that are on the page at hand (100 of Fedora 36). The set writes
//! `NAME~VERSION~RELEASE` of rpm without the epoch, and one row a package.

use super::data::{document, package, records, rules, text};
use super::table::{Outcome, Table};
use crate::support::unpacked;
use matching::Rules;
use model::{Advisory, Role};
use std::collections::BTreeMap;

/// One row against the update: at the version that the row calls fixed the package has none of the
/// update's CVEs, just below it has them.
fn outcome(rules: &Rules, advisories: &[&Advisory], page: &str, record: &serde_json::Value) -> Outcome {
    let mut wrong = Vec::new();
    let mut compared = 0;
    let facts = || advisories.iter().flat_map(|advisory| &advisory.facts).filter(|fact| !fact.cve.is_empty());
    for pair in record["packages_fixed"].as_array().unwrap() {
        let name = pair[0].as_str().unwrap();
        let version = pair[1].as_str().unwrap().replacen('~', "-", 1);
        for fact in facts().filter(|fact| fact.subject.name() == name) {
            compared += 1;
            let open = |version: &str| {
                // The image of the source `kernel` is the package `kernel-core`.
                let binary = if name == "kernel" { "kernel-core" } else { name };
                let package = package("fedora:36", binary, version, "x86_64", name);
                let verdict = rules.verdict(&package, Role::RunningKernel, &fact.cve);
                verdict.is_some_and(|verdict| verdict.states.iter().any(|guarded| guarded.state.is_open()))
            };
            let said = (open(&version), open(&format!("{version}~")));
            if said != (false, true) {
                wrong.push(format!("{name} {version} {}: {said:?}, {:?}", fact.cve, fact.status));
            }
        }
    }
    // Every CVE that the row has and the page's update names, we know.
    let cves = record["cves"].as_array().unwrap().iter().filter_map(|cve| cve.as_str());
    let known = |cve: &str| advisories.iter().any(|advisory| advisory.cves.iter().any(|known| known == cve));
    wrong.extend(cves.filter(|cve| page.contains(cve) && !known(cve)).map(|cve| format!("{cve} is not of the update")));
    match (compared, wrong.is_empty()) {
        (_, false) => Outcome::Wrong(format!("{}: {}", text(record, "advisory"), wrong.join("; "))),
        (0, _) => Outcome::Undecided("the update names no CVE for the package"),
        _ => Outcome::Agree,
    }
}

#[test]
fn updates_of_fedora() {
    let path = "feeds/fedora/bodhi-F36-updates-page1.json.zst";
    let advisories = document("fedora-bodhi", path);
    let page: serde_json::Value = serde_json::from_slice(&unpacked(path)).unwrap();
    let pages: BTreeMap<&str, String> =
        page["updates"].as_array().unwrap().iter().map(|update| (text(update, "alias"), update.to_string())).collect();
    let rules = rules("fedora:36", "fedora-bodhi", &advisories);
    let mut by_name: BTreeMap<&str, Vec<&Advisory>> = BTreeMap::new();
    for advisory in &advisories {
        by_name.entry(advisory.id.split(' ').next().unwrap_or_default()).or_default().push(advisory);
    }
    let mut table = Table::default();
    for record in records("nasl-advisory-facts-fedora") {
        let name = text(&record, "advisory").split(' ').next_back().unwrap_or_default();
        table.add(match by_name.get(name) {
            Some(advisories) => outcome(&rules, advisories, &pages[name], &record),
            None => Outcome::Undecided("the update is on no page at hand"),
        });
    }
    assert_eq!(table.cases, 6270);
    table.conclude("nasl-advisory-facts-fedora");
}
