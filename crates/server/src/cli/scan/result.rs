//! What a scan found, as `--json` prints it. Names are those of the API (`docs/cli.md`).

use super::security;
use super::told::Open;
use crate::evaluate::judged::{NotAssessed, Summary};
use crate::host_update::HostUpdate;
use crate::not_known::{self, NotKnown};
use crate::words::dated;
use jiff::Timestamp;
use model::wire::sections::{Kernel, PackageRecord, ReplacementRecord, Restart, Runtime};
use model::wire::{Collected, Odd, SectionName};
use model::{Finding, Origin, Platform};
use serde::Serialize;

/// A scan.
#[derive(Debug, Serialize)]
pub struct Scan {
    /// When it was taken.
    pub scanned_at: Timestamp,
    /// Which host.
    pub host: HostRow,
    /// The numbers in short.
    pub counts: Counts,
    /// What is not known: with anything in it, no pending updates is no all-clear.
    pub not_known: Vec<NotKnown>,
    /// When the newest package list was fetched; absent where the host has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists_at: Option<Timestamp>,
    /// Its age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists_age_seconds: Option<i64>,
    /// Whether the host must be rebooted; null where it can't be told.
    pub reboot_required: Option<bool>,
    /// Why.
    pub reboot_reasons: Vec<String>,
    /// Kernels.
    pub kernel: KernelRow,
    /// Processes that still run replaced files; null where no process was looked into.
    pub restarts: Option<Vec<Restart>>,
    /// Everything installed.
    pub packages: Vec<PackageRow>,
    /// Everything pending, security first.
    pub updates: Vec<HostUpdate>,
    /// Installed packages in whose place packages of other names would come; counted among the updates.
    pub replacements: Vec<ReplacementRecord>,
    /// Open findings; empty also where nothing was assessed, see `assessment`. `None` where they are printed already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Finding>>,
    /// The same in short.
    #[serde(skip)]
    pub open: Open,
    /// How much could be judged, by what, and why the rest could not.
    pub assessment: AssessmentRow,
    /// The sections, with the reason where one could not be read.
    pub sections: Vec<SectionRow>,
    /// Records that could not be understood.
    pub odd: Vec<Odd>,
}

/// The host.
#[derive(Debug, Default, Serialize)]
pub struct HostRow {
    /// Node name.
    pub hostname: String,
    /// `debian:12`; null where os-release could not be read.
    pub platform: Option<Platform>,
    /// `Debian GNU/Linux 12 (bookworm)`.
    pub os_name: String,
    /// Architecture.
    pub arch: String,
    /// `dpkg`; empty where none is known.
    pub package_manager: String,
}

/// The numbers in short; null where the section they come from could not be read.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct Counts {
    /// Installed packages.
    pub packages: Option<usize>,
    /// Pending updates and replacements of security: their repositories say so, or, where these say so of none, they
    /// close a finding of a feed in force.
    pub security_updates: Option<usize>,
    /// Pending updates and replacements beside those.
    pub other_updates: Option<usize>,
    /// Of both, those that the package manager would not install now.
    pub withheld_updates: Option<usize>,
    /// Of all that is pending, packages that would be replaced by others of another name.
    pub replacements: Option<usize>,
    /// Of all that is pending, what neither its repository nor a feed in force says of whether it is of security.
    pub security_unknown: Option<usize>,
    /// Open findings: distinct CVEs; null where nothing was assessed.
    pub findings: Option<usize>,
    /// Of these CVEs, those that the vendor has fixed in a package of which no pending update brings the fix: the host's
    /// own package sources do not offer it. Null where no updates are known.
    pub fixes_not_offered: Option<usize>,
    /// Installed packages that no feed speaks for.
    pub not_assessed: Option<usize>,
}

/// Kernels.
#[derive(Debug, Default, Serialize)]
pub struct KernelRow {
    /// Release that runs; empty where it can't be told.
    pub running: String,
    /// Release that boots next; empty where it can't be told.
    pub next: String,
    /// Kernels on disk.
    pub installed: Vec<Kernel>,
}

/// An installed package.
#[derive(Debug, Serialize)]
pub struct PackageRow {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Architecture.
    pub arch: String,
    /// Source package.
    pub source: String,
    /// Its version.
    pub source_version: String,
    /// Who built it.
    pub origin: Origin,
    /// The administrator keeps this version.
    pub held: bool,
    /// Installed as a dependency.
    pub auto: bool,
    /// The manager's state where it is not plainly installed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
}

/// How much could be judged.
#[derive(Debug, Default, Serialize)]
pub struct AssessmentRow {
    /// Installed packages.
    pub packages: usize,
    /// Those that a feed in force speaks for.
    pub assessed: usize,
    /// The others.
    pub not_assessed: usize,
    /// Why, by reason, the most packages first.
    pub reasons: Vec<NotAssessed>,
    /// Feeds in force for this platform.
    pub feeds: Vec<String>,
}

/// A section of the report.
#[derive(Debug, Serialize)]
pub struct SectionRow {
    /// Its name.
    pub name: SectionName,
    /// `present` or `unavailable`.
    pub state: &'static str,
    /// Why it is unavailable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Scan {
    /// Puts together what was collected and what was judged of it: the findings in short, the updates with what they
    /// close, and the findings themselves unless they are printed already.
    #[must_use]
    pub fn new(
        collected: &Collected,
        judged: Summary,
        (open, mut updates, findings): (Open, Vec<HostUpdate>, Option<Vec<Finding>>),
        scanned_at: Timestamp,
    ) -> Self {
        let replacements = collected.updates.as_ref().map(|updates| updates.replacements.clone()).unwrap_or_default();
        security::by_findings(&mut updates, collected, &judged);
        let unknown = updates.iter().filter(|update| update.security_unknown).count()
            + replacements.iter().filter(|of| of.security_unknown).count();
        let platform = collected.host.as_ref().ok().map(|host| Platform::of_os(&host.os));
        let lists_at = collected.updates.as_ref().ok().and_then(|updates| updates.lists_at).and_then(dated);
        let runtime = collected.runtime.as_ref().ok();
        Self {
            scanned_at,
            counts: counts(collected, (&updates, &replacements, unknown), &judged, &open),
            not_known: not_known::of_collected(collected, unknown, scanned_at),
            host: host(collected, platform.clone()),
            lists_at,
            lists_age_seconds: lists_at.map(|at| scanned_at.duration_since(at).as_secs()),
            reboot_required: runtime.and_then(|runtime| runtime.reboot_required),
            reboot_reasons: runtime.map(|runtime| runtime.reboot_reasons.clone()).unwrap_or_default(),
            kernel: runtime
                .map(|runtime| KernelRow {
                    running: runtime.running_kernel.clone(),
                    next: runtime.next_kernel.clone(),
                    installed: runtime.kernels.clone(),
                })
                .unwrap_or_default(),
            restarts: runtime.and_then(restarts),
            packages: packages(collected, platform.as_ref()),
            updates,
            replacements,
            findings,
            open,
            assessment: AssessmentRow {
                packages: judged.packages,
                assessed: judged.assessed,
                not_assessed: judged.packages.saturating_sub(judged.assessed),
                reasons: judged.not_assessed,
                feeds: judged.feeds,
            },
            sections: sections(collected),
            odd: odd(collected),
        }
    }

    /// The reason why a section could not be read, if it could not.
    #[must_use]
    pub fn unavailable(&self, name: SectionName) -> Option<&str> {
        self.sections.iter().find(|section| section.name == name).and_then(|section| section.reason.as_deref())
    }
}

fn host(collected: &Collected, platform: Option<Platform>) -> HostRow {
    let hostname = collected.hostname.clone();
    match &collected.host {
        Ok(host) => HostRow {
            hostname,
            platform,
            os_name: if host.os.pretty_name.is_empty() { host.os.id.clone() } else { host.os.pretty_name.clone() },
            arch: host.arch.clone(),
            package_manager: host.package_manager.clone(),
        },
        Err(_) => HostRow { hostname, ..HostRow::default() },
    }
}

fn counts(
    collected: &Collected,
    (updates, replacements, unknown): (&[HostUpdate], &[ReplacementRecord], usize),
    judged: &Summary,
    open: &Open,
) -> Counts {
    let of_updates = |wanted: &dyn Fn(&HostUpdate) -> bool| {
        collected.updates.is_ok().then(|| updates.iter().filter(|update| wanted(update)).count())
    };
    let of_both = |security: bool| {
        let replacing = replacements.iter().filter(|of| of.security == security).count();
        of_updates(&|update| update.security == security).map(|count| count + replacing)
    };
    let has_packages = collected.packages.is_ok();
    Counts {
        packages: collected.packages.as_ref().ok().map(|packages| packages.records.len()),
        security_updates: of_both(true),
        other_updates: of_both(false),
        withheld_updates: of_updates(&|update| update.withheld.is_some()),
        replacements: collected.updates.is_ok().then_some(replacements.len()),
        security_unknown: collected.updates.is_ok().then_some(unknown),
        // Lists that only name fixes give findings without assessing anything.
        findings: (has_packages && (judged.assessed > 0 || open.cves > 0)).then_some(open.cves),
        fixes_not_offered: (has_packages && collected.updates.is_ok() && (judged.assessed > 0 || open.cves > 0))
            .then_some(open.not_offered),
        not_assessed: has_packages.then(|| judged.packages.saturating_sub(judged.assessed)),
    }
}

fn packages(collected: &Collected, platform: Option<&Platform>) -> Vec<PackageRow> {
    let Ok(packages) = &collected.packages else { return Vec::new() };
    let row = |record: &PackageRecord| PackageRow {
        name: record.name.clone(),
        version: record.version.clone(),
        arch: record.arch.clone(),
        source: record.source_name().to_owned(),
        source_version: record.source_version().to_owned(),
        origin: platform.map_or_else(Origin::default, |platform| model::inventory::package(platform, record).origin),
        held: record.held,
        auto: record.auto,
        status: record.status.clone(),
    };
    packages.records.iter().map(row).collect()
}

/// An empty list of a report says "none" only beside a count of processes that were looked for: the wire
/// format has one form for empty and absent lists.
fn restarts(runtime: &Runtime) -> Option<Vec<Restart>> {
    let looked = runtime.unreadable_processes.is_some() || !runtime.restarts.is_empty();
    looked.then(|| runtime.restarts.clone())
}

fn sections(collected: &Collected) -> Vec<SectionRow> {
    let row = |name: SectionName, reason: Option<&String>| SectionRow {
        name,
        state: if reason.is_none() { "present" } else { "unavailable" },
        reason: reason.cloned(),
    };
    vec![
        row(SectionName::Host, collected.host.as_ref().err()),
        row(SectionName::Packages, collected.packages.as_ref().err()),
        row(SectionName::Updates, collected.updates.as_ref().err()),
        row(SectionName::Repositories, collected.repositories.as_ref().err()),
        row(SectionName::Runtime, collected.runtime.as_ref().err()),
        row(SectionName::History, collected.history.as_ref().err()),
    ]
}

fn odd(collected: &Collected) -> Vec<Odd> {
    let lists = [
        (SectionName::Packages, collected.packages.as_ref().ok().map(|section| &section.skipped)),
        (SectionName::Updates, collected.updates.as_ref().ok().map(|section| &section.skipped)),
        (SectionName::Repositories, collected.repositories.as_ref().ok().map(|section| &section.skipped)),
    ];
    lists
        .into_iter()
        .flat_map(|(section, skipped)| {
            skipped.into_iter().flatten().map(move |skipped| Odd {
                section,
                record: skipped.record.clone(),
                why: skipped.why.clone(),
                kept: false,
            })
        })
        .collect()
}
