//! The states of one CVE for one package, by what the host has.

use super::{Sides, Speaking};
use crate::assessment::Reason;
use crate::compile::says_more;
use crate::kernels::KERNELS_KNOWN;
use crate::rules::{Lane, NO_TEXT, Row, Rules, Status};
use model::{Guard, GuardedState, Severity, State, Verdict};

/// The words of negatives that need a reason.
pub(crate) const NO_KERNEL: &str = "belongs to a kernel but holds none that could run";
pub(crate) const HAS_FIX: &str = "the installed version has the fix";
pub(crate) const HAS_LATER_FIX: &str = "the installed version has the fix of unstable";
pub(crate) const NOT_RUNNING: &str =
    "this kernel neither runs nor boots next; it counts only where a host does not tell its kernels";
pub(crate) const UNKNOWN_STREAM: &str = "a fix for a module stream, and it is not known whether for this one";
pub(crate) const OTHER_STREAM: &str = "the vendor names it for another minor release's channel only";

/// What decided a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Because {
    /// The installed version is below the fixed one.
    Below,
    /// The installed version has reached the fixed one.
    Reached,
    /// It has reached a fixed version of a later release that settles it too.
    ReachedLater,
    /// The vendor's word.
    Said,
    /// The vendor speaks of channels only that the host has not.
    OtherStream,
    /// The module stream of the package or of the fact is not known.
    UnknownStream,
    /// The record that would say it was skipped.
    Unread,
}

/// How far a package can be exposed in its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Exposure {
    /// As anything installed.
    Full,
    /// Only on hosts that do not tell which kernels run and boot next: an installed image.
    UnlessTold,
    /// Never: part of a kernel that holds none.
    None,
}

/// A verdict that borrows its texts from the rules (`'r`) and its arms from the walk (`'v`).
#[derive(Debug, Clone, Copy)]
pub struct VerdictRef<'v, 'r> {
    /// The CVE, or the advisory's id where it names none.
    pub cve: &'r str,
    /// The vendor's severity, the worst of what speaks.
    pub severity: Severity,
    /// What holds, by context bits in order: the first arm whose bit is set counts, and the last one
    /// has no bit. Never empty.
    pub arms: &'v [Arm<'r>],
}

/// What is said on hosts that have a context bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arm<'r> {
    /// The bit; empty in the last arm, which holds for all the others.
    pub bit: &'r str,
    /// The state.
    pub state: State,
    /// Advisory that labels it, empty where none does.
    pub advisory: &'r str,
    /// First version that is not affected, empty where there is none.
    pub fixed_version: &'r str,
    /// Id of the feed that decided.
    pub feed: &'r str,
    /// The vendor's own words, or the reason of a negative; may be empty.
    pub words: &'r str,
    pub(crate) because: Because,
}

const NOTHING: Arm<'static> = Arm {
    bit: "",
    state: State::NotAffected,
    advisory: "",
    fixed_version: "",
    feed: "",
    words: "",
    because: Because::Said,
};

impl<'r> VerdictRef<'_, 'r> {
    /// What holds on a host with the context bits that `has` answers for.
    pub fn on(&self, mut has: impl FnMut(&str) -> bool) -> &Arm<'r> {
        self.arms.iter().find(|arm| arm.bit.is_empty() || has(arm.bit)).unwrap_or(&NOTHING)
    }

    /// Whether some host would have it open.
    #[must_use]
    pub fn any_open(&self) -> bool {
        self.arms.iter().any(|arm| arm.state.is_open())
    }

    /// The arm whose texts stand for the verdict: what holds without any bit, or the first open one
    /// where that is not open.
    #[must_use]
    pub fn principal(&self) -> &Arm<'r> {
        let last = self.arms.last().unwrap_or(&NOTHING);
        if last.state.is_open() {
            return last;
        }
        self.arms.iter().find(|arm| arm.state.is_open()).unwrap_or(last)
    }

    /// The verdict with texts of its own.
    #[must_use]
    pub fn to_owned(&self) -> Verdict {
        let principal = self.principal();
        let guard = |arm: &Arm<'r>| match self.arms {
            [_] => Guard::Always,
            [first, _] if arm.bit.is_empty() => Guard::Lacks(first.bit.to_owned()),
            _ if arm.bit.is_empty() => Guard::Always,
            _ => Guard::Has(arm.bit.to_owned()),
        };
        let states = self.arms.iter().map(|arm| GuardedState {
            guard: guard(arm),
            state: arm.state,
            fixed_version: (arm.fixed_version != principal.fixed_version).then(|| arm.fixed_version.to_owned()),
        });
        Verdict {
            cve: self.cve.to_owned(),
            advisory: principal.advisory.to_owned(),
            states: states.collect(),
            fixed_version: principal.fixed_version.to_owned(),
            severity: self.severity,
            feed: principal.feed.to_owned(),
            words: principal.words.to_owned(),
        }
    }
}

impl Rules {
    /// The states of one CVE by version and channel, whatever the role; gives the severity.
    ///
    /// In each channel the row that says most counts. Then:
    /// - a stream (`eus:9.2`) judges the hosts that have it, and no others;
    /// - the base release judges the rest, with the fixes of added channels (`esm-infra`) where it has
    ///   none itself: a version that reaches one of them has the fix, whichever repository it is from.
    pub(crate) fn states<'r>(
        &'r self,
        group: &[Speaking<'r>],
        sides: &Sides<'_, 'r>,
        arms: &mut Vec<Arm<'r>>,
    ) -> Severity {
        arms.clear();
        if let [one] = group
            && one.row.lane == Lane::Base
        {
            arms.push(self.arm(*one, sides));
            return one.row.severity;
        }
        let best = self.best_by_channel(group);
        let severity = best.iter().map(|said| said.row.severity).max().unwrap_or_default();
        let of = |lane: Lane| best.iter().copied().filter(move |said| said.row.lane == lane);
        for said in of(Lane::Stream) {
            arms.push(Arm { bit: self.text(said.row.channel), ..self.arm(said, sides) });
        }
        let base = of(Lane::Base).next().map(|said| self.arm(said, sides));
        let added = || of(Lane::Added).map(|said| self.arm(said, sides));
        // A channel that fixes it again, in a greater version, says that the first fix was not whole.
        let again = added().any(|arm| arm.because == Because::Below);
        let settled = base.filter(|arm| arm.state == State::NotAffected && !(arm.because == Because::Reached && again));
        let reached = || added().find(|arm| arm.because == Because::Reached);
        match settled.or_else(reached) {
            Some(arm) => arms.push(arm),
            None => self.with_added(base, of(Lane::Added), sides, arms),
        }
        self.drop_equal(arms);
        severity
    }

    /// Arms of added channels, and the last one.
    fn with_added<'r>(
        &'r self,
        base: Option<Arm<'r>>,
        added: impl Iterator<Item = Speaking<'r>>,
        sides: &Sides<'_, 'r>,
        arms: &mut Vec<Arm<'r>>,
    ) {
        let base_has_fix = base.is_some_and(|arm| arm.state == State::FixAvailable);
        let mut last = base;
        for said in added {
            let arm = self.arm(said, sides);
            if !base_has_fix {
                arms.push(Arm { bit: self.text(said.row.channel), ..arm });
            }
            match last {
                // A fix that the host can't get is still what it lacks.
                Some(known) if matches!(known.state, State::FixAvailable | State::FixNeedsChannel) => {}
                Some(_) | None if arm.state == State::FixAvailable => {
                    last = Some(Arm { state: State::FixNeedsChannel, ..arm });
                }
                Some(_) => {}
                None => last = Some(arm),
            }
        }
        let other = || {
            let named = arms.first().copied().unwrap_or(NOTHING);
            // Nobody speaks of the base release, though of other channels.
            let state = if self.silence.is_some() { State::NotAssessed } else { State::NotAffected };
            Arm { state, because: Because::OtherStream, words: OTHER_STREAM, advisory: "", fixed_version: "", ..named }
        };
        let last = last.unwrap_or_else(other);
        arms.push(Arm { bit: "", ..last });
    }

    /// An arm that says what the last one says is none.
    fn drop_equal(&self, arms: &mut Vec<Arm<'_>>) {
        let Some(last) = arms.last().copied() else { return };
        if arms.iter().all(|arm| Arm { bit: "", ..*arm } == last) {
            arms.clear();
            arms.push(last);
        }
    }

    /// The row that says most in each channel, base first, then by the channels' names.
    fn best_by_channel<'r>(&self, group: &[Speaking<'r>]) -> Vec<Speaking<'r>> {
        let mut best: Vec<Speaking<'r>> = Vec::with_capacity(group.len());
        for said in group {
            let Some(known) = best.iter_mut().find(|known| known.row.channel == said.row.channel) else {
                best.push(*said);
                continue;
            };
            // Rows stand in the order of their sides: a later side adds nothing to what one said.
            let keys = (self.key(said.row.key), self.key(known.row.key));
            let more = match (said.sure, known.sure) {
                (true, true) => known.side == said.side && says_more(said.row, known.row, keys),
                (sure, _) => sure && !known.sure,
            };
            if more {
                *known = *said;
            }
        }
        best.sort_by_key(|said| said.row.channel);
        best
    }

    /// What one row says.
    fn arm<'r>(&'r self, said: Speaking<'r>, sides: &Sides<'_, 'r>) -> Arm<'r> {
        let row = said.row;
        let (state, because) = match sides.get(said.side) {
            _ if !said.sure => (State::NotAssessed, Because::UnknownStream),
            Some(side) => self.outcome(row, &side.key),
            None => (State::NotAffected, Because::Said),
        };
        Arm {
            bit: "",
            state,
            advisory: self.text(row.advisory),
            fixed_version: self.text(row.fixed),
            feed: self.feed_of(row).map_or("", |feed| feed.id.as_str()),
            words: self.text(row.words),
            because,
        }
    }

    /// The state by version alone.
    fn outcome(&self, row: &Row, key: &[u8]) -> (State, Because) {
        match row.status {
            Status::Fixed if key >= self.key(row.key) => (State::NotAffected, Because::Reached),
            Status::NotAffected => (State::NotAffected, Because::Said),
            _ if row.later != NO_TEXT && key >= self.key(row.later_key) => (State::NotAffected, Because::ReachedLater),
            Status::Fixed => (State::FixAvailable, Because::Below),
            Status::Affected => (State::NoFix, Because::Said),
            Status::WillNotFix => (State::WillNotFix, Because::Said),
            Status::UnderInvestigation => (State::UnderInvestigation, Because::Said),
        }
    }

    /// What the states come to in a role, and for data of this age.
    pub(crate) fn expose<'r>(&'r self, exposure: Exposure, arms: &mut Vec<Arm<'r>>) {
        let too_old = matches!(self.silence, Some(Reason::FeedTooOld { .. }));
        let any_open = arms.iter().any(|arm| arm.state.is_open());
        for arm in arms.iter_mut() {
            if arm.state.is_open() {
                if exposure == Exposure::None {
                    arm.state = State::NotAffected;
                    arm.words = NO_KERNEL;
                }
                continue;
            }
            // Staleness withdraws negatives, and only them.
            if too_old && arm.state == State::NotAffected {
                arm.state = State::NotAssessed;
            }
            if arm.words.is_empty() {
                arm.words = match arm.because {
                    Because::Reached => HAS_FIX,
                    Because::ReachedLater => HAS_LATER_FIX,
                    Because::UnknownStream => UNKNOWN_STREAM,
                    Because::Below | Because::Said | Because::OtherStream | Because::Unread => "",
                };
            }
        }
        if exposure == Exposure::UnlessTold && any_open {
            let last = arms.last().copied().unwrap_or(NOTHING);
            arms.insert(0, Arm { bit: KERNELS_KNOWN, state: State::NotAffected, ..last });
        }
    }
}
