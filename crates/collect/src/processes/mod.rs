//! Which processes still run code of files that were replaced, and in which unit each is.
//!
//! The kernel marks a file that is gone with ` (deleted)` in `/proc/PID/maps` (proc(5)). What counts is what a process
//! runs: mappings that may be executed, of files where packages put programs and libraries. A file that was replaced has
//! the old one's name, so that its package is found by the lists of files. Maps of other users' processes may be read by
//! the superuser only: how many could not be is counted.

mod maps;
mod owners;

use crate::manager::Manager;
use crate::text::identifier;
use crate::{Root, Why};
use model::wire::sections::Restart;
use std::collections::{BTreeMap, BTreeSet};

/// Largest list of mappings, in bytes. A program with 60,000 of them, the kernel's own ceiling, has some 8 MB.
const MOST_BYTES: u64 = 64 << 20;
/// Most processes.
const MOST_PROCESSES: usize = 100_000;
/// Most that are told.
const MOST_RESTARTS: usize = 1000;

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Processes {
    /// Sorted; one of each unit, command and package, with the first file.
    pub(crate) restarts: Vec<Restart>,
    /// How many could not be looked into; see [`rounded`].
    pub(crate) unreadable: u32,
}

/// What one process still runs.
struct Found {
    command: String,
    unit: String,
    files: BTreeSet<String>,
}

/// Looks into every process.
///
/// # Errors
/// Why there are none to look into.
pub(crate) fn read(root: &Root, manager: Option<Manager>) -> Result<Processes, String> {
    let entries = root.list("/proc").map_err(|why| why.to_string())?;
    let pids = entries.iter().filter(|entry| entry.name.bytes().all(|b| b.is_ascii_digit()));
    let pids: Vec<&str> = pids.map(|entry| entry.name.as_str()).take(MOST_PROCESSES).collect();
    if pids.is_empty() {
        return Err("/proc shows no process".to_owned());
    }
    let own = root.identity("/").ok();
    let has_kernel_threads = name(root, "2") == "kthreadd";
    let (mut found, mut unreadable) = (Vec::new(), 0_u32);
    for pid in pids {
        // Those in containers run files of their image, whose packages are none of this host's.
        let is_elsewhere = root.identity(&format!("/proc/{pid}/root")).is_ok_and(|of| own.is_some_and(|own| own != of));
        if is_elsewhere {
            continue;
        }
        match root.read(&format!("/proc/{pid}/maps"), MOST_BYTES) {
            Ok(bytes) => {
                let files = maps::replaced(&bytes);
                if !files.is_empty() {
                    found.push(Found { command: name(root, pid), unit: unit(root, pid), files });
                }
            }
            // It has ended meanwhile: ESRCH, or nothing at all.
            Err(why) if why.is_missing() || !root.exists(&format!("/proc/{pid}/stat")) => {}
            Err(_) if has_kernel_threads && is_kernel_thread(root, pid) => {}
            Err(why) if why.why == Why::Denied => unreadable = unreadable.saturating_add(1),
            // A process that ends while it is read says so in a way of its own.
            Err(_) if root.read(&format!("/proc/{pid}/stat"), 1 << 16).is_err() => {}
            Err(_) => unreadable = unreadable.saturating_add(1),
        }
    }
    let paths: BTreeSet<&str> = found.iter().flat_map(|of| of.files.iter().map(String::as_str)).collect();
    let owners = owners::find(root, manager, &paths);
    Ok(Processes { restarts: restarts(&found, &owners), unreadable: rounded(unreadable) })
}

/// One record of each unit, command and package, with the first of the files.
fn restarts(found: &[Found], owners: &BTreeMap<String, String>) -> Vec<Restart> {
    let mut first: BTreeMap<(&str, &str, &str), &str> = BTreeMap::new();
    for of in found {
        for file in &of.files {
            let package = owners.get(file).map(String::as_str).unwrap_or_default();
            first.entry((&of.unit, &of.command, package)).or_insert(file);
        }
    }
    first
        .into_iter()
        .take(MOST_RESTARTS)
        .map(|((unit, command, package), file)| Restart {
            command: command.to_owned(),
            file: identifier(file),
            package: identifier(package),
            unit: unit.to_owned(),
            version: String::new(),
        })
        .collect()
}

/// Processes come and go. So that a report does not change with each, numbers above 10 have one digit that counts.
fn rounded(count: u32) -> u32 {
    let unit = 10_u32.pow(count.checked_ilog10().unwrap_or(0));
    count / unit * unit
}

fn name(root: &Root, pid: &str) -> String {
    let text = root.text(&format!("/proc/{pid}/comm"), 4096).unwrap_or_default();
    identifier(&text)
}

/// Threads of the kernel map nothing; their parent is number 2.
fn is_kernel_thread(root: &Root, pid: &str) -> bool {
    let stat = root.text(&format!("/proc/{pid}/stat"), 1 << 16).unwrap_or_default();
    // The name in brackets may hold anything, brackets among it.
    let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1));
    pid == "2" || parent == Some("2")
}

/// The innermost service or scope of systemd that a process is in, by its control group.
fn unit(root: &Root, pid: &str) -> String {
    let text = root.text(&format!("/proc/{pid}/cgroup"), 1 << 16).unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        matches!(controllers, "" | "name=systemd").then_some(path)
    });
    let is_unit = |part: &&str| part.ends_with(".service") || part.ends_with(".scope");
    lines.filter_map(|path| path.rsplit('/').find(is_unit)).map(identifier).next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
