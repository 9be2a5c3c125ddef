//! Installed packages from rpm's own database, whichever of its formats it has.

mod files;
mod kernels;
mod record;

use crate::text::identifier;
use crate::{Root, installed};
use files::Files;
use formats::rpmdb::{self, Limits, Package};
use model::wire::Limits as ReportLimits;
use model::wire::sections::{Kernel, PackageRecord, Packages, Skipped};
use std::collections::BTreeSet;

/// Folders of the database: where rpm keeps it now, where image-based systems do, and where it
/// was from the beginning. Where there are several they are one, by links.
const FOLDERS: [&str; 3] = ["/usr/lib/sysimage/rpm", "/usr/share/rpm", "/var/lib/rpm"];

/// Files of the database, the newest format first: a migration leaves an older one behind rather than
/// a newer one.
const FILES: [&str; 3] = ["rpmdb.sqlite", "Packages.db", "Packages"];

/// How often a database that changes while it is read is read again. rpm writes for each package of a
/// transaction, and works on files in between.
const MOST_READINGS: usize = 5;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Database {
    records: Vec<PackageRecord>,
    /// Kernels among them.
    pub(crate) kernels: Vec<Kernel>,
    skipped: Vec<Skipped>,
}

/// The paths at which there may be a database, in the order in which they are tried.
fn paths() -> impl Iterator<Item = String> {
    FOLDERS.iter().flat_map(|folder| FILES.iter().map(move |file| format!("{folder}/{file}")))
}

/// Whether there is a database, readable or not.
pub(crate) fn is_there(root: &Root) -> bool {
    paths().any(|path| root.exists(&path))
}

/// Reads the first database that holds a package.
///
/// # Errors
/// Why it can't be read: among that a database without any installed package, since rpm manages
/// itself or came in an image with others. To report none would empty the host.
pub(crate) fn read(root: &Root) -> Result<Database, String> {
    let mut empty = None;
    for path in paths() {
        match root.open(&path) {
            Ok(_) => {}
            Err(why) if why.is_missing() => continue,
            Err(why) => return Err(why.to_string()),
        }
        let database = read_path(root, &path).map_err(|why| identifier(&format!("{path}: {why}")))?;
        if !database.records.is_empty() {
            return Ok(database);
        }
        let odd = database.skipped.first().map(|odd| format!(" ({}: {})", odd.record, odd.why)).unwrap_or_default();
        empty.get_or_insert_with(|| identifier(&format!("{path} holds no installed package{odd}")));
    }
    Err(empty.unwrap_or_else(|| "no database of rpm was found".to_owned()))
}

/// Reads a database until its files are the same before and after. What seems to be damaged is read twice:
/// times of files have the grain of the kernel's clock, some milliseconds, so that a writer can escape them.
fn read_path(root: &Root, path: &str) -> Result<Database, String> {
    let mut is_second = false;
    for _ in 0..MOST_READINGS {
        let files = Files::open(root, path).map_err(|why| why.to_string())?;
        if files.has_hot_journal(root)? {
            return Err("a transaction was interrupted or is under way: its journal lies beside it".to_owned());
        }
        let stamps = files.stamps();
        let read = read_files(files, path);
        let is_same = Files::open(root, path).is_ok_and(|files| files.stamps() == stamps);
        let is_sound = read.as_ref().is_ok_and(|database| database.skipped.is_empty());
        if is_same && (is_sound || is_second) {
            return read;
        }
        is_second = is_same;
    }
    Err(format!("was written to in each of {MOST_READINGS} attempts to read it: a transaction of rpm is under way"))
}

fn read_files(files: Files, path: &str) -> Result<Database, String> {
    let mut database = Database::default();
    let limits = Limits { packages: ReportLimits::default().packages, ..Limits::default() };
    let Files { file, log, .. } = files;
    let outcome = rpmdb::read(file, log, &limits, &mut |package| database.add(package));
    let outcome = outcome.map_err(|error| error.to_string())?;
    for odd in outcome.skipped {
        let record = format!("{path} header {} at byte {}", odd.number, odd.offset);
        database.skipped.push(Skipped { record, why: odd.why });
    }
    if outcome.skipped_more > 0 {
        let why = format!("and {} more headers that can't be read", outcome.skipped_more);
        database.skipped.push(Skipped { record: path.to_owned(), why });
    }
    Ok(database)
}

/// The packages that own these paths, as far as any does; empty where the database can't be read.
pub(crate) fn owners(root: &Root, wanted: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let limits = Limits { packages: ReportLimits::default().packages, ..Limits::default() };
    for path in paths() {
        let Ok(Files { file, log, .. }) = Files::open(root, &path) else { continue };
        let read = rpmdb::read(file, log, &limits, &mut |package| {
            let owned = kernels::paths(package).filter(|path| wanted.contains(path));
            found.extend(owned.map(|path| (path, package.name.to_owned())));
        });
        if read.is_ok() && !found.is_empty() {
            break;
        }
    }
    found
}

impl Database {
    fn add(&mut self, package: &Package<'_>) {
        // Keys that rpm trusts are kept as packages, and are none.
        if package.is_key() {
            return;
        }
        let record = record::of(package);
        if let Some(release) = kernels::release_of(package) {
            self.kernels.push(Kernel { release, package: record.name.clone(), version: record.version.clone() });
        }
        self.records.push(record);
    }

    /// Native architecture.
    pub(crate) fn native(&self) -> String {
        installed::native(self.records.iter().map(|record| record.arch.as_str()))
    }

    /// The section.
    pub(crate) fn section(self) -> Packages {
        installed::section("rpm", self.records, self.skipped)
    }
}
