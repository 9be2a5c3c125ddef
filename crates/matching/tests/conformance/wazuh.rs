//! Wazuh's test cases for its vulnerability scanner, Linux only.

use super::data::{document, package, records, rules, text};
use super::table::{Outcome, Table};
use model::Role;
use std::collections::BTreeSet;

#[test]
fn cases_of_wazuh() {
    let advisories = document("redhat-oval", "feeds/redhat/rhel-7-including-unpatched.oval.xml.bz2");
    let facts = advisories.iter().flat_map(|advisory| &advisory.facts);
    let of_nss: BTreeSet<&str> =
        facts.filter(|fact| fact.subject.name() == "nss").map(|fact| fact.cve.as_str()).collect();
    let redhat = rules("rhel:7.9", "redhat-oval", &advisories);
    let mut table = Table::default();
    for record in records("wazuh-qa") {
        let os = &record["os"];
        table.add(match (text(os, "osplatform"), text(os, "osversion")) {
            ("centos", _) => Outcome::Undecided("CentOS is not judged by Red Hat's data"),
            ("debian", _) => Outcome::Undecided("the lists at hand end before the advisory of July 2023"),
            ("rhel", "7.9") => {
                let (mut wanted, mut found) = (BTreeSet::new(), BTreeSet::new());
                for verdict in record["expected_verdicts"].as_array().unwrap() {
                    assert_eq!(text(verdict, "verdict"), "VULNERABLE");
                    wanted.insert(text(verdict, "cve").to_owned());
                }
                assert_eq!(wanted.len(), 2);
                // The protocol's own fault of 2014, of which Red Hat's document says nothing for nss: the
                // case has it from another source.
                assert!(!of_nss.contains("CVE-2014-3566"));
                wanted.remove("CVE-2014-3566");
                for sent in record["packages"].as_array().unwrap() {
                    // The case calls the architecture of an rpm package amd64.
                    let package =
                        package("rhel:7.9", text(sent, "name"), text(sent, "version"), "x86_64", text(sent, "source"));
                    found.extend(
                        redhat.judge(&package, Role::Installed).verdicts.into_iter().map(|verdict| verdict.cve),
                    );
                }
                if wanted.is_subset(&found) {
                    Outcome::Agree
                } else {
                    Outcome::Wrong(format!("{wanted:?}, found {found:?}"))
                }
            }
            _ => Outcome::Undecided("no Linux"),
        });
    }
    table.conclude("wazuh-qa");
    assert_eq!(table.cases, 13);
}
