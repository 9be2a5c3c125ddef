//! What the applier writes and snapshots share.

use crate::columns::{Columns, Row, Totals};
use crate::cow::{Paged, ShardMap};
use crate::packed::Packed;
use crate::posting::Posting;
use crate::query::LabelKind;
use crate::{Basis, CveScores, HostId, Interval, PackageId, Score, StateCounts};
use jiff::Timestamp;
use matching::{Reason, Rules};
use model::{Package, Platform, Role, Severity, State};
use roaring::RoaringBitmap;
use std::net::IpAddr;
use std::sync::Arc;

/// A place in one of the tables below.
pub(crate) type Ordinal = u32;

/// Everything the index knows. Cloning it shares every table.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    pub(crate) seq: u64,
    pub(crate) now: Timestamp,

    /// Hosts by ordinal; a place without a host is filled again.
    pub(crate) hosts: Paged<Option<Arc<Record>>, 1024>,
    pub(crate) columns: Columns,
    pub(crate) totals: Totals,
    pub(crate) host_ids: ShardMap<HostId, Ordinal>,
    pub(crate) all: Posting,
    pub(crate) by_freshness: [Posting; 4],
    pub(crate) by_colour: [Posting; 5],
    /// Hosts that say no, and that say yes.
    pub(crate) by_reboot: [Posting; 2],
    pub(crate) tags: ShardMap<Arc<str>, Posting>,
    /// Texts of hosts that queries compare.
    pub(crate) labels: Paged<Option<Label>, 64>,
    pub(crate) platforms: Paged<PlatformEntry, 16>,
    /// Context bits and the hosts on which they are set.
    pub(crate) bits: Paged<Bit, 16>,

    pub(crate) packages: Paged<PackageEntry, 64>,
    /// Packages by name.
    pub(crate) names: ShardMap<Arc<str>, Vec<Ordinal>>,
    /// Packages by the name of their source, where it is another than their own.
    pub(crate) sources: ShardMap<Arc<str>, Vec<Ordinal>>,
    pub(crate) carriers: Paged<Option<Carrier>, 64>,
    pub(crate) lists: Paged<Option<List>, 64>,
    pub(crate) cves: Paged<Cve, 64>,
    pub(crate) cve_names: ShardMap<Arc<str>, Ordinal>,
    /// What is known of CVEs themselves; each one's own stands in [`Cve::score`] too.
    pub(crate) scores: Arc<CveScores>,
    /// Fixed versions.
    pub(crate) texts: Paged<Arc<str>, 256>,
    /// Why packages are not assessed.
    pub(crate) reasons: Paged<Reason, 64>,
    /// States by more than one context bit.
    pub(crate) chains: Paged<Arc<[Choice]>, 64>,

    pub(crate) updates: Paged<Option<Update>, 64>,
}

impl Tables {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            seq: 0,
            now,
            hosts: Paged::default(),
            columns: Columns::default(),
            totals: Totals::default(),
            host_ids: ShardMap::default(),
            all: Posting::default(),
            by_freshness: Default::default(),
            by_colour: Default::default(),
            by_reboot: Default::default(),
            tags: ShardMap::default(),
            labels: Paged::default(),
            platforms: Paged::default(),
            bits: Paged::default(),
            packages: Paged::default(),
            names: ShardMap::default(),
            sources: ShardMap::default(),
            carriers: Paged::default(),
            lists: Paged::default(),
            cves: Paged::default(),
            cve_names: ShardMap::default(),
            scores: Arc::default(),
            texts: Paged::default(),
            reasons: Paged::default(),
            chains: Paged::default(),
            updates: Paged::default(),
        }
    }

    pub(crate) fn host(&self, host: Ordinal) -> Option<&Arc<Record>> {
        self.hosts.get(host)?.as_ref()
    }

    pub(crate) fn carrier(&self, carrier: Ordinal) -> Option<&Carrier> {
        self.carriers.get(carrier)?.as_ref()
    }

    pub(crate) fn list(&self, list: Ordinal) -> Option<&List> {
        self.lists.get(list)?.as_ref()
    }

    pub(crate) fn platform(&self, platform: Ordinal) -> Option<&PlatformEntry> {
        self.platforms.get(platform)
    }

    pub(crate) fn text(&self, text: Ordinal) -> Arc<str> {
        self.texts.get(text).cloned().unwrap_or_default()
    }

    /// The carriers of a host: one for each of its packages and roles that counts.
    pub(crate) fn carriers_of<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = &'a Carrier> {
        let installed = record
            .inventory
            .slots()
            .filter(|slot| slot.role == Role::Installed)
            .filter_map(|slot| self.packages.get(slot.package)?.carrier(Role::Installed));
        installed.chain(record.variants.iter().copied()).filter_map(|carrier| self.carrier(carrier))
    }
}

/// What is kept of a host beside its numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: HostId,
    pub(crate) hostname: Arc<str>,
    /// In lower case: what is searched and ordered by.
    pub(crate) lower: Arc<str>,
    pub(crate) os_name: Arc<str>,
    pub(crate) platform: Ordinal,
    pub(crate) interval: Interval,
    /// Sorted, without duplicates.
    pub(crate) tags: Arc<[Arc<str>]>,
    /// Ordinals of [`Label`].
    pub(crate) labels: Packed,
    /// Sorted, without duplicates.
    pub(crate) addresses: Arc<[IpAddr]>,
    pub(crate) booted_at: Option<Timestamp>,
    /// Context bits that are set, sorted.
    pub(crate) context: Arc<[Ordinal]>,
    /// Packages and roles.
    pub(crate) inventory: Packed,
    /// Carriers of its packages in roles other than installed.
    pub(crate) variants: Arc<[Ordinal]>,
    /// Pending updates, as ordinals of [`Update`].
    pub(crate) updates: Packed,
    /// What its colour rests on; the number of packages and the lists' age stand in its row.
    pub(crate) basis: Basis,
}

impl Record {
    /// Everything that decides what is not known of a host with this row.
    pub(crate) fn basis(&self, row: &Row) -> Basis {
        Basis { installed: row.packages, lists_at: row.lists_at, ..self.basis }
    }
}

/// A platform of the fleet.
#[derive(Debug, Clone)]
pub(crate) struct PlatformEntry {
    pub(crate) platform: Platform,
    pub(crate) hosts: Posting,
    /// Without feeds until somebody gives others.
    pub(crate) rules: Arc<Rules>,
    pub(crate) has_rules: bool,
}

/// A text of hosts that queries compare whole.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) kind: LabelKind,
    pub(crate) text: Arc<str>,
    pub(crate) hosts: Posting,
}

/// A context bit.
#[derive(Debug, Clone)]
pub(crate) struct Bit {
    pub(crate) name: Arc<str>,
    pub(crate) hosts: Posting,
}

/// A distinct package.
#[derive(Debug, Clone)]
pub(crate) struct PackageEntry {
    pub(crate) id: PackageId,
    pub(crate) package: Arc<Package>,
    pub(crate) platform: Ordinal,
    /// The carriers that hosts have at present, by role.
    pub(crate) carriers: Vec<(Role, Ordinal)>,
}

impl PackageEntry {
    /// The first carrier in a role; the installed one is the only one.
    pub(crate) fn carrier(&self, role: Role) -> Option<Ordinal> {
        self.carriers.iter().find(|(of, _)| *of == role).map(|(_, carrier)| *carrier)
    }
}

/// A package in a role, and the hosts for which one judgement of it holds.
///
/// An installed package is one carrier. A running or next kernel, or an old version that is still
/// mapped, is one carrier for each set of installed packages that could replace it, since these
/// decide what a restart would mend.
#[derive(Debug, Clone)]
pub(crate) struct Carrier {
    pub(crate) package: Ordinal,
    pub(crate) role: Role,
    /// Installed packages, sorted, whose fixes a restart would bring; empty if installed.
    pub(crate) replacements: Arc<[Ordinal]>,
    pub(crate) hosts: Posting,
    /// What is open for it.
    pub(crate) list: Ordinal,
    /// Why it is not assessed, if so.
    pub(crate) reason: Option<Ordinal>,
}

/// What is open for some carriers: binaries of one source usually share it.
#[derive(Debug, Clone)]
pub(crate) struct List {
    /// Sorted by CVE.
    pub(crate) opinions: Arc<[Opinion]>,
    /// Sorted.
    pub(crate) carriers: Vec<Ordinal>,
}

/// What is said of one CVE, if it is open on any host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Opinion {
    pub(crate) cve: Ordinal,
    /// The fixed version, where not [`Choice::fixed`] tells it.
    pub(crate) fixed: Ordinal,
    pub(crate) states: States,
    pub(crate) severity: Severity,
    /// Hash of what else is said (advisory, feed, words): tells that the texts of a finding changed
    /// without keeping them.
    pub(crate) said: u32,
}

/// A state, two by a context bit, or one of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum States {
    Always(State),
    /// With one fixed version, whichever of the two is open.
    Split {
        bit: Ordinal,
        with: State,
        without: State,
    },
    /// The first choice of [`Tables::chains`] whose bit is set.
    Chain(Ordinal),
}

/// What holds on hosts with a context bit, if no choice before it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Choice {
    /// The bit; the last choice has none and holds for all other hosts.
    pub(crate) bit: Option<Ordinal>,
    pub(crate) state: State,
    /// The fixed version on these hosts: a minor release has fixes of its own.
    pub(crate) fixed: Ordinal,
}

impl Tables {
    /// The state on a host with these context bits.
    pub(crate) fn state_on(&self, states: States, context: &[Ordinal]) -> State {
        let has = |bit: &Ordinal| context.binary_search(bit).is_ok();
        match states {
            States::Always(state) => state,
            States::Split { bit, with, without } => {
                if has(&bit) {
                    with
                } else {
                    without
                }
            }
            States::Chain(chain) => self
                .chain(chain)
                .iter()
                .find(|choice| choice.bit.as_ref().is_none_or(has))
                .map_or(State::NotAffected, |choice| choice.state),
        }
    }

    /// Whether some host would have it open.
    pub(crate) fn any_open(&self, states: States) -> bool {
        match states {
            States::Always(state) => state.is_open(),
            States::Split { with, without, .. } => with.is_open() || without.is_open(),
            States::Chain(chain) => self.chain(chain).iter().any(|choice| choice.state.is_open()),
        }
    }

    /// The hosts of `hosts` under each state, with its fixed version; each host once.
    pub(crate) fn parted(&self, opinion: &Opinion, hosts: RoaringBitmap) -> Vec<(State, Ordinal, RoaringBitmap)> {
        let with = |bit: Ordinal, hosts: &RoaringBitmap| {
            self.bits.get(bit).map_or_else(RoaringBitmap::new, |bit| bit.hosts.and(hosts))
        };
        match opinion.states {
            States::Always(state) => vec![(state, opinion.fixed, hosts)],
            States::Split { bit, with: has, without } => {
                let set = with(bit, &hosts);
                vec![(without, opinion.fixed, hosts - &set), (has, opinion.fixed, set)]
            }
            States::Chain(chain) => {
                let mut rest = hosts;
                let mut parts = Vec::new();
                for choice in self.chain(chain) {
                    let of = choice.bit.map_or_else(|| rest.clone(), |bit| with(bit, &rest));
                    rest -= &of;
                    parts.push((choice.state, choice.fixed, of));
                }
                parts
            }
        }
    }

    fn chain(&self, chain: Ordinal) -> &[Choice] {
        self.chains.get(chain).map(AsRef::as_ref).unwrap_or_default()
    }
}

impl List {
    pub(crate) fn opinion(&self, cve: Ordinal) -> Option<&Opinion> {
        let at = self.opinions.binary_search_by_key(&cve, |opinion| opinion.cve).ok()?;
        self.opinions.get(at)
    }
}

/// A CVE, with the number of hosts by state and severity.
#[derive(Debug, Clone)]
pub(crate) struct Cve {
    pub(crate) name: Arc<str>,
    pub(crate) by_state: [u32; 6],
    pub(crate) by_severity: [u32; 6],
    pub(crate) score: Score,
    /// Lists that name it, sorted.
    pub(crate) lists: Vec<Ordinal>,
}

/// A pending update of some hosts.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    pub(crate) key: UpdateKey,
    pub(crate) hosts: Posting,
}

/// What makes updates of two hosts the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct UpdateKey {
    pub(crate) platform: Ordinal,
    pub(crate) security: bool,
    pub(crate) name: Arc<str>,
    pub(crate) candidate: Arc<str>,
    pub(crate) suite: Arc<str>,
}

/// The place of an open state in [`StateCounts::STATES`].
pub(crate) fn state_rank(state: State) -> Option<usize> {
    StateCounts::STATES.iter().position(|of| *of == state)
}

/// The place of a severity in [`Severity::ALL`]: 0 is the worst.
pub(crate) const fn severity_rank(severity: Severity) -> usize {
    match severity {
        Severity::Critical => 0,
        Severity::High => 1,
        Severity::Medium => 2,
        Severity::Low => 3,
        Severity::Negligible => 4,
        Severity::Unknown => 5,
    }
}
