//! Records that a feed's parser skipped: silence about them is no word.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use matching::{Assessment, FeedStamp, Reason, Rules, RulesBuilder, Skip, SkipCounts};
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Package, Role, Severity, State, Subject};

fn stamp(id: &str) -> FeedStamp {
    FeedStamp { document: "json".into(), sha256: "00".into(), ..support::stamp(id) }
}

fn advisory(package: &str, cve: &str, status: FactStatus) -> Advisory {
    let fact = Fact {
        platform: "debian:12".parse().unwrap(),
        subject: Subject::Source(package.into()),
        cve: cve.into(),
        status,
        words: String::new(),
        severity: Severity::High,
        arches: Vec::new(),
        channel: String::new(),
        module: String::new(),
    };
    Advisory {
        id: format!("{cve} {package}"),
        title: String::new(),
        kind: AdvisoryKind::Security,
        published: None,
        updated: None,
        withdrawn: false,
        cves: vec![cve.into()],
        facts: vec![fact],
        references: Vec::new(),
    }
}

fn package(name: &str, version: &str, source: &str) -> Package {
    support::package("debian:12", name, source, version)
}

fn skip(platform: Option<&str>, cve: &str, package: &str) -> Skip {
    Skip {
        platform: platform.map(|platform| platform.parse().unwrap()),
        cve: cve.into(),
        package: package.into(),
        record: format!("{cve} {package}"),
        why: "the status 'x' is not known".into(),
    }
}

/// The tracker names two issues of openssl (one reached, one open), one of bash.
fn rules(skips: &[(&str, Skip)], counts: SkipCounts) -> Rules {
    let feeds = [stamp("debian-tracker"), stamp("debian-dsa"), stamp("debian-oval")];
    let mut builder = RulesBuilder::new(&"debian:12".parse().unwrap(), &feeds);
    for said in [
        advisory("openssl", "CVE-2026-0001", FactStatus::Fixed("3.0.10-1".into())),
        advisory("openssl", "CVE-2026-0002", FactStatus::Affected),
        advisory("bash", "CVE-2026-0003", FactStatus::Affected),
    ] {
        builder.add("debian-tracker", &said);
    }
    builder.count_skips("debian-tracker", counts);
    for (feed, skip) in skips {
        builder.add_skip(feed, skip);
    }
    builder.finish()
}

const FEW: SkipCounts = SkipCounts { records: 3, lost: 1, kept: 1 };

fn state(rules: &Rules, package: &Package, cve: &str) -> Option<(State, String)> {
    let verdict = rules.verdict(package, Role::Installed, cve)?;
    Some((verdict.states[0].state, verdict.words))
}

fn openssl() -> Package {
    package("libssl3", "3.0.15-1", "openssl")
}

#[test]
fn an_issue_whose_record_was_skipped_is_not_assessed() {
    let rules = rules(&[("debian-tracker", skip(None, "CVE-2026-0009", "openssl"))], FEW);
    let (found, words) = state(&rules, &openssl(), "CVE-2026-0009").unwrap();
    assert_eq!(found, State::NotAssessed);
    let wanted = "its record in debian-tracker was skipped: the status 'x' is not known (CVE-2026-0009 openssl)";
    assert_eq!(words, wanted);
    // It is about this package alone, and the package's other issues are what they were.
    assert_eq!(state(&rules, &package("bash", "5.2-1", "bash"), "CVE-2026-0009"), None);
    assert_eq!(state(&rules, &openssl(), "CVE-2026-0001").unwrap().0, State::NotAffected);
    assert_eq!(state(&rules, &openssl(), "CVE-2026-0002").unwrap().0, State::NoFix);
    assert!(rules.judge(&openssl(), Role::Installed).assessment.is_assessed());
    // Among all that is said of the package it stands in its place.
    let all = rules.judge_all(&openssl(), Role::Installed).verdicts;
    let cves: Vec<&str> = all.iter().map(|verdict| verdict.cve.as_str()).collect();
    assert_eq!(cves, ["CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0009"]);
    assert!(rules.mentions(&openssl(), "CVE-2026-0009") && rules.knows("CVE-2026-0009"));

    let explained = rules.explain(&openssl(), Role::Installed, Some("CVE-2026-0009"));
    let text = explained.lines.join("\n");
    assert!(text.contains("CVE-2026-0009: not_assessed because its record in debian-tracker was skipped"), "{text}");
    assert!(text.contains("(sha256 00); 1 record was skipped"), "{text}");
    assert!(!text.contains("no feed in force names it"), "{text}");
}

#[test]
fn a_signed_source_is_named_by_what_it_is_the_signed_form_of() {
    let rules = rules(&[("debian-tracker", skip(None, "CVE-2026-0009", "linux"))], FEW);
    let mut kernel = package("linux-image-6.1.0-29-amd64", "6.1.123-1", "linux-signed-amd64");
    kernel.source_version = "6.1.123+1".into();
    assert_eq!(state(&rules, &kernel, "CVE-2026-0009").unwrap().0, State::NotAssessed);
}

#[test]
fn a_record_that_names_no_package_is_about_all_where_no_fact_speaks() {
    let about = skip(None, "CVE-2026-0002", "");
    let rules = rules(&[("debian-tracker", about)], FEW);
    assert_eq!(state(&rules, &openssl(), "CVE-2026-0002").unwrap().0, State::NoFix, "the vendor's word stands");
    assert_eq!(state(&rules, &package("bash", "5.2-1", "bash"), "CVE-2026-0002").unwrap().0, State::NotAssessed);
    let all = rules.judge_all(&package("bash", "5.2-1", "bash"), Role::Installed).verdicts;
    assert_eq!(all.len(), 1, "only who asks for the issue is told");
}

#[test]
fn a_record_that_names_no_issue_leaves_the_package_not_assessed() {
    let rules = rules(&[("debian-tracker", skip(None, "", "openssl"))], FEW);
    let judged = rules.judge(&openssl(), Role::Installed);
    let Assessment::NotAssessed { reason: Reason::RecordSkipped { feed, why } } = judged.assessment else {
        unreachable!("{judged:?}")
    };
    assert!(feed == "debian-tracker" && why.contains("was skipped: the status"), "{why}");
    assert_eq!(judged.verdicts.len(), 1, "what is open stays open");
    assert!(rules.judge(&package("bash", "5.2-1", "bash"), Role::Installed).assessment.is_assessed());
}

#[test]
fn a_negative_is_withheld_where_a_skipped_record_names_both_and_a_positive_is_not() {
    let named = |cve: &str| ("debian-tracker", skip(Some("debian:12"), cve, "openssl"));
    let rules = rules(&[named("CVE-2026-0001"), named("CVE-2026-0002")], FEW);
    let (found, words) = state(&rules, &openssl(), "CVE-2026-0001").unwrap();
    assert!(found == State::NotAssessed && words.contains("was skipped"), "{found} {words}");
    assert_eq!(state(&rules, &openssl(), "CVE-2026-0002").unwrap().0, State::NoFix);
    let explained = rules.explain(&openssl(), Role::Installed, Some("CVE-2026-0001")).lines.join("\n");
    assert!(explained.contains("the installed version has the fix, but its record in debian-tracker"), "{explained}");
}

#[test]
fn other_releases_and_feeds_without_a_say_change_nothing() {
    for (feed, platform) in
        [("debian-tracker", Some("debian:11")), ("debian-dsa", None), ("debian-oval", None), ("redhat-vex", None)]
    {
        let rules = rules(&[(feed, skip(platform, "CVE-2026-0009", "openssl"))], FEW);
        assert_eq!(state(&rules, &openssl(), "CVE-2026-0009"), None, "{feed} {platform:?}");
    }
}

#[test]
fn where_too_much_is_lost_silence_says_nothing() {
    for (counts, trusted) in [
        (SkipCounts { records: 3, lost: 3, kept: 3 }, true),
        (SkipCounts { records: 3, lost: 4, kept: 4 }, false),
        (SkipCounts { records: 90_000, lost: 30_000, kept: 20_000 }, false),
        (SkipCounts::default(), true),
    ] {
        let judged = rules(&[], counts).judge(&openssl(), Role::Installed);
        assert_eq!(judged.assessment.is_assessed(), trusted, "{counts:?}");
        assert_eq!(judged.verdicts.len(), 1, "what is open stays open");
        if let Some(reason) = judged.assessment.reason() {
            assert_eq!(reason.code(), "too_many_skipped");
        }
    }
}

/// A document that could not be read may have spoken of anything, on the release that it was about.
#[test]
fn where_a_whole_document_is_lost_silence_says_nothing() {
    for (feed, platform, trusted) in [
        ("debian-tracker", None, false),
        ("debian-tracker", Some("debian:12"), false),
        ("debian-tracker", Some("debian:11"), true),
        ("debian-dsa", None, true),
    ] {
        let rules = rules(&[(feed, skip(platform, "", ""))], FEW);
        let judged = rules.judge(&openssl(), Role::Installed);
        assert_eq!(judged.assessment.is_assessed(), trusted, "{feed} {platform:?}");
        assert_eq!(judged.verdicts.len(), 1, "what is open stays open");
        if let Some(reason) = judged.assessment.reason() {
            assert_eq!(reason.code(), "document_skipped");
            let said = reason.to_string();
            assert!(
                said.starts_with("what ") && said.contains(" would have said in debian-tracker is not known: "),
                "{said}"
            );
        }
    }
}

/// A feed that knows other releases does not speak for this one; that is not the same as no feed.
#[test]
fn a_release_that_a_feed_in_force_does_not_name_is_told() {
    let platform = "debian:99".parse().unwrap();
    let mut builder = RulesBuilder::new(&platform, &[stamp("debian-tracker"), stamp("debian-dsa")]);
    builder.add("debian-tracker", &advisory("openssl", "CVE-2026-0002", FactStatus::Affected));
    let rules = builder.finish();
    let package = Package { platform, ..openssl() };
    let judged = rules.judge(&package, Role::Installed);
    let reason = judged.assessment.reason().unwrap();
    assert_eq!(
        (reason.code(), reason.to_string().as_str()),
        ("release_not_in_feed", "debian-tracker is in force, but says nothing of debian:99")
    );
}
