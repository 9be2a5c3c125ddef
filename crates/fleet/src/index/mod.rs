//! The one applier and the way to its snapshots.

mod deadlines;
mod gains;
mod hosts;
mod intern;
mod judge;
mod labels;
mod lists;
mod mended;
mod numbers;
mod rank;
mod scores;

use crate::packed::Shared;
use crate::tables::{List, Ordinal, Tables};
use crate::tally::Tally;
use crate::{Applied, Change, Snapshot};
use arc_swap::ArcSwap;
use deadlines::Deadlines;
use gains::Gains;
use intern::Names;
use jiff::Timestamp;
use rank::Ranks;
use roaring::RoaringBitmap;
use std::sync::Arc;

/// The index, owned by one applier.
///
/// Work on a change is proportional to the change: a changed host touches the postings of the
/// packages that came or went and the counters of the CVEs that differ; new rules touch the hosts
/// whose packages they judge differently.
#[derive(Debug)]
pub struct Index {
    tables: Tables,
    names: Names,
    ranks: Ranks,
    deadlines: Deadlines,
    tally: Tally,
    shared: Shared,
    free_hosts: Vec<Ordinal>,
    /// What carriers gained and is not in their sets yet.
    gains: Gains,
    /// Hosts touched by the batch that is being applied.
    touched: RoaringBitmap,
    applied: Applied,
    published: Arc<ArcSwap<Snapshot>>,
}

/// The way to the newest snapshot; cheap to clone, for any number of threads.
#[derive(Debug, Clone)]
pub struct Reader {
    published: Arc<ArcSwap<Snapshot>>,
}

impl Reader {
    /// The newest snapshot. A request takes it once and answers everything from it.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.published.load_full()
    }
}

impl Index {
    /// An empty index at a moment.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let mut tables = Tables::new(now);
        // List 0: nothing is open. Most packages share it, so its carriers are not listed.
        tables.lists.push(Some(List { opinions: Arc::from([]), carriers: Vec::new() }));
        let published = Arc::new(ArcSwap::from_pointee(Snapshot { tables: tables.clone() }));
        Self {
            tables,
            names: Names::default(),
            ranks: Ranks::default(),
            deadlines: Deadlines::default(),
            tally: Tally::default(),
            shared: Shared::default(),
            free_hosts: Vec::new(),
            gains: Gains::default(),
            touched: RoaringBitmap::new(),
            applied: Applied::default(),
            published,
        }
    }

    /// A way to the snapshots.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader { published: Arc::clone(&self.published) }
    }

    /// The first moment after which [`Change::Time`] may change an answer, if there is one: whoever
    /// keeps the time can sleep until then, or look in at any interval.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.next()
    }

    /// Takes changes without publishing them: no reader sees any of it before the next [`Index::apply`], which also
    /// tells what they did. For loading a record part by part: what was published is shared with the snapshot, so that
    /// each part would copy every set that the part before had touched.
    pub fn fill(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::PackageIds(packages) => {
                    for (id, package) in packages {
                        self.add_package(id, package);
                    }
                }
                Change::Host(facts) => self.put_host(&facts),
                Change::HostSeen { host, last_seen_at } => self.host_seen(host, last_seen_at),
                Change::HostAwaited { host, awaited } => self.host_awaited(host, awaited),
                Change::HostGone(host) => self.remove_host(host),
                Change::Rules { platform, rules } => {
                    self.settle_gains();
                    self.set_rules(&platform, rules);
                }
                Change::CveScores(scores) => self.set_scores(scores),
                Change::Time(now) => self.set_time(now),
            }
        }
    }

    /// Applies a batch and publishes the result. `seq` is the record's sequence number once the
    /// batch was committed; a batch that the record knows nothing of (time) passes the last one.
    /// Snapshots never go back: a smaller number than the last leaves it.
    pub fn apply(&mut self, seq: u64, changes: Vec<Change>) -> Applied {
        self.fill(changes);
        self.settle_gains();
        self.gains.give_back();
        self.ranks.settle(&mut self.tables.columns);
        self.tables.seq = self.tables.seq.max(seq);
        self.published.store(Arc::new(Snapshot { tables: self.tables.clone() }));

        let mut applied = std::mem::take(&mut self.applied);
        let touched = std::mem::take(&mut self.touched);
        // Hosts that went are listed already; an ordinal that was given away again names its host.
        applied.hosts.extend(touched.iter().filter_map(|host| Some(self.tables.host(host)?.id)));
        applied.hosts.sort_unstable();
        applied.hosts.dedup();
        applied.seq = self.tables.seq;
        applied
    }
}
