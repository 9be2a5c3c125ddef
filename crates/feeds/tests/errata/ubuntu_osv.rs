//! Ubuntu's OSV records, genuine and trimmed, against counts taken by other means.

use crate::bundles::{member, members, parse};
use crate::support::{facts, of, reasons, take};
use feeds::{Collected, Unreadable};
use model::{Advisory, FactStatus, Severity, Subject};
use std::collections::BTreeMap;

/// The vendor's archive of all, trimmed to a record of each kind (`tar tf osv-all.tar.xz`).
#[test]
fn the_archive_is_understood() {
    let archive = member("ubuntu/samples-vuls-data-update.tar.zst", "osv/testdata/fixtures/happy/osv-all.tar.xz");
    let (collected, outcome) = take("ubuntu-osv", "osv-all.tar", &archive);
    assert_eq!((outcome, collected.advisories.len()), (Ok(()), 2));
    assert_eq!(reasons(&collected), BTreeMap::from([("a live patch mends a running kernel, not a package", 1)]));
    // A notice is kept as what was published, with its CVEs (`jq '[.related[]|select(startswith("CVE-"))]|length'`).
    let notice = of(&collected, "USN-7095-1");
    assert_eq!((notice.facts.as_slice(), notice.cves.len()), ([].as_slice(), 196));
    let rabbit = of(&collected, "CVE-2024-51988");
    assert_eq!(rabbit.cves, ["CVE-2024-51988"]);
    assert_eq!(rabbit.published, Some("2024-11-06T20:15:00Z".parse().unwrap()));
    let jammy = rabbit.facts.iter().find(|fact| fact.platform.release() == "22.04").unwrap();
    assert_eq!(jammy.subject, Subject::Source("rabbitmq-server".into()));
    assert_eq!(jammy.status, FactStatus::Fixed("3.9.27-0ubuntu0.1".into()));
    // In this early record the priority stands at the package.
    assert_eq!((jammy.severity, jammy.channel.as_str(), rabbit.facts.len()), (Severity::Medium, "", 4));
}

/// Every record of Ubuntu's in the collections: files `UBUNTU-CVE-*.json` and `USN-*.json` in the
/// format, and the packages of those of CVEs (`jq '.affected|length'` summed).
#[test]
fn samples_are_understood() {
    let mut all = Collected::default();
    let mut records = 0;
    for bundle in [
        "ubuntu/samples-vunnel-ubuntu.tar.zst",
        "osv/osv.dev-samples.tar.zst",
        "other/vulnerablecode-distro-samples.tar.zst",
    ] {
        for (name, bytes) in members(bundle, ".json") {
            let file = name.rsplit('/').next().unwrap();
            let ours = file.starts_with("UBUNTU-CVE-") || file.starts_with("USN-");
            if !ours || name.contains("snapshots") || name.contains("expected") {
                continue;
            }
            let (collected, outcome) = parse("ubuntu-osv", &bytes);
            assert_eq!((outcome, collected.advisories.len()), (Ok(()), 1), "{name}");
            records += 1;
            all.advisories.extend(collected.advisories);
            all.skipped.extend(collected.skipped);
        }
    }
    // 27 records with 65 packages; one, of a withdrawn record, is of Ubuntu Pro without a package URL.
    assert_eq!((records, facts(&all)), (27, 64));
    assert_eq!(reasons(&all), BTreeMap::from([("it does not say which part of Ubuntu Pro has it", 1)]));

    let row = |advisory: &Advisory, release: &str| -> Vec<String> {
        let facts = advisory.facts.iter().filter(|fact| fact.platform.release() == release);
        facts.map(|fact| format!("{} {} {:?}", fact.subject.name(), fact.channel, fact.status)).collect()
    };
    // What Ubuntu Pro adds is a channel: of the universe, of the main archive, and Trusty's after that.
    let netty = of(&all, "CVE-2022-24823");
    assert_eq!(row(netty, "16.04"), [r#"netty esm-apps Fixed("1:4.0.34-1ubuntu0.1~esm2")"#]);
    assert_eq!(row(netty, "14.04"), ["netty esm-infra-legacy Affected"]);
    let unzip = of(&all, "CVE-2014-9913");
    assert_eq!(row(unzip, "14.04"), [r#"unzip esm-infra Fixed("6.0-9ubuntu1.6")"#]);
    assert_eq!(row(unzip, "16.04"), [r#"unzip  Fixed("6.0-20ubuntu1.1")"#]);
    assert_eq!(unzip.facts[0].severity, Severity::Negligible);
    let wayland = of(&all, "CVE-2021-3782");
    assert_eq!(row(wayland, "16.04"), [r#"wayland esm-infra Fixed("1.12.0-1~ubuntu16.04.3+esm1")"#]);
    // Withdrawn records are marked so.
    assert!(of(&all, "CVE-2013-2208").withdrawn && !netty.withdrawn);
}

#[test]
fn what_is_odd_in_a_record_is_skipped_with_its_reason() {
    let of_package = |package: &str| {
        let record = format!(
            r#"{{"id":"UBUNTU-CVE-2024-0001","affected":[{{"package":{{"ecosystem":"Ubuntu:24.04:LTS","name":"a"}},
            "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}}]}}]}},{package}]}}"#
        );
        let (collected, outcome) = parse("ubuntu-osv", record.as_bytes());
        assert_eq!(outcome, Ok(()), "{package}");
        assert_eq!(facts(&collected), 1, "the good package is kept: {package}");
        let [skipped] = collected.skipped.as_slice() else { panic!("{package}: {:?}", collected.skipped) };
        skipped.why.clone()
    };
    let range = r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1_0"}]}]"#;
    for (package, why) in [
        (
            r#"{"package":{"ecosystem":"Debian:12","name":"a"}}"#.to_owned(),
            "the ecosystem 'Debian:12' is none of Ubuntu's releases",
        ),
        (
            r#"{"package":{"ecosystem":"Ubuntu:99.04","name":"a"}}"#.to_owned(),
            "the ecosystem 'Ubuntu:99.04' is none of Ubuntu's releases",
        ),
        (
            r#"{"package":{"ecosystem":"Ubuntu:Pro:18.04:LTS","name":"a"}}"#.to_owned(),
            "it does not say which part of Ubuntu Pro has it",
        ),
        (
            r#"{"package":{"ecosystem":"Ubuntu:22.04:LTS","name":""}}"#.to_owned(),
            "the name of the package is empty, too long or no text",
        ),
        (
            r#"{"package":{"ecosystem":"Ubuntu:22.04:LTS","name":"b"}}"#.to_owned(),
            "it has 0 ranges of versions, not one",
        ),
        (
            format!(r#"{{"package":{{"ecosystem":"Ubuntu:22.04:LTS","name":"b"}},{range}}}"#),
            "fixed: '1_0' holds '_', which no version may hold",
        ),
        (
            r#"{"package":{"ecosystem":"Ubuntu:22.04:LTS","name":"b"},"ecosystem_specific":{"ubuntu_priority":"dire"},
            "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}"#
                .to_owned(),
            "the priority 'dire' is not known",
        ),
    ] {
        assert_eq!(of_package(&package), why);
    }
    let (collected, _) = parse("ubuntu-osv", br#"{"id":"ALSA-2022:4940"}"#);
    assert_eq!(collected.skipped[0].why, "the id is neither a CVE's nor a notice's");
    let (collected, _) =
        parse("ubuntu-osv", br#"{"id":"UBUNTU-CVE-2024-0001","published":"2024-02-30","affected":[]}"#);
    assert_eq!(
        (collected.skipped[0].why.as_str(), collected.advisories.len()),
        ("published '2024-02-30' is no date", 1)
    );
    assert!(matches!(parse("ubuntu-osv", b"<html>").1, Err(Unreadable::Malformed { .. })));
}
