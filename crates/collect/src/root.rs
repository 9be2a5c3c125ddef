//! The one place that touches the file system.
//!
//! A [`Root`] reads below one directory. Where that is not `/`, paths are resolved component by
//! component from its file descriptor, as openat2(2) with `RESOLVE_IN_ROOT` does: absolute links
//! and `..` stay inside, so that nothing outside is ever read. Every read has a ceiling; only
//! regular files are read; nothing is written, locked or executed.

use rustix::fs::{self as sys, AtFlags, CWD, FileType, Mode, OFlags};
use rustix::io::Errno;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};

/// Most links that one path may lead over, as in the kernel.
const MOST_LINKS: usize = 40;
/// Most entries of one directory that are listed.
const MOST_ENTRIES: usize = 200_000;

/// A directory under which a host's files lie.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    directory: OwnedFd,
    live: bool,
}

/// How full a file system is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Its size.
    pub size: u64,
    /// What is in use.
    pub used: u64,
    /// What an ordinary user may still write. With `used` less than the size where blocks are
    /// reserved for the superuser.
    pub available: u64,
}

/// Why a path could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// There is nothing at that path.
    Missing,
    /// This user may not.
    Denied,
    /// It is no regular file, or no directory where one is needed.
    WrongKind,
    /// Its links lead in a circle.
    Loop,
    /// It is larger than the ceiling, in bytes.
    TooLarge(u64),
    /// Anything else the system said.
    Other(String),
}

/// A path that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The path within the root.
    pub path: String,
    /// Why.
    pub why: Why,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("does not exist"),
            Self::Denied => f.write_str("permission denied"),
            Self::WrongKind => f.write_str("is no regular file"),
            Self::Loop => f.write_str("is a link that leads in a circle"),
            Self::TooLarge(limit) => write!(f, "is larger than {limit} bytes"),
            Self::Other(what) => f.write_str(what),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.why)
    }
}

impl std::error::Error for Unreadable {}

impl Unreadable {
    fn new(path: &str, why: Why) -> Self {
        Self { path: path.to_owned(), why }
    }

    fn errno(path: &str, errno: Errno) -> Self {
        let why = match errno {
            Errno::NOENT | Errno::NOTDIR => Why::Missing,
            Errno::ACCESS | Errno::PERM => Why::Denied,
            Errno::LOOP => Why::Loop,
            other => Why::Other(io::Error::from(other).to_string()),
        };
        Self::new(path, why)
    }

    /// Whether there simply is nothing.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.why == Why::Missing
    }
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// A regular file, itself or at the end of its links.
    pub is_file: bool,
    /// When it was last modified, in seconds since 1970; of the file at the end of its links.
    pub modified: i64,
}

impl Root {
    /// Opens a root directory.
    ///
    /// # Errors
    /// When it is no directory or may not be entered.
    pub fn new(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = sys::openat(CWD, path, flags, Mode::empty())?;
        let (own, real) = (sys::fstat(&directory)?, sys::stat("/")?);
        let live = (own.st_dev, own.st_ino) == (real.st_dev, real.st_ino);
        Ok(Self { path: path.to_owned(), directory, live })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is `/`, the root of this very process, so that the running kernel is its own.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// The whole file.
    ///
    /// # Errors
    /// When it can't be read, or is larger than `ceiling` bytes.
    pub fn read(&self, path: &str, ceiling: u64) -> Result<Vec<u8>, Unreadable> {
        let file = self.open(path)?;
        let mut bytes = Vec::new();
        let read = file.take(ceiling.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| match error.raw_os_error() {
            Some(code) => Unreadable::errno(path, Errno::from_raw_os_error(code)),
            None => Unreadable::new(path, Why::Other(error.to_string())),
        })?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > ceiling {
            return Err(Unreadable::new(path, Why::TooLarge(ceiling)));
        }
        Ok(bytes)
    }

    /// The whole file as text, bytes that are not UTF-8 replaced.
    ///
    /// # Errors
    /// As [`Root::read`].
    pub fn text(&self, path: &str, ceiling: u64) -> Result<String, Unreadable> {
        Ok(String::from_utf8_lossy(&self.read(path, ceiling)?).into_owned())
    }

    /// A regular file, open for reading.
    ///
    /// # Errors
    /// When there is none, or it may not be read.
    pub fn open(&self, path: &str) -> Result<File, Unreadable> {
        // Without NONBLOCK, opening a named pipe would wait for its other end.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = self.resolve(path, flags)?;
        let kind = sys::fstat(&file).map_err(|errno| Unreadable::errno(path, errno))?;
        if FileType::from_raw_mode(kind.st_mode) != FileType::RegularFile {
            return Err(Unreadable::new(path, Why::WrongKind));
        }
        Ok(File::from(file))
    }

    /// Whether there is anything at the path, at the end of its links.
    #[must_use]
    pub fn exists(&self, path: &str) -> bool {
        self.resolve(path, OFlags::PATH | OFlags::CLOEXEC).is_ok()
    }

    /// Whether nothing is at the path. What may not be looked at, or leads in a circle, is something.
    #[must_use]
    pub fn is_missing(&self, path: &str) -> bool {
        self.resolve(path, OFlags::PATH | OFlags::CLOEXEC).is_err_and(|why| why.is_missing())
    }

    /// Whether a regular file is at the path.
    #[must_use]
    pub fn is_file(&self, path: &str) -> bool {
        self.stat(path).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile)
    }

    /// When a file was last modified, in seconds since 1970.
    ///
    /// # Errors
    /// When it can't be looked at.
    pub fn modified(&self, path: &str) -> Result<i64, Unreadable> {
        Ok(self.stat(path)?.st_mtime)
    }

    /// Device and number of what is at the path: two paths with the same are one.
    ///
    /// # Errors
    /// When it can't be looked at.
    pub fn identity(&self, path: &str) -> Result<(u64, u64), Unreadable> {
        let stat = self.stat(path)?;
        Ok((stat.st_dev, stat.st_ino))
    }

    fn stat(&self, path: &str) -> Result<sys::Stat, Unreadable> {
        let file = self.resolve(path, OFlags::PATH | OFlags::CLOEXEC)?;
        sys::fstat(&file).map_err(|errno| Unreadable::errno(path, errno))
    }

    /// The entries of a directory, sorted by name. Names that are not UTF-8 are left out.
    ///
    /// # Errors
    /// When there is no directory, it may not be read, or it has more than 200,000 entries.
    pub fn list(&self, path: &str) -> Result<Vec<Entry>, Unreadable> {
        let errno = |errno| Unreadable::errno(path, errno);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = self.resolve(path, flags)?;
        let mut entries = Vec::new();
        for entry in sys::Dir::read_from(&directory).map_err(errno)? {
            let entry = entry.map_err(errno)?;
            let Ok(name) = entry.file_name().to_str() else { continue };
            if name == "." || name == ".." {
                continue;
            }
            if entries.len() >= MOST_ENTRIES {
                let why = format!("has more than {MOST_ENTRIES} entries");
                return Err(Unreadable::new(path, Why::Other(why)));
            }
            let Ok(mut stat) = sys::statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink {
                match self.stat(&format!("{}/{name}", path.trim_end_matches('/'))) {
                    Ok(target) => stat = target,
                    Err(_) => continue,
                }
            }
            let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
            entries.push(Entry { name: name.to_owned(), is_file, modified: stat.st_mtime });
        }
        entries.sort();
        Ok(entries)
    }

    /// How full the file system at a path is, by statvfs(3).
    ///
    /// # Errors
    /// When it can't be asked.
    pub fn space(&self, path: &str) -> Result<Space, Unreadable> {
        let file = self.resolve(path, OFlags::PATH | OFlags::CLOEXEC)?;
        let stat = sys::fstatvfs(&file).map_err(|errno| Unreadable::errno(path, errno))?;
        let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
        Ok(Space {
            size: bytes(stat.f_blocks),
            used: bytes(stat.f_blocks.saturating_sub(stat.f_bfree)),
            available: bytes(stat.f_bavail),
        })
    }

    /// Opens a path, never leaving the root.
    fn resolve(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Unreadable> {
        let errno = |errno| Unreadable::errno(path, errno);
        if path.contains('\0') {
            return Err(Unreadable::new(path, Why::Missing));
        }
        if self.live {
            let relative = path.trim_start_matches('/');
            let relative = if relative.is_empty() { "." } else { relative };
            return sys::openat(&self.directory, relative, flags, Mode::empty()).map_err(errno);
        }
        // What is still to be walked, the next component last.
        let mut ahead: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        // The directories walked through, for `..`; the root itself is not among them.
        let mut behind: Vec<OwnedFd> = Vec::new();
        let mut links = 0;
        while let Some(part) = ahead.pop() {
            if part.is_empty() || part == "." {
                continue;
            }
            if part == ".." {
                behind.pop();
                continue;
            }
            let here = behind.last().unwrap_or(&self.directory).as_fd();
            let step = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let next = sys::openat(here, part.as_str(), step, Mode::empty()).map_err(errno)?;
            let kind = FileType::from_raw_mode(sys::fstat(&next).map_err(errno)?.st_mode);
            if kind == FileType::Symlink {
                links += 1;
                if links > MOST_LINKS {
                    return Err(Unreadable::new(path, Why::Loop));
                }
                let target = sys::readlinkat(&next, "", Vec::new()).map_err(errno)?;
                let target = String::from_utf8_lossy(target.as_bytes()).into_owned();
                if target.starts_with('/') {
                    behind.clear();
                }
                ahead.extend(target.split('/').rev().map(str::to_owned));
                continue;
            }
            let is_last = ahead.iter().all(|part| part.is_empty() || part == ".");
            if !is_last {
                if kind != FileType::Directory {
                    return Err(Unreadable::new(path, Why::Missing));
                }
                behind.push(next);
                continue;
            }
            // Opened by name again, this time to read: what is there now must not be a link.
            return sys::openat(here, part.as_str(), flags | OFlags::NOFOLLOW, Mode::empty()).map_err(errno);
        }
        let here = behind.last().unwrap_or(&self.directory).as_fd();
        sys::openat(here, ".", flags, Mode::empty()).map_err(errno)
    }
}

#[cfg(test)]
mod tests;
