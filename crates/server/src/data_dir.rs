//! The data directory: who holds it, what stands in it, and the socket of the server that holds it.
//!
//! ```text
//! mendwatch.db      the embedded database (not with DATABASE_URL)
//! mendwatch.lock    held by the process that has the directory open
//! mendwatch.sock    the server's socket, mode 0600
//! feeds/            raw documents of vendors, as fetched
//! ```

use anyhow::{Context as _, bail};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use tokio::net::{UnixListener, UnixStream};

const DATABASE: &str = "mendwatch.db";
const LOCK: &str = "mendwatch.lock";
const SOCKET: &str = "mendwatch.sock";

/// A data directory.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// Open for as long as sockets are addressed through it.
    handle: File,
}

/// Holds the directory until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held for its drop, which unlocks")] File);

/// Who holds the directory.
#[derive(Debug)]
pub enum Held {
    /// This process, from now on.
    ByUs(Lock),
    /// Another one.
    ByOther,
}

/// What a path is, for those who look for a data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A data directory.
    DataDir,
    /// There is something, but no data directory.
    Other,
    /// There is nothing.
    Nothing,
}

impl Place {
    /// Looks at a path. A data directory is known by its lock file, which all that open one make, or
    /// by the database, which a restored copy has.
    ///
    /// # Errors
    /// When this user may not look.
    pub fn of(path: &Path) -> io::Result<Self> {
        for file in [LOCK, DATABASE] {
            if exists(&path.join(file))? {
                return Ok(Self::DataDir);
            }
        }
        Ok(if exists(path)? { Self::Other } else { Self::Nothing })
    }
}

fn exists(path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}

impl DataDir {
    /// Opens a directory that is there.
    ///
    /// # Errors
    /// When it is not there, is no directory, or may not be opened.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let path = fs::canonicalize(path).with_context(|| format!("the data directory {shown} can't be opened"))?;
        let handle = File::open(&path).with_context(|| format!("the data directory {shown} can't be opened"))?;
        if !handle.metadata()?.is_dir() {
            bail!("{shown} is not a directory");
        }
        Ok(Self { path, handle })
    }

    /// Opens the directory, and makes it (mode 0700) if it is not there.
    ///
    /// # Errors
    /// When it can't be made or is no directory.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("the data directory {shown} can't be made"))?;
        Self::open(path)
    }

    /// Its absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the raw documents of a feed are kept.
    #[must_use]
    pub fn feed(&self, id: &str) -> PathBuf {
        self.path.join("feeds").join(id)
    }

    /// Takes the directory, unless another process has it.
    ///
    /// # Errors
    /// When the lock file can't be opened (a read-only file system, another user's directory).
    pub fn hold(&self) -> anyhow::Result<Held> {
        let path = self.path.join(LOCK);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} can't be opened", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Held::ByUs(Lock(file))),
            Err(fs::TryLockError::WouldBlock) => Ok(Held::ByOther),
            Err(fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} can't be locked", path.display()))
            }
        }
    }

    /// The socket's address. A path may have 107 bytes only, so it goes through the open directory.
    fn socket(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", self.handle.as_raw_fd()))
    }

    /// Opens the server's socket. Only the holder of the lock may.
    ///
    /// # Errors
    /// When it can't be bound.
    pub fn listen(&self) -> anyhow::Result<UnixListener> {
        let path = self.socket();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let listener = UnixListener::bind(&path)
            .with_context(|| format!("{} can't be opened", self.path.join(SOCKET).display()))?;
        // The directory is 0700 from its making; the mode of the socket holds where it was not.
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(listener)
    }

    /// Whether a server answers at the socket. Asks without the lock, so that looking disturbs nobody;
    /// where there is no socket, none is opened.
    ///
    /// # Errors
    /// When there is a server that this user may not talk to.
    pub fn has_server(&self) -> anyhow::Result<bool> {
        let path = self.socket();
        if !exists(&path)? {
            return Ok(false);
        }
        match std::os::unix::net::UnixStream::connect(&path) {
            Ok(_) => Ok(true),
            // What a server that died left behind.
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound) => {
                Ok(false)
            }
            Err(error) => Err(error).with_context(|| format!("{} can't be opened", self.path.join(SOCKET).display())),
        }
    }

    /// Connects to the server that holds the directory.
    ///
    /// # Errors
    /// When none answers.
    pub async fn connect(&self) -> anyhow::Result<UnixStream> {
        UnixStream::connect(self.socket()).await.with_context(|| {
            format!(
                "another process holds {} but does not answer at its socket; if it is still starting, try again in a moment, else start it anew",
                self.path.display()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_directory_is_known_by_what_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let of = |name: &str| Place::of(&dir.path().join(name)).unwrap();
        assert_eq!(of("data"), Place::Nothing);
        fs::create_dir(dir.path().join("data")).unwrap();
        assert_eq!(of("data"), Place::Other);
        fs::write(dir.path().join("file"), "").unwrap();
        assert_eq!(of("file"), Place::Other);
        fs::write(dir.path().join("data/mendwatch.db"), "").unwrap();
        assert_eq!(of("data"), Place::DataDir, "a copy that was restored has no lock file");
        let made = DataDir::create(&dir.path().join("made")).unwrap();
        assert!(matches!(made.hold().unwrap(), Held::ByUs(_)));
        assert_eq!(of("made"), Place::DataDir);
    }

    #[test]
    fn a_socket_that_nobody_listens_at_is_no_server() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        assert!(!data.has_server().unwrap());
        let listener = std::os::unix::net::UnixListener::bind(dir.path().join(SOCKET)).unwrap();
        assert!(data.has_server().unwrap());
        drop(listener);
        assert!(!data.has_server().unwrap(), "the file is there, the listener is not");
    }
}
