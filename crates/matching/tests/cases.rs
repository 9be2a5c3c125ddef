//! Labelled cases: what is known, what is judged, what must come out, and why. A change of a verdict
//! is a change of these files, reviewed like code.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use matching::{FeedStamp, Rules, guarded_on};
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Origin, Package, Platform, Role, Severity, Subject};
use serde::Deserialize;
use std::collections::BTreeSet;
use support::stamp;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    why: String,
    platform: Platform,
    feeds: Vec<String>,
    #[serde(default)]
    too_old: bool,
    #[serde(default)]
    context: BTreeSet<String>,
    facts: Vec<CaseFact>,
    package: CasePackage,
    #[serde(default = "installed")]
    role: Role,
    /// The code of the reason why silence says nothing; empty where it is a negative.
    #[serde(default)]
    assessment: String,
    /// Every verdict, negatives too: CVE, state under the context, fixed version, words where given.
    expect: Vec<Vec<String>>,
    /// The advisory that labels the first verdict, where the case is about that.
    advisory: Option<String>,
    /// What the explanation says.
    #[serde(default)]
    explain: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFact {
    #[serde(default = "tracker")]
    feed: String,
    #[serde(default)]
    advisory: String,
    cve: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    binary: String,
    release: Option<Platform>,
    fixed: Option<String>,
    status: Option<String>,
    #[serde(default)]
    words: String,
    #[serde(default)]
    arches: Vec<String>,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    module: String,
    #[serde(default)]
    kind: AdvisoryKind,
    #[serde(default)]
    withdrawn: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CasePackage {
    name: String,
    version: String,
    #[serde(default = "amd64")]
    arch: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    source_version: String,
    #[serde(default)]
    module: String,
    #[serde(default)]
    origin: Origin,
}

fn installed() -> Role {
    Role::Installed
}

fn amd64() -> String {
    "amd64".to_owned()
}

fn tracker() -> String {
    "debian-tracker".to_owned()
}

impl CaseFact {
    fn advisory(&self, platform: &Platform) -> Advisory {
        let status = match (self.fixed.clone(), self.status.as_deref()) {
            (Some(version), None) => FactStatus::Fixed(version),
            (None, Some("affected")) => FactStatus::Affected,
            (None, Some("will_not_fix")) => FactStatus::WillNotFix,
            (None, Some("under_investigation")) => FactStatus::UnderInvestigation,
            (None, Some("not_affected")) => FactStatus::NotAffected,
            other => panic!("{other:?}"),
        };
        let fact = Fact {
            platform: self.release.clone().unwrap_or_else(|| platform.clone()),
            subject: match (self.source.as_str(), self.binary.as_str()) {
                (source, "") => Subject::Source(source.to_owned()),
                ("", binary) => Subject::Binary(binary.to_owned()),
                both => panic!("{both:?}"),
            },
            cve: self.cve.clone(),
            status,
            words: self.words.clone(),
            severity: Severity::Unknown,
            arches: self.arches.clone(),
            channel: self.channel.clone(),
            module: self.module.clone(),
        };
        let id = if self.advisory.is_empty() {
            format!("{} {}", self.cve, fact.subject.name())
        } else {
            self.advisory.clone()
        };
        Advisory {
            id,
            title: String::new(),
            published: None,
            kind: self.kind,
            updated: None,
            withdrawn: self.withdrawn,
            cves: vec![self.cve.clone()],
            facts: vec![fact],
            references: Vec::new(),
        }
    }
}

fn cases() -> Vec<(String, Case)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cases");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let of_file: Vec<Case> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        cases.extend(of_file.into_iter().map(|case| (file.clone(), case)));
    }
    cases
}

fn or(text: &str, other: &str) -> String {
    if text.is_empty() { other } else { text }.to_owned()
}

fn check(case: &Case) -> Result<(), String> {
    let stamps: Vec<FeedStamp> = case.feeds.iter().map(|id| FeedStamp { too_old: case.too_old, ..stamp(id) }).collect();
    let advisories: Vec<(String, Advisory)> =
        case.facts.iter().map(|fact| (fact.feed.clone(), fact.advisory(&case.platform))).collect();
    let rules = Rules::compile(&case.platform, &stamps, advisories.iter().map(|(feed, a)| (feed, a)));
    let package = Package {
        platform: case.platform.clone(),
        name: case.package.name.clone(),
        version: case.package.version.clone(),
        arch: case.package.arch.clone(),
        source: or(&case.package.source, &case.package.name),
        source_version: or(&case.package.source_version, &case.package.version),
        module: case.package.module.clone(),
        origin: case.package.origin.clone(),
    };
    let judgement = rules.judge_all(&package, case.role);
    let reason = judgement.assessment.reason().map_or("", |reason| reason.code());
    if reason != case.assessment {
        return Err(format!("assessment '{reason}', expected '{}'", case.assessment));
    }
    let rows: Vec<Vec<String>> = judgement
        .verdicts
        .iter()
        .zip(case.expect.iter().map(Vec::len).chain(std::iter::repeat(4)))
        .map(|(verdict, width)| {
            let on = guarded_on(verdict, &case.context).expect("the guards cover every host");
            let fixed = on.fixed_version.clone().unwrap_or_else(|| verdict.fixed_version.clone());
            let row = [verdict.cve.clone(), on.state.to_string(), fixed, verdict.words.clone()];
            row.into_iter().take(width).collect()
        })
        .collect();
    if rows != case.expect {
        return Err(format!("verdicts {rows:?}, expected {:?}", case.expect));
    }
    let label = judgement.verdicts.first().map_or("", |verdict| verdict.advisory.as_str());
    if case.advisory.as_ref().is_some_and(|wanted| wanted != label) {
        return Err(format!("labelled '{label}', expected {:?}", case.advisory));
    }
    // Open ones are what `judge` gives, and the explanation considers exactly what was judged.
    let open = rules.judge(&package, case.role);
    if open.verdicts.iter().any(|v| v.states.iter().all(|s| !s.state.is_open())) {
        return Err("judge gives a verdict that is open nowhere".to_owned());
    }
    let explanation = rules.explain(&package, case.role, None);
    let considered: Vec<_> = explanation.considered.iter().map(|item| item.verdict.clone()).collect();
    if considered != judgement.verdicts || explanation.assessment != judgement.assessment {
        return Err(format!("explained {considered:?}"));
    }
    let text = explanation.lines.join("\n");
    match case.explain.iter().find(|words| !text.contains(*words)) {
        Some(words) => Err(format!("the explanation does not say '{words}':\n{text}")),
        None => Ok(()),
    }
}

#[test]
fn every_case_comes_out_as_labelled() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().map(|(_, case)| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    assert!(cases.iter().all(|(_, case)| case.why.len() > 20), "a case says why");
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(file, case)| check(case).err().map(|error| format!("{file}: {}: {error}", case.name)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(cases.len(), 80);
}
