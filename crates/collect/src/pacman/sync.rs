//! What the repositories offer: their databases as pacman fetched them last.

use super::local::Database;
use super::settings::Settings;
use crate::text::identifier;
use crate::{Root, own_repository};
use formats::alpm::{self, Description};
use formats::compression::Decoder;
use formats::tar::Archive;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::io::BufReader;
use versions::Scheme;

/// Largest database when unpacked, in bytes. Arch's `extra` has some 40 MB.
const MOST_UNPACKED: u64 = 1 << 30;
/// Largest description, in bytes.
const MOST_DESCRIPTION: u64 = 4 << 20;

/// Most packages of a database; Arch's `extra` has 14,000.
const MOST_PACKAGES: usize = 1_000_000;

/// A package of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offered {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) arch: String,
    pub(super) size: Option<u64>,
    pub(super) groups: Vec<String>,
    /// Installed packages in whose place it comes.
    pub(super) replaces: Vec<String>,
}

/// One repository's database.
#[derive(Debug, Default)]
pub(super) struct Sync {
    /// By its place in the settings.
    pub(super) repository: usize,
    /// The date of the file, which pacman sets to that of the server's.
    pub(super) dated: Option<i64>,
    /// Packages whose names are installed.
    pub(super) offered: HashMap<String, Offered>,
    /// Packages that replace something installed, in the database's order.
    pub(super) successors: Vec<Offered>,
}

/// Reads the databases of all repositories, as far as they are about what is installed.
///
/// # Errors
/// Which can't be read, and why; that there is none is among the reasons.
pub(super) fn read(root: &Root, settings: &mut Settings, database: &Database) -> Result<Vec<Sync>, String> {
    let mut syncs = Vec::new();
    if settings.repositories.is_empty() {
        return Err("pacman has no repositories".to_owned());
    }
    for at in 0..settings.repositories.len() {
        let name = settings.repositories.get(at).map(|repository| repository.name.clone()).unwrap_or_default();
        let path = format!("{}/sync/{name}.db", settings.databases);
        if name.contains('/') || !root.exists(&path) {
            settings.skip(&path, "does not exist: the repository was never fetched");
            continue;
        }
        let mut sync = Sync { repository: at, dated: root.modified(&path).ok(), ..Sync::default() };
        one(root, &path, &mut sync, settings, database).map_err(|why| format!("{path}: {why}"))?;
        syncs.push(sync);
    }
    if syncs.is_empty() {
        return Err(
            "pacman has repositories but no databases of them: they were never fetched ('pacman -Sy' does that)"
                .to_owned(),
        );
    }
    let is_offered = |name: &str| syncs.iter().any(|sync| sync.offered.contains_key(name));
    if let Some(why) = own_repository::fault(|name| database.packages.contains_key(name), is_offered) {
        settings.skip("repositories", why);
    }
    Ok(syncs)
}

fn one(root: &Root, path: &str, sync: &mut Sync, settings: &mut Settings, database: &Database) -> Result<(), String> {
    let file = root.open(path).map_err(|why| why.why.to_string())?;
    let decoder = Decoder::new(BufReader::with_capacity(64 << 10, file), MOST_UNPACKED).map_err(|e| e.to_string())?;
    let mut archive = Archive::new(BufReader::with_capacity(64 << 10, decoder));
    // Folders, one a package; whether its description came.
    let mut packages: BTreeMap<String, bool> = BTreeMap::new();
    while let Some(entry) = archive.next_entry().map_err(|error| error.to_string())? {
        let (folder, rest) = entry.name.split_once('/').unwrap_or((&entry.name, ""));
        if packages.len() > MOST_PACKAGES {
            return Err(format!("has more than {MOST_PACKAGES} packages"));
        }
        let is_described = packages.entry(folder.to_owned()).or_default();
        if rest != "desc" {
            continue;
        }
        if !entry.is_file {
            return Err(format!("{} is no regular file", identifier(&entry.name)));
        }
        let is_second = std::mem::replace(is_described, true);
        let bytes = archive.read_file(MOST_DESCRIPTION).map_err(|error| error.to_string())?;
        match alpm::description(&bytes) {
            Ok(_) if is_second => settings.skip(&format!("{path} {}", entry.name), "stands there twice"),
            Ok(found) => {
                if let Some(why) = sync.take(found, database) {
                    settings.skip(&format!("{path} {}", entry.name), why);
                }
            }
            Err(why) => settings.skip(&format!("{path} {}", entry.name), why),
        }
    }
    // An empty repository has an archive of no entries, but with an end; what was cut off between two has none.
    if !archive.is_ended() {
        return Err("breaks off: it has no end".to_owned());
    }
    match packages.iter().find(|(_, is_described)| !**is_described) {
        Some((folder, _)) => Err(format!("has no description of {}", identifier(folder))),
        None => Ok(()),
    }
}

impl Sync {
    /// Keeps what is about something installed; what is odd about it, if something is.
    fn take(&mut self, found: Description, database: &Database) -> Option<String> {
        let is_named = database.packages.contains_key(&found.name);
        let is_meant = |replaced: &&String| {
            let name = relation(replaced).0;
            database.packages.get(name).is_some_and(|package| is_met(replaced, name, &package.record.version))
        };
        let replaces: Vec<String> = found.replaces.iter().filter(is_meant).map(|r| relation(r).0.to_owned()).collect();
        if !is_named && replaces.is_empty() {
            return None;
        }
        if let Err(why) = Scheme::Pacman.check(&found.version) {
            return Some(why.to_string());
        }
        let Description { name, version, arch, size, groups, .. } = found;
        let offered = Offered { size: size.parse().ok(), name, version, arch, groups, replaces };
        if !offered.replaces.is_empty() {
            self.successors.push(offered.clone());
        }
        if is_named {
            let name = offered.name.clone();
            if self.offered.insert(name.clone(), offered).is_some() {
                return Some(format!("package '{}' stands there twice", identifier(&name)));
            }
        }
        None
    }
}

/// Name, operator and version of a dependency: `libold<2`.
fn relation(text: &str) -> (&str, &str, &str) {
    let Some(at) = text.find(['<', '>', '=']) else { return (text, "", "") };
    let (name, rest) = text.split_at(at);
    let version = rest.trim_start_matches(['<', '>', '=']);
    (name, &rest[..rest.len() - version.len()], version)
}

fn is_met(replaced: &str, name: &str, version: &str) -> bool {
    let (of, operator, wanted) = relation(replaced);
    let order = || Scheme::Pacman.compare_as_tool(version, wanted);
    of == name
        && match operator {
            "" => true,
            "=" => order() == Ordering::Equal,
            "<" => order() == Ordering::Less,
            "<=" => order() != Ordering::Greater,
            ">" => order() == Ordering::Greater,
            ">=" => order() != Ordering::Less,
            _ => false,
        }
}
