//! What is known of CVEs themselves.

use super::Index;
use super::intern::ordinal;
use crate::CveScores;
use std::sync::Arc;

impl Index {
    pub(super) fn set_scores(&mut self, scores: Arc<CveScores>) {
        self.tables.scores = scores;
        for cve in 0..ordinal(self.tables.cves.len()) {
            let Some(known) = self.tables.cves.get(cve) else { continue };
            let score = self.tables.scores.of(&known.name);
            // Asked first: a page that needs no change is not copied.
            if known.score != score
                && let Some(known) = self.tables.cves.get_mut(cve)
            {
                known.score = score;
            }
        }
    }
}
