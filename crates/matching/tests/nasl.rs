//! Fixed versions that another project read from the advisories' texts (binary packages), against
//! what we read from the vendor's lists (source packages). Where they differ, the vendor's list is
//! the truth; each difference is put in a class by a predicate on the row.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::{Advisory, FactStatus, Platform};
use std::collections::{BTreeMap, BTreeSet};
use support::{lists, unpacked};

/// What a version of the set comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The list has the same version.
    Agree,
    /// The list ends before the advisory: April 2023 against February 2024, or it is an old number.
    AdvisoryNotInList,
    /// The advisory's entry has no line of the release.
    ReleaseNotInList,
    /// The set's version lacks the epoch that the list has, or has one of the binary's own.
    Epoch,
    /// The binary has a version of its own around its source's: `0.9+LibO5.2.7-1+deb9u2`.
    BinaryVersion,
    /// Another advisory of the list fixes the same source there in the set's version: the set took a
    /// later or an earlier update for this one.
    OtherUpdate,
    /// The advisory's text and the vendor's list name different revisions of one upstream version.
    Revision,
    /// None of these.
    Unexplained,
}

fn without_epoch(version: &str) -> &str {
    version.split_once(':').map_or(version, |(_, rest)| rest)
}

fn upstream(version: &str) -> &str {
    let version = without_epoch(version);
    version.rsplit_once('-').map_or(version, |(upstream, _)| upstream)
}

/// `Debian Security Advisory DSA 2122-2 (glibc)`, `Debian LTS Advisory ([SECURITY] [DLA 1027-1] ...)`,
/// `DLA-93`, `DSA-4959-1` in the list's spelling.
fn id_of(name: &str) -> String {
    let start = name.find("DSA").or_else(|| name.find("DLA")).unwrap_or_else(|| panic!("{name}"));
    let number: String = name[start + 4..].chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect();
    let number = number.trim_end_matches('-');
    let revision = if number.contains('-') { "" } else { "-1" };
    format!("{}-{number}{revision}", &name[start..start + 3])
}

/// Fixed versions and sources of the lists.
struct Lists {
    ids: BTreeSet<String>,
    by_advisory: BTreeMap<(String, Platform), BTreeSet<(String, String)>>,
    by_source: BTreeMap<(String, Platform), BTreeSet<String>>,
}

impl Lists {
    fn new(advisories: &[Advisory]) -> Self {
        let mut lists = Self {
            ids: advisories.iter().map(|advisory| advisory.id.clone()).collect(),
            by_advisory: BTreeMap::new(),
            by_source: BTreeMap::new(),
        };
        for advisory in advisories {
            for fact in &advisory.facts {
                let FactStatus::Fixed(version) = &fact.status else { continue };
                let (source, platform) = (fact.subject.name().to_owned(), fact.platform.clone());
                let key = (advisory.id.clone(), platform.clone());
                lists.by_advisory.entry(key).or_default().insert((source.clone(), version.clone()));
                lists.by_source.entry((source, platform)).or_default().insert(version.clone());
            }
        }
        lists
    }

    fn outcome(&self, id: &str, platform: &Platform, theirs: &str) -> Outcome {
        if !self.ids.contains(id) {
            return Outcome::AdvisoryNotInList;
        }
        let Some(fixes) = self.by_advisory.get(&(id.to_owned(), platform.clone())) else {
            return Outcome::ReleaseNotInList;
        };
        let plain = without_epoch(theirs);
        let any = |holds: &dyn Fn(&str, &str) -> bool| fixes.iter().any(|(source, version)| holds(source, version));
        let elsewhere = |source: &str| {
            let versions = self.by_source.get(&(source.to_owned(), platform.clone()));
            versions.is_some_and(|versions| versions.iter().any(|v| plain.ends_with(without_epoch(v))))
        };
        if any(&|_, version| version == theirs) {
            Outcome::Agree
        } else if any(&|_, version| without_epoch(version) == plain) {
            Outcome::Epoch
        } else if any(&|_, version| plain.ends_with(without_epoch(version))) {
            Outcome::BinaryVersion
        } else if any(&|source, _| elsewhere(source)) {
            Outcome::OtherUpdate
        } else if any(&|_, version| upstream(plain).ends_with(upstream(version))) {
            Outcome::Revision
        } else {
            Outcome::Unexplained
        }
    }
}

#[test]
fn the_lists_agree_with_an_independent_reading_of_the_advisories() {
    let advisories: Vec<Advisory> = lists().into_iter().flat_map(|(_, advisories)| advisories).collect();
    let lists = Lists::new(&advisories);
    let text = String::from_utf8(unpacked("conformance/nasl-advisory-facts-debian.jsonl.zst")).unwrap();
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    let mut records = 0;
    for line in text.lines() {
        records += 1;
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = id_of(row["advisory"].as_str().unwrap());
        let release = row["release_key"].as_str().unwrap().strip_prefix("DEB").unwrap();
        let platform: Platform = format!("debian:{release}").parse().unwrap();
        let versions: BTreeSet<&str> =
            row["packages_fixed"].as_array().unwrap().iter().map(|pair| pair[1].as_str().unwrap()).collect();
        for version in versions {
            let outcome = lists.outcome(&id, &platform, version);
            *counts.entry(outcome).or_default() += 1;
            if outcome == Outcome::Unexplained {
                unexplained.push(format!("{id} {platform} {version}"));
            }
        }
    }
    // `zstd -dc nasl-advisory-facts-debian.jsonl.zst | wc -l`
    assert_eq!(records, 4447);
    let count = |outcome: Outcome| counts.get(&outcome).copied().unwrap_or_default();
    let compared: usize =
        counts.values().sum::<usize>() - count(Outcome::AdvisoryNotInList) - count(Outcome::ReleaseNotInList);
    let same = count(Outcome::Agree) + count(Outcome::Epoch) + count(Outcome::BinaryVersion);
    // The same fix in 97.1 % of what can be compared; the rest is in the classes below.
    assert_eq!((compared, same), (4044, 3927), "{counts:?}");
    assert_eq!(count(Outcome::OtherUpdate), 68);
    assert_eq!(count(Outcome::Revision), 22);
    // Packages of a second source that the list's entry doesn't name (xulrunner beside iceweasel,
    // linux-modules-extra), or slips of the set (`DLA-530-1 1:1.7-47`): 0.7 %.
    assert_eq!(unexplained.len(), 27, "{unexplained:#?}");
}
