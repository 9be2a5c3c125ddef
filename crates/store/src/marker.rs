//! The mark that an embedded database was made in a directory.
//!
//! SQLite takes an empty file for a database in which nothing was written yet. After a disk was
//! repaired or a copy went wrong, that would be a new server without hosts, feeds and users, and with a
//! set-up link for whoever comes first. The mark, which stands beside the database from its making on,
//! tells the two apart.

use jiff::Timestamp;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The file's name. What is in it is for people.
const NAME: &str = "mendwatch.made";
/// What SQLite keeps in other files until it is closed: a copy of the database alone may lack everything.
const FILES: &str = "mendwatch.db-wal and mendwatch.db-shm";
/// Documents of vendors, which a directory has had since before there was a mark.
const FEEDS: &str = "feeds";

/// Refuses a directory whose database is gone or emptied.
///
/// # Errors
/// Why, and the ways back.
pub(crate) fn check(directory: &Path, file: &Path) -> Result<(), String> {
    let what = match fs::metadata(file) {
        Ok(metadata) if metadata.len() > 0 => return Ok(()),
        Ok(_) => "is empty",
        Err(error) if error.kind() == ErrorKind::NotFound => "is gone",
        Err(error) => return Err(error.to_string()),
    };
    // Without a database a directory may have documents: it was used with PostgreSQL.
    let has_documents = || fs::read_dir(directory.join(FEEDS)).is_ok_and(|mut entries| entries.next().is_some());
    match is_left(directory)? {
        true => Err(gone(what, directory, file)),
        false if what == "is empty" && has_documents() => Err(refusal(what, directory, &file.display().to_string())),
        false => Ok(()),
    }
}

/// Whether the mark is there.
///
/// # Errors
/// When that can't be told.
pub(crate) fn is_left(directory: &Path) -> Result<bool, String> {
    let mark = directory.join(NAME);
    mark.try_exists().map_err(|error| format!("{}: {error}", mark.display()))
}

/// What is said of a database that is not what the mark stands for: `what` is what it is instead.
pub(crate) fn gone(what: &str, directory: &Path, file: &Path) -> String {
    refusal(what, directory, &format!("{} and {}", file.display(), directory.join(NAME).display()))
}

fn refusal(what: &str, directory: &Path, remove: &str) -> String {
    format!(
        "it {what}, but {} had a database: hosts, feeds and users would be missing. Restore it from a backup, with the files {FILES} that belong to it; to begin anew without them, remove {remove}",
        directory.display()
    )
}

/// Leaves the mark, once the database is there. A mark that is there stays as it is.
///
/// # Errors
/// When it can't be written.
pub(crate) fn leave(directory: &Path, now: Timestamp) -> Result<(), String> {
    let path = directory.join(NAME);
    let text = format!(
        "Mendwatch keeps its database in this directory, mendwatch.db, since {} or before.\nIf that is missing or empty while this file is here, no server starts.\n",
        now.strftime("%Y-%m-%d")
    );
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map_err(|error| format!("{}: {error}", path.display())),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emptied_database_is_told_from_a_new_one() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("mendwatch.db");
        let check = || check(dir.path(), &file);
        assert_eq!(check(), Ok(()), "nothing was ever here");
        fs::write(&file, "").unwrap();
        assert_eq!(check(), Ok(()), "a first start that was interrupted");
        fs::create_dir(dir.path().join("feeds")).unwrap();
        assert_eq!(check(), Ok(()));
        fs::write(dir.path().join("feeds/debian-tracker"), "").unwrap();
        let why = check().unwrap_err();
        assert!(why.starts_with("it is empty, but") && why.contains("remove"), "{why}");
        fs::remove_file(&file).unwrap();
        assert_eq!(check(), Ok(()), "it was used with PostgreSQL");

        leave(dir.path(), Timestamp::UNIX_EPOCH).unwrap();
        assert!(check().unwrap_err().starts_with("it is gone, but"));
        fs::write(&file, "").unwrap();
        assert!(check().unwrap_err().contains("mendwatch.made"));
        fs::write(&file, "SQLite format 3").unwrap();
        assert_eq!(check(), Ok(()));
        leave(dir.path(), Timestamp::UNIX_EPOCH).unwrap();
    }
}
