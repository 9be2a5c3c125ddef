//! Whether the fix of a finding waits on the host: that a vendor has fixed it does not say that the host's own package
//! sources offer the fix (a mirror that stands still, a suite that is not configured, a pin).

use model::wire::sections::{UpdateRecord, Updates};
use model::{Role, State};
use std::collections::{BTreeMap, BTreeSet};

/// What of a finding decides it.
#[derive(Debug, Clone, Copy)]
pub struct Fix<'a> {
    /// Name of the binary package.
    pub package: &'a str,
    /// Its architecture.
    pub arch: &'a str,
    /// The role in which it was judged.
    pub role: Role,
    /// The state of the finding.
    pub state: State,
    /// First version that is not affected.
    pub fixed_version: &'a str,
}

impl<'a> From<&'a model::Finding> for Fix<'a> {
    fn from(finding: &'a model::Finding) -> Self {
        Self {
            package: &finding.package,
            arch: &finding.arch,
            role: finding.role,
            state: finding.state,
            fixed_version: &finding.fixed_version,
        }
    }
}

/// The pending updates of a host, as the answer to "does one of them bring this fix".
#[derive(Debug, Default)]
pub struct Offers<'a> {
    by_name: BTreeMap<&'a str, Vec<&'a UpdateRecord>>,
    replaced: BTreeSet<&'a str>,
    /// All records of the lists were understood, so that an update that is not there is not offered.
    whole: bool,
}

impl<'a> Offers<'a> {
    /// Of the section `updates` in force; none where it never came.
    #[must_use]
    pub fn of(updates: Option<&'a Updates>) -> Self {
        let Some(updates) = updates else { return Self::default() };
        let mut by_name: BTreeMap<&str, Vec<&UpdateRecord>> = BTreeMap::new();
        for record in &updates.records {
            by_name.entry(&record.name).or_default().push(record);
        }
        let replaced = updates.replacements.iter().map(|record| record.name.as_str()).collect();
        Self { by_name, replaced, whole: updates.skipped.is_empty() }
    }

    /// Whether a pending update, withheld or not, brings a fix: `Some(false)` where none does, so that the vendor's
    /// fix is not offered by the host's package sources. None where that can't be told, and for findings that have
    /// no fix. `reaches` says whether a candidate is the fixed version or later; none where the two are versions of
    /// different things (a binary's and its source's).
    pub fn bring(&self, fix: Fix<'_>, reaches: impl Fn(&UpdateRecord) -> Option<bool>) -> Option<bool> {
        if fix.state != State::FixAvailable || fix.fixed_version.is_empty() {
            return None;
        }
        let Some(updates) = self.by_name.get(fix.package) else {
            // A kernel, and what replaces a package, comes under another name.
            let other_name = fix.role != Role::Installed || self.replaced.contains(fix.package);
            return (self.whole && !other_name).then_some(false);
        };
        // A package that changes between one architecture and all is the same one.
        let of_arch = |record: &&&UpdateRecord| {
            record.arch == fix.arch
                || [record.arch.as_str(), fix.arch].iter().any(|arch| matches!(*arch, "all" | "noarch"))
        };
        let brings: Vec<Option<bool>> = updates.iter().filter(of_arch).map(|record| reaches(record)).collect();
        if brings.contains(&Some(true)) {
            Some(true)
        } else if brings.contains(&None) || brings.is_empty() {
            None
        } else {
            Some(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::wire::sections::Skipped;
    use versions::Scheme;

    fn updates() -> Updates {
        let record = |name: &str, candidate: &str| UpdateRecord {
            name: name.into(),
            arch: "amd64".into(),
            candidate: candidate.into(),
            ..UpdateRecord::default()
        };
        Updates { records: vec![record("openssl", "3.0.17-1"), record("gcc", "4:12.2.0-4")], ..Updates::default() }
    }

    fn fix<'a>(package: &'a str, fixed_version: &'a str) -> Fix<'a> {
        Fix { package, arch: "amd64", role: Role::Installed, state: State::FixAvailable, fixed_version }
    }

    fn brings(updates: Option<&Updates>, fix: Fix<'_>) -> Option<bool> {
        // gcc is built from gcc-defaults, whose versions are others.
        let reaches = |record: &UpdateRecord| {
            (record.name != "gcc").then(|| Scheme::Dpkg.compare(&record.candidate, fix.fixed_version).is_ge())
        };
        Offers::of(updates).bring(fix, reaches)
    }

    #[test]
    fn an_update_brings_the_fix_or_does_not() {
        let updates = updates();
        let of = |fix| brings(Some(&updates), fix);
        assert_eq!(of(fix("openssl", "3.0.17-1")), Some(true), "the very version");
        assert_eq!(of(fix("openssl", "3.0.16-1")), Some(true));
        assert_eq!(of(fix("openssl", "3.0.18-1")), Some(false), "the update that waits is not enough");
        assert_eq!(of(fix("bash", "5.2-3")), Some(false), "no update of it waits");
    }

    #[test]
    fn what_can_not_be_told_is_not_claimed() {
        let whole = updates();
        assert_eq!(brings(None, fix("bash", "5.2-3")), None, "no report said what waits");
        assert_eq!(brings(Some(&whole), fix("gcc", "1.204")), None, "the binary's version is not its source's");
        assert_eq!(brings(Some(&whole), Fix { role: Role::RunningKernel, ..fix("linux-image-1", "2") }), None);
        assert_eq!(brings(Some(&whole), Fix { state: State::NoFix, ..fix("bash", "") }), None, "there is no fix");
        let torn = Updates { skipped: vec![Skipped { record: "a list".into(), why: "cut off".into() }], ..updates() };
        assert_eq!(brings(Some(&torn), fix("bash", "5.2-3")), None, "a list was not understood");
        assert_eq!(brings(Some(&torn), fix("openssl", "3.0.16-1")), Some(true), "what is there is there");
    }
}
