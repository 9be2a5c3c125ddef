//! What enters the index: facts of hosts and packages, as the record holds them.

use crate::{Awaited, CveScores, SecurityRepository};
use jiff::{SignedDuration, Timestamp};
use matching::Rules;
use model::wire::sections::Withheld;
use model::{Package, Platform, Role};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;

/// The public, stable number of a host, as the record gives it. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HostId(pub i64);

/// The number of a distinct package, as the record gives it. Never reused while history is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackageId(pub i64);

/// Whether the administrator of a host keeps a package at its version.
pub type Held = bool;

/// How often a host is expected to check in; freshness is measured against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval(pub SignedDuration);

impl Default for Interval {
    /// One hour, what agents use unless told otherwise.
    fn default() -> Self {
        Self(SignedDuration::from_secs(3600))
    }
}

/// What is known of a section of a host's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Availability {
    /// No report ever brought it.
    #[default]
    Never,
    /// No report ever brought it, and the last said that it could not be read.
    Unread,
    /// The last report brought or confirmed it.
    Present,
    /// It was known, and the last report could not read it: what is known is older.
    Unavailable,
}

impl Availability {
    /// Whether some report brought it, be it an earlier one.
    #[must_use]
    pub const fn is_known(self) -> bool {
        matches!(self, Self::Present | Self::Unavailable)
    }
}

/// Everything that the index needs of one host; replaces what it knew of that host before.
#[derive(Debug, Clone, PartialEq)]
pub struct HostFacts {
    /// Its public number.
    pub id: HostId,
    /// Its name, as it reports it.
    pub hostname: String,
    /// Its distribution and release.
    pub platform: Platform,
    /// os-release's `PRETTY_NAME`, for people.
    pub os_name: String,
    /// Tags, in any order.
    pub tags: Vec<String>,
    /// Context bits that are set (`esm-infra`, `eus:9.2`, `livepatch:ID`), in any order: the
    /// conditions of guarded verdicts.
    pub context: Vec<String>,
    /// When it was last heard of.
    pub last_seen_at: Timestamp,
    /// How often it is expected to check in.
    pub interval: Interval,
    /// What it has: package, role, held; in any order. Packages must have been introduced by
    /// [`Change::PackageIds`] in this batch or before; others are left out and counted in
    /// [`Applied::unknown_packages`].
    pub inventory: Vec<(PackageId, Role, Held)>,
    /// Pending updates by the host's own package manager.
    pub updates: Vec<UpdateFacts>,
    /// Installed packages in whose place packages of other names would come: how many of these steps are of security,
    /// and how many are not, or not known to be. They are counted among the updates that wait.
    pub replacements: (u32, u32),
    /// Updates and replacements of which their repositories don't tell whether they are of security.
    pub security_unknown: u32,
    /// Whether it says that it must be rebooted, if it can tell.
    pub reboot_required: Option<bool>,
    /// When its package lists were last fetched, if known.
    pub lists_at: Option<Timestamp>,
    /// What is known of section `host`.
    pub host_section: Availability,
    /// What is known of section `packages`.
    pub packages: Availability,
    /// What is known of section `updates`.
    pub updates_section: Availability,
    /// Records of section `packages` that could not be understood and were left out.
    pub packages_skipped: u32,
    /// The same of section `updates`, with the lists and settings that it is computed from.
    pub updates_skipped: u32,
    /// The same of section `repositories`.
    pub repositories_skipped: u32,
    /// Whether the security repository of its distribution is among its sources of packages.
    pub security_repository: SecurityRepository,
    /// Sections that it says are otherwise than these facts.
    pub awaited: Awaited,
    /// How far its clock is ahead of the server's, where that is too far to believe its dates.
    pub clock_ahead: Option<SignedDuration>,
    /// No package is known to hold the kernel that runs, and it is the host's own.
    pub kernel_unowned: bool,
    /// It runs, and does not say whether it must be rebooted, as far as is known.
    pub reboot_unknown: bool,
    /// When two machines last took turns under this one identity, if they did.
    pub alternated_at: Option<Timestamp>,
    /// What queries look at beside all that.
    pub attributes: Attributes,
}

/// What a host says of itself, and how it is labelled, as far as only queries ask for it. Texts are
/// empty where nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    /// Its site.
    pub site: String,
    /// Its environment: `prod`.
    pub environment: String,
    /// `uname -r` of the kernel that runs.
    pub kernel: String,
    /// Its architecture in its package manager's words: `amd64`, `x86_64`.
    pub arch: String,
    /// `dpkg`, `rpm`, `pacman` or `apk`.
    pub package_manager: String,
    /// `kvm`, `lxc`; `none` on bare metal.
    pub virtualization: String,
    /// Its fully qualified name. Where it is empty, the hostname is taken if it holds a dot.
    pub fqdn: String,
    /// Its addresses, in any order.
    pub addresses: Vec<IpAddr>,
    /// When its kernel was booted, by its own clock.
    pub booted_at: Option<Timestamp>,
}

/// One pending update of one host, as far as the index counts it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpdateFacts {
    /// Name of the package.
    pub name: String,
    /// Its architecture.
    pub arch: String,
    /// The version that would be installed.
    pub candidate: String,
    /// The version that is installed.
    pub installed: String,
    /// The suite within the repository.
    pub suite: String,
    /// It comes from a security repository or carries a security advisory.
    pub security: bool,
    /// Why the manager does not install it now, if it does not.
    pub withheld: Option<Withheld>,
}

/// One change of what the index knows. Changes of a batch take effect together, in order.
#[derive(Debug, Clone)]
pub enum Change {
    /// New package ids. An id that is known already is ignored: ids never change meaning.
    PackageIds(Vec<(PackageId, Package)>),
    /// A host came or changed; its facts replace what was known of it.
    Host(Box<HostFacts>),
    /// A host checked in and nothing else changed: nothing is awaited of it. Unknown hosts are ignored; an
    /// earlier time than the one known too.
    HostSeen {
        /// Which host.
        host: HostId,
        /// When it was heard of.
        last_seen_at: Timestamp,
    },
    /// A host said that sections are otherwise than its facts: all that are awaited of it now. Unknown hosts
    /// are ignored.
    HostAwaited {
        /// Which host.
        host: HostId,
        /// Since when.
        awaited: Awaited,
    },
    /// A host was removed.
    HostGone(HostId),
    /// The advisories or rules of a platform changed: its packages are judged again and its hosts
    /// recounted, no others.
    Rules {
        /// Which platform.
        platform: Platform,
        /// Its rules from now on.
        rules: Arc<Rules>,
    },
    /// What is known of CVEs themselves; replaces all that was known before.
    CveScores(Arc<CveScores>),
    /// The present moment. The only way by which time enters; earlier than the last is ignored.
    Time(Timestamp),
}

/// What a batch did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// The sequence number that snapshots show from now on.
    pub seq: u64,
    /// Hosts of which an answer may have changed (came, changed, went, other counts, other
    /// freshness), sorted, without duplicates. Check-ins that change nothing but the time last
    /// seen are not among them.
    pub hosts: Vec<HostId>,
    /// How many packages in roles were judged.
    pub judged: usize,
    /// How often their verdicts were gone through: packages that are judged alike are one class.
    pub classes: usize,
    /// Inventory entries left out because their package id was never introduced. Not 0 means that
    /// the caller forgot [`Change::PackageIds`].
    pub unknown_packages: usize,
}

/// How long ago a host was heard of, against its interval. Boundaries belong to the fresher side:
/// fresh up to twice the interval, late up to 24 hours, stale up to 7 days, lost beyond; tried in
/// this order, so a host with an interval of two days is fresh for four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Heard of within twice its interval.
    Fresh,
    /// Within 24 hours.
    Late,
    /// Within 7 days.
    Stale,
    /// Longer ago.
    Lost,
}

/// How a host is shown. A host that is stale or lost is grey; else conditions are tried in the order
/// red, orange, yellow, and with nothing pending a host is green only where everything that says so is
/// known ([`crate::Basis`]), else grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// Nothing pending, and that is known.
    Green,
    /// Only other than security updates pending, or nothing but a reboot that the host requires: what was
    /// upgraded is not in force before it.
    Yellow,
    /// Security updates pending.
    Orange,
    /// An open finding of critical severity with a fix available.
    Red,
    /// Unknown: stale or lost, or nothing pending as far as is known while something is not known.
    Grey,
}
