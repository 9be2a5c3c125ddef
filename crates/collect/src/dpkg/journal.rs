//! dpkg's journal: `/var/lib/dpkg/updates`.
//!
//! While it works, dpkg writes the new stanza of each package it changes into a file of its own,
//! `0000`, `0001` and so on, and merges them into `status` after 250 of them and at its end. After a
//! crash or an interruption they lie there until its next start, which reads them as is done here
//! (dpkg 1.21, `lib/dpkg/dbmodify.c`, `cleanupdates`): files whose name is digits only, in the order of
//! their names, one stanza each, which takes the place of the package's.

use super::{Database, same_slot};
use crate::Root;
use formats::deb822::{Error, Limits, Reader};
use formats::packages::Package;
use std::io::Read as _;

const UPDATES: &str = "/var/lib/dpkg/updates";
/// Most files. dpkg merges them after 250.
const MOST_FILES: usize = 10_000;
/// Largest file, in bytes: one stanza.
const MOST_BYTES: u64 = 2 << 20;

/// Applies the journal. What can't be read of it is noted, and the packages remain as `status` has them.
pub(super) fn apply(root: &Root, database: &mut Database) {
    let entries = match root.list(UPDATES) {
        Ok(entries) => entries,
        Err(why) => {
            if !why.is_missing() {
                database.skip(UPDATES, why.why.to_string());
            }
            return;
        }
    };
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    let mut names: Vec<_> = entries.into_iter().map(|entry| entry.name).filter(|name| is_number(name)).collect();
    if names.iter().any(|name| name.len() != names[0].len()) {
        // dpkg refuses to go on; numbers of different length have an order nevertheless.
        database.skip(UPDATES, "names of different length, which dpkg does not write".to_owned());
        names.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    }
    if names.len() > MOST_FILES {
        database.skip(UPDATES, format!("{} files; only the first {MOST_FILES} are read", names.len()));
        names.truncate(MOST_FILES);
    }
    for name in names {
        let path = format!("{UPDATES}/{name}");
        if let Err(why) = entry(root, &path, database) {
            database.skip(&path, why);
        }
    }
}

/// Reads one file.
fn entry(root: &Root, path: &str, database: &mut Database) -> Result<(), String> {
    let file = root.open(path).map_err(|unreadable| unreadable.why.to_string())?;
    let mut reader = Reader::new(file.take(MOST_BYTES), Limits::default());
    let stanza = match reader.next_stanza() {
        Ok(Some(stanza)) => stanza,
        Ok(None) => return Err("is empty".to_owned()),
        Err(Error::Stanza(skip)) => return Err(skip.to_string()),
        Err(Error::Read { line, error }) => return Err(format!("line {line}: {error}")),
    };
    let package = Package::parse(&stanza).map_err(|skip| skip.to_string())?;
    if package.status.is_none() {
        return Err(format!("no status of {}", package.name));
    }
    // A package that only its configuration remains of may have lost its architecture.
    database.packages.retain(|known| !same_slot(&known.record, package.name, package.arch));
    database.stanza(path, &stanza);
    match reader.next_stanza() {
        Ok(None) => Ok(()),
        _ => Err("holds more than one stanza; only the first was read".to_owned()),
    }
}
