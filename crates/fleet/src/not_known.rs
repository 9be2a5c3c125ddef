//! What is not known of a host: why "nothing waits" of it would be no knowledge.
//!
//! One rule for the index, the API and a scan without a server: a host is shown green only where
//! nothing of this holds.

use crate::Availability;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// Package lists older than this say nothing of what waits now. Debian, Ubuntu and the rpm
/// distributions publish security updates several times a week, and apt's own daily job fetches
/// lists once a day: after a week something was missed.
pub const LISTS_OLD_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far ahead of the present a list's date may be: clocks of hosts are not exact.
pub const LISTS_AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// How long two machines under one identity are remembered after they last took turns.
pub const CLONES_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The last moment at which something holds; none where time does not change it.
type Until = Option<Timestamp>;

/// Whether the distribution's security repository is among a host's sources of packages. What is
/// published there is not among the updates of a host that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecurityRepository {
    /// The distribution or release has none of its own, as rolling ones, or it can't be told by the sources.
    #[default]
    NotExpected,
    /// One of the host's release is configured and switched on.
    Configured,
    /// None is.
    Missing,
    /// No source of packages at all is switched on, whatever the distribution.
    NoSources,
    /// What sources the host has is not known.
    Unknown,
}

/// Sections that the host says are otherwise than on record, while no report has brought them: since when
/// (server's clock).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Awaited {
    /// Section `packages`.
    pub packages: Option<Timestamp>,
    /// Section `updates`.
    pub updates: Option<Timestamp>,
    /// Section `repositories`.
    pub repositories: Option<Timestamp>,
}

/// Something that is not known of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotKnown {
    /// No report said what system it is.
    HostNeverReceived,
    /// The last report could not read that: what is known is older, or nothing.
    HostUnavailable,
    /// No report brought the installed packages.
    PackagesNeverReceived,
    /// The last report could not read them: what is known is older, or nothing.
    PackagesUnavailable,
    /// The host has said, since then, that other packages are installed than are known.
    PackagesOutdated(Timestamp),
    /// The host says that nothing at all is installed, or nothing that could be understood.
    PackagesEmpty,
    /// So many records of packages could not be understood.
    PackagesSkipped(u32),
    /// No report brought the pending updates.
    UpdatesNeverReceived,
    /// The last report could not read them: what is known is older, or nothing.
    UpdatesUnavailable,
    /// The host has said, since then, that what could be upgraded is otherwise than is known.
    UpdatesOutdated(Timestamp),
    /// So many records of updates, lists or settings could not be understood.
    UpdatesSkipped(u32),
    /// Of so many pending updates and replacements their repositories don't tell whether they are of security.
    SecurityUnknown(u32),
    /// So many sources of packages could not be understood: what they offer is not among the updates.
    RepositoriesSkipped(u32),
    /// The host has said, since then, that its sources of packages are otherwise than is known.
    RepositoriesOutdated(Timestamp),
    /// Which sources it has is not known, so neither is whether the security repository is one of them.
    RepositoriesUnknown,
    /// It has no source of packages that is switched on: nothing could ever wait.
    RepositoriesNone,
    /// None of its sources is a security repository of its release.
    SecurityRepositoryMissing,
    /// When the package lists were fetched is not known.
    ListsAgeUnknown,
    /// They are older than [`LISTS_OLD_AFTER`]; when they were fetched.
    ListsOld(Timestamp),
    /// They are dated more than [`LISTS_AHEAD`] in the future: their age is not known.
    ListsInFuture(Timestamp),
    /// Its clock is so far ahead of the server's that dates of its own say nothing, that of the lists among
    /// them; how far.
    ClockAhead(SignedDuration),
    /// No package is known to hold the kernel that runs: nothing judges it.
    KernelUnowned,
    /// Whether it must be rebooted.
    RebootUnknown,
    /// Two machines take turns under this one identity; when they last did.
    PossibleClones(Timestamp),
}

impl NotKnown {
    /// Every reason, with nothing in those that carry a number or a time.
    pub(crate) const ALL: [Self; 24] = [
        Self::HostNeverReceived,
        Self::HostUnavailable,
        Self::PackagesNeverReceived,
        Self::PackagesUnavailable,
        Self::PackagesOutdated(Timestamp::UNIX_EPOCH),
        Self::PackagesEmpty,
        Self::PackagesSkipped(0),
        Self::UpdatesNeverReceived,
        Self::UpdatesUnavailable,
        Self::UpdatesOutdated(Timestamp::UNIX_EPOCH),
        Self::UpdatesSkipped(0),
        Self::SecurityUnknown(0),
        Self::RepositoriesSkipped(0),
        Self::RepositoriesOutdated(Timestamp::UNIX_EPOCH),
        Self::RepositoriesUnknown,
        Self::SecurityRepositoryMissing,
        Self::ListsAgeUnknown,
        Self::ListsOld(Timestamp::UNIX_EPOCH),
        Self::ListsInFuture(Timestamp::UNIX_EPOCH),
        Self::ClockAhead(SignedDuration::ZERO),
        Self::PossibleClones(Timestamp::UNIX_EPOCH),
        Self::RepositoriesNone,
        Self::KernelUnowned,
        Self::RebootUnknown,
    ];

    /// A bit of its own, whatever number or time it carries.
    pub(crate) const fn bit(self) -> u32 {
        1 << match self {
            Self::PackagesNeverReceived => 0,
            Self::PackagesUnavailable => 1,
            Self::PackagesEmpty => 2,
            Self::PackagesSkipped(_) => 3,
            Self::UpdatesNeverReceived => 4,
            Self::UpdatesUnavailable => 5,
            Self::UpdatesSkipped(_) => 6,
            Self::RepositoriesSkipped(_) => 7,
            Self::ListsAgeUnknown => 8,
            Self::ListsOld(_) => 9,
            Self::ListsInFuture(_) => 10,
            Self::PossibleClones(_) => 11,
            Self::HostNeverReceived => 12,
            Self::HostUnavailable => 13,
            Self::PackagesOutdated(_) => 14,
            Self::UpdatesOutdated(_) => 15,
            Self::RepositoriesOutdated(_) => 16,
            Self::RepositoriesUnknown => 17,
            Self::SecurityRepositoryMissing => 18,
            Self::ClockAhead(_) => 19,
            Self::RepositoriesNone => 20,
            Self::KernelUnowned => 21,
            Self::RebootUnknown => 22,
            Self::SecurityUnknown(_) => 23,
        }
    }

    /// The word in the API and in scans.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::HostNeverReceived => "host_never_received",
            Self::HostUnavailable => "host_unavailable",
            Self::PackagesNeverReceived => "packages_never_received",
            Self::PackagesUnavailable => "packages_unavailable",
            Self::PackagesOutdated(_) => "packages_outdated",
            Self::PackagesEmpty => "packages_empty",
            Self::PackagesSkipped(_) => "packages_skipped",
            Self::UpdatesNeverReceived => "updates_never_received",
            Self::UpdatesUnavailable => "updates_unavailable",
            Self::UpdatesOutdated(_) => "updates_outdated",
            Self::UpdatesSkipped(_) => "updates_skipped",
            Self::SecurityUnknown(_) => "security_unknown",
            Self::RepositoriesSkipped(_) => "repositories_skipped",
            Self::RepositoriesOutdated(_) => "repositories_outdated",
            Self::RepositoriesUnknown => "repositories_unknown",
            Self::RepositoriesNone => "repositories_none",
            Self::SecurityRepositoryMissing => "security_repository_missing",
            Self::ListsAgeUnknown => "lists_age_unknown",
            Self::ListsOld(_) => "lists_old",
            Self::ListsInFuture(_) => "lists_in_future",
            Self::ClockAhead(_) => "clock_ahead",
            Self::KernelUnowned => "kernel_unowned",
            Self::RebootUnknown => "reboot_unknown",
            Self::PossibleClones(_) => "possible_clones",
        }
    }
}

impl fmt::Display for NotKnown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What the rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Basis {
    /// What is known of section `host`.
    pub host: Availability,
    /// What is known of section `packages`.
    pub packages: Availability,
    /// How many packages are known to be installed.
    pub installed: u32,
    /// Records of packages that were left out.
    pub packages_skipped: u32,
    /// What is known of section `updates`.
    pub updates: Availability,
    /// Records of section `updates` that were left out, those of lists and settings among them.
    pub updates_skipped: u32,
    /// Pending updates and replacements of which their repositories don't tell whether they are of security.
    pub security_unknown: u32,
    /// Records of section `repositories` that were left out.
    pub repositories_skipped: u32,
    /// Whether the security repository of its distribution is among its sources.
    pub security_repository: SecurityRepository,
    /// Sections that are known to be outdated.
    pub awaited: Awaited,
    /// When the package lists were last fetched, if known.
    pub lists_at: Option<Timestamp>,
    /// How far its clock is ahead of the server's, where that is too far to believe its dates.
    pub clock_ahead: Option<SignedDuration>,
    /// No package is known to hold the kernel that runs.
    pub kernel_unowned: bool,
    /// It runs, and whether it must be rebooted is not known.
    pub reboot_unknown: bool,
    /// When two machines last took turns under this identity, if they did.
    pub alternated_at: Option<Timestamp>,
}

impl Basis {
    /// What is not known at a moment, in the order of [`NotKnown`].
    #[must_use]
    pub fn not_known(&self, now: Timestamp) -> Vec<NotKnown> {
        let mut found = Vec::new();
        self.each(now, |one| found.push(one));
        found
    }

    /// Which things are not known at a moment, a bit each, and the last moment at which these are they;
    /// none where time changes nothing any more.
    pub(crate) fn standing(&self, now: Timestamp) -> (u32, Until) {
        let mut bits = 0;
        let until = self.each(now, |one| bits |= one.bit());
        (bits, until)
    }

    fn each(&self, now: Timestamp, mut found: impl FnMut(NotKnown)) -> Until {
        match self.host {
            Availability::Never => found(NotKnown::HostNeverReceived),
            Availability::Unread | Availability::Unavailable => found(NotKnown::HostUnavailable),
            Availability::Present => {}
        }
        match self.packages {
            Availability::Never => found(NotKnown::PackagesNeverReceived),
            Availability::Unread => found(NotKnown::PackagesUnavailable),
            Availability::Present | Availability::Unavailable => {
                if self.packages == Availability::Unavailable {
                    found(NotKnown::PackagesUnavailable);
                }
                self.awaited.packages.into_iter().for_each(|since| found(NotKnown::PackagesOutdated(since)));
                if self.installed == 0 {
                    found(NotKnown::PackagesEmpty);
                }
            }
        }
        if self.packages_skipped > 0 {
            found(NotKnown::PackagesSkipped(self.packages_skipped));
        }
        match self.updates {
            Availability::Never => found(NotKnown::UpdatesNeverReceived),
            Availability::Unread | Availability::Unavailable => found(NotKnown::UpdatesUnavailable),
            Availability::Present => {}
        }
        self.awaited.updates.into_iter().for_each(|since| found(NotKnown::UpdatesOutdated(since)));
        if self.updates_skipped > 0 {
            found(NotKnown::UpdatesSkipped(self.updates_skipped));
        }
        if self.security_unknown > 0 {
            found(NotKnown::SecurityUnknown(self.security_unknown));
        }
        if self.repositories_skipped > 0 {
            found(NotKnown::RepositoriesSkipped(self.repositories_skipped));
        }
        self.awaited.repositories.into_iter().for_each(|since| found(NotKnown::RepositoriesOutdated(since)));
        let mut until = None;
        if self.updates.is_known() {
            // Where no updates are known, their sources change nothing.
            match self.security_repository {
                SecurityRepository::NotExpected | SecurityRepository::Configured => {}
                SecurityRepository::NoSources => found(NotKnown::RepositoriesNone),
                SecurityRepository::Missing => found(NotKnown::SecurityRepositoryMissing),
                SecurityRepository::Unknown => found(NotKnown::RepositoriesUnknown),
            }
            let (lists, moment) = lists(self.lists_at, now);
            lists.into_iter().for_each(&mut found);
            until = moment;
        }
        self.clock_ahead.into_iter().for_each(|ahead| found(NotKnown::ClockAhead(ahead)));
        if self.kernel_unowned {
            found(NotKnown::KernelUnowned);
        }
        if self.reboot_unknown {
            found(NotKnown::RebootUnknown);
        }
        if let Some(at) = self.alternated_at {
            let ends = later(at, CLONES_FOR);
            if now <= ends {
                found(NotKnown::PossibleClones(at));
                until = earliest(until, Some(ends));
            }
        }
        until
    }
}

fn lists(lists_at: Option<Timestamp>, now: Timestamp) -> (Option<NotKnown>, Until) {
    let Some(at) = lists_at else { return (Some(NotKnown::ListsAgeUnknown), None) };
    let age = now.duration_since(at);
    if age < -LISTS_AHEAD {
        // At that very moment it is in the future no more.
        let last = at.checked_sub(LISTS_AHEAD).and_then(|at| at.checked_sub(SignedDuration::from_nanos(1)));
        (Some(NotKnown::ListsInFuture(at)), last.ok())
    } else if age > LISTS_OLD_AFTER {
        (Some(NotKnown::ListsOld(at)), None)
    } else {
        (None, Some(later(at, LISTS_OLD_AFTER)))
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// The earlier of two deadlines, either of which may be none.
pub(crate) fn earliest(a: Until, b: Until) -> Until {
    a.into_iter().chain(b).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + hours * 3600).unwrap()
    }

    /// A host of which everything is known at hour 0.
    fn known() -> Basis {
        Basis {
            host: Availability::Present,
            packages: Availability::Present,
            installed: 3,
            updates: Availability::Present,
            lists_at: Some(at(0)),
            ..Basis::default()
        }
    }

    #[test]
    fn everything_known_is_the_one_case_without_a_reason() {
        assert_eq!(known().not_known(at(0)), []);
        let nothing = Basis::default();
        assert_eq!(
            nothing.not_known(at(0)),
            [NotKnown::HostNeverReceived, NotKnown::PackagesNeverReceived, NotKnown::UpdatesNeverReceived]
        );
        let unread = Availability::Unread;
        let unread = Basis { host: unread, packages: unread, updates: unread, ..nothing };
        assert_eq!(
            unread.not_known(at(0)),
            [NotKnown::HostUnavailable, NotKnown::PackagesUnavailable, NotKnown::UpdatesUnavailable]
        );
        let one = |basis: Basis| {
            let found = basis.not_known(at(0));
            assert_eq!(found.len(), 1, "{found:?}");
            found[0]
        };
        assert_eq!(one(Basis { installed: 0, ..known() }), NotKnown::PackagesEmpty);
        assert_eq!(one(Basis { packages_skipped: 2, ..known() }), NotKnown::PackagesSkipped(2));
        assert_eq!(one(Basis { updates_skipped: 1, ..known() }), NotKnown::UpdatesSkipped(1));
        assert_eq!(one(Basis { security_unknown: 1, ..known() }), NotKnown::SecurityUnknown(1));
        assert_eq!(one(Basis { repositories_skipped: 1, ..known() }), NotKnown::RepositoriesSkipped(1));
        assert_eq!(one(Basis { updates: Availability::Unavailable, ..known() }), NotKnown::UpdatesUnavailable);
        assert_eq!(one(Basis { packages: Availability::Unavailable, ..known() }), NotKnown::PackagesUnavailable);
        assert_eq!(one(Basis { lists_at: None, ..known() }), NotKnown::ListsAgeUnknown);
        assert_eq!(one(Basis { host: Availability::Unavailable, ..known() }), NotKnown::HostUnavailable);
        let ahead = SignedDuration::from_hours(2);
        assert_eq!(one(Basis { clock_ahead: Some(ahead), ..known() }), NotKnown::ClockAhead(ahead));
        let of = |security_repository| Basis { security_repository, ..known() };
        assert_eq!(one(of(SecurityRepository::Missing)), NotKnown::SecurityRepositoryMissing);
        assert_eq!(one(of(SecurityRepository::NoSources)), NotKnown::RepositoriesNone);
        assert_eq!(one(of(SecurityRepository::Unknown)), NotKnown::RepositoriesUnknown);
        assert_eq!(one(Basis { kernel_unowned: true, ..known() }), NotKnown::KernelUnowned);
        assert_eq!(one(Basis { reboot_unknown: true, ..known() }), NotKnown::RebootUnknown);
        assert_eq!(of(SecurityRepository::Configured).not_known(at(0)), []);
        let awaited = |awaited| one(Basis { awaited, ..known() });
        let (since, none) = (Some(at(-1)), Awaited::default());
        assert_eq!(awaited(Awaited { packages: since, ..none }), NotKnown::PackagesOutdated(at(-1)));
        assert_eq!(awaited(Awaited { updates: since, ..none }), NotKnown::UpdatesOutdated(at(-1)));
        assert_eq!(awaited(Awaited { repositories: since, ..none }), NotKnown::RepositoriesOutdated(at(-1)));
    }

    #[test]
    fn each_thing_has_a_bit_and_a_word_of_its_own() {
        let (when, long) = (at(0), SignedDuration::from_hours(2));
        let all = [
            NotKnown::HostNeverReceived,
            NotKnown::HostUnavailable,
            NotKnown::PackagesNeverReceived,
            NotKnown::PackagesUnavailable,
            NotKnown::PackagesOutdated(when),
            NotKnown::PackagesEmpty,
            NotKnown::PackagesSkipped(1),
            NotKnown::UpdatesNeverReceived,
            NotKnown::UpdatesUnavailable,
            NotKnown::UpdatesOutdated(when),
            NotKnown::UpdatesSkipped(1),
            NotKnown::SecurityUnknown(1),
            NotKnown::RepositoriesSkipped(1),
            NotKnown::RepositoriesOutdated(when),
            NotKnown::RepositoriesUnknown,
            NotKnown::RepositoriesNone,
            NotKnown::SecurityRepositoryMissing,
            NotKnown::ListsAgeUnknown,
            NotKnown::ListsOld(when),
            NotKnown::ListsInFuture(when),
            NotKnown::ClockAhead(long),
            NotKnown::KernelUnowned,
            NotKnown::RebootUnknown,
            NotKnown::PossibleClones(when),
        ];
        let bits = all.iter().fold(0, |bits, one| bits | one.bit());
        assert_eq!(bits.count_ones() as usize, all.len());
        assert_eq!(all.map(NotKnown::code).into_iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
        assert!(all.is_sorted(), "the order in which they are told");
    }

    #[test]
    fn time_alone_makes_lists_old_and_moments_come() {
        let lists = |hour: i64| known().standing(at(hour)).0;
        assert_eq!([lists(-1), lists(0), lists(7 * 24)], [0; 3], "boundaries belong to what is known");
        assert_eq!(known().standing(at(0)).1, Some(at(7 * 24)));
        let second = SignedDuration::from_secs(1);
        assert_eq!(known().not_known(at(7 * 24) + second), [NotKnown::ListsOld(at(0))]);
        assert_eq!(known().not_known(at(-1) - second), [NotKnown::ListsInFuture(at(0))]);
        let (_, until) = known().standing(at(-9));
        assert!(until.is_some_and(|until| until < at(-1)), "it is looked at again when the moment comes");
        let clones = Basis { alternated_at: Some(at(-24)), ..known() };
        assert_eq!(clones.not_known(at(0)), [NotKnown::PossibleClones(at(-24))]);
        assert_eq!(clones.standing(at(0)).1, Some(at(6 * 24)), "the earlier of two");
        assert_eq!(clones.not_known(at(6 * 24) + second), []);
        let both = Basis { alternated_at: Some(at(0)), ..known() };
        let (before, after) = (both.standing(at(7 * 24)).0, both.standing(at(7 * 24) + second).0);
        assert!(before.count_ones() == 1 && after.count_ones() == 1 && before != after, "one for another is a change");
        let far = Basis { lists_at: Some(Timestamp::MAX), alternated_at: Some(Timestamp::MAX), ..known() };
        assert_eq!(far.not_known(at(0)).len(), 2);
    }
}
