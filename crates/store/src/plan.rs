//! What a report changes: compared with what is on record, before anything is written.

use crate::awaited::Awaited;
use crate::bodies::{self, Body};
use crate::current::{Current, HostRow, clamp};
use crate::hosts::InventoryEntry;
use crate::identities::Turn;
use crate::order;
use crate::packages::{self, PackageHash, PackageText};
use crate::reports::ReportWrite;
use crate::settled::{Settled, difference};
use crate::{HostId, PackageId, Result, StoreError, sets};
use jiff::Timestamp;
use model::wire::sections::{Host, Os, PackageRecord, Packages, Repositories, Runtime, Updates};
use model::wire::{Incoming, MAX_SEQUENCE, Odd, SectionName, canonical_json};
use model::{Package, Platform, Role};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// What the record has that planning needs, by number.
#[derive(Default)]
pub(crate) struct Material {
    pub bodies: HashMap<i64, Vec<u8>>,
    pub packages: HashMap<PackageId, Package>,
}

/// What a section of a report does.
enum Step {
    /// What is in force is confirmed.
    Keep,
    /// It was sent as unchanged, but what is in force is something else.
    Wanted,
    /// It could not be collected.
    Unavailable(String),
    /// It brings a new content. Of `packages`, the body is known only when the packages have ids.
    Replace { hash: Option<[u8; 32]>, body: Option<Body> },
}

/// One line of an inventory whose package may not have an id yet.
struct Line {
    package: PackageHash,
    role: Role,
    held: bool,
    auto: bool,
    status: Box<str>,
    installed_at: Option<Timestamp>,
}

/// An inventory that has to be written anew.
struct Rebuilt {
    hash: Option<[u8; 32]>,
    lines: Vec<Line>,
}

/// A report beside what is on record of its host.
pub(crate) struct Draft<'a> {
    pub write: &'a ReportWrite,
    pub current: Option<Current>,
    pub packages: HashMap<PackageHash, (Package, PackageText)>,
    /// The body of the rebuilt inventory, once its packages have ids.
    pub set: Option<Body>,
    /// Its number is none that follows the last one, and it is the next report all the same.
    renumbered: bool,
    received_at: Timestamp,
    observed_at: Timestamp,
    clock_skew: i64,
    platform: Platform,
    steps: Vec<(SectionName, Step)>,
    rebuilt: Option<Rebuilt>,
    before: Option<Vec<InventoryEntry>>,
    entries: Vec<InventoryEntry>,
    host: Option<Host>,
    updates: Option<Updates>,
    repositories: Option<Repositories>,
    runtime: Option<Runtime>,
}

fn step<T: Serialize>(name: SectionName, incoming: &Incoming<T>, current: Option<&Current>) -> Result<Step> {
    let held = current.and_then(|current| current.held(name)).and_then(|held| held.hash);
    Ok(match incoming {
        Incoming::Unavailable { reason } => Step::Unavailable(reason.clone()),
        Incoming::Unchanged { hash } if held == Some(hash.0) => Step::Keep,
        Incoming::Unchanged { .. } => Step::Wanted,
        Incoming::Present { hash, .. } if held == Some(hash.0) => Step::Keep,
        Incoming::Present { hash, data, .. } => {
            // What was understood is kept, not what was sent: odd records are listed beside it.
            let body = if name == SectionName::Packages {
                None
            } else {
                let json =
                    canonical_json(data).map_err(|error| StoreError::damaged(format!("section {name}"), error))?;
                Some(Body::json(json))
            };
            Step::Replace { hash: Some(hash.0), body }
        }
    })
}

fn content<'m>(current: Option<&Current>, name: SectionName, material: &'m Material) -> Result<Option<&'m [u8]>> {
    let Some(held) = current.and_then(|current| current.held(name)) else { return Ok(None) };
    let body = material.bodies.get(&held.body);
    body.map(|body| Some(body.as_slice()))
        .ok_or_else(|| StoreError::damaged(format!("section {name}"), format!("body {} is gone", held.body)))
}

/// The section's data: as it came, else as it is in force.
fn data<T: DeserializeOwned + Clone>(
    name: SectionName,
    incoming: &Incoming<T>,
    current: Option<&Current>,
    material: &Material,
) -> Result<Option<T>> {
    match incoming.data() {
        Some(data) => Ok(Some(data.clone())),
        None => content(current, name, material)?.map(bodies::parse).transpose(),
    }
}

/// Sections whose bodies planning needs, of this host and report.
pub(crate) const NEEDED: [SectionName; 5] =
    [SectionName::Host, SectionName::Packages, SectionName::Updates, SectionName::Repositories, SectionName::Runtime];

/// The packages in force whose names are needed since the inventory has to be rebuilt without the
/// report naming them: another kernel runs, or the release changed.
pub(crate) fn packages_needed(write: &ReportWrite, current: &Current, material: &Material) -> Result<Vec<PackageId>> {
    let report = &write.report;
    if report.packages.data().is_some() {
        return Ok(Vec::new());
    }
    let kernels = matches!(step(SectionName::Runtime, &report.runtime, Some(current))?, Step::Replace { .. });
    let platform = report.host.data().is_some_and(|host| Platform::of_os(&host.os) != current.row.platform);
    match content(Some(current), SectionName::Packages, material)? {
        Some(set) if kernels || platform => Ok(sets::decode(set)?.into_iter().map(|entry| entry.package).collect()),
        _ => Ok(Vec::new()),
    }
}

impl<'a> Draft<'a> {
    /// `renumbered`: its number is none that follows the last one.
    pub(crate) fn new(
        write: &'a ReportWrite,
        current: Option<Current>,
        renumbered: bool,
        material: &Material,
    ) -> Result<Self> {
        let report = &write.report;
        let now = current.as_ref();
        let host = data(SectionName::Host, &report.host, now, material)?;
        let updates = data(SectionName::Updates, &report.updates, now, material)?;
        let repositories = data(SectionName::Repositories, &report.repositories, now, material)?;
        let runtime = data(SectionName::Runtime, &report.runtime, now, material)?;
        let platform = match (report.host.data(), now) {
            (Some(host), _) => Platform::of_os(&host.os),
            (None, Some(current)) => current.row.platform.clone(),
            (None, None) => Platform::of_os(&Os::default()),
        };
        let steps = vec![
            (SectionName::Host, step(SectionName::Host, &report.host, now)?),
            (SectionName::Packages, step(SectionName::Packages, &report.packages, now)?),
            (SectionName::Updates, step(SectionName::Updates, &report.updates, now)?),
            (SectionName::Repositories, step(SectionName::Repositories, &report.repositories, now)?),
            (SectionName::Runtime, step(SectionName::Runtime, &report.runtime, now)?),
            (SectionName::History, step(SectionName::History, &report.history, now)?),
        ];
        let before = content(now, SectionName::Packages, material)?.map(sets::decode).transpose()?;
        let received_at = Timestamp::from_microsecond(write.received_at.as_microsecond()).unwrap_or(write.received_at);
        let (observed_at, clock_skew) =
            clamp(report.observed_at, received_at, now.map(|current| current.row.observed_at));
        let mut draft = Self {
            write,
            packages: HashMap::new(),
            set: None,
            renumbered,
            received_at,
            observed_at,
            clock_skew,
            platform,
            steps,
            rebuilt: None,
            entries: before.clone().unwrap_or_default(),
            before,
            host,
            updates,
            repositories,
            runtime,
            current,
        };
        draft.rebuild(material)?;
        Ok(draft)
    }

    fn replaces(&self, name: SectionName) -> bool {
        self.steps.iter().any(|(section, step)| *section == name && matches!(step, Step::Replace { .. }))
    }

    /// Works out the inventory anew where packages, kernels or the release changed.
    fn rebuild(&mut self, material: &Material) -> Result<()> {
        let moved = self.current.as_ref().is_some_and(|current| current.row.platform != self.platform);
        if !(moved || self.replaces(SectionName::Packages) || self.replaces(SectionName::Runtime)) {
            return Ok(());
        }
        if let Incoming::Present { hash, data, .. } = &self.write.report.packages {
            let lines = self.lines_of_report(data);
            self.rebuilt = Some(Rebuilt { hash: Some(hash.0), lines });
        } else if let (Some(before), Some(current)) = (&self.before, &self.current) {
            let held = current.held(SectionName::Packages).and_then(|held| held.hash);
            // Who built a package was judged by the distribution as it was: ask for the list again.
            let same = current.row.platform.distribution() == self.platform.distribution();
            let lines = lines_of_record(&self.platform, before, self.runtime.as_ref(), material, &mut self.packages)?;
            self.rebuilt = Some(Rebuilt { hash: held.filter(|_| same), lines });
        }
        Ok(())
    }

    fn lines_of_report(&mut self, data: &Packages) -> Vec<Line> {
        let records: HashMap<(&str, &str, &str), &PackageRecord> =
            data.records.iter().map(|r| ((r.name.as_str(), r.arch.as_str(), r.version.as_str()), r)).collect();
        let mut lines = Vec::with_capacity(data.records.len() + 2);
        for entry in model::inventory(&self.platform, data, self.runtime.as_ref()) {
            let package = entry.package;
            let record = records.get(&(package.name.as_str(), package.arch.as_str(), package.version.as_str()));
            let own = record.filter(|_| entry.role == Role::Installed);
            let hash = packages::hash(&package);
            lines.push(Line {
                package: hash,
                role: entry.role,
                held: entry.held,
                auto: entry.auto,
                status: own.map(|record| record.status.as_str().into()).unwrap_or_default(),
                installed_at: own.and_then(|record| record.installed_at),
            });
            let text = || {
                record.map_or_else(PackageText::default, |record| PackageText {
                    depends: record.depends.clone(),
                    vendor: record.vendor.clone(),
                })
            };
            if let Entry::Vacant(vacant) = self.packages.entry(hash) {
                let text = text();
                vacant.insert((package, text));
            }
        }
        lines
    }

    /// Once the packages have ids: the entries and the body of the rebuilt inventory.
    pub(crate) fn settle_packages(&mut self, ids: &HashMap<PackageHash, PackageId>) -> Result<()> {
        let Some(rebuilt) = &self.rebuilt else { return Ok(()) };
        let mut entries = Vec::with_capacity(rebuilt.lines.len());
        for line in &rebuilt.lines {
            let package = *ids.get(&line.package).ok_or_else(|| StoreError::damaged("a package", "it has no id"))?;
            entries.push(InventoryEntry {
                package,
                role: line.role,
                held: line.held,
                auto: line.auto,
                status: line.status.clone(),
                installed_at: line.installed_at,
            });
        }
        self.set = Some(Body::set(sets::encode(&mut entries)));
        self.entries = entries;
        Ok(())
    }

    /// Every body that the report may bring.
    pub(crate) fn bodies(&self) -> impl Iterator<Item = &Body> {
        let json = self.steps.iter().filter_map(|(_, step)| match step {
            Step::Replace { body, .. } => body.as_ref(),
            _ => None,
        });
        json.chain(self.set.as_ref())
    }

    /// Once everything has ids: what is to be written.
    pub(crate) fn settle(self, id: HostId, bodies: &HashMap<[u8; 32], i64>) -> Result<Settled> {
        let report = &self.write.report;
        let first = self.current.is_none();
        let mut after = self.current.unwrap_or_else(|| Current {
            row: HostRow {
                id,
                namespace: self.write.namespace,
                machine_id: report.machine_id.clone(),
                boot_id: String::new(),
                hostname: String::new(),
                platform: self.platform.clone(),
                agent: report.agent.clone(),
                tag: String::new(),
                site: String::new(),
                env: String::new(),
                first_seen_at: self.received_at,
                last_seen_at: self.received_at,
                observed_at: self.observed_at,
                clock_skew: 0,
                sequence: 0,
                revision: 0,
                run_revision: 0,
                heartbeat: report.heartbeat.clone(),
            },
            held: Vec::new(),
            outages: Vec::new(),
            speakers: Vec::new(),
            awaited: Awaited::new(),
            removed: false,
        });
        let returned = std::mem::take(&mut after.removed);
        let turn = if first { Turn::Same } else { after.speaks(&report.hostname, &report.boot_id, self.received_at) };
        let last_good_at = after.row.observed_at;
        let row = &mut after.row;
        row.boot_id.clone_from(&report.boot_id);
        row.hostname.clone_from(&report.hostname);
        row.platform = self.platform;
        row.agent = report.agent.clone();
        row.tag.clone_from(&report.tag);
        row.site.clone_from(&report.site);
        row.env.clone_from(&report.env);
        row.last_seen_at = row.last_seen_at.max(self.received_at);
        row.observed_at = self.observed_at;
        row.clock_skew = self.clock_skew;
        row.sequence = sequence(report.sequence)?;
        row.revision += 1;
        row.heartbeat = report.heartbeat.clone();
        let revision = row.revision;
        let awaited = after.awaited.clone();

        let mut settled = Settled {
            after,
            first,
            returned,
            renumbered: self.renumbered,
            turn,
            report: order::digest(report)?,
            recorded_at: self.received_at,
            changed: BTreeSet::new(),
            awaited_changed: false,
            wanted: Vec::new(),
            replaced: Vec::new(),
            outages_begun: Vec::new(),
            outages_ended: Vec::new(),
            log: Vec::new(),
            state: None,
            packages: Vec::new(),
        };
        let id_of = |body: &Body| {
            bodies.get(&body.hash).copied().ok_or_else(|| StoreError::damaged("a section's body", "it has no id"))
        };
        let odd = |name| report.odd.iter().filter(|odd| odd.section == name).cloned().collect::<Vec<Odd>>();
        for (name, step) in self.steps {
            let available = !matches!(step, Step::Unavailable(_));
            match step {
                Step::Keep => {}
                Step::Wanted => settled.wanted.push(name),
                Step::Unavailable(reason) => settled.outage(name, reason, last_good_at, self.observed_at),
                Step::Replace { hash, body: Some(body) } => {
                    settled.replace(name, hash, id_of(&body)?, odd(name), self.observed_at, revision);
                }
                Step::Replace { body: None, .. } => {}
            }
            if available {
                settled.outage_over(name);
            }
            if settled.wanted.last() == Some(&name) {
                settled.await_section(name);
            } else {
                settled.after.awaited.remove(&name);
            }
        }
        settled.awaited_changed = settled.after.awaited != awaited;
        if let (Some(rebuilt), Some(set)) = (self.rebuilt, &self.set) {
            let body = id_of(set)?;
            let held = settled.after.held(SectionName::Packages);
            if held.is_none_or(|held| held.body != body || held.hash != rebuilt.hash) {
                let odd = match (&report.packages, held) {
                    (Incoming::Present { .. }, _) | (_, None) => odd(SectionName::Packages),
                    (_, Some(held)) => held.odd.clone(),
                };
                settled.replace(SectionName::Packages, rebuilt.hash, body, odd, self.observed_at, revision);
            }
        }
        if let Some(before) = &self.before {
            settled.log = difference(before, &self.entries);
        }
        if first || !settled.changed.is_empty() {
            settled.after.row.run_revision = revision;
        }
        settled.state =
            Some(settled.after.state(self.entries, self.host, self.updates, self.repositories, self.runtime));
        Ok(settled)
    }
}

/// The number of a report as the engines store it.
pub(crate) fn sequence(number: u64) -> Result<i64> {
    i64::try_from(number)
        .ok()
        .filter(|_| number <= MAX_SEQUENCE)
        .ok_or_else(|| StoreError::damaged("the report's sequence", format!("{number} is out of range")))
}

/// The number that follows the last one. It is never above what a report may carry: behind the last
/// of all, counting begins anew.
pub(crate) fn next_sequence(last: i64) -> u64 {
    let next = last.unsigned_abs().saturating_add(1);
    if next > MAX_SEQUENCE { 1 } else { next }
}

/// The inventory of a host that did not name its packages again, in its new surroundings.
fn lines_of_record(
    platform: &Platform,
    before: &[InventoryEntry],
    runtime: Option<&Runtime>,
    material: &Material,
    found: &mut HashMap<PackageHash, (Package, PackageText)>,
) -> Result<Vec<Line>> {
    let mut lines = Vec::with_capacity(before.len());
    let mut records = Packages::default();
    let mut hashes: HashMap<(String, String, String), PackageHash> = HashMap::new();
    for entry in before.iter().filter(|entry| entry.role == Role::Installed) {
        let package = material.packages.get(&entry.package);
        let package =
            package.ok_or_else(|| StoreError::damaged("an inventory", format!("package {} is gone", entry.package)))?;
        let package = Package { platform: platform.clone(), ..package.clone() };
        let hash = packages::hash(&package);
        hashes.insert((package.name.clone(), package.arch.clone(), package.version.clone()), hash);
        records.records.push(PackageRecord {
            name: package.name.clone(),
            arch: package.arch.clone(),
            version: package.version.clone(),
            ..PackageRecord::default()
        });
        lines.push(Line {
            package: hash,
            role: entry.role,
            held: entry.held,
            auto: entry.auto,
            status: entry.status.clone(),
            installed_at: entry.installed_at,
        });
        found.entry(hash).or_insert_with(|| (package, PackageText::default()));
    }
    // Which of them runs and boots next is the model's to say; only names and versions matter for it.
    let flags: HashMap<PackageHash, (bool, bool)> =
        lines.iter().map(|line| (line.package, (line.held, line.auto))).collect();
    for entry in model::inventory(platform, &records, runtime) {
        if entry.role == Role::Installed {
            continue;
        }
        if let Some(hash) = hashes.get(&(entry.package.name, entry.package.arch, entry.package.version)) {
            let (held, auto) = flags.get(hash).copied().unwrap_or_default();
            lines.push(Line {
                package: *hash,
                role: entry.role,
                held,
                auto,
                status: Box::default(),
                installed_at: None,
            });
        }
    }
    Ok(lines)
}
