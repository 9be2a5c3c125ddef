//! Raw documents on disk: written once, compressed, under a ceiling; read again at any time.

use crate::feed::{Document, Feed, Sink, Unreadable};
use formats::compression::{Decoder, too_large};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// A document that has been fetched or imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// The file it was written to, compressed with Zstandard.
    pub body: PathBuf,
    /// Where it came from: the address after redirects, or the imported file's name.
    pub origin: String,
    /// The server's `ETag`.
    pub etag: Option<String>,
    /// The server's `Last-Modified`, as it was written.
    pub last_modified: Option<String>,
    /// The same as a time.
    pub modified_at: Option<Timestamp>,
    /// SHA-256 of the decompressed document, 64 hex digits.
    pub sha256: String,
    /// Length of the decompressed document in bytes.
    pub bytes: u64,
    /// When it was fetched or imported.
    pub fetched_at: Timestamp,
}

/// Why a document could not be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is larger than the ceiling.
    #[error("{file} has more than {limit} bytes after decompression")]
    TooLarge {
        /// The file.
        file: String,
        /// The ceiling in bytes.
        limit: u64,
    },
    /// It could not be read or decompressed, or the copy could not be written.
    #[error("{file}: {error}")]
    Io {
        /// The file.
        file: String,
        /// What went wrong.
        error: io::Error,
    },
}

/// Copies a local file, compressed in any way that is known by its first bytes, to `dest`.
///
/// # Errors
/// When the file can't be read, is damaged or exceeds `max_bytes`, or `dest` can't be written; `dest`
/// is then untouched.
pub fn import(path: &Path, dest: &Path, max_bytes: u64, now: Timestamp) -> Result<Fresh, ImportError> {
    let file = path.display().to_string();
    let kept = File::open(path).and_then(|opened| keep(BufReader::new(opened), dest, max_bytes));
    match kept {
        Ok((sha256, bytes)) => Ok(Fresh {
            body: dest.to_owned(),
            origin: path.file_name().map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned()),
            etag: None,
            last_modified: None,
            modified_at: None,
            sha256,
            bytes,
            fetched_at: now,
        }),
        Err(error) => match too_large(&error) {
            Some(limit) => Err(ImportError::TooLarge { file, limit: limit.limit }),
            None => Err(ImportError::Io { file, error }),
        },
    }
}

/// Reads a kept document with its feed's parser; an archive member by member.
///
/// # Errors
/// As [`Feed::parse`], and when the file can't be read.
pub fn read(
    feed: &dyn Feed,
    document: &Document,
    path: &Path,
    max_bytes: u64,
    sink: &mut dyn Sink,
) -> Result<(), Unreadable> {
    crate::archive::read(feed, document, path, max_bytes, false, sink).map(drop)
}

/// As [`read`], of a document that was not kept; gives the SHA-256 of what the vendor wrote, 64 hex digits.
///
/// # Errors
/// As [`read`].
pub fn read_and_hash(
    feed: &dyn Feed,
    document: &Document,
    path: &Path,
    max_bytes: u64,
    sink: &mut dyn Sink,
) -> Result<String, Unreadable> {
    crate::archive::read(feed, document, path, max_bytes, true, sink)
}

/// Level of the kept documents. Red Hat's OVAL of RHEL 7, 53.6 MB, becomes 2.1 MB in 0.10 s; at level 6 it would be 1.8 MB
/// in 0.30 s.
const LEVEL: i32 = 3;

/// Decompresses `source`, writes it compressed to `dest` and gives SHA-256 and length of the content.
///
/// The file appears whole or not at all: it is written beside its place, synced and renamed.
pub(crate) fn keep(source: impl BufRead, dest: &Path, max_bytes: u64) -> io::Result<(String, u64)> {
    let mut name = dest.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = dest.with_file_name(name);
    let outcome = write(source, &part, max_bytes).and_then(|written| {
        std::fs::rename(&part, dest)?;
        Ok(written)
    });
    if outcome.is_err() {
        // The error that counts is the first one; a file left behind is overwritten next time.
        drop(std::fs::remove_file(&part));
    }
    outcome
}

fn write(source: impl BufRead, part: &Path, max_bytes: u64) -> io::Result<(String, u64)> {
    let mut decoder = Decoder::new(source, max_bytes)?;
    let mut encoder = zstd::Encoder::new(File::create(part)?, LEVEL)?;
    encoder.include_checksum(true)?;
    let (mut digest, mut bytes, mut buffer) = (Sha256::new(), 0_u64, vec![0; 1 << 16]);
    loop {
        let read = match decoder.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        digest.update(&buffer[..read]);
        encoder.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
    encoder.finish()?.sync_all()?;
    Ok((hex::encode(digest.finalize()), bytes))
}
