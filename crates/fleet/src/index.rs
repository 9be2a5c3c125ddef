//! The one applier and the way to its snapshots.

use crate::{Applied, Change, Snapshot};
use arc_swap::ArcSwap;
use jiff::Timestamp;
use std::sync::Arc;

/// The index, owned by one applier.
#[derive(Debug)]
pub struct Index {
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
        let _ = now;
        todo!()
    }

    /// A way to the snapshots.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader { published: Arc::clone(&self.published) }
    }

    /// Applies a batch and publishes the result. `seq` is the record's sequence number once the
    /// batch was committed; a batch that the record knows nothing of (time) passes the last one.
    /// Snapshots never go back: a smaller number than the last leaves it.
    pub fn apply(&mut self, seq: u64, changes: Vec<Change>) -> Applied {
        let _ = (seq, changes);
        todo!()
    }
}
