//! Questions about one package that need no list of verdicts.

use super::{VerdictRef, exposure};
use crate::assessment::Assessment;
use crate::rules::{Row, Rules, TextId};
use model::{Package, Role};

impl Rules {
    /// Calls `each` with what is said of a package in a role about one CVE (or advisory without CVE),
    /// negatives too, as [`Rules::each`] would say it, and `not_assessed` where its record was skipped; not
    /// at all where nothing names it.
    pub fn about<'r>(
        &'r self,
        package: &Package,
        role: Role,
        cve: &str,
        each: &mut dyn FnMut(VerdictRef<'_, 'r>),
    ) -> Assessment {
        let rules = match self.speaking(package) {
            Ok(rules) => rules,
            Err(reason) => return Assessment::NotAssessed { reason },
        };
        let (sides, mut group, mut arms) = (rules.sides(package), Vec::new(), Vec::new());
        let unread = rules.unread_of(package);
        if let Some(cve) = rules.text_id(cve) {
            rules.group(&sides, cve, &mut group);
            rules.tell(&group, &sides, exposure(package, role), &unread, &mut arms, each);
        }
        if let Some(issue) = rules.unread_about(&unread, cve).filter(|_| group.is_empty()) {
            each(rules.unread_verdict(issue, &[rules.unread_arm(issue)]));
        }
        rules.assessment_of(package)
    }

    /// Whether silence about a package is a negative, whatever its role.
    #[must_use]
    pub fn assess(&self, package: &Package) -> Assessment {
        match self.speaking(package) {
            Ok(rules) => rules.assessment_of(package),
            Err(reason) => Assessment::NotAssessed { reason },
        }
    }

    /// Whether a fact that speaks of the package, or a skipped record that names it, names this CVE or
    /// advisory.
    #[must_use]
    pub fn mentions(&self, package: &Package, id: &str) -> bool {
        let Ok(rules) = self.speaking(package) else { return false };
        if rules.unread_of(package).iter().any(|unread| unread.cve() == id) {
            return true;
        }
        let Some(id) = rules.text_id(id) else { return false };
        let sides = rules.sides(package);
        let mut cves: Vec<TextId> = sides
            .iter()
            .flat_map(|side| rules.rows_of(&side.subject.rows))
            .filter(|row| names(row, id))
            .map(|row| row.cve)
            .collect();
        cves.dedup();
        let mut group = Vec::new();
        cves.into_iter().any(|cve| {
            rules.group(&sides, cve, &mut group);
            group.iter().any(|said| names(said.row, id))
        })
    }

    /// Whether any fact in force, or skipped record, names this CVE or advisory, of whatever package.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        let here = self.text_id(id).is_some_and(|id| self.rows.iter().any(|row| names(row, id)));
        here || self.unreads.name(id) || self.guests.iter().any(|guest| guest.knows(id))
    }
}

fn names(row: &Row, id: TextId) -> bool {
    row.cve == id || row.advisory == id
}
