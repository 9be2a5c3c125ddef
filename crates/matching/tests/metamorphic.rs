//! Every fix of the DSA and DLA lists, moved: at the fixed version the finding is gone, just below it
//! is there, on another release nothing is said.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use matching::Rules;
use model::{Advisory, FactStatus, Platform, Role, State};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use support::{lists, package, stamp};
use versions::Scheme;

/// One fix, and the greatest version to which any advisory fixes the same issue.
struct Fix {
    advisory: String,
    issue: String,
    source: String,
    version: String,
    greatest: String,
}

fn fixes(platform: &Platform, lists: &[(&str, Vec<Advisory>)]) -> Vec<Fix> {
    let mut fixes = Vec::new();
    let mut greatest: BTreeMap<(String, String), String> = BTreeMap::new();
    for advisory in lists.iter().flat_map(|(_, advisories)| advisories) {
        for fact in advisory.facts.iter().filter(|fact| fact.platform == *platform) {
            let FactStatus::Fixed(version) = &fact.status else { continue };
            let issue = if fact.cve.is_empty() { &advisory.id } else { &fact.cve };
            let most =
                greatest.entry((fact.subject.name().to_owned(), issue.clone())).or_insert_with(|| version.clone());
            if Scheme::Dpkg.compare(version, most) == Ordering::Greater {
                most.clone_from(version);
            }
            fixes.push(Fix {
                advisory: advisory.id.clone(),
                issue: issue.clone(),
                source: fact.subject.name().to_owned(),
                version: version.clone(),
                greatest: String::new(),
            });
        }
    }
    for fix in &mut fixes {
        fix.greatest.clone_from(&greatest[&(fix.source.clone(), fix.issue.clone())]);
    }
    fixes
}

#[test]
fn every_fix_closes_its_finding_and_what_is_below_has_it() {
    let lists = lists();
    let platforms: BTreeSet<Platform> =
        lists.iter().flat_map(|(_, l)| l).flat_map(|a| &a.facts).map(|fact| fact.platform.clone()).collect();
    let stamps = [stamp("debian-dsa"), stamp("debian-dla")];
    let (mut judged, mut again) = (0, 0);
    for platform in &platforms {
        let rules = Rules::compile(platform, &stamps, lists.iter().flat_map(|(id, l)| l.iter().map(move |a| (*id, a))));
        for fix in fixes(platform, &lists) {
            // A kernel is exposed where it runs; the name is that of an image.
            let name = format!("linux-image-6.1.0-1-{}", fix.source);
            let state = |version: &str| -> Option<State> {
                let package = package(&platform.to_string(), &name, &fix.source, version);
                let judgement = rules.judge(&package, Role::RunningKernel);
                assert!(!judgement.assessment.is_assessed(), "a list alone never gives a negative");
                judgement.verdicts.iter().find(|verdict| verdict.cve == fix.issue).map(|v| v.states[0].state)
            };
            judged += 1;
            let what = format!("{} {} {} {platform}", fix.advisory, fix.issue, fix.source);
            assert_eq!(state(&format!("{}~", fix.version)), Some(State::FixAvailable), "{what}: below {}", fix.version);
            assert_eq!(state(&fix.greatest), None, "{what}: at {}", fix.greatest);
            if fix.version == fix.greatest {
                assert_eq!(state(&format!("{}.1", fix.version)), None, "{what}: above {}", fix.version);
            } else {
                // The predicate of the exception: another advisory fixes the issue in a later version.
                assert_eq!(Scheme::Dpkg.compare(&fix.version, &fix.greatest), Ordering::Less, "{what}");
                again += 1;
            }
        }
    }
    // Both numbers were counted independently, by a script of regular expressions and
    // `dpkg --compare-versions`: package lines with a version times CVEs (34,793 facts of both lists,
    // crates/feeds/tests/debian_lists.rs, less 103 with a word or 0 in its place), and those of them
    // whose issue another advisory fixes in a later version (DSA-5244-1 and DSA-5245-1 for chromium).
    assert_eq!((judged, again), (34_690, 254));
}

#[test]
fn another_release_another_source_another_origin_say_nothing() {
    let lists = lists();
    let stamps = [stamp("debian-dsa"), stamp("debian-dla")];
    let platform: Platform = "debian:11".parse().unwrap();
    let rules = Rules::compile(&platform, &stamps, lists.iter().flat_map(|(id, l)| l.iter().map(move |a| (*id, a))));
    for fix in fixes(&platform, &lists) {
        let below = format!("{}~", fix.version);
        let other = package("debian:12", "x", &fix.source, &below);
        assert_eq!(rules.judge_all(&other, Role::Installed).verdicts, []);
        let mut foreign = package("debian:11", "x", &fix.source, &below);
        foreign.origin = model::Origin::Foreign("Docker".into());
        let judgement = rules.judge_all(&foreign, Role::Installed);
        assert_eq!(judgement.verdicts, []);
        assert_eq!(judgement.assessment.reason().unwrap().code(), "foreign_origin");
        // A binary of the same name from another source.
        let named = package("debian:11", &fix.source, "some-other-source", &below);
        assert_eq!(rules.judge_all(&named, Role::Installed).verdicts, []);
    }
}

/// The order in which feeds and advisories come in changes nothing.
#[test]
fn rules_do_not_depend_on_the_order_of_their_inputs() {
    let lists = lists();
    let platform: Platform = "debian:10".parse().unwrap();
    let all: Vec<(&str, &Advisory)> = lists.iter().flat_map(|(id, l)| l.iter().map(move |a| (*id, a))).collect();
    let forth = Rules::compile(&platform, &[stamp("debian-dsa"), stamp("debian-dla")], all.iter().copied());
    let back = Rules::compile(&platform, &[stamp("debian-dla"), stamp("debian-dsa")], all.iter().rev().copied());
    assert_eq!(forth.len(), back.len());
    let sources: BTreeSet<String> = fixes(&platform, &lists).into_iter().map(|fix| fix.source).collect();
    assert!(sources.len() > 300, "{}", sources.len());
    for source in sources {
        for version in ["0~", "1:1.0-1", "5.0-1", "99:1"] {
            let package = package("debian:10", &source, &source, version);
            assert_eq!(forth.judge_all(&package, Role::Installed), back.judge_all(&package, Role::Installed));
        }
    }
}
