//! Which packages are judged alike.
//!
//! All that rows ask of a version is whether it has reached theirs, so only its place among the versions
//! that they name counts. The binaries of one source, every build of one version, and every version
//! between two fixes are judged alike: what is open for one of them is open for all.

use super::walk::{Built, Side};
use super::{Exposure, exposure};
use crate::assessment::Assessment;
use crate::rules::Rules;
use model::{Package, Role};

/// Most names under which facts speak of one package: the binary, its source, what that is the signed
/// form of.
const SIDES: usize = 3;

/// Everything that decides which verdicts are open for a package in a role, by one compiled [`Rules`]:
/// equal classes have the same. For one architecture, module stream and exposure there are no more classes of a
/// name than its facts name versions, and one, whatever hosts report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Class {
    /// 0 is the distribution's own rules, others are those of its guests.
    rules: usize,
    /// Place of the subject, and how many of the versions that its rows name are reached; in order, those
    /// that there are.
    sides: [Option<(u32, u32)>; SIDES],
    built: Built,
    exposure: Exposure,
}

impl Rules {
    /// Whether silence about a package is a negative, and the class of what is open for it: none where
    /// nothing can be.
    #[must_use]
    pub fn classify(&self, package: &Package, role: Role) -> (Assessment, Option<Class>) {
        let rules = match self.speaking(package) {
            Ok(rules) => rules,
            Err(reason) => return (Assessment::NotAssessed { reason }, None),
        };
        let assessment = rules.assessment_of(package);
        let sides = rules.sides(package);
        if sides.is_empty() {
            return (assessment, None);
        }
        let mut reached = [None; SIDES];
        for (place, side) in reached.iter_mut().zip(sides.iter()) {
            *place = Some((side.at, rules.reached(side)));
        }
        let guest = self.guests.iter().position(|guest| std::ptr::eq(guest, rules));
        let class = Class {
            rules: guest.map_or(0, |at| at + 1),
            sides: reached,
            built: sides.built,
            exposure: exposure(package, role),
        };
        (assessment, Some(class))
    }

    fn reached(&self, side: &Side<'_, '_>) -> u32 {
        let steps = self.steps.get(side.subject.steps.start as usize..side.subject.steps.end as usize);
        let reached = steps.unwrap_or_default().partition_point(|step| self.key(*step) <= side.key.as_slice());
        u32::try_from(reached).unwrap_or(u32::MAX)
    }
}
