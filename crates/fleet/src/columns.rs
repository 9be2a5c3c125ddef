//! The numbers of hosts, as dense columns, and their sums.

use crate::cow::Paged;
use crate::{
    AssessmentTotals, Colour, FindingTotals, Freshness, HostTotals, RestartTotals, SeverityCounts, SortColumn, SortKey,
    StateCounts, UpdateTotals,
};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use std::sync::Arc;

/// How many hosts a block covers: small enough that a changed host copies little (some 90 KB), large
/// enough that a scan runs along memory. Postings have chunks of 65,536 hosts because a bitmap of
/// as many is smaller than that.
const BLOCK: usize = 512;

/// Everything that is counted, compared or ordered of one host.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    pub(crate) security: u32,
    pub(crate) other: u32,
    pub(crate) withheld: u32,
    pub(crate) packages: u32,
    pub(crate) assessed: u32,
    /// Open CVEs in the order of [`StateCounts::STATES`].
    pub(crate) by_state: [u32; 6],
    /// Open CVEs in the order of [`model::Severity::ALL`].
    pub(crate) by_severity: [u32; 6],
    /// A critical finding has a fix available.
    pub(crate) critical_fix: bool,
    pub(crate) reboot: Option<bool>,
    pub(crate) freshness: Freshness,
    pub(crate) colour: Colour,
    /// What is not known of it, a bit each; see [`crate::Basis`].
    pub(crate) not_known: u32,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) lists_at: Option<Timestamp>,
    /// Ordinal of the platform.
    pub(crate) platform: u32,
}

impl Row {
    pub(crate) fn open(&self) -> u32 {
        self.by_state.iter().sum()
    }

    /// All of it but the time last seen.
    pub(crate) fn unseen(self) -> Self {
        Self { last_seen_at: Timestamp::UNIX_EPOCH, ..self }
    }
}

impl Default for Row {
    /// A place without a host.
    fn default() -> Self {
        Self {
            security: 0,
            other: 0,
            withheld: 0,
            packages: 0,
            assessed: 0,
            by_state: [0; 6],
            by_severity: [0; 6],
            critical_fix: false,
            reboot: None,
            freshness: Freshness::Fresh,
            colour: Colour::Grey,
            not_known: 0,
            last_seen_at: Timestamp::UNIX_EPOCH,
            lists_at: None,
            platform: 0,
        }
    }
}

/// Columns of [`BLOCK`] hosts. What lists order and filter by has a column of its own.
#[derive(Debug, Clone)]
struct Block {
    security: Vec<u32>,
    other: Vec<u32>,
    withheld: Vec<u32>,
    packages: Vec<u32>,
    open: Vec<u32>,
    /// Place in the order of names; see `index::rank`.
    rank: Vec<u64>,
    /// The time last seen is not in here.
    rows: Vec<Row>,
}

/// The columns of every host.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    blocks: Arc<Vec<Arc<Block>>>,
    /// The times last seen stand alone: most check-ins change nothing else.
    seen: Paged<Timestamp, BLOCK>,
}

/// A column of one number a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Security,
    Other,
    Withheld,
    Packages,
    Open,
}

impl Columns {
    fn place(host: u32) -> (usize, usize) {
        (host as usize / BLOCK, host as usize % BLOCK)
    }

    fn block(&self, host: u32) -> Option<(&Block, usize)> {
        let (block, at) = Self::place(host);
        self.blocks.get(block).map(|block| (block.as_ref(), at))
    }

    fn block_mut(&mut self, host: u32) -> (&mut Block, usize) {
        let (block, at) = Self::place(host);
        let blocks = Arc::make_mut(&mut self.blocks);
        while blocks.len() <= block {
            blocks.push(Arc::new(Block {
                security: vec![0; BLOCK],
                other: vec![0; BLOCK],
                withheld: vec![0; BLOCK],
                packages: vec![0; BLOCK],
                open: vec![0; BLOCK],
                rank: vec![0; BLOCK],
                rows: vec![Row::default(); BLOCK],
            }));
        }
        #[expect(clippy::indexing_slicing, reason = "the loop above made the block")]
        let block = &mut blocks[block];
        (Arc::make_mut(block), at)
    }

    pub(crate) fn row(&self, host: u32) -> Row {
        let row = self.block(host).and_then(|(block, at)| block.rows.get(at)).copied().unwrap_or_default();
        Row { last_seen_at: self.last_seen(host), ..row }
    }

    pub(crate) fn last_seen(&self, host: u32) -> Timestamp {
        self.seen.get(host).copied().unwrap_or_default()
    }

    pub(crate) fn lists_at(&self, host: u32) -> Option<Timestamp> {
        self.block(host).and_then(|(block, at)| block.rows.get(at)).and_then(|row| row.lists_at)
    }

    /// What is not known of it, a bit each; see [`crate::Basis`].
    pub(crate) fn not_known(&self, host: u32) -> u32 {
        self.block(host).and_then(|(block, at)| block.rows.get(at)).map_or(0, |row| row.not_known)
    }

    pub(crate) fn set(&mut self, host: u32, row: Row) {
        while self.seen.len() <= host as usize {
            self.seen.push(Timestamp::UNIX_EPOCH);
        }
        if self.last_seen(host) != row.last_seen_at
            && let Some(seen) = self.seen.get_mut(host)
        {
            *seen = row.last_seen_at;
        }
        if self.row(host) == row {
            return;
        }
        let row = row.unseen();
        let (block, at) = self.block_mut(host);
        let put = |column: &mut Vec<u32>, value| {
            if let Some(cell) = column.get_mut(at) {
                *cell = value;
            }
        };
        put(&mut block.security, row.security);
        put(&mut block.other, row.other);
        put(&mut block.withheld, row.withheld);
        put(&mut block.packages, row.packages);
        put(&mut block.open, row.open());
        if let Some(cell) = block.rows.get_mut(at) {
            *cell = row;
        }
    }

    pub(crate) fn rank(&self, host: u32) -> u64 {
        self.block(host).and_then(|(block, at)| block.rank.get(at)).copied().unwrap_or_default()
    }

    pub(crate) fn set_rank(&mut self, host: u32, rank: u64) {
        let (block, at) = self.block_mut(host);
        if let Some(cell) = block.rank.get_mut(at) {
            *cell = rank;
        }
    }

    pub(crate) fn number(&self, column: Column, host: u32) -> u32 {
        let Some((block, at)) = self.block(host) else { return 0 };
        let column = match column {
            Column::Security => &block.security,
            Column::Other => &block.other,
            Column::Withheld => &block.withheld,
            Column::Packages => &block.packages,
            Column::Open => &block.open,
        };
        column.get(at).copied().unwrap_or_default()
    }

    /// The value by which a host is ordered; names are ordered by rank instead.
    pub(crate) fn sort_key(&self, column: SortColumn, host: u32) -> SortKey {
        let column = match column {
            SortColumn::Hostname => return 0,
            SortColumn::LastSeenAt => return self.last_seen(host).as_microsecond(),
            SortColumn::SecurityUpdates => Column::Security,
            SortColumn::OtherUpdates => Column::Other,
            SortColumn::WithheldUpdates => Column::Withheld,
            SortColumn::OpenFindings => Column::Open,
            SortColumn::Packages => Column::Packages,
        };
        self.number(column, host).into()
    }

    /// The sums over a set of hosts.
    pub(crate) fn sum(&self, hosts: &RoaringBitmap) -> Totals {
        let mut totals = Totals::default();
        for host in hosts {
            totals.add(&self.row(host));
        }
        totals
    }
}

/// Sums over hosts: kept for all of them, made on the spot for a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Totals {
    pub(crate) hosts: HostTotals,
    pub(crate) updates: UpdateTotals,
    pub(crate) restarts: RestartTotals,
    pub(crate) findings: FindingTotals,
    pub(crate) assessment: AssessmentTotals,
}

impl Totals {
    pub(crate) fn add(&mut self, row: &Row) {
        self.change(row, |cell, by| *cell += by);
    }

    /// Takes out what [`Totals::add`] put in.
    pub(crate) fn take(&mut self, row: &Row) {
        self.change(row, |cell, by| *cell -= by);
    }

    fn change(&mut self, row: &Row, step: impl Fn(&mut u64, u64)) {
        let one = u64::from;
        step(&mut self.hosts.total, 1);
        step(&mut self.hosts.freshness[row.freshness as usize], 1);
        step(&mut self.hosts.colours[row.colour as usize], 1);
        step(&mut self.updates.hosts_with_security, one(row.security > 0));
        step(&mut self.updates.hosts_with_any, one(row.security > 0 || row.other > 0));
        step(&mut self.updates.security, row.security.into());
        step(&mut self.updates.other, row.other.into());
        step(&mut self.updates.withheld, row.withheld.into());
        step(&mut self.restarts.hosts_reboot_required, one(row.reboot == Some(true)));
        step(&mut self.findings.open, row.open().into());
        step(&mut self.findings.hosts, one(row.open() > 0));
        let StateCounts(states) = &mut self.findings.by_state;
        states.iter_mut().zip(row.by_state).for_each(|(cell, by)| step(cell, by.into()));
        let SeverityCounts(severities) = &mut self.findings.by_severity;
        severities.iter_mut().zip(row.by_severity).for_each(|(cell, by)| step(cell, by.into()));
        step(&mut self.assessment.packages, row.packages.into());
        step(&mut self.assessment.assessed, row.assessed.into());
        step(&mut self.assessment.not_assessed, row.packages.saturating_sub(row.assessed).into());
        step(&mut self.assessment.hosts_not_assessed, one(row.assessed == 0));
    }
}
