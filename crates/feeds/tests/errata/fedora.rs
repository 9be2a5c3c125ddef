//! Updates of Fedora and EPEL by both their ways, genuine and broken, against counts taken by other means.

use crate::bundles::{document, member, members, parse};
use crate::support::{facts, of, reasons, said, take};
use model::{AdvisoryKind, Severity, Subject};
use std::collections::{BTreeMap, BTreeSet};

const VULS: &str = "fedora/samples-vuls-data-update.tar.zst";

/// A whole updateinfo of EPEL 6. `zcat | grep -o '<update ' | wc -l`: 1,622, of type security 136; with
/// Python's ElementTree, of these 110 have a CVE in their texts (bugs' titles, title, description), 228 pairs, 223 CVEs.
#[test]
fn a_whole_release_of_epel_is_understood() {
    let (collected, outcome) = take("epel-updateinfo", "6", &document("epel/epel-6-updateinfo.xml.gz"));
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 1622));
    let security: Vec<_> = collected.advisories.iter().filter(|advisory| advisory.kind.is_security()).collect();
    let named: Vec<_> = security.iter().filter(|advisory| !advisory.cves.is_empty()).collect();
    assert_eq!((security.len(), named.len()), (136, 110));
    assert_eq!(named.iter().map(|advisory| advisory.cves.len()).sum::<usize>(), 228);
    let cves: BTreeSet<&str> = named.iter().flat_map(|advisory| &advisory.cves).map(String::as_str).collect();
    assert_eq!(cves.len(), 223);
    // Every package but the sources: 14,273 `<package `, 2,097 of them `arch="src"`.
    let epel: model::Platform = "epel:6".parse().unwrap();
    assert!(collected.advisories.iter().flat_map(|advisory| &advisory.facts).all(|fact| fact.platform == epel));

    let guard = of(&collected, "FEDORA-EPEL-2012-6271");
    assert_eq!((guard.kind, guard.title.as_str()), (AdvisoryKind::Bugfix, "squidGuard-1.4-9.el6"));
    assert_eq!(guard.published, Some("2012-06-28T15:31:13Z".parse().unwrap()));
    assert_eq!(said(guard, "squidGuard"), [("-", "", "1.4-9.el6")]);
    assert_eq!(guard.facts.len(), 2, "squidGuard and its debuginfo, for all architectures at once");
    // Two sources, one bug: "CVE-2011-0495 asterisk: ...".
    let asterisk = of(&collected, "FEDORA-EPEL-2011-0191");
    assert_eq!(said(asterisk, "asterisk"), [("CVE-2011-0495", "", "1.8.2.3-1.el6")]);
    assert_eq!(said(asterisk, "libsrtp")[0].0, "-");
    // Every CVE of every update is stated, in a package or by the update.
    for advisory in named {
        let stated: BTreeSet<&str> = advisory.facts.iter().map(|fact| fact.cve.as_str()).collect();
        assert!(
            stated.contains("") || advisory.cves.iter().all(|cve| stated.contains(cve.as_str())),
            "{}",
            advisory.id
        );
    }
}

/// `grep -c '<update '` of each: one.
#[test]
fn updateinfo_samples_are_understood() {
    let f43 = member(VULS, "74f58a91baa4a290e7ab058c6298b46ef49fc5ee990ede14d181340e5d22fca9-updateinfo.xml.zst");
    let (collected, outcome) = take("fedora-updateinfo", "43", &f43);
    assert_eq!((outcome, collected.skipped.as_slice(), facts(&collected)), (Ok(()), [].as_slice(), 3));
    let boto = of(&collected, "FEDORA-2025-4a08954c02");
    assert_eq!(boto.facts[0].platform, "fedora:43".parse().unwrap());
    assert_eq!(said(boto, "python3-boto3"), [("-", "", "1.42.0-1.fc43")]);
    assert_eq!(boto.facts[0].severity, Severity::Low);

    // A module's update without packages is known, but which ones it mends is not.
    let modular = member(VULS, "5018295245e031a2d51db78a23935461d067cdbc1b6e43d8575983c5f6893252-updateinfo.xml.xz");
    let (collected, outcome) = take("fedora-updateinfo", "38", &modular);
    assert_eq!((outcome, collected.skipped.len(), facts(&collected)), (Ok(()), 1, 0));
    assert_eq!(collected.skipped[0].lost.as_ref().unwrap().cves, ["CVE-2024-24989", "CVE-2024-24990"]);
    assert_eq!(of(&collected, "FEDORA-MODULAR-2024-deafa21e1d").cves, ["CVE-2024-24989", "CVE-2024-24990"]);

    let el6 = member(VULS, "804c7236e6d341cbb68a257bf8b984a140c1f1d2006e35ba9f6d2383b1a50ab0-updateinfo.xml.bz2");
    let (collected, outcome) = take("epel-updateinfo", "6", &el6);
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 1));
    // The other feed takes none of it.
    let (collected, outcome) = take("fedora-updateinfo", "6", &el6);
    assert_eq!((outcome, collected.advisories.len()), (Ok(()), 0));
    assert_eq!(reasons(&collected), BTreeMap::from([("the id is none of this vendor's", 1)]));
    // Nine updates of Fedora 27 in the test repository of another project; a package of it has no source.
    let vmaas = member("redhat/vmaas-test-repo.tar.zst", "repodata/updateinfo.xml");
    let (collected, outcome) = take("fedora-updateinfo", "27", &vmaas);
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 9));
    // A reference of type cve without one is none.
    assert!(of(&collected, "FEDORA-2017-85b23ed72d").cves.is_empty());
}

/// `jq '.updates|length'`: 100; all of them security, stable and of packages (`jq -r '.updates[]|[.type,.status,.content_type]'`).
#[test]
fn a_page_of_bodhi_is_understood() {
    let (collected, outcome) = take("fedora-bodhi", "F36-page-1", &document("fedora/bodhi-F36-updates-page1.json.zst"));
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 100));
    // `jq '[.updates[].builds[]]|length'`; builds are sources.
    let builds: usize = collected
        .advisories
        .iter()
        .map(|advisory| advisory.facts.iter().map(|fact| fact.subject.name()).collect::<BTreeSet<_>>().len())
        .sum();
    assert_eq!(builds, 117);
    let firefox = of(&collected, "FEDORA-2022-59e474cd5c");
    assert_eq!(firefox.facts[0].subject, Subject::Source("firefox".into()));
    assert_eq!(said(firefox, "firefox"), [("-", "", "102.0-1.fc36")]);
    assert_eq!(
        (firefox.facts[0].severity, firefox.published),
        (Severity::Critical, Some("2022-06-30T01:17:00Z".parse().unwrap()))
    );
    // `jq '[.updates[]|[.bugs[].title,.notes,.display_name,.title|scan("CVE-[0-9]{4}-[0-9]{4,}")]|unique|length]|add'`
    let named: usize = collected.advisories.iter().map(|advisory| advisory.cves.len()).sum();
    assert_eq!(named, 210);
}

/// Lists of updates as they were trimmed: one each of containers, flatpaks and modules, one stable update
/// of F40, three of F38 in testing, none (`jq length`).
#[test]
fn what_is_not_a_stable_update_of_packages_is_skipped() {
    let of_list = |name: &str| take("fedora-bodhi", name, &member(VULS, &format!("fixtures/updates/{name}")));
    for (name, why) in [
        ("F29C.json", "its content is 'container', not packages"),
        ("F38F.json", "its content is 'flatpak', not packages"),
        ("F38M.json", "its content is 'module', not packages"),
    ] {
        let (collected, outcome) = of_list(name);
        assert_eq!((outcome, collected.advisories.len()), (Ok(()), 0));
        assert_eq!(reasons(&collected), BTreeMap::from([(why, 1)]));
    }
    let (collected, outcome) = of_list("F38.json");
    assert_eq!((outcome, collected.advisories.len()), (Ok(()), 0));
    assert_eq!(reasons(&collected), BTreeMap::from([("it is not released: its status is 'testing'", 3)]));
    let (collected, _) = of_list("F40.json");
    assert_eq!((collected.skipped.as_slice(), collected.advisories.len()), ([].as_slice(), 1));
    let (collected, outcome) = of_list("F38C.json");
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 0));
}

/// Single updates of both distributions, put into a list as Bodhi gives them.
#[test]
fn updates_of_several_releases_are_told_apart() {
    let updates = members("fedora/samples-vunnel-fedora.tar.zst", ".json");
    let updates: Vec<_> = updates.into_iter().filter(|(name, _)| name.contains("input/")).collect();
    assert_eq!(updates.len(), 10);
    let texts: Vec<String> = updates.into_iter().map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect();
    let (collected, outcome) = parse("fedora-bodhi", format!("[{}]", texts.join(",")).as_bytes());
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 10));
    let mingw = of(&collected, "FEDORA-EPEL-2014-4901");
    assert_eq!(mingw.facts[0].platform, "epel:7".parse().unwrap());
    let first = said(mingw, "mingw-binutils");
    assert_eq!((first[0], first.len()), (("CVE-2014-8501", "", "2.25-1.el7"), 4));
    // Two builds, each bug names the first: "CVE-2014-8501 cross-binutils: ...".
    let cross = of(&collected, "FEDORA-EPEL-2017-a8886eb42e");
    assert_eq!(said(cross, "cross-binutils").len(), 4);
    assert_eq!(said(cross, "cross-gcc"), [("-", "", "4.8.5-16.el7.1")]);
    // No bug names a CVE, but the update's title does.
    assert_eq!(said(of(&collected, "FEDORA-2025-bbb2222222"), "expat"), [("CVE-2024-8176", "", "2.7.0-1.fc40")]);
}

/// Another project's reading of the same updates (conformance/nasl-advisory-facts-fedora), which it made
/// from the announcements: 51 rows are of updates of the page. Two name CVEs there that are nowhere in
/// the update: rebuilds of everything in Go for flaws of the compiler.
#[test]
fn cves_are_those_that_others_read_from_the_announcements() {
    let (collected, _) = take("fedora-bodhi", "F36-page-1", &document("fedora/bodhi-F36-updates-page1.json.zst"));
    let ours: BTreeMap<&str, BTreeSet<&str>> = collected
        .advisories
        .iter()
        .map(|advisory| (advisory.id.as_str(), advisory.cves.iter().map(String::as_str).collect()))
        .collect();
    let rows = document("../conformance/nasl-advisory-facts-fedora.jsonl.zst");
    let (mut compared, mut different) = (0, Vec::new());
    for row in String::from_utf8(rows).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let Some(id) = row["advisory"].as_str().unwrap().rsplit(' ').next() else { continue };
        let Some(ours) = ours.get(id) else { continue };
        compared += 1;
        let theirs: BTreeSet<&str> = row["cves"].as_array().unwrap().iter().filter_map(|cve| cve.as_str()).collect();
        if *ours != theirs {
            different.push(id.to_owned());
        }
    }
    different.sort();
    assert_eq!(compared, 51);
    assert_eq!(different, ["FEDORA-2022-9986fbb3d7", "FEDORA-2022-e674d52438"]);
}
