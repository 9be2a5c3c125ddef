//! Rocky Linux' errata in their three forms, genuine and broken, against counts taken by other means.

use crate::bundles::{member, members, parse};
use crate::support::{facts, of, reasons, said, take};
use feeds::Unreadable;
use model::{AdvisoryKind, Severity};
use std::collections::{BTreeMap, BTreeSet};

const VULS: &str = "rocky/samples-vuls-data-update.tar.zst";
const TRIVY: &str = "rocky/samples-vuln-list-update-rocky.tar.zst";

/// `unzip -l all.zip`: two records, one of a special interest group; `find -path '*osv*' -name '*.json'`: three.
#[test]
fn records_of_osv_are_understood() {
    let (collected, outcome) = take("rocky-osv", "all.zip", &member(VULS, "rocky/osv/testdata/fixtures/all.zip"));
    assert_eq!((outcome, collected.advisories.len()), (Ok(()), 1));
    let group = "it is for packages of a special interest group, not the distribution's";
    assert_eq!(reasons(&collected), BTreeMap::from([(group, 1)]));
    let bcel = of(&collected, "RLSA-2023:0005");
    assert_eq!(said(bcel, "bcel"), [("CVE-2022-42920", "", "6.4.1-9.el9_1")]);
    assert_eq!(bcel.facts[0].severity, Severity::High);
    assert!(bcel.facts[0].arches.is_empty(), "an architecture in the package URL is no limit");

    let samples = members("rocky/samples-vunnel-rocky.tar.zst", ".json");
    assert_eq!(samples.len(), 3);
    let mut of_ids = BTreeMap::new();
    for (name, bytes) in samples {
        let (collected, outcome) = parse("rocky-osv", &bytes);
        assert_eq!(
            (outcome, collected.skipped.as_slice(), collected.advisories.len()),
            (Ok(()), [].as_slice(), 1),
            "{name}"
        );
        of_ids.insert(collected.advisories[0].id.clone(), collected);
    }
    // A "Legacy" minor release is the release. `jq '.related|length'`: ten CVEs.
    let java = of(&of_ids["RLSA-2021:3891"], "RLSA-2021:3891");
    assert_eq!((java.facts.len(), java.facts[0].platform.to_string().as_str()), (10, "rocky:8"));
    assert_eq!(said(java, "java-11-openjdk")[0], ("CVE-2021-35550", "", "1:11.0.13.0.8-1.el8_4"));
    // Of a module with three sources, the text names ruby beside two of three CVEs.
    let ruby = of(&of_ids["RLSA-2024:3671"], "RLSA-2024:3671");
    assert!(ruby.facts.iter().all(|fact| fact.module == "ruby:3.3"));
    assert_eq!(said(ruby, "rubygem-pg").iter().map(|(cve, ..)| *cve).collect::<Vec<_>>(), ["-"]);
}

/// One erratum a page (`jq '.advisories|length'`), with 49 and 64 packages (`jq '[.advisories[].packages[]]|length'`).
#[test]
fn pages_of_apollo_are_understood() {
    let (collected, outcome) = take("rocky-errata", "page-1", &member(VULS, "page1.json"));
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 1));
    let golang = of(&collected, "RLSA-2025:21816");
    assert_eq!(golang.published, Some("2025-11-27T09:11:22.820964Z".parse().unwrap()));
    // `jq '[.advisories[].packages[].nevra | select(endswith(".src.rpm")|not) | sub("-[0-9]+:.*";"")] | unique | length'`
    let names: BTreeSet<&str> = golang.facts.iter().map(|fact| fact.subject.name()).collect();
    assert_eq!(names.len(), 11);
    // "* golang: archive/tar: ..." is the one CVE; delve is updated beside it. What is of golang is
    // told by the version, since two source packages are listed.
    assert_eq!(said(golang, "golang-bin"), [("CVE-2025-58183", "", "1.25.3-1.el10_1")]);
    assert_eq!(said(golang, "delve"), [("-", "", "1.25.2-1.el10_1")]);

    let (collected, outcome) = take("rocky-errata", "page-8019", &member(VULS, "page2.json"));
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 1));
    let tools = of(&collected, "RLBA-2019:0973");
    assert_eq!(tools.kind, AdvisoryKind::Bugfix);
    assert!(tools.facts.iter().all(|fact| fact.module.starts_with("container-tools:")));
    assert_eq!(parse("rocky-errata", br#"{"advisories": 3}"#).0.advisories.len(), 0);
}

/// `grep -c '<update '` of each: 1, 2 and 1; of the broken ones 1 each; 4 of the other collection's.
#[test]
fn updateinfo_of_the_repositories_is_understood() {
    let mut counts = Vec::new();
    for (end, name) in [
        ("bbbb125de8ddb7f66ac6a9850f48af285670c3ace1e29f2b0ce002ab69b88ee5-updateinfo.xml.gz", "9/AppStream"),
        ("aaaa587b7c2316f0b357a284fc32836ceee13fe54e277cc841b30ecefb7cbb42a-updateinfo.xml.gz", "9/BaseOS"),
        ("dddd587b7c2316f0b357a284fc32836ceee13fe54e277cc841b30ecefb7cbb42a-updateinfo.xml.gz", "8/BaseOS"),
    ] {
        let (collected, outcome) = take("rocky-updateinfo", name, &member(VULS, end));
        assert_eq!((outcome, collected.skipped.as_slice()), (Ok(()), [].as_slice()), "{end}");
        counts.push((collected.advisories.len(), facts(&collected)));
    }
    assert_eq!(counts, [(1, 1), (2, 2), (1, 1)]);

    let (collected, outcome) = take("rocky-updateinfo", "updateinfo.xml", &member(TRIVY, "happy/updateinfo.xml"));
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 4));
    let kernel = of(&collected, "RLSA-2021:3057");
    assert_eq!(said(kernel, "kernel").len(), 3, "three CVEs of one source");
    assert_eq!(said(kernel, "kernel")[0], ("CVE-2021-22543", "", "4.18.0-305.12.1.el8_4"));
    assert_eq!(kernel.published, Some("2021-08-12T21:14:23Z".parse().unwrap()));
    // Titled ruby:2.5, listed under ruby:2.6: of both. rubygems, where the CVE is, is not among its packages.
    let abrt = "0.3.0-4.module+el8.5.0+738+032c9c02";
    let ruby = of(&collected, "RLSA-2019:1972");
    assert_eq!(said(ruby, "rubygem-abrt"), [("-", "ruby:2.5", abrt), ("-", "ruby:2.6", abrt)]);
    assert_eq!(ruby.cves, ["CVE-2019-8324"]);

    let (collected, outcome) = take("rocky-updateinfo", "updateinfo.xml", &member(VULS, "badid-updateinfo.xml.gz"));
    assert_eq!((outcome, collected.advisories.len()), (Ok(()), 0));
    assert_eq!(reasons(&collected), BTreeMap::from([("the id is none of this vendor's", 1)]));
    let (_, outcome) = take("rocky-updateinfo", "updateinfo.xml", &member(VULS, "corrupt-updateinfo.xml.gz"));
    assert!(matches!(outcome, Err(Unreadable::Io(_))), "{outcome:?}");
    // Another vendor's, cut off: none of it is taken, and the cut is named.
    let cut = member(TRIVY, "updateinfo_invalid/updateinfo.xml.gz");
    let (collected, outcome) = take("rocky-updateinfo", "updateinfo.xml", &cut);
    assert!(matches!(outcome, Err(Unreadable::Malformed { line: 12, .. })), "{outcome:?}");
    assert_eq!(collected.advisories, []);
}
