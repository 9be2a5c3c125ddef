//! Arch's tracker: the whole document of 2022 and samples, against counts taken by jq.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bundles;

use bundles::{document, members, parse};
use model::{Advisory, FactStatus, Severity, Subject};

/// Groups by `jq length`, facts by `jq '[.[]|(.packages|length)*(.issues|length)]|add'`.
fn understood(bytes: &[u8], groups: usize, facts: usize) -> Vec<Advisory> {
    let (collected, outcome) = parse("arch-tracker", bytes);
    assert_eq!((outcome, collected.skipped.as_slice()), (Ok(()), [].as_slice()));
    assert_eq!(collected.advisories.len(), groups);
    assert_eq!(collected.advisories.iter().map(|advisory| advisory.facts.len()).sum::<usize>(), facts);
    collected.advisories
}

#[test]
fn every_group_is_understood() {
    let all = understood(&document("arch/all.json.zst"), 2542, 8532);
    understood(&document("arch/vulnerable.json.zst"), 113, 323);
    let samples = [
        ("arch/samples-vuls-data-update.tar.zst", "arch/testdata/fixtures/advisory.json", 2, 3),
        ("arch/samples-vunnel-arch.tar.zst", "input/arch-advisories/all.json", 5, 6),
        ("other/vulnerablecode-distro-samples.tar.zst", "test_data/archlinux.json", 3, 12),
        ("other/vulnerablecode-distro-samples.tar.zst", "test_data/archlinux/archlinux-multi.json", 3, 5),
    ];
    for (bundle, path, groups, facts) in samples {
        understood(&members(bundle, path)[0].1, groups, facts);
    }
    // `jq '[.[]|select(.status=="Not affected")]|length'` is 202, and so on.
    let count = |wanted: fn(&FactStatus) -> bool| all.iter().filter(|group| wanted(&group.facts[0].status)).count();
    assert_eq!(count(|status| *status == FactStatus::NotAffected), 202);
    // 101 of the 105 vulnerable groups name no fixed version; 2,227 fixed, 8 unknown and 4 vulnerable ones do.
    assert_eq!(count(|status| *status == FactStatus::Affected), 101);
    assert_eq!(count(|status| matches!(status, FactStatus::Fixed(_))), 2227 + 8 + 4);
}

/// Groups of the document, read by eye.
#[test]
fn groups_say_what_the_tracker_says() {
    let all = understood(&document("arch/all.json.zst"), 2542, 8532);
    let blender = all.iter().find(|group| group.id == "AVG-2799").unwrap();
    let fact = &blender.facts[0];
    assert_eq!((&fact.subject, fact.cve.as_str()), (&Subject::Binary("blender".into()), "CVE-2022-0546"));
    assert_eq!((&fact.status, fact.words.as_str()), (&FactStatus::Fixed("17:3.1.0-1".into()), "Unknown"));
    assert_eq!(blender.cves, ["CVE-2022-0544", "CVE-2022-0545", "CVE-2022-0546"]);
    let samples = members("arch/samples-vuls-data-update.tar.zst", "arch/testdata/fixtures/advisory.json");
    let (collected, _) = parse("arch-tracker", &samples[0].1);
    let libtiff = &collected.advisories[1];
    assert_eq!((libtiff.id.as_str(), libtiff.title.as_str()), ("AVG-5", "arbitrary code execution"));
    assert_eq!(libtiff.facts[0].severity, Severity::Critical);
    assert_eq!(libtiff.facts[0].status, FactStatus::Fixed("4.0.8-2".into()));
    assert_eq!(
        libtiff.references,
        ["https://security.archlinux.org/AVG-5", "https://security.archlinux.org/ASA-201707-17"]
    );
}

#[test]
fn what_is_no_group_is_skipped_and_what_is_no_document_refused() {
    let broken = members("arch/samples-vuls-data-update.tar.zst", "arch/testdata/fixtures/invalid.json");
    let (_, outcome) = parse("arch-tracker", &broken[0].1);
    assert!(outcome.unwrap_err().to_string().contains("expected value"));
    for (document, why) in
        [("{}", "expected a list"), ("[]", "holds no group"), ("", "EOF"), ("<html>", "expected value")]
    {
        let error = parse("arch-tracker", document.as_bytes()).1.unwrap_err().to_string();
        assert!(error.contains(why), "{document}: {error}");
    }
    let group = |inner: &str| {
        format!(
            r#"[{{"name":"AVG-1","packages":["a"],"issues":["CVE-2024-1000"],"fixed":"1-1","severity":"Low",{inner}}}]"#
        )
    };
    for (inner, why) in [
        (r#""status":"Mended""#, "the status 'Mended' is not known"),
        (r#""status":7"#, "no group: invalid type"),
        (r#""type":"x""#, "no group: missing field `status`"),
        (r#""status":"Fixed","advisories":[""]"#, "a name in it is empty"),
    ] {
        let (collected, outcome) = parse("arch-tracker", group(inner).as_bytes());
        assert_eq!((outcome, collected.advisories.len(), collected.skipped.len()), (Ok(()), 0, 1), "{inner}");
        assert!(collected.skipped[0].why.contains(why), "{inner}: {}", collected.skipped[0]);
    }
    let (testing, _) = parse("arch-tracker", group(r#""status":"Testing""#).as_bytes());
    let fact = &testing.advisories[0].facts[0];
    assert_eq!((&fact.status, fact.channel.as_str()), (&FactStatus::Fixed("1-1".into()), "testing"));
}
