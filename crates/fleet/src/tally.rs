//! The open CVEs of one host, each once.

use crate::columns::Row;
use crate::tables::{Ordinal, Record, Tables, severity_rank, state_rank};
use model::{Role, Severity, State};

/// A CVE that is open on a host: its most pressing state and its worst severity there, as places in
/// [`crate::StateCounts::STATES`] and [`Severity::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) cve: Ordinal,
    pub(crate) state: u8,
    pub(crate) severity: u8,
}

/// Counts one host after the other with memory that is kept between them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Marks of the host being counted; others are from earlier ones.
    round: u32,
    /// By CVE: the round, and the place in `pairs`.
    cves: Vec<(u32, u32)>,
    /// By list: the round in which it was counted.
    lists: Vec<u32>,
    pub(crate) pairs: Vec<Pair>,
}

impl Tally {
    /// Counts the open CVEs of a host into `pairs` (in no order) and, with its packages, into `row`.
    pub(crate) fn count(&mut self, tables: &Tables, record: &Record, row: &mut Row) {
        self.start(tables);
        (row.packages, row.assessed, row.critical_fix) = (0, 0, false);
        for carrier in tables.carriers_of(record) {
            if carrier.role == Role::Installed {
                row.packages += 1;
                row.assessed += u32::from(carrier.reason.is_none());
            }
            // Binaries of one source share a list, which says the same for each of them.
            if self.is_new(carrier.list)
                && let Some(list) = tables.list(carrier.list)
            {
                for opinion in list.opinions.iter() {
                    let state = tables.state_on(opinion.states, &record.context);
                    self.add(opinion.cve, state, opinion.severity);
                    row.critical_fix |= state == State::FixAvailable && opinion.severity == Severity::Critical;
                }
            }
        }
        (row.by_state, row.by_severity) = ([0; 6], [0; 6]);
        for pair in &self.pairs {
            let cells =
                (row.by_state.get_mut(usize::from(pair.state)), row.by_severity.get_mut(usize::from(pair.severity)));
            if let (Some(state), Some(severity)) = cells {
                *state += 1;
                *severity += 1;
            }
        }
    }

    fn start(&mut self, tables: &Tables) {
        self.pairs.clear();
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.cves.clear();
            self.lists.clear();
            self.round = 1;
        }
        self.cves.resize(tables.cves.len(), (0, 0));
        self.lists.resize(tables.lists.len(), 0);
    }

    fn is_new(&mut self, list: Ordinal) -> bool {
        let round = self.round;
        self.lists.get_mut(list as usize).is_some_and(|seen| std::mem::replace(seen, round) != round)
    }

    fn add(&mut self, cve: Ordinal, state: State, severity: Severity) {
        let Some(state) = state_rank(state) else { return };
        let Some((round, at)) = self.cves.get_mut(cve as usize) else { return };
        #[expect(clippy::cast_possible_truncation, reason = "both are places among six")]
        let (state, severity) = (state as u8, severity_rank(severity) as u8);
        if *round == self.round {
            if let Some(pair) = self.pairs.get_mut(*at as usize) {
                pair.state = pair.state.min(state);
                pair.severity = pair.severity.min(severity);
            }
        } else {
            (*round, *at) = (self.round, u32::try_from(self.pairs.len()).unwrap_or(u32::MAX));
            self.pairs.push(Pair { cve, state, severity });
        }
    }
}
