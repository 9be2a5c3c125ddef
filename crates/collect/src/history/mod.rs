//! What was changed when: the logs of the package managers, newest first.
//!
//! Only so much is told that a report stays small: see [`MOST_EVENTS`] and [`MOST_DAYS`]. Times of logs without a zone are
//! of the host's own (`/etc/localtime`).

mod apt;
mod dnf;
mod dpkg;
mod lines;
mod pacman;
mod zypp;

use crate::Root;
use crate::manager::Manager;
use crate::text::identifier;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use model::wire::sections::{History, HistoryAction, HistoryRecord, PackageRecord};

/// Most events that are told, the newest.
pub(crate) const MOST_EVENTS: usize = 2_000;
/// How far before the newest event others are told, in days.
const MOST_DAYS: i64 = 400;
/// Largest description of a time zone, in bytes. Real ones have some 3 KB.
const MOST_ZONE: u64 = 256 << 10;

/// The section.
///
/// # Errors
/// Which log can't be read, or that there is none.
pub(crate) fn section(root: &Root, manager: Option<Manager>, packages: &[PackageRecord]) -> Result<History, String> {
    let zone = Zone::read(root);
    let records = match manager {
        Some(Manager::Dpkg) => dpkg::read(root, &zone),
        Some(Manager::Pacman) => pacman::read(root, &zone),
        Some(Manager::Rpm) => rpm(root, &zone, packages),
        Some(Manager::Apk) => Err("apk keeps no log".to_owned()),
        None => Err("no package manager was found".to_owned()),
    };
    records.map(bounded).map_err(|why| identifier(&why))
}

/// zypper's log, else dnf's record, else the times at which rpm installed what is installed now.
fn rpm(root: &Root, zone: &Zone, packages: &[PackageRecord]) -> Result<Vec<HistoryRecord>, String> {
    if root.exists(zypp::LOG) {
        return zypp::read(root, zone);
    }
    if root.exists(dnf::RECORD) {
        return dnf::read(root);
    }
    let installed = |of: &PackageRecord| {
        Some(HistoryRecord {
            action: HistoryAction::Install,
            arch: of.arch.clone(),
            at: of.installed_at?,
            by: String::new(),
            from: String::new(),
            name: of.name.clone(),
            to: of.version.clone(),
        })
    };
    let records: Vec<HistoryRecord> = packages.iter().filter_map(installed).collect();
    if records.is_empty() {
        Err("there is no log of dnf or zypper, and no time of installation".to_owned())
    } else {
        Ok(records)
    }
}

/// Newest first, each once, within the ceilings.
fn bounded(mut records: Vec<HistoryRecord>) -> History {
    records.sort_by(|a, b| (b.at, a).cmp(&(a.at, b)));
    records.dedup();
    if let Some(newest) = records.first().map(|record| record.at.as_second()) {
        records.retain(|record| newest - record.at.as_second() <= MOST_DAYS * 86_400);
    }
    records.truncate(MOST_EVENTS);
    History { records }
}

/// The host's time zone.
#[derive(Debug)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// By `/etc/localtime`; UTC where there is none, as libc has it.
    fn read(root: &Root) -> Self {
        let bytes = root.read("/etc/localtime", MOST_ZONE).ok();
        Self(bytes.and_then(|bytes| TimeZone::tzif("Local", &bytes).ok()).unwrap_or(TimeZone::UTC))
    }

    /// `2026-11-20 04:15:00` as it stands in a log; of an hour that comes twice the first.
    fn at(&self, text: &str) -> Option<Timestamp> {
        let time = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
        self.0.to_ambiguous_zoned(time).compatible().ok().map(|zoned| zoned.timestamp())
    }
}

/// The change from one version to another.
fn action(from: &str, to: &str, scheme: versions::Scheme) -> HistoryAction {
    match scheme.compare(from, to) {
        std::cmp::Ordering::Greater => HistoryAction::Downgrade,
        _ => HistoryAction::Upgrade,
    }
}

/// What managers are told to do, in their words.
const VERBS: &[&str] = &[
    "autoremove",
    "build-dep",
    "dist-upgrade",
    "distro-sync",
    "downgrade",
    "dup",
    "erase",
    "full-upgrade",
    "group",
    "history",
    "in",
    "install",
    "module",
    "offline-upgrade",
    "patch",
    "purge",
    "reinstall",
    "remove",
    "rm",
    "swap",
    "system-upgrade",
    "up",
    "update",
    "upgrade",
    "upgrade-minimal",
];

/// A command as it is told: the program and what it was to do. The rest stays on the host: addresses and options may
/// hold credentials.
fn said(command: &str) -> String {
    let mut words = command.split_whitespace();
    let program = words.next().and_then(|word| word.rsplit('/').next()).unwrap_or_default();
    let is_plain = program.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
    let program = if is_plain { program } else { "" };
    // pacman's are options of one dash: `-Syu`.
    let is_flags = |word: &str| {
        word.len() <= 10
            && word.starts_with(['-'])
            && word[1..].starts_with(['S', 'U', 'R'])
            && word[1..].bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let verb = words.find(|word| VERBS.contains(word) || program == "pacman" && is_flags(word)).unwrap_or_default();
    identifier(format!("{program} {verb}").trim())
}

#[cfg(test)]
mod tests;
