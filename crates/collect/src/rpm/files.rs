//! The files of a database, and whether they stay as they are.

use crate::{Root, Unreadable};
use std::fs::{File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;

/// How the rollback journal of a transaction that is not finished begins
/// (<https://www.sqlite.org/fileformat2.html#the_rollback_journal>). rpm uses a write-ahead log
/// instead wherever it can.
const JOURNAL_MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// A database and, beside one in SQLite, its write-ahead log.
pub(super) struct Files {
    pub(super) file: File,
    pub(super) log: Option<File>,
    journal: Option<String>,
    stamps: [Option<Stamp>; 2],
}

/// What changes with a file's content: which file it is, its length, when it was written and changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    place: (u64, u64),
    length: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl From<Metadata> for Stamp {
    fn from(of: Metadata) -> Self {
        Self {
            place: (of.dev(), of.ino()),
            length: of.len(),
            written: (of.mtime(), of.mtime_nsec()),
            changed: (of.ctime(), of.ctime_nsec()),
        }
    }
}

impl Files {
    /// Opens them. A log that is there and may not be read is an error: what was committed last
    /// may be in it alone.
    pub(super) fn open(root: &Root, path: &str) -> Result<Self, Unreadable> {
        let file = root.open(path)?;
        let is_sqlite = path.ends_with(".sqlite");
        let log = match root.open(&format!("{path}-wal")) {
            Ok(log) if is_sqlite => Some(log),
            Err(why) if is_sqlite && !why.is_missing() => return Err(why),
            _ => None,
        };
        let stamp = |file: &File| file.metadata().ok().map(Stamp::from);
        let stamps = [stamp(&file), log.as_ref().and_then(stamp)];
        Ok(Self { file, log, journal: is_sqlite.then(|| format!("{path}-journal")), stamps })
    }

    /// To be compared before and after reading.
    pub(super) fn stamps(&self) -> [Option<Stamp>; 2] {
        self.stamps
    }

    /// Whether the file holds half of a transaction, whose other half is in a journal.
    pub(super) fn has_hot_journal(&self, root: &Root) -> Result<bool, String> {
        let Some(path) = &self.journal else { return Ok(false) };
        let mut start = Vec::new();
        match root.open(path) {
            Ok(file) => file.take(8).read_to_end(&mut start).map_err(|error| format!("{path}: {error}"))?,
            Err(why) if why.is_missing() => return Ok(false),
            Err(why) => return Err(why.to_string()),
        };
        Ok(start == JOURNAL_MAGIC)
    }
}
