//! What apt would do: its sources, its lists and its policy, read from their files.
//!
//! The answers are those of apt 2.6 (Debian 12): `candidates` equals `apt-cache policy` for every
//! installed package, `updates` equals `apt-get -s dist-upgrade`, with what is kept back named (see
//! `solver` for how close that comes to apt's own). The way of apt's computation is described at
//! each step. Where apt stops with an error, the fault is noted and the rest computed.

mod lists;
mod names;
mod phasing;
mod pins;
mod policy;
mod repositories;
mod security;
mod settings;
mod solver;
mod sources;
mod table;
mod updates;

use crate::dpkg::Database;
use crate::text::identifier;
use crate::{Options, Root, tidy};
use model::wire::sections::{PackageRecord, Skipped};
use settings::Settings;
use std::collections::HashMap;
use table::{Group, Table};

/// Everything read, with the policy applied.
pub(crate) struct View {
    settings: Settings,
    sources: Vec<sources::SourceFile>,
    table: Table,
    /// Each group's decision, in the table's order.
    decisions: Vec<policy::Decision>,
    /// Why each group's candidate is kept back, in the same order.
    kept_back: Vec<Option<String>>,
    lists_at: Option<i64>,
    /// Faults of the settings and lists, and those of the sources' files.
    skipped: Vec<Skipped>,
    skipped_sources: Vec<Skipped>,
    /// Why no answer on updates can be given at all.
    fault: Option<String>,
}

/// Reads everything.
pub(crate) fn read(root: &Root, options: &Options, database: &Database) -> View {
    let (mut settings, mut skipped) = Settings::read(root);
    let native = settings.native_architecture(root, database);
    settings.set_architectures(root, &native);
    settings.set_machine_id(root, options);
    let (sources, skipped_sources) = sources::read(root, &settings);
    let mut table = Table::new(database, &native);
    let found = lists::read(root, &settings, &sources, &mut table, &mut skipped);
    let fault = fault(&found.unread, &table, &sources);
    table.add_status();
    let (pins, more) = pins::read(root, &settings);
    skipped.extend(more);
    let (decisions, more) = policy::decide(&settings, &pins, &table);
    skipped.extend(more);
    let host = solver::Host { root, settings: &settings, sources: &sources, pins: &pins };
    let (kept_back, more) = match fault {
        None => solver::kept_back(&host, &table, &decisions),
        Some(_) => (Vec::new(), Vec::new()),
    };
    skipped.extend(more);
    View {
        settings,
        sources,
        table,
        decisions,
        kept_back,
        lists_at: found.newest,
        skipped: tidy(skipped),
        skipped_sources: tidy(skipped_sources),
        fault,
    }
}

/// Why "nothing to upgrade" would be apt's answer and no knowledge: a list is there and can't be
/// read, or there is no list at all.
fn fault(unread: &[String], table: &Table, sources: &[sources::SourceFile]) -> Option<String> {
    if let Some(first) = unread.first() {
        let more = match unread.len() {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        return Some(identifier(&format!("a list of apt can't be read: {first}{more}")));
    }
    table.files.is_empty().then(|| {
        if sources.iter().any(|file| file.is_used()) {
            "apt has sources but no lists of them: it was never updated, or its lists can't be read"
        } else {
            "apt has no sources, or none that can be read"
        }
        .to_owned()
    })
}

impl View {
    /// The native architecture: as apt is told, else as dpkg's data show.
    pub(crate) fn native(&self) -> &str {
        &self.table.native
    }

    /// Says of each package which archive it is from.
    pub(crate) fn mark_origins(&self, records: &mut [PackageRecord]) {
        let groups: HashMap<(&str, &str), &Group> =
            self.table.groups.iter().map(|group| ((group.name.as_str(), group.arch.as_str()), group)).collect();
        for record in records {
            let arch = if record.arch == "all" { self.table.native.as_str() } else { &record.arch };
            let Some(group) = groups.get(&(record.name.as_str(), arch)) else { continue };
            let listed =
                |version: &table::Version| version.files.iter().find_map(|file| self.table.archive_name(*file));
            let exact = group.versions.iter().filter(|version| version.text == record.version).find_map(listed);
            record.origin_inferred = false;
            record.origin = match exact {
                Some(name) => name,
                None => {
                    let name = group.versions.iter().find_map(listed).unwrap_or_default();
                    record.origin_inferred = !name.is_empty();
                    name
                }
            };
        }
    }
}

/// apt's candidate of one installed package, as `apt-cache policy` shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// Name of the package.
    pub name: String,
    /// Architecture of the installed package (`all` included).
    pub arch: String,
    /// The installed version.
    pub installed: String,
    /// The version that apt would install, `None` where pins forbid all.
    pub candidate: Option<String>,
    /// The suites that offer the candidate, in the archives' words, sorted.
    pub suites: Vec<String>,
    /// One of them is a security archive.
    pub security: bool,
}

/// The candidate of every installed package, sorted. For checks against apt itself: reports carry
/// the updates only.
///
/// # Errors
/// Why dpkg's database could not be read.
pub fn candidates(root: &Root, options: &Options) -> Result<Vec<Candidate>, String> {
    let database = crate::dpkg::read(root)?;
    let view = read(root, options, &database);
    let mut candidates: Vec<_> = view
        .table
        .groups
        .iter()
        .zip(&view.decisions)
        .filter_map(|(group, decision)| {
            let installed = group.versions.get(group.installed()?)?;
            let candidate = decision.candidate.and_then(|at| group.versions.get(at));
            let files = candidate.map(|version| version.files.as_slice()).unwrap_or_default();
            let mut suites: Vec<_> = files.iter().filter_map(|file| view.table.suite(*file)).collect();
            suites.sort();
            suites.dedup();
            Some(Candidate {
                name: group.name.clone(),
                arch: if installed.is_all { "all".to_owned() } else { group.arch.clone() },
                installed: installed.text.clone(),
                candidate: candidate.map(|version| version.text.clone()),
                suites,
                security: files.iter().any(|file| view.table.is_security(*file)),
            })
        })
        .collect();
    candidates.sort();
    Ok(candidates)
}
