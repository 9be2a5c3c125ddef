//! What a restart would mend.

use matching::{Arm, Rules};
use model::{Package, Role, State};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The CVEs that an installed package would close after a restart.
pub(super) enum Mended<'a> {
    /// Kernels: thousands of CVEs are asked for, so every answer is taken at once.
    Kernels {
        /// Closed on every host.
        everywhere: HashSet<&'a str>,
        /// By context bits in order, one list an image: the first whose bit is the asked one, or that
        /// has none, tells whether it is closed.
        by_bit: HashMap<&'a str, Vec<Vec<(&'a str, bool)>>>,
    },
    /// Old versions in memory: few are asked for.
    Packages { rules: &'a Rules, others: &'a [Arc<Package>] },
}

impl<'a> Mended<'a> {
    pub(super) fn of(rules: &'a Rules, role: Role, others: &'a [Arc<Package>]) -> Self {
        if !matches!(role, Role::RunningKernel | Role::NextKernel) {
            return Self::Packages { rules, others };
        }
        // A feed that is too old says *not assessed* in place of a negative.
        let closed = |arm: &Arm<'_>| matches!(arm.state, State::NotAffected | State::NotAssessed);
        let mut everywhere = HashSet::new();
        let mut by_bit: HashMap<&'a str, Vec<Vec<(&'a str, bool)>>> = HashMap::new();
        for other in others {
            // As a running kernel, an image is judged by its version alone: what `Rules::is_fixed`
            // asks CVE by CVE.
            let _ = rules.each(other, Role::RunningKernel, &mut |verdict| {
                if verdict.arms.iter().all(closed) {
                    everywhere.insert(verdict.cve);
                } else if verdict.arms.iter().any(closed) {
                    let arms = verdict.arms.iter().map(|arm| (arm.bit, closed(arm))).collect();
                    by_bit.entry(verdict.cve).or_default().push(arms);
                }
            });
        }
        Self::Kernels { everywhere, by_bit }
    }

    /// Whether it is closed on the hosts that an arm of its verdict is about.
    pub(super) fn closes(&self, cve: &str, of: &Arm<'_>) -> bool {
        match self {
            Self::Kernels { everywhere, by_bit } => {
                let holds = |arms: &Vec<(&str, bool)>| {
                    let first = arms.iter().find(|(bit, _)| bit.is_empty() || *bit == of.bit);
                    first.is_some_and(|(_, closed)| *closed)
                };
                everywhere.contains(cve) || by_bit.get(cve).is_some_and(|images| images.iter().any(holds))
            }
            Self::Packages { rules, others } => {
                others.iter().any(|other| rules.is_fixed(other, cve, &mut |bit| bit == of.bit))
            }
        }
    }
}
