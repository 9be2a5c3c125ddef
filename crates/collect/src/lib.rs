//! Reads what a host is and has from the files under a root directory.
//!
//! One file a source of facts. [`Root`] does all the reading: nothing here executes a program,
//! takes a lock or writes anything, and under a root that is not `/` nothing outside of it is read.
//! A source that can't be read makes its own section *unavailable*, with the reason; the others
//! are not touched by it. What is read and how apt's answers are come by: `docs/collecting.md`.

mod apk;
pub mod apt;
mod dnf;
mod dpkg;
mod glob;
mod health;
mod history;
mod host;
mod installed;
mod kernels;
mod manager;
mod network;
mod os_release;
mod own_repository;
mod pacman;
mod processes;
mod reboot;
mod relations;
mod root;
mod rpm;
mod software;
mod text;
mod virtualization;

pub use root::{Entry, Root, Space, Unreadable, Why};

use manager::Manager;
use model::wire::Collected;
use model::wire::sections::Skipped;
use software::Software;
use versions::Scheme;

/// What a collection may be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Decide on phased updates for this machine id instead of the root's own.
    pub machine_id: Option<String>,
}

/// Collects every section. Reads only; what takes time is to read apt's lists, 52 MB on Debian 12.
#[must_use]
pub fn collect(root: &Root, options: &Options) -> Collected {
    let found = manager::find(root);
    let software = match found {
        Some(Manager::Dpkg) => Software::of_dpkg(root, options),
        Some(Manager::Rpm) => Software::of_rpm(root),
        Some(Manager::Pacman) => Software::of(pacman::read(root)),
        Some(Manager::Apk) => Software::of(apk::read(root)),
        None => Software::unavailable("no package database was found: neither dpkg, rpm, pacman nor apk"),
    };
    let records = software.packages.as_ref().map(|packages| packages.records.as_slice()).unwrap_or_default();
    let host = host::section(root, &software.native, found);
    let scheme = if found == Some(Manager::Rpm) { Scheme::Rpm } else { Scheme::Dpkg };
    let mut runtime = kernels::section(root, host.as_ref().ok(), scheme, records, software.kernels);
    let history = history::section(root, found, records);
    // Of a root that does not run there are none; what its /proc shows, if anything, is not its own.
    if root.is_live()
        && let Ok(found) = processes::read(root, found)
    {
        (runtime.restarts, runtime.unreadable_processes) = (found.restarts, Some(found.unreadable));
    }
    Collected {
        host,
        runtime: Ok(runtime),
        packages: software.packages,
        updates: software.updates,
        repositories: software.repositories,
        history,
        heartbeat: health::heartbeat(root),
        machine_id: host::machine_id(root),
        hostname: host::hostname(root),
        boot_id: host::boot_id(root),
    }
}

/// Why what is below a root is no system at all, if it is none: it says nowhere what it is, and no
/// package manager keeps a database there. What may not be looked at counts as there.
#[must_use]
pub fn no_system(root: &Root) -> Option<String> {
    let is_missing = |path: &str| root.open(path).is_err_and(|why| why.is_missing());
    let nameless = os_release::PATHS.iter().all(|path| is_missing(path));
    (nameless && manager::find(root).is_none()).then(|| {
        let names = os_release::PATHS.map(|path| path.trim_start_matches('/')).join(" or ");
        format!("there is no {names} and no package database (dpkg, rpm, pacman, apk) below it")
    })
}

/// Most notes of one section; the last says how many more there were.
const MOST_SKIPPED: usize = 1000;

/// Sorts notes, drops repetitions, and cuts a list that binary junk made endless.
fn tidy(mut skipped: Vec<Skipped>) -> Vec<Skipped> {
    skipped.sort();
    skipped.dedup();
    if skipped.len() > MOST_SKIPPED {
        let more = skipped.len() - MOST_SKIPPED;
        skipped.truncate(MOST_SKIPPED);
        skipped.push(Skipped { record: "~".to_owned(), why: format!("and {more} more") });
    }
    skipped
}
