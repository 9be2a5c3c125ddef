//! pacman's database of installed packages: a folder for each, with its description.

use crate::text::{clean, identifier};
use crate::{Root, installed};
use formats::alpm::{self, Description};
use jiff::Timestamp;
use model::wire::Limits;
use model::wire::sections::{PackageRecord, Packages, Skipped};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use versions::Scheme;

/// Largest description, in bytes.
const MOST_BYTES: u64 = 4 << 20;

/// An installed package.
#[derive(Debug)]
pub(super) struct Installed {
    pub(super) record: PackageRecord,
    pub(super) groups: Vec<String>,
}

/// What is installed, by name.
#[derive(Debug, Default)]
pub(super) struct Database {
    pub(super) packages: BTreeMap<String, Installed>,
    skipped: Vec<Skipped>,
}

/// Reads the database.
///
/// # Errors
/// Why it can't be read; that pacman is at work is among the reasons, and that there is no package.
pub(super) fn read(root: &Root, databases: &str) -> Result<Database, String> {
    // pacman takes a folder away before the next comes, and keeps this file meanwhile.
    let lock = format!("{databases}/db.lck");
    let is_locked = || root.exists(&lock);
    let at_work = || format!("pacman is at work, or was interrupted: {lock} is there");
    if is_locked() {
        return Err(at_work());
    }
    let folder = format!("{databases}/local");
    let entries = root.list(&folder).map_err(|why| why.to_string())?;
    let mut database = Database::default();
    for entry in entries.into_iter().filter(|entry| !entry.is_file) {
        let path = format!("{folder}/{}/desc", entry.name);
        let read = root.read(&path, MOST_BYTES).map_err(|why| why.why.to_string());
        match read.and_then(|bytes| alpm::description(&bytes)) {
            Ok(found) => {
                database.add(&path, found);
                installed::check_count(&folder, database.packages.len())?;
            }
            Err(why) => database.skipped.push(Skipped { record: identifier(&path), why }),
        }
    }
    if is_locked() {
        return Err(at_work());
    }
    if database.packages.is_empty() {
        let odd = database.skipped.first().map(|odd| format!(" ({}: {})", odd.record, odd.why)).unwrap_or_default();
        return Err(identifier(&format!("{folder} holds no installed package{odd}")));
    }
    Ok(database)
}

impl Database {
    fn add(&mut self, path: &str, found: Description) {
        let most = Limits::default();
        let differs = |value: &str, from: &str| if value == from { String::new() } else { identifier(value) };
        let seconds = found.installed.parse().ok();
        let record = PackageRecord {
            arch: identifier(&found.arch),
            auto: found.reason == "1",
            depends: clean(&found.depends.join(", "), most.text_bytes),
            installed_at: seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()),
            source: differs(&found.base, &found.name),
            vendor: identifier(&found.packager),
            version: found.version,
            name: found.name.clone(),
            ..PackageRecord::default()
        };
        if let Some(known) = self.packages.get(&found.name) {
            let why = "another version of it stands in the database, too: an interrupted transaction left it";
            self.skipped.push(Skipped { record: identifier(path), why: why.to_owned() });
            if Scheme::Pacman.compare(&known.record.version, &record.version) == Ordering::Greater {
                return;
            }
        }
        self.packages.insert(found.name, Installed { record, groups: found.groups });
    }

    /// Native architecture.
    pub(super) fn native(&self) -> String {
        installed::native(self.packages.values().map(|package| package.record.arch.as_str()))
    }

    /// The section.
    pub(super) fn section(self) -> Packages {
        installed::section("pacman", self.packages.into_values().map(|package| package.record).collect(), self.skipped)
    }
}
