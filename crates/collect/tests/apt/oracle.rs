//! apt's own answers, and the comparison.

use crate::lab::{Lab, run};
use collect::{Options, Root, apt, collect};
use model::wire::sections::{UpdateRecord, Withheld};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// `name` or `name:arch`, as apt names a package.
pub(crate) fn apt_name(name: &str, arch: &str, native: &str) -> String {
    if arch == "all" || arch == native { name.to_owned() } else { format!("{name}:{arch}") }
}

/// The candidates by `apt-cache policy`, `None` where it says `(none)`.
pub(crate) fn policy(mut command: Command, names: &[String]) -> BTreeMap<String, Option<String>> {
    let output = run(command.arg("policy").args(names));
    let mut candidates = BTreeMap::new();
    let mut name = String::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        if let Some(version) = line.strip_prefix("  Candidate: ") {
            candidates.insert(name.clone(), (version != "(none)").then(|| version.to_owned()));
        } else if !line.starts_with(' ') {
            line.strip_suffix(':').unwrap().clone_into(&mut name);
        }
    }
    candidates
}

/// What `apt-get -s` would do.
#[derive(Debug, Default)]
pub(crate) struct Upgrade {
    /// By name: the old version, the new one, and the suites of the new one.
    pub(crate) installs: BTreeMap<String, (String, String, BTreeSet<String>)>,
    /// Named as kept back or deferred.
    pub(crate) kept: BTreeSet<String>,
    /// Removed.
    pub(crate) removes: BTreeSet<String>,
}

pub(crate) fn upgrade(mut command: Command, how: &[&str]) -> Upgrade {
    let output = run(command.args(["-s", "-q", "--allow-downgrades"]).args(how));
    told(&String::from_utf8(output.stdout).unwrap())
}

/// Reads what `apt-get -s` prints.
pub(crate) fn told(output: &str) -> Upgrade {
    let mut upgrade = Upgrade::default();
    let mut in_kept = false;
    for line in output.lines() {
        if let Some(names) = line.strip_prefix("  ").filter(|_| in_kept) {
            upgrade.kept.extend(names.split_ascii_whitespace().map(str::to_owned));
            continue;
        }
        in_kept = line.contains("kept back") || line.contains("deferred due to phasing");
        // Inst demo [1.0-1] (1.0-2 Debian:12/oldstable, Debian-Security:12/oldstable-security [all])
        if let Some(rest) = line.strip_prefix("Remv ") {
            upgrade.removes.extend(rest.split(' ').next().map(str::to_owned));
        }
        let Some(rest) = line.strip_prefix("Inst ") else { continue };
        let (name, rest) = rest.split_once(' ').unwrap();
        let Some((old, rest)) = rest.strip_prefix('[').and_then(|rest| rest.split_once("] (")) else { continue };
        let (new, origins) = rest.split_once(' ').unwrap();
        let origins = origins.split(" [").next().unwrap();
        // LABEL:VERSION/SUITE, LABEL:SUITE or SUITE; the site where the archive says nothing of itself.
        let suite = |origin: &str| origin.rsplit_once(['/', ':']).map_or(origin, |(_, suite)| suite).to_owned();
        let suites = origins.split(", ").filter(|origin| !matches!(*origin, "" | "localhost")).map(suite);
        upgrade.installs.insert(name.to_owned(), (old.to_owned(), new.to_owned(), suites.collect()));
    }
    upgrade
}

/// What the comparison of a lab found, for the scenario's own assertions.
pub(crate) struct Compared {
    pub(crate) candidates: BTreeMap<String, Option<String>>,
    pub(crate) updates: Vec<UpdateRecord>,
    pub(crate) skipped: Vec<String>,
}

impl Compared {
    pub(crate) fn candidate(&self, name: &str) -> Option<&str> {
        self.candidates[name].as_deref()
    }

    /// What is kept back for dependencies: `name: reason`, sorted.
    pub(crate) fn kept_back(&self) -> Vec<String> {
        let kept = self.updates.iter().filter(|update| update.withheld == Some(Withheld::KeptBack));
        kept.map(|update| format!("{}: {}", update.name, update.withheld_reason)).collect()
    }

    pub(crate) fn update(&self, name: &str) -> Option<&UpdateRecord> {
        self.updates.iter().find(|update| update.name == name)
    }
}

impl Lab {
    /// Asserts that every candidate equals `apt-cache policy`, the updates `apt-get -s dist-upgrade`, and
    /// what is kept back `apt-get -s upgrade --with-new-pkgs`, which is `apt upgrade`.
    pub(crate) fn compare(&self) -> Compared {
        compare(&Root::new(self.root()).unwrap(), "amd64", |program| self.apt(program))
    }
}

/// The same for any root and any way to ask apt.
pub(crate) fn compare(root: &Root, native: &str, apt_command: impl Fn(&str) -> Command) -> Compared {
    let ours = apt::candidates(root, &Options::default()).unwrap();
    assert!(!ours.is_empty(), "nothing is installed");
    let names: Vec<_> = ours.iter().map(|c| apt_name(&c.name, &c.arch, native)).collect();
    let theirs = policy(apt_command("apt-cache"), &names);
    let candidates: BTreeMap<_, _> =
        ours.iter().map(|c| (apt_name(&c.name, &c.arch, native), c.candidate.clone())).collect();
    assert_eq!(candidates, theirs, "candidates: ours on the left, apt-cache policy on the right");

    let theirs = upgrade(apt_command("apt-get"), &["dist-upgrade"]);
    let without_removal = upgrade(apt_command("apt-get"), &["upgrade", "--with-new-pkgs"]);
    let updates = collect(root, &Options::default()).updates.unwrap();
    for update in &updates.records {
        let name = apt_name(&update.name, &update.arch, native);
        match (update.withheld, theirs.installs.get(&name)) {
            (None, Some((old, new, suites))) => {
                assert_eq!((old, new), (&update.installed, &update.candidate), "{name}");
                let candidate = ours.iter().find(|c| apt_name(&c.name, &c.arch, native) == name).unwrap();
                // A flat repository without a Release file has a suite only in the source's words.
                if !suites.is_empty() {
                    assert_eq!(&candidate.suites.iter().cloned().collect::<BTreeSet<_>>(), suites, "{name}");
                    assert!(suites.contains(&update.suite), "{name}: {} is none of {suites:?}", update.suite);
                }
            }
            (Some(_), None) => assert!(theirs.kept.contains(&name), "{name} is an update of ours and unknown to apt"),
            (None, None) => panic!("apt keeps {name} back, and we don't say so"),
            // What dist-upgrade can do by removing something only.
            (Some(Withheld::KeptBack), Some(_)) => {
                assert_ne!(theirs.removes, BTreeSet::new(), "apt upgrades {name}; we: {}", update.withheld_reason);
            }
            (Some(_), Some(_)) => panic!("apt upgrades {name}, we say it does not"),
        }
        let is_kept = !without_removal.installs.contains_key(&name);
        assert_eq!(update.withheld.is_some(), is_kept, "{name} {:?} {}", update.withheld, update.withheld_reason);
        let has_reason = !update.withheld_reason.is_empty();
        assert_eq!(has_reason, update.withheld == Some(Withheld::KeptBack), "{name}: {}", update.withheld_reason);
    }
    for (name, (old, new, _)) in &theirs.installs {
        let is_upgrade = versions::Scheme::Dpkg.compare(old, new) == std::cmp::Ordering::Less;
        let is_ours = updates.records.iter().any(|u| apt_name(&u.name, &u.arch, native) == *name);
        assert_eq!(is_ours, is_upgrade, "{name} {old} -> {new}");
    }
    let skipped = updates.skipped.iter().map(|skipped| format!("{}: {}", skipped.record, skipped.why)).collect();
    Compared { candidates, updates: updates.records, skipped }
}
