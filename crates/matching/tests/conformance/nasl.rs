//! Fixed versions of Ubuntu's notices as another project transcribed them, against what Ubuntu's tracker
//! says of the same CVEs in the same release.
//!
//! Decided are the CVEs and packages that the OVAL files at hand name with a fix. A notice is one of
//! possibly several updates of a package, so that the tracker's fixed version decides.

use super::data::{document, package, records, rules, text};
use super::table::{Outcome, Table};
use matching::Rules;
use model::{Role, Verdict};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use versions::Scheme;

/// One row of the set against the rules of its release: at the version that the notice calls fixed a
/// package has none of the notice's CVEs, and where the tracker names that very version, it has them just
/// below it.
fn outcome(rules: &Rules, record: &serde_json::Value) -> Outcome {
    let platform = rules.platform().to_string();
    let cves: Vec<&str> = record["cves"].as_array().unwrap().iter().filter_map(|cve| cve.as_str()).collect();
    let (mut named, mut greater, mut wrong) = (0, 0, Vec::new());
    for pair in record["packages_fixed"].as_array().unwrap() {
        let (name, fixed) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
        let name = name.split(':').next().unwrap_or_default();
        for cve in &cves {
            let at = |version: &str| package(&platform, name, version, "amd64", "");
            let Some(verdict) = rules.verdict(&at(fixed), Role::RunningKernel, cve) else { continue };
            // Meta-packages and tools of a kernel have no finding whatever their version (rule 4).
            if verdict.fixed_version.is_empty() || verdict.words.starts_with("belongs to a kernel") {
                continue;
            }
            named += 1;
            let ours = verdict.fixed_version.strip_prefix("0:").unwrap_or(&verdict.fixed_version);
            let below = rules.verdict(&at(&format!("{fixed}~")), Role::RunningKernel, cve);
            let open = |verdict: &Verdict| verdict.states.iter().any(|guarded| guarded.state.is_open());
            match (open(&verdict), below.as_ref().is_some_and(open), Scheme::Dpkg.compare(ours, fixed)) {
                // Less: it was fixed before, or the release began with the fix; so it is gone here too.
                (false, true, Ordering::Equal) | (false, _, Ordering::Less) => {}
                // Another update finished what this one began.
                (true, true, Ordering::Greater) => greater += 1,
                said => wrong.push(format!("{platform} {name} {fixed} {cve}: {said:?}, fixed in {ours}")),
            }
        }
    }
    match (named, wrong.is_empty(), greater) {
        (0, ..) => Outcome::Undecided("the tracker's files at hand name no fix of it"),
        (_, false, _) => Outcome::Wrong(wrong.join("; ")),
        (.., 0) => Outcome::Agree,
        _ => Outcome::Explained("the tracker's fixed version is above the notice's"),
    }
}

#[test]
fn notices_of_ubuntu() {
    let mut compiled: BTreeMap<&str, Rules> = BTreeMap::new();
    for (release, codename) in [("14.04", "trusty"), ("16.04", "xenial"), ("18.04", "bionic"), ("20.04", "focal")] {
        let advisories = document("ubuntu-oval", &format!("feeds/ubuntu/com.ubuntu.{codename}.cve.oval.xml.bz2"));
        compiled.insert(release, rules(&format!("ubuntu:{release}"), "ubuntu-oval", &advisories));
    }
    let mut table = Table::default();
    for record in records("nasl-advisory-facts-ubuntu") {
        let release = text(&record, "release_key").trim_start_matches("UBUNTU");
        let release = release.split(' ').next().unwrap_or_default();
        table.add(match compiled.get(release) {
            Some(rules) => outcome(rules, &record),
            None => Outcome::Undecided("no file of the release at hand"),
        });
    }
    assert_eq!(table.cases, 5061);
    table.conclude("nasl-advisory-facts-ubuntu");
}
