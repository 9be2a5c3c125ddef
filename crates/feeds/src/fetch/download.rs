//! The bytes of a document, as published, into a file; taken up again where they were cut off.
//!
//! RFC 9110 14 (ranges) and 13.1.5 (`If-Range`): the rest is asked for with the validator of what is at hand, so a
//! document that has changed meanwhile comes as a whole. Only strong validators are used, and only where the
//! server said how long the document is, since the length is what shows that it is whole.

use super::{FetchError, FetchOptions, Fetcher, Known, broken, header, http_date};
use crate::keep::keep;
use formats::compression::{Compression, Decoder, TooLarge};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use ureq::http::{HeaderMap, Response};

/// What a download may have beyond the ceiling for the unpacked document: packing what can't be packed costs a
/// little.
const PACKING: u64 = 1 << 20;
/// How long the bytes of an interrupted download wait to be taken up.
const PARTIAL_LASTS: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

/// A request for the rest of a document.
pub(super) struct Resume {
    /// The first byte that is missing.
    pub(super) from: u64,
    /// What must still hold of the document.
    pub(super) validator: String,
}

/// The bytes of a document. The file is gone when this is dropped.
pub(super) struct Raw {
    partial: Partial,
    /// The address after redirects.
    pub(super) url: String,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

impl Raw {
    pub(super) fn path(&self) -> &Path {
        &self.partial.bytes
    }

    /// Puts the document in place, decompressed and packed anew; what is Zstandard already, as it is, once it was
    /// read to its end. Gives SHA-256 and length of the content.
    pub(super) fn settle(&self, dest: &Path, max_bytes: u64) -> io::Result<(String, u64)> {
        let path = self.path();
        let mut decoder = Decoder::new(BufReader::with_capacity(1 << 16, File::open(path)?), max_bytes)?;
        if decoder.compression() != Compression::Zstd {
            return keep(BufReader::with_capacity(1 << 16, File::open(path)?), dest, max_bytes);
        }
        let (mut digest, mut bytes, mut buffer) = (Sha256::new(), 0_u64, vec![0; 1 << 16]);
        loop {
            match decoder.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    digest.update(&buffer[..read]);
                    bytes += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if std::fs::rename(path, dest).is_err() {
            // Another file system; a copy that is cut short must not be left in place.
            let mut name = dest.file_name().unwrap_or_default().to_owned();
            name.push(".part");
            let part = dest.with_file_name(name);
            std::fs::copy(path, &part)?;
            File::open(&part)?.sync_all()?;
            std::fs::rename(&part, dest)?;
        }
        Ok((hex::encode(digest.finalize()), bytes))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.partial.forget();
    }
}

/// What is noted beside the bytes at hand.
#[derive(Serialize, Deserialize)]
struct Note {
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    /// What `If-Range` asks by: one of the two, which is strong.
    validator: String,
    total: u64,
}

/// The file that bytes are written to.
struct Partial {
    bytes: PathBuf,
    note: PathBuf,
    /// Whether it stays for the next fetch.
    stays: bool,
}

impl Partial {
    fn of(options: &FetchOptions, url: &str, dest: &Path) -> Self {
        let with = |stem: &OsString, end: &str| {
            let mut name = stem.clone();
            name.push(end);
            name
        };
        let (folder, stem) = match &options.partial {
            Some(folder) => (folder.as_path(), OsString::from(&hex::encode(Sha256::digest(url.as_bytes()))[..32])),
            None => (dest.parent().unwrap_or(Path::new("")), dest.file_name().unwrap_or_default().to_owned()),
        };
        Self {
            bytes: folder.join(with(&stem, ".raw")),
            note: folder.join(with(&stem, ".raw.json")),
            stays: options.partial.is_some(),
        }
    }

    /// What is at hand of a document, if it can be taken up.
    fn at_hand(&self, url: &str) -> Option<(Resume, Note)> {
        let note: Note = serde_json::from_slice(&std::fs::read(&self.note).ok()?).ok()?;
        let from = std::fs::metadata(&self.bytes).ok()?.len();
        let fits = note.url == url && from > 0 && from < note.total;
        fits.then(|| (Resume { from, validator: note.validator.clone() }, note))
    }

    fn forget(&self) {
        // What can't be removed is overwritten by the next download.
        drop(std::fs::remove_file(&self.bytes));
        drop(std::fs::remove_file(&self.note));
    }
}

/// The last address, `ETag` and `Last-Modified` of a document that is there as a whole.
type Whole = (String, Option<String>, Option<String>);

/// How one request for a document's bytes ended.
enum Round {
    Whole {
        etag: Option<String>,
        last_modified: Option<String>,
    },
    /// Cut off; what came can be taken up.
    Cut(FetchError),
    /// What is at hand is of no use: from the start.
    Again,
}

impl Fetcher {
    /// Brings the bytes of a document, unless what is `known` of it still holds.
    pub(super) fn download(&self, url: &str, known: &Known, dest: &Path) -> Result<Option<Raw>, FetchError> {
        if let Some(folder) = &self.options.partial {
            std::fs::create_dir_all(folder).map_err(|error| broken(url, &error))?;
        }
        let partial = Partial::of(&self.options, url, dest);
        let outcome = self.rounds(&partial, url, known);
        if outcome.is_err() && !partial.stays {
            partial.forget();
        }
        let whole = outcome?;
        Ok(whole.map(|(url, etag, last_modified)| Raw { partial, url, etag, last_modified }))
    }

    /// Asks until the document is there or it does no good. Gives the last address, `ETag` and `Last-Modified`;
    /// nothing where what is `known` still holds.
    fn rounds(&self, partial: &Partial, url: &str, known: &Known) -> Result<Option<Whole>, FetchError> {
        let mut rounds = 0;
        loop {
            let at_hand = partial.at_hand(url);
            let (address, response) = self.get(url, known, at_hand.as_ref().map(|(resume, _)| resume))?;
            if response.status().as_u16() == 304 {
                return Ok(None);
            }
            let failure = match self.round(partial, url, &address, response, at_hand) {
                Ok(Round::Whole { etag, last_modified }) => return Ok(Some((address, etag, last_modified))),
                Ok(Round::Cut(error)) => error,
                Ok(Round::Again) => {
                    partial.forget();
                    FetchError::Broken { url: address, why: "the server does not send what it announces".to_owned() }
                }
                Err(error) => {
                    partial.forget();
                    return Err(error);
                }
            };
            rounds += 1;
            if rounds > self.options.resumptions {
                return Err(failure);
            }
        }
    }

    /// Drops what came of interrupted downloads that nobody has taken up for a week.
    pub(crate) fn clear_partial(&self, now: Timestamp) {
        let Some(entries) = self.options.partial.as_ref().and_then(|folder| std::fs::read_dir(folder).ok()) else {
            return;
        };
        for entry in entries.flatten() {
            let written = entry.metadata().and_then(|file| file.modified()).ok();
            let written = written.and_then(|written| Timestamp::try_from(written).ok());
            if written.is_some_and(|written| now.duration_since(written) > PARTIAL_LASTS) {
                // What can't be removed now is tried again the next time.
                drop(std::fs::remove_file(entry.path()));
            }
        }
    }

    /// Writes one answer.
    fn round(
        &self,
        partial: &Partial,
        url: &str,
        address: &str,
        response: Response<ureq::Body>,
        at_hand: Option<(Resume, Note)>,
    ) -> Result<Round, FetchError> {
        let io = |error: io::Error| broken(address, &error);
        let limit = self.options.max_bytes.min(self.options.max_raw_bytes);
        let too_large = || broken(address, &io::Error::other(TooLarge { limit }));
        let headers = response.headers().clone();
        let (mut file, from, note) = match (response.status().as_u16(), at_hand) {
            (206, Some((resume, note))) => {
                if content_range(&headers) != Some((resume.from, note.total)) {
                    return Ok(Round::Again);
                }
                let mut file = File::options().write(true).open(&partial.bytes).map_err(io)?;
                file.seek(SeekFrom::Start(resume.from)).map_err(io)?;
                (file, resume.from, Some(note))
            }
            (200, _) => {
                let note = note(&headers, response.body().content_length(), url);
                match &note {
                    Some(note) => {
                        let text = serde_json::to_vec(note).map_err(|error| io(error.into()))?;
                        std::fs::write(&partial.note, text).map_err(io)?;
                    }
                    None => drop(std::fs::remove_file(&partial.note)),
                }
                (File::create(&partial.bytes).map_err(io)?, 0, note)
            }
            _ => return Ok(Round::Again),
        };
        let total = note.as_ref().map(|note| note.total).or(response.body().content_length().map(|rest| from + rest));
        if total.is_some_and(|total| total > limit.saturating_add(PACKING)) {
            return Err(too_large());
        }
        let (mut body, mut have, mut buffer) = (response.into_body().into_reader(), from, vec![0; 1 << 16]);
        let cut = loop {
            match body.read(&mut buffer) {
                Ok(0) => break None,
                Ok(read) => {
                    have += read as u64;
                    if have > limit.saturating_add(PACKING) {
                        return Err(too_large());
                    }
                    file.write_all(&buffer[..read]).map_err(io)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(broken(address, &error)),
            }
        };
        let missing = || FetchError::Broken {
            url: address.to_owned(),
            why: format!("it ended after {have} of {} bytes", total.unwrap_or_default()),
        };
        let cut = cut.or_else(|| total.filter(|total| *total != have).map(|_| missing()));
        match (cut, note) {
            (None, note) => {
                file.sync_all().map_err(io)?;
                let (etag, last_modified) = match note {
                    Some(note) => (note.etag, note.last_modified),
                    None => (header(&headers, "etag"), header(&headers, "last-modified")),
                };
                Ok(Round::Whole { etag, last_modified })
            }
            (Some(error), Some(note)) if have < note.total => Ok(Round::Cut(error)),
            (Some(error), _) => Err(error),
        }
    }
}

/// What has to be known of a document so that the rest of it can be asked for.
fn note(headers: &HeaderMap, total: Option<u64>, url: &str) -> Option<Note> {
    let etag = header(headers, "etag");
    let last_modified = header(headers, "last-modified");
    let strong = etag.clone().filter(|etag| etag.starts_with('"'));
    // RFC 9110 8.8.2.2: a date is strong once the document is older than the clock's resolution.
    let settled = || {
        let (modified, now) = (last_modified.as_deref().and_then(http_date)?, http_date(&header(headers, "date")?)?);
        last_modified.clone().filter(|_| now.as_second() - modified.as_second() >= 60)
    };
    let validator = strong.or_else(settled)?;
    Some(Note { url: url.to_owned(), etag, last_modified, validator, total: total? })
}

/// The first byte and the length of the whole, of `Content-Range: bytes 5-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, u64)> {
    let text = header(headers, "content-range")?;
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.parse().ok()?, total.parse().ok()?))
}
