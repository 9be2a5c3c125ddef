//! Installed packages from dpkg's own database: `/var/lib/dpkg/status`, and the directory
//! `status.d` that images without a package manager ("distroless") have instead, one file a package.
//! What dpkg has not yet merged into `status` is read from its journal.

mod journal;

use crate::relations::Relations;
use crate::text::{clean, identifier, identifier_of};
use crate::{Root, Unreadable, installed};
use formats::deb822::{Error, Limits, Reader, Stanza};
use formats::packages::{Package, Want};
use jiff::Timestamp;
use model::wire::Limits as ReportLimits;
use model::wire::sections::{PackageRecord, Packages, Skipped};
use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read};

const STATUS: &str = "/var/lib/dpkg/status";
const STATUS_PARTS: &str = "/var/lib/dpkg/status.d";
/// Largest database, in bytes. A desktop of 5,000 packages has 7 MB.
const MOST_BYTES: u64 = 512 << 20;

/// Most records that can't be understood. Beyond that the file is something else.
const MOST_ODD: usize = 10_000;

/// An installed package with what apt needs to recognise it in the lists.
#[derive(Debug, Clone)]
pub(crate) struct Installed {
    pub(crate) record: PackageRecord,
    pub(crate) multi_arch: String,
    /// What it asks of others.
    pub(crate) relations: Relations,
    /// [`Package::build_hash`].
    pub(crate) build: u32,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Database {
    pub(crate) packages: Vec<Installed>,
    skipped: Vec<Skipped>,
}

/// Reads the database.
///
/// # Errors
/// Why it can't be read: among that a database without any installed package, since dpkg manages
/// itself or came in an image with others. To report none would empty the host.
pub(crate) fn read(root: &Root) -> Result<Database, String> {
    let mut database = Database::default();
    let main = root.open(STATUS);
    let parts = root.list(STATUS_PARTS);
    let path = if main.is_ok() { STATUS } else { STATUS_PARTS };
    match (&main, &parts) {
        (Err(why), Err(_)) => return Err(why.to_string()),
        // Either alone is common; one that exists and may not be read is not nothing.
        (Err(why), _) | (_, Err(why)) if !why.is_missing() => return Err(why.to_string()),
        _ => {}
    }
    if let Ok(file) = main {
        database.read_file(STATUS, file)?;
    }
    for entry in parts.unwrap_or_default() {
        if !entry.is_file || entry.name.ends_with(".md5sums") {
            continue;
        }
        let path = format!("{STATUS_PARTS}/{}", entry.name);
        match root.open(&path) {
            Ok(file) => database.read_file(&path, file)?,
            Err(why) => database.skip(&path, why.why.to_string()),
        }
    }
    journal::apply(root, &mut database);
    if database.packages.is_empty() {
        let odd = database.skipped.first().map(|odd| format!(" ({}: {})", odd.record, odd.why)).unwrap_or_default();
        return Err(identifier(&format!("{path} holds no installed package{odd}")));
    }
    Ok(database)
}

impl Database {
    fn skip(&mut self, record: &str, why: String) {
        self.skipped.push(Skipped { record: record.to_owned(), why });
    }

    fn read_file(&mut self, path: &str, file: impl Read) -> Result<(), String> {
        let mut reader = Reader::new(BufReader::new(file.take(MOST_BYTES)), Limits::default());
        let mut bytes = 0;
        loop {
            match reader.next_stanza() {
                Ok(None) => break,
                Ok(Some(stanza)) => {
                    bytes += stanza.bytes().len() as u64;
                    self.stanza(path, &stanza);
                    self.check_count(path)?;
                }
                Err(Error::Stanza(skip)) => {
                    self.skip(&format!("{path} line {}", skip.line), skip.why);
                    self.check_count(path)?;
                }
                // Half a database is worse than none: packages would seem to have been removed.
                Err(Error::Read { line, error }) => return Err(format!("{path} line {line}: {error}")),
            }
        }
        if bytes >= MOST_BYTES {
            return Err(format!("{path} is larger than {MOST_BYTES} bytes"));
        }
        Ok(())
    }

    /// A database with more packages than a report may carry is not cut off: what was left out would
    /// seem not to be installed. Nor is it read to its end, which would take gigabytes of memory.
    fn check_count(&self, path: &str) -> Result<(), String> {
        installed::check_count(path, self.packages.len())?;
        if self.skipped.len() > MOST_ODD {
            let first = self.skipped.first().map(|odd| format!("{}: {}", odd.record, odd.why)).unwrap_or_default();
            return Err(identifier(&format!(
                "{path} holds more than {MOST_ODD} records that are none of dpkg's; the first: {first}"
            )));
        }
        Ok(())
    }

    fn stanza(&mut self, path: &str, stanza: &Stanza<'_>) {
        match Package::parse(stanza) {
            // Without a status it is a part of an image, where everything is installed.
            Ok(package) if package.status.is_none_or(|status| status.is_installed()) => {
                if package.version.is_empty() {
                    return self.skip(package.name, format!("no version, at {path} line {}", stanza.line()));
                }
                if package.arch.is_empty() {
                    return self.skip(package.name, format!("no architecture, at {path} line {}", stanza.line()));
                }
                self.packages.push(installed(&package));
            }
            Ok(_) => {}
            Err(skip) => self.skip(&format!("{path} line {}", skip.line), skip.why),
        }
    }

    /// The section, with what other files say of the packages: installed by hand or not, and when.
    pub(crate) fn section(self, root: &Root, native: &str) -> Packages {
        let automatic = automatic(root);
        let times = install_times(root);
        let mut records: Vec<_> = self.packages.into_iter().map(|installed| installed.record).collect();
        for record in &mut records {
            let arch = if record.arch == "all" { native } else { &record.arch };
            record.auto = automatic.contains(&(record.name.clone(), arch.to_owned()));
            let with_arch = || times.get(&format!("{}:{}", record.name, record.arch));
            let modified = times.get(&record.name).or_else(with_arch);
            record.installed_at = modified.and_then(|seconds| Timestamp::from_second(*seconds).ok());
        }
        installed::section("dpkg", records, self.skipped)
    }
}

fn installed(package: &Package<'_>) -> Installed {
    let status = package.status;
    let most = ReportLimits::default().text_bytes;
    let depends = [package.pre_depends, package.depends]
        .iter()
        .filter(|list| !list.is_empty())
        .map(|list| String::from_utf8_lossy(list).split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", ");
    let differs = |value: &str, from: &str| if value == from { String::new() } else { value.to_owned() };
    Installed {
        record: PackageRecord {
            arch: package.arch.to_owned(),
            depends: clean(&depends, most),
            held: status.is_some_and(|status| status.want == Want::Hold),
            name: package.name.to_owned(),
            source: differs(package.source_name(), package.name),
            source_version: differs(package.source_version(), package.version),
            status: status.map(|status| status.state).filter(|state| *state != "installed").unwrap_or("").to_owned(),
            vendor: identifier_of(package.maintainer),
            version: package.version.to_owned(),
            ..PackageRecord::default()
        },
        multi_arch: package.multi_arch.to_owned(),
        relations: Relations::of(package),
        build: package.build_hash(),
    }
}

/// Whether dpkg keeps a stanza of this name and architecture where it keeps a package: one place an
/// architecture, `all` sharing that of others. A stanza without an architecture is for any.
fn same_slot(known: &PackageRecord, name: &str, arch: &str) -> bool {
    known.name == name && (known.arch == arch || known.arch == "all" || matches!(arch, "all" | ""))
}

/// The packages that apt installed for others, as (name, architecture).
fn automatic(root: &Root) -> HashSet<(String, String)> {
    const STATES: &str = "/var/lib/apt/extended_states";
    let mut automatic = HashSet::new();
    let Ok(file) = root.open(STATES) else { return automatic };
    let mut reader = Reader::new(file.take(MOST_BYTES), Limits::default());
    loop {
        match reader.next_stanza() {
            Ok(Some(stanza)) => {
                let text = |name| stanza.field(name).map(|field| field.text()).unwrap_or_default();
                if text("Auto-Installed") == "1" {
                    automatic.insert((text("Package"), text("Architecture")));
                }
            }
            Err(Error::Stanza(_)) => {}
            Ok(None) | Err(Error::Read { .. }) => return automatic,
        }
    }
}

/// When dpkg last wrote each package's list of files, which it does with every installation, by
/// `name` or `name:arch`.
fn install_times(root: &Root) -> HashMap<String, i64> {
    let entries: Result<_, Unreadable> = root.list("/var/lib/dpkg/info");
    let entries = entries.unwrap_or_default().into_iter();
    entries.filter_map(|entry| Some((entry.name.strip_suffix(".list")?.to_owned(), entry.modified))).collect()
}
