//! Judging: rows against one package.

use crate::alias::{Alias, KERNELS_KNOWN, Kernel, alias, kernel};
use crate::assessment::{Assessment, Judgement, Reason};
use crate::rules::{NO_TEXT, Row, Rules, Status};
use model::{Guard, GuardedState, Origin, Package, Role, Severity, State, Verdict};

/// A verdict that borrows its texts from the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictRef<'a> {
    /// The CVE, or the advisory's id where it names none.
    pub cve: &'a str,
    /// Advisory that labels it, empty where none does.
    pub advisory: &'a str,
    /// States by guard.
    pub states: StatesRef<'a>,
    /// First version that is not affected, empty where there is none.
    pub fixed_version: &'a str,
    /// The vendor's severity.
    pub severity: Severity,
    /// Id of the feed that decided.
    pub feed: &'a str,
    /// The vendor's own words, or the reason of a negative; may be empty.
    pub words: &'a str,
}

/// The states of a verdict: one, or two by a context bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatesRef<'a> {
    /// The same on every host.
    Always(State),
    /// Depends on whether the host's context bit is set.
    Split {
        /// The context bit.
        bit: &'a str,
        /// The state where it is set.
        with: State,
        /// The state where it is not.
        without: State,
    },
}

impl StatesRef<'_> {
    /// Whether some host would have it open.
    #[must_use]
    pub const fn any_open(self) -> bool {
        match self {
            Self::Always(state) => state.is_open(),
            Self::Split { with, without, .. } => with.is_open() || without.is_open(),
        }
    }

    fn to_owned(self) -> Vec<GuardedState> {
        match self {
            Self::Always(state) => vec![GuardedState { guard: Guard::Always, state }],
            Self::Split { bit, with, without } => vec![
                GuardedState { guard: Guard::Has(bit.to_owned()), state: with },
                GuardedState { guard: Guard::Lacks(bit.to_owned()), state: without },
            ],
        }
    }
}

impl VerdictRef<'_> {
    /// The same with its own texts.
    #[must_use]
    pub fn to_owned(self) -> Verdict {
        Verdict {
            cve: self.cve.to_owned(),
            advisory: self.advisory.to_owned(),
            states: self.states.to_owned(),
            fixed_version: self.fixed_version.to_owned(),
            severity: self.severity,
            feed: self.feed.to_owned(),
            words: self.words.to_owned(),
        }
    }
}

/// What decided a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Because {
    /// The package's version is below the fixed one.
    Below,
    /// The package's version has the fix.
    Reached,
    /// The package's version has the fix of a later release.
    ReachedLater,
    /// The vendor says so, whatever the version.
    Said,
}

/// How far the role exposes the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exposure {
    /// It counts.
    Full,
    /// A kernel image that runs or boots next on no host that tells.
    UnlessTold,
    /// It belongs to a kernel but holds none.
    None,
}

pub(crate) const NOT_RUNNING: &str =
    "this kernel neither runs nor boots next; it counts only where a host does not tell its kernels";
pub(crate) const NO_KERNEL: &str = "belongs to a kernel but holds none that could run";
pub(crate) const HAS_FIX: &str = "the installed version has the fix";
pub(crate) const HAS_LATER_FIX: &str = "the installed version has the fix of unstable";

/// One way in which the vendor can speak of a package.
pub(crate) struct Side<'p> {
    /// `source` or `package`.
    pub(crate) kind: &'static str,
    pub(crate) name: &'p str,
    /// The package's version in the subject's terms.
    pub(crate) version: &'p str,
    pub(crate) key: Vec<u8>,
}

impl Rules {
    /// What is said of a package in a role: open verdicts only, sorted by CVE.
    #[must_use]
    pub fn judge(&self, package: &Package, role: Role) -> Judgement {
        self.collect(package, role, false)
    }

    /// As [`Rules::judge`], with the negatives that rest on a fact: `not_affected`, and
    /// `not_assessed` where the feed is too old for it.
    #[must_use]
    pub fn judge_all(&self, package: &Package, role: Role) -> Judgement {
        self.collect(package, role, true)
    }

    fn collect(&self, package: &Package, role: Role, all: bool) -> Judgement {
        let mut verdicts = Vec::new();
        let assessment = self.each(package, role, &mut |verdict| {
            if all || verdict.states.any_open() {
                verdicts.push(verdict.to_owned());
            }
        });
        Judgement { assessment, verdicts }
    }

    /// Calls `each` with every verdict that rests on a fact, negatives too, sorted by CVE, and says
    /// whether silence is a negative. Allocates nothing per verdict.
    pub fn each<'a>(&'a self, package: &Package, role: Role, each: &mut dyn FnMut(VerdictRef<'a>)) -> Assessment {
        if let Some(reason) = self.refusal(package) {
            return Assessment::NotAssessed { reason };
        }
        let exposure = self.exposure(package, role);
        self.walk(package, &mut |row, side| {
            let (base, because) = self.outcome(row, &side.key);
            each(self.verdict(row, base, because, exposure));
        });
        match &self.silence {
            Some(reason) => Assessment::NotAssessed { reason: reason.clone() },
            None => Assessment::Assessed,
        }
    }

    /// Whether `package`, by its version alone and whatever its role, is free of `cve` according to a
    /// fact in force: a kernel image on disk that would close the finding of the running one.
    #[must_use]
    pub fn is_fixed(&self, package: &Package, cve: &str) -> bool {
        let mut fixed = false;
        if self.refusal(package).is_none() {
            self.walk(package, &mut |row, side| {
                if self.text(row.cve) == cve {
                    fixed = matches!(self.outcome(row, &side.key).0, StatesRef::Always(State::NotAffected));
                }
            });
        }
        fixed
    }

    /// Why no fact at all may be held against the package.
    pub(crate) fn refusal(&self, package: &Package) -> Option<Reason> {
        if let Origin::Foreign(origin) = &package.origin {
            return Some(Reason::ForeignOrigin { origin: origin.clone() });
        }
        let Some(scheme) = self.scheme.filter(|_| package.platform == self.platform) else {
            let wanted = crate::speaks_for(&package.platform).into_iter().take(1).map(str::to_owned).collect();
            return Some(Reason::NoFeed { platform: package.platform.clone(), wanted });
        };
        match scheme.check(&package.version).and_then(|()| scheme.check(&package.source_version)) {
            Ok(()) => None,
            Err(wrong) => Some(Reason::InvalidVersion { why: wrong.to_string() }),
        }
    }

    /// Calls `each` with every row that speaks of the package, sorted by CVE. What the vendor says of
    /// the package's own source goes before what it says of the source that it is the signed form of.
    pub(crate) fn walk<'a>(&'a self, package: &Package, each: &mut dyn FnMut(&'a Row, &Side<'_>)) {
        let Some(scheme) = self.scheme else { return };
        let alias = alias(package);
        let own = self
            .by_source
            .get(package.source.as_str())
            .map(|rows| (rows, "source", package.source.as_str(), package.source_version.as_str()));
        let aliased = alias.as_ref().and_then(|Alias { source, version, .. }| {
            let rows = self.by_source.get(source.as_ref())?;
            Some((rows, "source", source.as_ref(), version.as_ref()))
        });
        let binary = self
            .by_binary
            .get(package.name.as_str())
            .map(|rows| (rows, "package", package.name.as_str(), package.version.as_str()));
        let mut found: Vec<(&'a Row, usize)> = Vec::new();
        let mut sides: Vec<Side<'_>> = Vec::new();
        let named = usize::from(own.is_some()) + usize::from(aliased.is_some()) + usize::from(binary.is_some());
        for (rows, kind, name, version) in [own, aliased, binary].into_iter().flatten() {
            let side = Side { kind, name, version, key: scheme.key(version) };
            let rows = self.rows.get(rows.clone()).unwrap_or_default().iter().filter(|row| self.applies(row, package));
            if named == 1 {
                rows.for_each(|row| each(row, &side));
                return;
            }
            found.extend(rows.map(|row| (row, sides.len())));
            sides.push(side);
        }
        found.sort_by(|a, b| self.text(a.0.cve).cmp(self.text(b.0.cve)).then(a.1.cmp(&b.1)));
        found.dedup_by(|next, kept| next.0.cve == kept.0.cve && next.1 != kept.1);
        for (row, side) in found {
            each(row, &sides[side]);
        }
    }

    fn applies(&self, row: &Row, package: &Package) -> bool {
        (row.arches == NO_TEXT || self.text(row.arches).split(' ').any(|arch| arch == package.arch))
            && (row.module == NO_TEXT && package.module.is_empty() || self.text(row.module) == package.module)
    }

    /// The states by version alone.
    pub(crate) fn outcome(&self, row: &Row, key: &[u8]) -> (StatesRef<'_>, Because) {
        match row.status {
            Status::Fixed if key >= self.key(row.key) => (StatesRef::Always(State::NotAffected), Because::Reached),
            Status::NotAffected => (StatesRef::Always(State::NotAffected), Because::Said),
            _ if row.later != NO_TEXT && key >= self.key(row.later_key) => {
                (StatesRef::Always(State::NotAffected), Because::ReachedLater)
            }
            Status::Fixed if row.channel == NO_TEXT => (StatesRef::Always(State::FixAvailable), Because::Below),
            Status::Fixed => {
                let bit = self.text(row.channel);
                (StatesRef::Split { bit, with: State::FixAvailable, without: State::FixNeedsChannel }, Because::Below)
            }
            Status::Affected => (StatesRef::Always(State::NoFix), Because::Said),
            Status::WillNotFix => (StatesRef::Always(State::WillNotFix), Because::Said),
            Status::UnderInvestigation => (StatesRef::Always(State::UnderInvestigation), Because::Said),
        }
    }

    pub(crate) fn exposure(&self, package: &Package, role: Role) -> Exposure {
        let alias = alias(package);
        let source = alias.as_ref().map_or(package.source.as_str(), |alias| alias.source.as_ref());
        match (kernel(package, source), role) {
            (None, _) | (Some(Kernel::Image), Role::RunningKernel | Role::NextKernel | Role::Resident) => {
                Exposure::Full
            }
            (Some(Kernel::Image), Role::Installed) => Exposure::UnlessTold,
            (Some(Kernel::Companion), _) => Exposure::None,
        }
    }

    pub(crate) fn verdict<'a>(
        &'a self,
        row: &Row,
        base: StatesRef<'a>,
        because: Because,
        exposure: Exposure,
    ) -> VerdictRef<'a> {
        let too_old = matches!(self.silence, Some(Reason::FeedTooOld { .. }));
        let (states, reason) = match (base, exposure) {
            // Staleness withdraws negatives, and only them.
            (StatesRef::Always(State::NotAffected), _) => {
                let state = if too_old { State::NotAssessed } else { State::NotAffected };
                let reason = match because {
                    Because::Reached => HAS_FIX,
                    Because::ReachedLater => HAS_LATER_FIX,
                    Because::Below | Because::Said => "",
                };
                (StatesRef::Always(state), reason)
            }
            (base, Exposure::Full) => (base, ""),
            (_, Exposure::None) => (StatesRef::Always(State::NotAffected), NO_KERNEL),
            (base, Exposure::UnlessTold) => {
                // A verdict splits on one bit; of a channel's two states the one without it is taken.
                let without = match base {
                    StatesRef::Always(state) => state,
                    StatesRef::Split { without, .. } => without,
                };
                (StatesRef::Split { bit: KERNELS_KNOWN, with: State::NotAffected, without }, "")
            }
        };
        let words = self.text(row.words);
        VerdictRef {
            cve: self.text(row.cve),
            advisory: self.text(row.advisory),
            states,
            fixed_version: self.text(row.fixed),
            severity: row.severity,
            feed: self.feed_of(row).map_or("", |feed| feed.id.as_str()),
            words: if words.is_empty() { reason } else { words },
        }
    }

    pub(crate) fn feed_of(&self, row: &Row) -> Option<&crate::FeedStamp> {
        self.feeds.get(usize::from(row.feed)).map(|(stamp, _)| stamp)
    }
}
