//! rpm's package database, read without rpm: no lock is taken, nothing is written, no environment of
//! the database is joined.
//!
//! rpm keeps the header of every installed package under a number that it never gives out again.
//! What holds these headers has changed:
//!
//! | file | format | since | module |
//! | --- | --- | --- | --- |
//! | `Packages` | Berkeley DB, a hash | the beginning; Enterprise Linux up to 8, Amazon Linux 2 | `berkeley` |
//! | `Packages.db` | ndb, rpm's own | rpm 4.13; SUSE 15 | `ndb` |
//! | `rpmdb.sqlite` | SQLite | rpm 4.16; Fedora 33, Enterprise Linux 9 | `sqlite` |
//!
//! [`read`] tells them apart by their content and gives every package to a function, one header in
//! memory at a time. What is damaged is told apart by what it costs: a header that can't be read is
//! [skipped](Skipped) with the reason and the others are used; where an unknown number of packages is
//! lost (a page of a tree, the end of the file) the whole reading fails, since half a database would
//! look as if packages had been removed.
//!
//! Whoever writes at the same time is not kept from it. The caller compares the files' times before
//! and after, and reads again where they differ.

mod berkeley;
mod dependency;
mod header;
mod ndb;
mod openpgp;
mod package;
mod sink;
mod source;
mod sqlite;
mod visited;

pub use dependency::{Dependency, Kind};
pub use header::{Header, tag};
pub use package::Package;
pub use sqlite::Tables;

use sink::Sink;
use source::Source;
use std::fmt;
use std::io::{self, Read, Seek};

/// A format of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `Packages`: a hash of Berkeley DB.
    Berkeley,
    /// `Packages.db`: rpm's own.
    Ndb,
    /// `rpmdb.sqlite`.
    Sqlite,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Berkeley => "Berkeley DB",
            Self::Ndb => "ndb",
            Self::Sqlite => "SQLite",
        })
    }
}

/// Ceilings of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file, and again of the write-ahead log beside it.
    pub file: u64,
    /// Bytes of one header, which is what is held in memory.
    pub header: usize,
    /// Entries of one header's index.
    pub entries: usize,
    /// Headers of the database.
    pub packages: usize,
}

impl Default for Limits {
    /// A workstation of 5,000 packages has 400 MB; the largest headers, those of packages with 80,000
    /// files, 20 MB. rpm itself takes headers of up to 256 MB with 65,535 entries.
    fn default() -> Self {
        Self { file: 4 << 30, header: 64 << 20, entries: 65_535, packages: 100_000 }
    }
}

/// A header that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The number under which rpm keeps it; 0 where that is not known either.
    pub number: u64,
    /// Where it begins, in bytes from the start of the file.
    pub offset: u64,
    /// Why, in words.
    pub why: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "header {} at byte {}: {}", self.number, self.offset, self.why)
    }
}

/// What a reading came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The database's format.
    pub format: Format,
    /// How many packages were given out, pseudo-packages of keys among them.
    pub packages: usize,
    /// Headers that were passed over, the first 1,000 of them.
    pub skipped: Vec<Skipped>,
    /// How many more there were.
    pub skipped_more: usize,
}

/// Why a database can't be used at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is none of rpm's formats.
    #[error("is no database of rpm: neither SQLite nor ndb nor a hash of Berkeley DB")]
    Unknown,
    /// It has the format, but packages are lost, nobody knows how many.
    #[error("{format} database damaged at byte {offset}: {why}")]
    Damaged {
        /// Its format.
        format: Format,
        /// Where, in bytes from the start of the file.
        offset: u64,
        /// What is wrong, as a fragment of a sentence.
        why: String,
    },
    /// It is of a kind that is not read: encrypted, a tree instead of a hash, a version unknown here.
    #[error("{format} database {why}")]
    Unsupported {
        /// Its format.
        format: Format,
        /// What it is, as a fragment of a sentence.
        why: String,
    },
    /// A ceiling was met.
    #[error("has more than {limit} {what}")]
    TooLarge {
        /// The ceiling.
        limit: u64,
        /// Of what: bytes, packages.
        what: &'static str,
    },
    /// The system could not read it.
    #[error("at byte {offset}: {error}")]
    Read {
        /// Where, in bytes from the start of the file.
        offset: u64,
        /// Why.
        error: io::Error,
    },
}

/// Reads a database and gives each of its packages to `each`, in the order in which they lie there.
///
/// `log` is the write-ahead log of an SQLite database (`rpmdb.sqlite-wal`), where there is one: what
/// was committed to it counts, what was not does not. The other formats have none.
///
/// # Errors
/// When it is no database of rpm, or so damaged or large that what could be read of it would mislead.
/// Packages given out until then are to be forgotten.
pub fn read<F: Read + Seek>(
    file: F,
    log: Option<F>,
    limits: &Limits,
    each: &mut dyn FnMut(&Package<'_>),
) -> Result<Outcome, Error> {
    let mut source = Source::new(file, limits.file)?;
    let format = detect(&mut source)?;
    let log = log.map(|log| Source::new(log, limits.file)).transpose()?;
    let room = source.length() + log.as_ref().map_or(0, Source::length);
    let mut sink = Sink::new(format, *limits, room, each);
    match format {
        Format::Berkeley => berkeley::read(&mut source, &mut sink)?,
        Format::Ndb => ndb::read(&mut source, &mut sink)?,
        Format::Sqlite => sqlite::read(source, log, &mut sink)?,
    }
    Ok(sink.outcome())
}

/// The format, by the magic numbers; the metadata page of Berkeley DB may have either byte order.
fn detect<F: Read + Seek>(source: &mut Source<F>) -> Result<Format, Error> {
    let mut start = [0; 16];
    if source.length() < 16 {
        return Err(Error::Unknown);
    }
    source.read_at(0, &mut start)?;
    if start == *sqlite::MAGIC {
        Ok(Format::Sqlite)
    } else if start.starts_with(ndb::MAGIC) {
        Ok(Format::Ndb)
    } else if berkeley::is_database(&start) {
        Ok(Format::Berkeley)
    } else {
        Err(Error::Unknown)
    }
}

/// The number of two, four or eight bytes at a place, most significant byte first.
fn big<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    big(bytes, at).map(u16::from_be_bytes)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    big(bytes, at).map(u32::from_be_bytes)
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    big(bytes, at).map(u32::from_le_bytes)
}

/// A foreign size as a length in memory; one that does not fit is larger than any ceiling.
fn size(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(usize::MAX)
}

/// A length in memory as a place in a file.
fn wide(number: usize) -> u64 {
    number.try_into().unwrap_or(u64::MAX)
}
