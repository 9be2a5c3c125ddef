//! Fixed versions of Ubuntu's notices as another project transcribed them, against what Ubuntu's tracker
//! says of the same CVEs in the same release.
//!
//! Decided are the CVEs and packages that the OVAL files at hand name with a fix. A notice is one of
//! possibly several updates of a package, so that the tracker's fixed version decides.

use super::data::{document, package, records, rules, text, ubuntu_sources};
use super::table::{Outcome, Table};
use matching::{Rules, any_build};
use model::{Role, Verdict};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use versions::Scheme;

/// A release: its rules, the sources of its binaries, and every fix that the set has for it.
struct Release {
    rules: Rules,
    sources: BTreeMap<String, BTreeSet<String>>,
    /// (binary, CVE, fixed version)
    fixes: BTreeSet<(String, String, String)>,
}

impl Release {
    fn new(release: &str, codename: &str) -> Self {
        let (platform, path) =
            (format!("ubuntu:{release}"), format!("feeds/ubuntu/com.ubuntu.{codename}.cve.oval.xml.bz2"));
        Self {
            rules: rules(&platform, "ubuntu-oval", &document("ubuntu-oval", &path)),
            sources: ubuntu_sources(&platform, &path),
            fixes: BTreeSet::new(),
        }
    }

    /// What is said of a binary of the version that a notice calls fixed, and of the one just below it,
    /// where the tracker has a fix. Kernels of several sources have images of one name: the notice is of
    /// the source that has its version. Meta-packages and tools of a kernel have no finding whatever their
    /// version (rule 4).
    fn said(&self, name: &str, fixed: &str, cve: &str) -> Option<(Verdict, Option<Verdict>)> {
        let platform = self.rules.platform();
        let of = |source: &str| {
            let at = |version: &str| package(&platform.to_string(), name, version, "amd64", source);
            let verdict = |version: &str| self.rules.verdict(&at(version), Role::RunningKernel, cve);
            let at = verdict(fixed)?;
            let told = !at.fixed_version.is_empty() && !at.words.starts_with("belongs to a kernel");
            told.then(|| (at, verdict(&format!("{fixed}~"))))
        };
        let sources = self.sources.get(any_build(platform, name).as_ref())?;
        let said: Vec<_> = sources.iter().filter_map(|source| of(source)).collect();
        let same = said.iter().position(|(verdict, _)| plain(&verdict.fixed_version) == fixed).unwrap_or_default();
        said.into_iter().nth(same)
    }
}

/// The tracker's versions carry an epoch 0.
fn plain(version: &str) -> &str {
    version.strip_prefix("0:").unwrap_or(version)
}

fn pairs(record: &serde_json::Value) -> impl Iterator<Item = (&str, &str, &str)> {
    let cves = || record["cves"].as_array().unwrap().iter().filter_map(|cve| cve.as_str());
    let fixed = record["packages_fixed"].as_array().unwrap().iter();
    fixed.flat_map(move |pair| {
        let (name, fixed) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
        cves().map(move |cve| (name.split(':').next().unwrap_or_default(), fixed, cve))
    })
}

/// One row of the set against the rules of its release: at the version that the notice calls fixed a
/// package has none of the notice's CVEs, and where the tracker names that very version, it has them just
/// below it. Where a later notice of the set fixes the CVE again, in the version that the tracker names,
/// the first fix was not whole: then it has them until that version.
fn outcome(release: &Release, record: &serde_json::Value) -> Outcome {
    let platform = release.rules.platform();
    let (mut named, mut greater, mut wrong) = (0, 0, Vec::new());
    for (name, fixed, cve) in pairs(record) {
        let Some((verdict, below)) = release.said(name, fixed, cve) else { continue };
        named += 1;
        let ours = plain(&verdict.fixed_version);
        let open = |verdict: &Verdict| verdict.states.iter().any(|guarded| guarded.state.is_open());
        match (open(&verdict), below.as_ref().is_some_and(open), Scheme::Dpkg.compare(ours, fixed)) {
            // Less: it was fixed before, or the release began with the fix; so it is gone here too.
            (false, true, Ordering::Equal) | (false, _, Ordering::Less) => {}
            (true, true, Ordering::Greater) => {
                let again = (any_build(platform, name).into_owned(), cve.to_owned(), ours.to_owned());
                greater += usize::from(!release.fixes.contains(&again));
            }
            said => wrong.push(format!("{platform} {name} {fixed} {cve}: {said:?}, fixed in {ours}")),
        }
    }
    match (named, wrong.is_empty(), greater) {
        (0, ..) => Outcome::Undecided("the tracker's files at hand name no fix of it"),
        (_, false, _) => Outcome::Wrong(wrong.join("; ")),
        (.., 0) => Outcome::Agree,
        _ => Outcome::Explained("the tracker's fixed version is above the notice's"),
    }
}

/// `UBUNTU18.04 LTS`
fn release_of(record: &serde_json::Value) -> &str {
    text(record, "release_key").trim_start_matches("UBUNTU").split(' ').next().unwrap_or_default()
}

#[test]
fn notices_of_ubuntu() {
    let mut releases: BTreeMap<&str, Release> = BTreeMap::new();
    for (release, codename) in [("14.04", "trusty"), ("16.04", "xenial"), ("18.04", "bionic"), ("20.04", "focal")] {
        releases.insert(release, Release::new(release, codename));
    }
    let records = records("nasl-advisory-facts-ubuntu");
    for record in &records {
        let Some(release) = releases.get_mut(release_of(record)) else { continue };
        for (name, fixed, cve) in pairs(record) {
            let name = any_build(release.rules.platform(), name).into_owned();
            release.fixes.insert((name, cve.to_owned(), fixed.to_owned()));
        }
    }
    let mut table = Table::default();
    for record in &records {
        table.add(match releases.get(release_of(record)) {
            Some(release) => outcome(release, record),
            None => Outcome::Undecided("no file of the release at hand"),
        });
    }
    assert_eq!(table.cases, 5061);
    table.conclude("nasl-advisory-facts-ubuntu");
}
