//! `primary.sqlite` of rpm repositories: the same as [`primary`](crate::primary) as a database, which yum keeps.
//!
//! Tables `packages` and `obsoletes` as createrepo_c writes them; columns are found by their names. What packages
//! stand for is left out: only modules ask for it, which yum does not know.

use crate::primary::{Outcome, Package, Relation};
use crate::rpmdb::{Error, Tables};
use std::collections::HashMap;
use std::io::{Read, Seek};

/// Largest database, in bytes.
const MAX_BYTES: u64 = 2 << 30;
/// Most relations of all packages together; Enterprise Linux 7 has some 10,000.
const MAX_RELATIONS: usize = 1_000_000;

/// Reads a database and gives out its packages one by one.
///
/// # Errors
/// When it is none, is damaged, or is beyond the ceilings. What was given out before stands.
pub fn read<F: Read + Seek>(file: F, each: &mut dyn FnMut(&Package)) -> Result<Outcome, Error> {
    let mut tables = Tables::open(file, MAX_BYTES)?;
    let mut obsoletes: HashMap<String, Vec<Relation>> = HashMap::new();
    let mut count = 0;
    tables.rows("obsoletes", &["pkgKey", "name", "flags", "epoch", "version", "release"], &mut |_, row| {
        let [key, name, flags, epoch, version, release] = row else { return };
        count += 1;
        if count <= MAX_RELATIONS {
            let evr = if flags.is_empty() { String::new() } else { evr(epoch, version, release) };
            let relation = Relation { name: name.clone(), flags: flags.clone(), evr };
            obsoletes.entry(key.clone()).or_default().push(relation);
        }
    })?;
    if count > MAX_RELATIONS {
        return Err(Error::TooLarge { limit: MAX_RELATIONS as u64, what: "relations" });
    }
    let mut outcome = Outcome::default();
    let columns = ["name", "arch", "epoch", "version", "release", "size_package"];
    tables.rows("packages", &columns, &mut |id, row| {
        let [name, arch, epoch, version, release, size] = row else { return };
        outcome.seen += 1;
        let odd = |text: &str| text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control());
        if [name, arch, version, release].into_iter().any(|text| odd(text)) {
            let why = format!("package '{}' lacks a name, an architecture or a version", crate::shown(name.as_bytes()));
            outcome.skipped.push(crate::Skipped::new(id, why));
            outcome.skipped.truncate(1000);
            return;
        }
        outcome.packages += 1;
        each(&Package {
            name: name.clone(),
            arch: arch.clone(),
            evr: evr(epoch, version, release),
            vendor: String::new(),
            size: size.parse().ok(),
            obsoletes: obsoletes.remove(&id.to_string()).unwrap_or_default(),
            provides: Vec::new(),
        });
    })?;
    Ok(outcome)
}

/// `[epoch:]version[-release]`.
fn evr(epoch: &str, version: &str, release: &str) -> String {
    let mut evr = if matches!(epoch, "" | "0") { version.to_owned() } else { format!("{epoch}:{version}") };
    if !release.is_empty() {
        evr.push('-');
        evr.push_str(release);
    }
    evr
}
