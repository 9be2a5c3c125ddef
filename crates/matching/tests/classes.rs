//! Packages of one class have the same open verdicts, whatever tells them apart otherwise.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use matching::{Class, Rules};
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Package, Role, Severity, Subject, Verdict};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::HashMap;
use support::{lists, package, stamp};

/// Judges every package; those of one class have to agree. Gives the number of classes.
fn agree<'p>(rules: &Rules, packages: impl IntoIterator<Item = (&'p Package, Role)>) -> usize {
    let mut classes: HashMap<Class, (&Package, Vec<Verdict>)> = HashMap::new();
    for (package, role) in packages {
        let judgement = rules.judge(package, role);
        let (assessment, class) = rules.classify(package, role);
        assert_eq!(assessment, judgement.assessment, "{package:?}");
        let Some(class) = class else {
            assert_eq!(judgement.verdicts, [], "nothing speaks of {package:?}");
            continue;
        };
        let (first, verdicts) = classes.entry(class).or_insert_with(|| (package, judgement.verdicts.clone()));
        assert_eq!(&judgement.verdicts, verdicts, "{package:?} as {role:?} is of the class of {first:?}");
    }
    classes.len()
}

/// A few names and versions, so that they meet.
fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let version = || (1..6_u8).prop_map(|n| format!("{n}-1"));
    let status = prop_oneof![
        4 => version().prop_map(FactStatus::Fixed),
        1 => select(vec![FactStatus::Affected, FactStatus::WillNotFix, FactStatus::NotAffected]),
    ];
    let subject = select(vec!["kernel", "lib", "tool"]).prop_flat_map(|name| {
        prop_oneof![Just(Subject::Binary(name.to_owned())), Just(Subject::Source(name.to_owned()))]
    });
    let channel = select(vec!["", "", "", "els", "eus:9.2"]);
    let module = select(vec!["", "", "", "m:1", "m:2", "*"]);
    let arches = select(vec![vec![], vec![], vec!["x86_64"], vec!["s390x", "x86_64"]]);
    let fact = (subject, 0..4_u8, status, select(Severity::ALL.to_vec()), channel, module, arches);
    let fact = fact.prop_map(|(subject, cve, status, severity, channel, module, arches)| Fact {
        platform: "rhel:9".parse().unwrap(),
        subject,
        cve: format!("CVE-2026-{cve}"),
        status,
        words: String::new(),
        severity,
        arches: arches.into_iter().map(str::to_owned).collect(),
        channel: channel.to_owned(),
        module: module.to_owned(),
    });
    prop::collection::vec(fact, 1..25)
}

fn packages() -> impl Strategy<Value = Vec<(Package, Role)>> {
    let name = || select(vec!["kernel", "kernel-core", "lib", "lib-devel", "tool", "other"]);
    let version =
        || (0..7_u8, select(vec!["1", "1.module+el9+3", "2"])).prop_map(|(n, release)| format!("{n}-{release}"));
    let module = select(vec!["", "", "", "m:1", "m:2", "m:3", "*"]);
    let arch = select(vec!["x86_64", "s390x", "noarch"]);
    let role = select(vec![Role::Installed, Role::RunningKernel, Role::NextKernel, Role::Resident]);
    let one = (name(), name(), version(), version(), module, arch, role);
    let one = one.prop_map(|(name, source, version, source_version, module, arch, role)| {
        let package = package("rhel:9", name, source, &version);
        (Package { arch: arch.to_owned(), module: module.to_owned(), source_version, ..package }, role)
    });
    prop::collection::vec(one, 2..60)
}

fn compiled(platform: &str, feed: &str, advisories: &[Advisory]) -> Rules {
    Rules::compile(&platform.parse().unwrap(), &[stamp(feed)], advisories.iter().map(|advisory| (feed, advisory)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn one_class_is_one_answer(facts in facts(), packages in packages()) {
        let advisory = Advisory {
            id: "RHSA-2026:1".into(),
            title: String::new(),
            published: None,
            kind: AdvisoryKind::Security,
            updated: None,
            withdrawn: false,
            cves: vec![],
            facts,
            references: vec![],
        };
        let rules = compiled("rhel:9", "redhat-oval", &[advisory]);
        agree(&rules, packages.iter().map(|(package, role)| (package, *role)));
    }
}

#[test]
fn versions_between_two_fixes_are_one_class() {
    let lists = lists();
    let stamps = [stamp("debian-dsa"), stamp("debian-dla")];
    let advisories = lists.iter().flat_map(|(id, l)| l.iter().map(move |a| (*id, a)));
    let rules = Rules::compile(&"debian:11".parse().unwrap(), &stamps, advisories.clone());
    let mut fixed: Vec<(&str, &str)> = advisories
        .flat_map(|(_, advisory)| &advisory.facts)
        .filter(|fact| fact.platform.to_string() == "debian:11")
        .filter_map(|fact| match &fact.status {
            FactStatus::Fixed(version) => Some((fact.subject.name(), version.as_str())),
            _ => None,
        })
        .collect();
    fixed.sort_unstable();
    fixed.dedup();
    // `grep '\[bullseye\] - ' DSA/list DLA/list`, names and versions, each pair once.
    assert_eq!(fixed.len(), 410);
    let mut packages = Vec::new();
    for (source, version) in &fixed {
        for version in [format!("{version}~"), (*version).to_owned(), format!("{version}.0"), format!("{version}.1")] {
            for binary in ["a", "b", "c"] {
                packages.push(package("debian:11", &format!("{source}-{binary}"), source, &version));
            }
        }
    }
    let classes = agree(&rules, packages.iter().map(|package| (package, Role::Resident)));
    // Of each source: below its first fix, and from each of its fixes on.
    let mut sources: Vec<&str> = fixed.iter().map(|(source, _)| *source).collect();
    sources.dedup();
    let versions: std::collections::BTreeSet<(&str, Vec<u8>)> =
        fixed.iter().map(|(source, version)| (*source, versions::Scheme::Dpkg.key(version))).collect();
    assert_eq!(classes, sources.len() + versions.len(), "{} packages", packages.len());
}
