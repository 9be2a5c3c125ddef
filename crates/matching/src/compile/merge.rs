//! What several advisories say of the same CVE, and which of them names it.

use super::{Draft, RulesBuilder};
use crate::rules::{KeySpan, Row, Status, TextId};
use std::cmp::Ordering;
use std::collections::HashMap;

impl RulesBuilder {
    /// Sorts by subject and CVE and keeps one statement of each (module, channel, architectures).
    ///
    /// Where several advisories fix the same CVE, the greatest version counts: a vendor names a CVE
    /// again when the first fix was incomplete (what merely mends a regression names none).
    pub(super) fn merge(&self, drafts: &mut Vec<Draft>) {
        let subject = |a: &Draft, b: &Draft| {
            let of = |d: &Draft| (d.binary, d.name, d.row.cve, d.row.module, d.row.channel, d.row.arches);
            of(a).cmp(&of(b))
        };
        drafts.sort_by(|a, b| {
            subject(a, b)
                .then_with(|| rank(a.row.status).cmp(&rank(b.row.status)))
                .then_with(|| self.bytes(b.row.key).cmp(self.bytes(a.row.key)))
                .then_with(|| a.row.advisory.cmp(&b.row.advisory))
                .then_with(|| (a.row.fixed, a.row.words).cmp(&(b.row.fixed, b.row.words)))
                .then_with(|| b.row.severity.cmp(&a.row.severity))
        });
        drafts.dedup_by(|next, kept| subject(next, kept) == Ordering::Equal);
    }

    /// Names the advisory of each fix.
    ///
    /// The one that names the same package with the same fixed version, else the greatest of those
    /// that name the package; else, for lists that name binaries where facts name sources, one that
    /// fixes the CVE in the very same version.
    pub(super) fn label(&self, drafts: &mut [Draft], labels: &[Draft]) {
        let mut by_cve: HashMap<TextId, Vec<&Draft>> = HashMap::new();
        for label in labels.iter().filter(|label| label.row.status == Status::Fixed) {
            by_cve.entry(label.row.cve).or_default().push(label);
        }
        for draft in drafts.iter_mut().filter(|draft| draft.row.status == Status::Fixed) {
            let Some(labels) = by_cve.get(&draft.row.cve) else { continue };
            let fixed = self.bytes(draft.row.key);
            let rank = |label: &&&Draft| {
                let key = self.bytes(label.row.key);
                (label.name == draft.name, key == fixed, key, label.row.advisory)
            };
            let usable = |label: &&&Draft| label.name == draft.name || self.bytes(label.row.key) == fixed;
            if let Some(best) = labels.iter().filter(usable).max_by_key(rank) {
                draft.row.advisory = best.row.advisory;
            }
        }
    }

    fn bytes(&self, span: KeySpan) -> &[u8] {
        let (start, len) = (span.start as usize, span.len as usize);
        self.keys.get(start..start + len).unwrap_or_default()
    }
}

/// Which of two statements about the same CVE counts; the lower one. A fix is the later word.
fn rank(status: Status) -> u8 {
    match status {
        Status::Fixed => 0,
        Status::Affected => 1,
        Status::WillNotFix => 2,
        Status::UnderInvestigation => 3,
        Status::NotAffected => 4,
    }
}

/// Whether `a` says more of the package than `b` where both say something of one CVE in one channel:
/// of two fixes the greater one; else what is limited to the package's architecture or names its
/// stream; else by [`rank`].
pub(crate) fn says_more(a: &Row, b: &Row, keys: (&[u8], &[u8])) -> bool {
    if a.status == Status::Fixed && b.status == Status::Fixed {
        return keys.0 > keys.1;
    }
    let limits = |row: &Row| row.arches != 0;
    (limits(b), rank(a.status)) < (limits(a), rank(b.status))
}
