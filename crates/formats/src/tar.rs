//! Archives of tar, read as a stream: the databases of pacman's repositories and apk's indexes.
//!
//! POSIX.1-2001 `ustar` with pax headers (`path`, `size`) and GNU's long names. Only regular files are given out; what
//! else there is (folders, links) is passed over. Nothing is unpacked. Several archives one behind the other, as apk
//! signs its indexes, are read as one.

use std::fmt;
use std::io::{self, Read};

const BLOCK: usize = 512;
/// Longest name, and longest header of names, in bytes.
const MAX_NAME_BYTES: u64 = 1 << 20;
/// Most entries.
const MAX_ENTRIES: u64 = 2_000_000;
/// Most blocks of zeros in a row, which end an archive and stand between two.
const MAX_ZEROS: u64 = 1 << 20;

/// Why an archive can't be read on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It has no such format, or is damaged.
    #[error("entry {entry} of the archive: {why}")]
    Malformed {
        /// Which entry, from 1.
        entry: u64,
        /// What is wrong.
        why: String,
    },
    /// Reading its bytes failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A streaming reader.
pub struct Archive<R: Read> {
    body: R,
    entries: u64,
    /// What is left of the current file, and behind it up to the next block.
    left: u64,
    padding: u64,
    /// Blocks of zeros since the last entry.
    zeros: u64,
}

/// An entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name as it stands there, that of a folder mostly with a slash at its end.
    pub name: String,
    /// A regular file. Others, such as links and folders, have no content here.
    pub is_file: bool,
}

impl<R: Read> fmt::Debug for Archive<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("entries", &self.entries).field("left", &self.left).finish_non_exhaustive()
    }
}

impl<R: Read> Archive<R> {
    /// Reads an archive from its beginning.
    pub fn new(body: R) -> Self {
        Self { body, entries: 0, left: 0, padding: 0, zeros: 0 }
    }

    /// Goes to the next regular file and gives its name; `None` at the end. What was not read of the file before is
    /// passed over. An archive that ends without its blocks of zeros is taken for whole if it ends between entries:
    /// apk cuts them off where it adds a signature.
    ///
    /// # Errors
    /// [`Error`] where it can't be read on.
    pub fn next_file(&mut self) -> Result<Option<String>, Error> {
        while let Some(entry) = self.next_entry()? {
            if entry.is_file {
                return Ok(Some(entry.name));
            }
        }
        Ok(None)
    }

    /// Whether the archive ended as tar ends one, with two blocks of zeros: to be asked where [`Archive::next_file`]
    /// found no more. One that does not may be the beginning of a longer one.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.zeros >= 2
    }

    /// Goes to the next entry, of whatever kind; as [`Archive::next_file`].
    ///
    /// # Errors
    /// [`Error`] where it can't be read on.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, Error> {
        let (mut long, mut size_of_next) = (None, None);
        loop {
            self.pass()?;
            let Some(header) = self.header()? else { return Ok(None) };
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                return self.malformed(format!("more than {MAX_ENTRIES} entries"));
            }
            let size = match size_of_next.take() {
                Some(size) => size,
                None => self.number(&header[124..136])?,
            };
            self.left = size;
            self.padding = size.next_multiple_of(BLOCK as u64) - size;
            match header[156] {
                b'x' => {
                    let records = self.whole()?;
                    long = pax(&records, "path").or(long);
                    size_of_next = pax(&records, "size").and_then(|size| size.parse().ok());
                }
                b'g' => {}
                b'L' => {
                    let name = self.whole()?;
                    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
                    long = Some(String::from_utf8_lossy(&name[..end]).into_owned());
                }
                kind => {
                    let name = long.take().unwrap_or_else(|| name_of(&header));
                    return Ok(Some(Entry { name, is_file: matches!(kind, b'0' | 0 | b'7') }));
                }
            }
        }
    }

    /// The rest of the current file as it is, up to a ceiling.
    ///
    /// # Errors
    /// When it is longer, or the archive ends within it.
    pub fn read_file(&mut self, ceiling: u64) -> Result<Vec<u8>, Error> {
        if self.left > ceiling {
            return self.malformed(format!("a file of {} bytes, more than {ceiling}", self.left));
        }
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn whole(&mut self) -> Result<Vec<u8>, Error> {
        self.read_file(MAX_NAME_BYTES)
    }

    fn pass(&mut self) -> Result<(), Error> {
        let ahead = self.left + self.padding;
        let passed = io::copy(&mut (&mut self.body).take(ahead), &mut io::sink())?;
        if passed < ahead {
            return self.malformed("the archive ends within a file".to_owned());
        }
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    /// The next header; `None` at the end.
    fn header(&mut self) -> Result<Option<[u8; BLOCK]>, Error> {
        self.zeros = 0;
        loop {
            let mut block = [0; BLOCK];
            let mut filled = 0;
            while filled < BLOCK {
                match self.body.read(&mut block[filled..]) {
                    Ok(0) if filled == 0 => return Ok(None),
                    Ok(0) => return self.malformed("the archive ends within a header".to_owned()),
                    Ok(read) => filled += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if block.iter().any(|byte| *byte != 0) {
                let sum: u64 = block
                    .iter()
                    .enumerate()
                    .map(|(at, b)| if (148..156).contains(&at) { 32 } else { u64::from(*b) })
                    .sum();
                if self.number(&block[148..156])? != sum {
                    return self.malformed("the checksum of its header is wrong".to_owned());
                }
                return Ok(Some(block));
            }
            self.zeros += 1;
            if self.zeros > MAX_ZEROS {
                return self.malformed("nothing but zeros follows".to_owned());
            }
        }
    }

    /// A number in octal digits, or as GNU writes large ones, in bytes behind a first bit.
    fn number(&self, field: &[u8]) -> Result<u64, Error> {
        if let Some((first, rest)) = field.split_first().filter(|(first, _)| **first & 0x80 != 0) {
            let mut digits = std::iter::once(first & 0x7f).chain(rest.iter().copied());
            let number = digits.try_fold(0_u64, |number, digit| number.checked_mul(256)?.checked_add(digit.into()));
            return number
                .filter(|number| *number < 1 << 62)
                .map_or_else(|| self.malformed("a number is too large".to_owned()), Ok);
        }
        let text = String::from_utf8_lossy(field);
        let text = text.trim_matches(['\0', ' ']);
        if text.is_empty() {
            return Ok(0);
        }
        u64::from_str_radix(text, 8)
            .or_else(|_| self.malformed(format!("'{}' is no number", crate::shown(text.as_bytes()))))
    }

    fn malformed<T>(&self, why: String) -> Result<T, Error> {
        Err(Error::Malformed { entry: self.entries.max(1), why })
    }
}

/// Reads the current file.
impl<R: Read> Read for Archive<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.body.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive ends within a file"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

fn name_of(header: &[u8; BLOCK]) -> String {
    let text = |field: &[u8]| {
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).into_owned()
    };
    let (name, prefix) = (text(&header[..100]), text(&header[345..500]));
    // GNU's own format, which has blanks behind `ustar`, keeps times where the prefix would be.
    if prefix.is_empty() || &header[257..263] != b"ustar\0" { name } else { format!("{prefix}/{name}") }
}

/// A value of a pax header: records of `LENGTH KEY=VALUE\n`.
fn pax(records: &[u8], wanted: &str) -> Option<String> {
    let mut rest = records;
    let mut found = None;
    while let Some(blank) = rest.iter().position(|byte| *byte == b' ') {
        let length: usize = std::str::from_utf8(&rest[..blank]).ok()?.parse().ok()?;
        let record = rest.get(blank + 1..length.checked_sub(1)?)?;
        rest = rest.get(length..)?;
        let equals = record.iter().position(|byte| *byte == b'=')?;
        if &record[..equals] == wanted.as_bytes() {
            found = Some(String::from_utf8_lossy(&record[equals + 1..]).into_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn files(body: &[u8]) -> Result<Vec<(String, usize)>, Error> {
        let mut archive = Archive::new(body);
        let mut files = Vec::new();
        while let Some(name) = archive.next_file()? {
            files.push((name, archive.read_file(1 << 20)?.len()));
        }
        Ok(files)
    }

    /// Truth: what GNU tar packed, in each of its formats.
    #[test]
    fn archives_of_tar_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let long = "n".repeat(90);
        let deep = format!("{long}/{long}/x");
        std::fs::create_dir_all(folder.path().join(format!("{long}/{long}"))).unwrap();
        std::fs::write(folder.path().join(&deep), vec![b'x'; 513]).unwrap();
        std::fs::write(folder.path().join("a"), b"").unwrap();
        std::fs::write(folder.path().join("b"), vec![b'y'; 512]).unwrap();
        std::os::unix::fs::symlink("a", folder.path().join("link")).unwrap();
        for format in ["ustar", "pax", "gnu", "v7"] {
            let mut tar = Command::new("tar");
            tar.args(["--format", format, "-cf", "-", "a", "link", "b"]).current_dir(folder.path());
            let mut wanted = vec![("a".to_owned(), 0), ("b".to_owned(), 512)];
            if format != "v7" {
                // The oldest has no room for long names.
                tar.arg(&deep);
                wanted.push((deep.clone(), 513));
            }
            let body = tar.output().unwrap().stdout;
            assert_eq!(files(&body).unwrap(), wanted, "{format}");
            let mut archive = Archive::new(&body[..]);
            let mut links = 0;
            while let Some(entry) = archive.next_entry().unwrap() {
                links += usize::from(!entry.is_file && entry.name == "link");
            }
            assert_eq!((links, archive.is_ended()), (1, true), "{format}");
            for cut in [100, 512, 1500, 2100] {
                // Whatever is cut off, what is given out is a beginning of the whole.
                if let Ok(files) = files(&body[..cut]) {
                    assert!(wanted.starts_with(&files), "{format} {cut}: {files:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for (body, why) in [
            (vec![b'x'; 512], "entry 1 of the archive: 'xxxxxxxx' is no number"),
            (vec![b'x'; 100], "entry 1 of the archive: the archive ends within a header"),
            (vec![b'1'; 512], "entry 1 of the archive: the checksum of its header is wrong"),
        ] {
            assert_eq!(files(&body).unwrap_err().to_string(), why);
        }
        assert_eq!(files(b"").unwrap(), []);
        assert_eq!(files(&[0; 1024]).unwrap(), []);
        for (body, is_ended) in [(&[][..], false), (&[0; 512][..], false), (&[0; 1024][..], true)] {
            let mut archive = Archive::new(body);
            assert_eq!(archive.next_file().unwrap(), None);
            assert_eq!(archive.is_ended(), is_ended, "{} bytes", body.len());
        }
    }
}
