//! Judging: rows against one package.

mod arms;
mod class;
mod one;
mod walk;

pub use arms::{Arm, VerdictRef};
pub(crate) use arms::{
    Because, Exposure, HAS_FIX, HAS_LATER_FIX, NO_KERNEL, NOT_RUNNING, OTHER_STREAM, UNKNOWN_STREAM,
};
pub use class::Class;
pub(crate) use walk::{Side, Sides, Speaking};

use crate::assessment::{Assessment, Judgement};
use crate::kernels::{Kernel, kernel};
use crate::rules::Rules;
use crate::skips::Unread;
use model::{Package, Role, Severity, State, Verdict};

impl Rules {
    /// What is said of a package in a role: open verdicts only, sorted by CVE.
    #[must_use]
    pub fn judge(&self, package: &Package, role: Role) -> Judgement {
        let mut verdicts = Vec::new();
        let assessment = self.each_open(package, role, &mut |verdict| verdicts.push(verdict.to_owned()));
        Judgement { assessment, verdicts }
    }

    /// As [`Rules::judge`], with the negatives that rest on a fact: `not_affected`, and
    /// `not_assessed` where the feed is too old for it.
    #[must_use]
    pub fn judge_all(&self, package: &Package, role: Role) -> Judgement {
        let mut verdicts: Vec<Verdict> = Vec::new();
        let assessment = self.each(package, role, &mut |verdict| verdicts.push(verdict.to_owned()));
        Judgement { assessment, verdicts }
    }

    /// Calls `each` with every verdict that rests on a fact, negatives too, sorted by CVE, and says
    /// whether silence is a negative.
    pub fn each<'r>(&'r self, package: &Package, role: Role, each: &mut dyn FnMut(VerdictRef<'_, 'r>)) -> Assessment {
        let rules = match self.speaking(package) {
            Ok(rules) => rules,
            Err(reason) => return Assessment::NotAssessed { reason },
        };
        let sides = rules.sides(package);
        let unread = rules.unread_of(package);
        let mut missing = rules.unread_issues(&unread).into_iter().peekable();
        let say = |issue: &'r Unread, each: &mut dyn FnMut(VerdictRef<'_, 'r>)| {
            each(rules.unread_verdict(issue, &[rules.unread_arm(issue)]));
        };
        if !sides.is_empty() {
            let exposure = exposure(package, role);
            let mut arms = Vec::new();
            rules.groups(&sides, &mut |group| {
                let cve = group.first().map_or("", |said| rules.text(said.row.cve));
                // What was skipped and no fact names, in its place.
                while let Some(issue) = missing.next_if(|issue| issue.cve() <= cve) {
                    if issue.cve() != cve {
                        say(issue, each);
                    }
                }
                rules.tell(group, &sides, exposure, &unread, &mut arms, each);
            });
        }
        for issue in missing {
            say(issue, each);
        }
        rules.assessment_of(package)
    }

    /// As [`Rules::each`], but only with verdicts that are open on some host; looks at no fact that
    /// the package's version has settled. Nothing is allocated for a verdict.
    pub fn each_open<'r>(
        &'r self,
        package: &Package,
        role: Role,
        each: &mut dyn FnMut(VerdictRef<'_, 'r>),
    ) -> Assessment {
        let rules = match self.speaking(package) {
            Ok(rules) => rules,
            Err(reason) => return Assessment::NotAssessed { reason },
        };
        let sides = rules.sides(package);
        if !sides.is_empty() {
            rules.open(package, role, &sides, each);
        }
        rules.assessment_of(package)
    }

    fn open<'r>(
        &'r self,
        package: &Package,
        role: Role,
        sides: &Sides<'_, 'r>,
        each: &mut dyn FnMut(VerdictRef<'_, 'r>),
    ) {
        let candidates = self.candidates(sides);
        if candidates.is_empty() {
            return;
        }
        let exposure = exposure(package, role);
        let mut arms = Vec::new();
        let mut open = |verdict: VerdictRef<'_, 'r>| {
            if verdict.any_open() {
                each(verdict);
            }
        };
        let mut group: Vec<Speaking<'r>> = Vec::new();
        for candidate in candidates {
            self.group_of(sides, candidate, &mut group);
            // Only negatives are withheld for what was skipped, and they are not asked for here.
            self.tell(&group, sides, exposure, &[], &mut arms, &mut open);
        }
    }

    /// What is said of a package in a role about one CVE (or advisory without CVE), negatives too;
    /// `None` where nothing names it.
    #[must_use]
    pub fn verdict(&self, package: &Package, role: Role, cve: &str) -> Option<Verdict> {
        let mut verdict = None;
        let _ = self.about(package, role, cve, &mut |said| verdict = Some(said.to_owned()));
        verdict
    }

    /// Whether `package`, by its version alone and whatever its role, is free of `cve` according to a
    /// fact in force, on hosts with the context bits that `has` answers for: a kernel image on disk
    /// that would close the finding of the running one.
    #[must_use]
    pub fn is_fixed(&self, package: &Package, cve: &str, has: &mut dyn FnMut(&str) -> bool) -> bool {
        let Ok(rules) = self.speaking(package) else { return false };
        let Some(cve) = rules.text_id(cve) else { return false };
        let (sides, mut group, mut arms) = (rules.sides(package), Vec::new(), Vec::new());
        rules.group(&sides, cve, &mut group);
        if group.is_empty() {
            return false;
        }
        rules.states(&group, &sides, &mut arms);
        arms.iter().find(|arm| arm.bit.is_empty() || has(arm.bit)).is_some_and(|arm| arm.state == State::NotAffected)
    }

    /// Gives the verdict of one CVE's rows.
    fn tell<'r>(
        &'r self,
        group: &[Speaking<'r>],
        sides: &Sides<'_, 'r>,
        exposure: Exposure,
        unread: &[&'r Unread],
        arms: &mut Vec<Arm<'r>>,
        each: &mut dyn FnMut(VerdictRef<'_, 'r>),
    ) {
        let Some(first) = group.first() else { return };
        let severity = self.states(group, sides, arms);
        self.expose(exposure, arms);
        let cve = self.text(first.row.cve);
        self.withhold(unread, cve, arms);
        each(VerdictRef { cve, severity, arms });
    }

    /// The verdict of an issue whose record was skipped.
    pub(crate) fn unread_verdict<'v, 'r>(&'r self, issue: &'r Unread, arms: &'v [Arm<'r>]) -> VerdictRef<'v, 'r> {
        VerdictRef { cve: issue.cve(), severity: Severity::Unknown, arms }
    }

    /// Whether silence about a package is a negative.
    pub(crate) fn assessment_of(&self, package: &Package) -> Assessment {
        match self.silence.clone().or_else(|| self.unread_package(package)) {
            Some(reason) => Assessment::NotAssessed { reason },
            None => Assessment::Assessed,
        }
    }
}

pub(crate) fn exposure(package: &Package, role: Role) -> Exposure {
    match (kernel(package), role) {
        (None, _)
        | (Some(Kernel::Image | Kernel::Modules), Role::RunningKernel | Role::NextKernel | Role::Resident) => {
            Exposure::Full
        }
        (Some(Kernel::Image | Kernel::Modules), Role::Installed) => Exposure::UnlessTold,
        (Some(Kernel::Companion), _) => Exposure::None,
    }
}
