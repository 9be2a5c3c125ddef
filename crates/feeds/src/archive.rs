//! Documents that come many at a time, in a tar or zip archive.
//!
//! Every member that the feed wants is read by the feed's parser as a document of its own, in the
//! archive's order. A member that can't be read is skipped by name and the others are used; an
//! archive that ends too soon is no edition at all, since nothing says what is missing. What the skipped member
//! would have said is lost ([`Feed::lost_with`]), so that silence about it is not taken for a word.
//!
//! **Invariant**: nothing is ever written under a member's name, so a name can point nowhere; links
//! and devices are not followed; archives within archives are not opened; every member and all of
//! them together have a ceiling.
//!
//! Formats: POSIX.1-2017 pax and ustar, GNU tar; PKWARE APPNOTE 6.3.

use crate::feed::{Document, Feed, Sink, Skipped, Stop, Unreadable};
use formats::compression::{Compression, Decoder, detect, too_large};
use jiff::Timestamp;
use model::{Advisory, CveRecord};
use sha2::{Digest as _, Sha256};
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;

/// Most members of an archive, wanted or not. Red Hat's archive of all CVEs had 50,000 in 2026.
const MAX_MEMBERS: u64 = 2_000_000;
/// Longest name of a member.
const MAX_NAME: usize = 1024;
/// From so many members on that are no documents of the feed, an archive of more of them than of documents is
/// something else.
const MANY_OTHERS: u64 = 10;
/// Ends of the names of what vendors put beside their documents.
const BESIDE: &[&str] = &[".asc", ".sig", ".sha256", ".sha512", ".md5", ".csv", ".txt", ".md"];
/// UTF-8's byte order mark, which some editors put before a text. It says nothing and is passed over (RFC 8259, 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Length of a tar block, and where the magic of its first head stands.
const TAR_BLOCK: usize = 512;
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// What a document's first bytes say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One document.
    Plain,
    /// A tar archive.
    Tar,
    /// A zip archive.
    Zip,
}

impl Kind {
    /// Tells it from the first block.
    pub(crate) fn of(start: &[u8]) -> Self {
        if start.len() >= TAR_BLOCK && start.get(TAR_MAGIC) == Some(b"ustar") {
            Self::Tar
        } else if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            Self::Zip
        } else {
            Self::Plain
        }
    }
}

/// The first block of a document, or all of it where it is shorter.
pub(crate) fn start(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(TAR_BLOCK);
    reader.take(TAR_BLOCK as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// Reads every member of a tar archive that `feed` wants.
///
/// # Errors
/// When the archive is damaged or ends too soon, has too many members, or none that could be read.
pub(crate) fn read_tar(
    feed: &dyn Feed,
    document: &Document,
    body: impl Read,
    max_bytes: u64,
    sink: &mut dyn Sink,
) -> Result<(), Unreadable> {
    let ended = Cell::new(false);
    let mut archive = tar::Archive::new(ToEnd { inner: body, ended: &ended });
    let mut members = Members::new(feed, document, max_bytes, sink);
    let mut superseded = crate::increments::layers::Superseded::default();
    let damaged = |error: io::Error| Unreadable::Io(format!("the archive is damaged: {error}"));
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() {
            members.count()?;
        } else if kind.is_file() || kind.is_contiguous() {
            let at = entry.header().mtime().ok().and_then(|at| Timestamp::from_second(i64::try_from(at).ok()?).ok());
            match superseded.document(&name, &mut entry) {
                Some(name) => members.take(&name, at, &mut entry)?,
                None => members.count()?,
            }
            // What the parser left is read as well, so that an archive cut off within it is noticed.
            io::copy(&mut entry, &mut io::sink()).map_err(damaged)?;
        } else {
            members.count()?;
            members.pass(&name, "a link or device is not followed")?;
        }
    }
    // Behind the last member stand blocks of zeros (POSIX.1-2017, pax, "ustar Interchange Format"). Without them it
    // was cut off between two members, and nothing says how many are missing.
    if ended.get() {
        return Err(Unreadable::Io("the archive is damaged: it is cut off, its end is missing".to_owned()));
    }
    members.finish()
}

/// Reads every member of a zip archive that `feed` wants. `body` has been decompressed, if it was
/// compressed, into a file, since a zip archive's directory stands at its end.
///
/// # Errors
/// As [`read_tar`].
pub(crate) fn read_zip(
    feed: &dyn Feed,
    document: &Document,
    body: File,
    max_bytes: u64,
    sink: &mut dyn Sink,
) -> Result<(), Unreadable> {
    let damaged = |error: zip::result::ZipError| Unreadable::Io(format!("the archive is damaged: {error}"));
    let mut archive = zip::ZipArchive::new(BufReader::new(body)).map_err(damaged)?;
    let mut members = Members::new(feed, document, max_bytes, sink);
    for at in 0..archive.len() {
        let name = match archive.name_for_index(at) {
            Some(Ok(name)) => name.into_owned(),
            Some(Err(_)) | None => format!("member {at}"),
        };
        let mut entry = match archive.by_index(at) {
            Ok(entry) => entry,
            Err(error) => {
                members.count()?;
                members.pass(&name, &error.to_string())?;
                continue;
            }
        };
        if entry.is_file() {
            let at = entry.last_modified().and_then(zip_time);
            members.take(&name, at, &mut entry)?;
        } else {
            members.count()?;
            if !entry.is_dir() {
                members.pass(&name, "a link or device is not followed")?;
            }
        }
    }
    members.finish()
}

/// The time of a zip archive's member. It has no time zone; UTC is as good as any, to the hour.
fn zip_time(at: zip::DateTime) -> Option<Timestamp> {
    let part = |part: u8| i8::try_from(part).ok();
    let (year, month, day) = (i16::try_from(at.year()).ok()?, part(at.month())?, part(at.day())?);
    let day = jiff::civil::Date::new(year, month, day).ok()?;
    let time = jiff::civil::Time::new(part(at.hour())?, part(at.minute())?, part(at.second())?.min(59), 0).ok()?;
    Some(day.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// Notes that what is read through it has ended.
struct ToEnd<'a, R> {
    inner: R,
    ended: &'a Cell<bool>,
}

impl<R: Read> Read for ToEnd<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.ended.set(self.ended.get() || (read == 0 && !buffer.is_empty()));
        Ok(read)
    }
}

/// A temporary file without a name holding what `reader` gives: gone when it is closed, whatever happens.
///
/// # Errors
/// When it can't be made beside `place`, or the reader fails.
pub(crate) fn spool(reader: &mut impl Read, place: &Path) -> io::Result<File> {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(".unpacked");
    let path = place.with_file_name(name);
    let mut file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
    std::fs::remove_file(&path)?;
    io::copy(reader, &mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// What happens to the members, whatever the archive.
struct Members<'a> {
    feed: &'a dyn Feed,
    document: &'a Document,
    sink: &'a mut dyn Sink,
    /// Bytes that members may still have, all together.
    left: u64,
    max_bytes: u64,
    members: u64,
    wanted: u64,
    understood: u64,
    /// Members that are not wanted, nor of what stands beside documents.
    others: u64,
    /// The first of them.
    first_other: Option<String>,
    /// The first member that could not be read, and why.
    first: Option<String>,
}

impl<'a> Members<'a> {
    fn new(feed: &'a dyn Feed, document: &'a Document, max_bytes: u64, sink: &'a mut dyn Sink) -> Self {
        Self {
            feed,
            document,
            sink,
            left: max_bytes,
            max_bytes,
            members: 0,
            wanted: 0,
            understood: 0,
            others: 0,
            first_other: None,
            first: None,
        }
    }

    fn count(&mut self) -> Result<(), Unreadable> {
        self.members += 1;
        if self.members > MAX_MEMBERS {
            return Err(malformed(format!("the archive has more than {MAX_MEMBERS} members")));
        }
        Ok(())
    }

    /// Skips one of the feed's documents.
    fn skip(&mut self, name: &str, why: &str) -> Result<(), Unreadable> {
        self.first.get_or_insert_with(|| format!("{}: {why}", shown(name)));
        let note = Skipped::new(&shown(name), None, why).losing(self.feed.lost_with(name));
        Ok(self.sink.skipped(note)?)
    }

    /// Skips what can't be looked into; whether it is a document of the feed its name has to tell.
    fn pass(&mut self, name: &str, why: &str) -> Result<(), Unreadable> {
        if self.feed.wants(name) {
            return self.skip(name, why);
        }
        self.first.get_or_insert_with(|| format!("{}: {why}", shown(name)));
        Ok(self.sink.skipped(Skipped::new(&shown(name), None, why).harmless())?)
    }

    /// Reads one member, last modified at some time, if it is wanted.
    fn take(&mut self, name: &str, modified: Option<Timestamp>, body: &mut dyn Read) -> Result<(), Unreadable> {
        self.count()?;
        if !self.feed.wants(name) {
            if !BESIDE.iter().any(|end| name.ends_with(end)) {
                self.others += 1;
                self.first_other.get_or_insert_with(|| shown(name));
            }
            return Ok(());
        }
        self.wanted += 1;
        if name.len() > MAX_NAME || name.chars().any(char::is_control) {
            return self.skip(name, "the member's name is too long or no text");
        }
        self.sink.packed(modified.unwrap_or(Timestamp::UNIX_EPOCH));
        let mut raw = BufReader::with_capacity(1 << 16, body);
        let compressed = raw.fill_buf().map_or(Compression::None, detect) != Compression::None;
        let mut plain: Box<dyn Read + '_> = match Decoder::new(&mut raw, self.left) {
            Ok(decoder) if compressed => Box::new(BufReader::with_capacity(1 << 16, decoder)),
            Ok(_) => Box::new(raw),
            Err(error) => return self.skip(name, &error.to_string()),
        };
        let member = Document { name: name.to_owned(), url: self.document.url.clone() };
        let mut named = Named { name, sink: self.sink };
        let mut body = BufReader::with_capacity(1 << 16, Counted { inner: &mut *plain, left: &mut self.left });
        let outcome = self.feed.parse(&member, &mut body, &mut named);
        drop(plain);
        if self.left == 0 {
            return Err(Unreadable::Io(format!("the members have more than {} bytes together", self.max_bytes)));
        }
        match outcome {
            Ok(()) => self.understood += 1,
            Err(Unreadable::Stopped) => return Err(Unreadable::Stopped),
            Err(error) => self.skip(name, &error.to_string())?,
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Unreadable> {
        let others = self.others + (self.wanted - self.understood);
        if self.understood > 0 && others > MANY_OTHERS && others > self.understood {
            let first = self.first_other.as_deref().or(self.first.as_deref()).unwrap_or_default();
            let (members, expected) = (self.members, crate::expected(self.feed));
            let why = format!(
                "{others} of the archive's {members} members are no documents of this feed; the first: {first}; {expected}"
            );
            return Err(malformed(why));
        }
        match (self.wanted, self.understood, self.first) {
            (0, ..) => {
                let expected = crate::expected(self.feed);
                Err(malformed(format!("none of the archive's {} members is of this feed; {expected}", self.members)))
            }
            (wanted, 0, first) => {
                let first = first.unwrap_or_default();
                Err(malformed(format!("none of the archive's {wanted} documents could be read; the first: {first}")))
            }
            _ => Ok(()),
        }
    }
}

fn malformed(why: String) -> Unreadable {
    Unreadable::Malformed { line: 1, why }
}

/// Says of every note which member it is about.
struct Named<'a> {
    name: &'a str,
    sink: &'a mut dyn Sink,
}

impl Sink for Named<'_> {
    fn dated(&mut self, at: Timestamp) {
        self.sink.dated(at);
    }

    fn until(&self) -> Option<Timestamp> {
        self.sink.until()
    }

    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop> {
        self.sink.advisory(advisory)
    }

    fn cve(&mut self, record: CveRecord) -> Result<(), Stop> {
        self.sink.cve(record)
    }

    fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop> {
        // A document of one record is called by it: `2024/cve-2024-3094.json`.
        let stem = self.name.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
        if skipped.record.split(' ').next().is_some_and(|word| word.eq_ignore_ascii_case(stem)) {
            return self.sink.skipped(skipped);
        }
        let record = format!("{}: {}", self.name, skipped.record).chars().take(200).collect();
        self.sink.skipped(Skipped { record, ..skipped })
    }
}

/// Counts down what is read, and fails where nothing is left.
struct Counted<'a> {
    inner: &'a mut dyn Read,
    left: &'a mut u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        *self.left = self.left.saturating_sub(read as u64);
        if *self.left == 0 && read > 0 {
            return Err(io::Error::other("the archive's members are larger than they may be"));
        }
        Ok(read)
    }
}

/// A member's name for people.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Names of the first members of a tar archive.
fn first_members(body: impl Read) -> String {
    let mut archive = tar::Archive::new(body);
    let Ok(entries) = archive.entries() else { return String::new() };
    let names = entries.take(3).flatten().map(|entry| shown(&String::from_utf8_lossy(&entry.path_bytes())));
    format!(" ({}, ...)", names.collect::<Vec<_>>().join(", "))
}

/// Hashes what is read through it, if anybody wants to know.
struct Hashing<R> {
    inner: R,
    digest: Option<Sha256>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if let Some(digest) = &mut self.digest {
            digest.update(&buffer[..read]);
        }
        Ok(read)
    }
}

/// Reads a document with its feed's parser: as it is, or member by member where it is an archive. Gives the
/// SHA-256 of the whole, decompressed, where `hash` asks for it, else nothing: of a copy that was kept it is known.
pub(crate) fn read(
    feed: &dyn Feed,
    document: &Document,
    path: &Path,
    max_bytes: u64,
    hash: bool,
    sink: &mut dyn Sink,
) -> Result<String, Unreadable> {
    let io = |error: io::Error| match too_large(&error) {
        Some(limit) => Unreadable::Io(limit.to_string()),
        None => Unreadable::Io(format!("{}: {error}", path.display())),
    };
    let decoder = Decoder::new(BufReader::new(File::open(path).map_err(io)?), max_bytes).map_err(io)?;
    let mut hashing = Hashing { inner: decoder, digest: hash.then(Sha256::new) };
    let start = start(&mut hashing).map_err(io)?;
    let kind = Kind::of(&start);
    let plain = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&start);
    let mut body = io::Cursor::new(plain).chain(&mut hashing);
    match kind {
        Kind::Plain => feed.parse(document, &mut BufReader::with_capacity(1 << 17, body), sink)?,
        Kind::Tar | Kind::Zip if !feed.takes_archives() => {
            let members = if kind == Kind::Tar { first_members(body) } else { String::new() };
            let expected = crate::expected(feed);
            return Err(malformed(format!("it is an archive{members}, which this feed does not come in; {expected}")));
        }
        Kind::Tar => read_tar(feed, document, BufReader::with_capacity(1 << 17, body), max_bytes, sink)?,
        Kind::Zip => {
            let file = spool(&mut body, path).map_err(io)?;
            read_zip(feed, document, file, max_bytes, sink)?;
        }
    }
    // What a parser leaves unread (white space at the end) is part of the checksum.
    io::copy(&mut hashing, &mut io::sink()).map_err(io)?;
    Ok(hashing.digest.map(|digest| hex::encode(digest.finalize())).unwrap_or_default())
}
