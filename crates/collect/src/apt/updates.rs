//! Section `updates`: the candidates above what is installed.

use super::View;
use super::policy::Decision;
use super::table::Group;
use crate::text::{clean, identifier};
use jiff::{SignedDuration, Timestamp};
use model::wire::sections::{RepositoryRecord, UpdateRecord, Updates, Withheld};
use std::cmp::Ordering;
use versions::Scheme;

/// A security repository whose newest date lies this far behind the newest list was not fetched when the
/// others were, or is published no more. Debian's is dated anew within the seven days of its `Valid-Until`,
/// Ubuntu's several times a week.
const SECURITY_BEHIND: SignedDuration = SignedDuration::from_hours(14 * 24);

impl View {
    /// The section. Lists from the future (a clock that was set back) are dated as they are: to call
    /// them new would keep them new until that day.
    pub(crate) fn updates(&self) -> Result<Updates, String> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let kept_back = self.kept_back.iter().map(Option::as_deref).chain(std::iter::repeat(None));
        let groups = self.table.groups.iter().zip(&self.decisions).zip(kept_back);
        let mut records: Vec<_> =
            groups.filter_map(|((group, decision), kept_back)| self.update(group, *decision, kept_back)).collect();
        records.sort_by(|a, b| (&a.name, &a.arch, &a.installed).cmp(&(&b.name, &b.arch, &b.installed)));
        let newest = self.lists_at.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let lists_at = newest.and_then(|newest| age_of_answer(newest, &self.repositories().records));
        Ok(Updates { lists_at, records, skipped: self.skipped.clone(), ..Updates::default() })
    }

    fn update(&self, group: &Group, decision: Decision, kept_back: Option<&str>) -> Option<UpdateRecord> {
        let installed = group.versions.get(group.installed()?)?;
        let candidate = group.versions.get(decision.candidate?)?;
        if Scheme::Dpkg.compare(&candidate.text, &installed.text) != Ordering::Greater {
            return None;
        }
        // A point release carries what security published before: the same version stands in both
        // suites, and the one that says why it was published is named.
        let from = candidate.files.iter().copied().find(|file| self.table.is_security(*file)).or(decision.from);
        let archive = from.and_then(|file| self.table.archive(file));
        let is_held = group.held && !self.settings.is_on("APT::Ignore-Hold", false);
        Some(UpdateRecord {
            advisories: Vec::new(),
            arch: if candidate.is_all { "all".to_owned() } else { group.arch.clone() },
            candidate: candidate.text.clone(),
            installed: installed.text.clone(),
            name: group.name.clone(),
            origin: from
                .and_then(|file| self.table.archive_name(file))
                .map(|name| identifier(&name))
                .unwrap_or_default(),
            phased_percent: candidate.phased_percent,
            repository: archive.map(|archive| archive.uri.clone()).unwrap_or_default(),
            security: candidate.files.iter().any(|file| self.table.is_security(*file)),
            security_unknown: false,
            size: candidate.size(),
            suite: from.and_then(|file| self.table.suite(file)).map(|suite| identifier(&suite)).unwrap_or_default(),
            withheld: match (is_held, decision.is_phased, kept_back) {
                (true, _, _) => Some(Withheld::Held),
                (false, true, _) => Some(Withheld::Phased),
                (false, false, Some(_)) => Some(Withheld::KeptBack),
                (false, false, None) => None,
            },
            // Held and phased ones are not tried, so that they have no reason beside the word.
            withheld_reason: kept_back.map(|why| clean(why, MOST_REASON)).unwrap_or_default(),
        })
    }
}

/// Longest reason, in bytes.
const MOST_REASON: usize = 500;

/// From when the answer on security updates is: the newest of the lists, unless the security repositories
/// stood still while others were fetched; none where no list of them is there.
fn age_of_answer(newest: Timestamp, repositories: &[RepositoryRecord]) -> Option<Timestamp> {
    let security = repositories.iter().filter(|repository| repository.enabled && repository.security);
    let dates: Vec<Option<Timestamp>> =
        security.map(|repository| repository.published_at.or(repository.fetched_at)).collect();
    if dates.is_empty() {
        return Some(newest);
    }
    let last = dates.into_iter().flatten().max()?;
    Some(if newest.duration_since(last) > SECURITY_BEHIND { last } else { newest })
}
