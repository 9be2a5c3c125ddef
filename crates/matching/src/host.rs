//! From the inventory of one host to its findings.

use crate::assessment::{Assessment, Reason};
use crate::judge::{Arm, Because, VerdictRef};
use crate::kernels::{KERNELS_KNOWN, image_group};
use crate::rules::Rules;
use model::inventory::Entry;
use model::{Finding, Guard, GuardedState, Package, Role, State, Verdict};
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

/// The context bits that follow from the inventory itself; channels (`lts`, `esm-infra`) are the
/// caller's to add.
#[must_use]
pub fn context_of(entries: &[Entry]) -> BTreeSet<String> {
    let known = entries.iter().any(|entry| matches!(entry.role, Role::RunningKernel | Role::NextKernel));
    known.then(|| KERNELS_KNOWN.to_owned()).into_iter().collect()
}

/// The state of a verdict on a host with these context bits. The guards of a verdict cover every
/// host, so there is always one; `None` only for a verdict that was not made here.
#[must_use]
pub fn state_on(verdict: &Verdict, context: &BTreeSet<String>) -> Option<State> {
    guarded_on(verdict, context).map(|guarded| guarded.state)
}

/// As [`state_on`], with the fixed version if it is another than the verdict's.
#[must_use]
pub fn guarded_on<'v>(verdict: &'v Verdict, context: &BTreeSet<String>) -> Option<&'v GuardedState> {
    verdict.states.iter().find(|guarded| match &guarded.guard {
        Guard::Always => true,
        Guard::Has(bit) => context.contains(bit),
        Guard::Lacks(bit) => !context.contains(bit),
    })
}

/// A package of a host about which silence says nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unassessed {
    /// The package.
    pub package: Package,
    /// Why.
    pub reason: Reason,
}

/// The packages of a host that are not assessed, each once, sorted.
#[must_use]
pub fn host_unassessed(rules: &Rules, entries: &[Entry]) -> Vec<Unassessed> {
    let mut unassessed: Vec<Unassessed> = entries
        .iter()
        .filter_map(|entry| match rules.assess(&entry.package) {
            Assessment::Assessed => None,
            Assessment::NotAssessed { reason } => Some(Unassessed { package: entry.package.clone(), reason }),
        })
        .collect();
    unassessed.sort();
    unassessed.dedup();
    unassessed
}

/// What would be judged of a host's packages if records of the deciding feeds had not been skipped: a line
/// with state `not_assessed` for each issue whose record names the package, sorted.
#[must_use]
pub fn host_unread(rules: &Rules, entries: &[Entry]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in entries.iter().filter(|entry| entry.role == Role::Installed && rules.has_unread(&entry.package)) {
        let _ = rules.each(&entry.package, entry.role, &mut |verdict| {
            let unread = verdict.arms.iter().find(|arm| arm.because == Because::Unread);
            findings.extend(unread.map(|arm| finding(entry, &verdict, arm, State::NotAssessed)));
        });
    }
    findings.sort();
    findings.dedup();
    findings
}

/// The open findings of one host, sorted by (package, version, architecture, role, CVE): those of
/// [`each_host_finding`], all at once.
#[must_use]
pub fn host_findings(rules: &Rules, entries: &[Entry], context: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let _ = each_host_finding(rules, entries, context, &mut |finding| {
        findings.push(finding);
        ControlFlow::<()>::Continue(())
    });
    findings
}

/// Calls `each` with the open findings of one host, sorted by (package, version, architecture, role,
/// CVE), until it breaks. Holds no more of them than one package has.
///
/// `entries` is the whole inventory (`model::inventory`), `context` the host's bits
/// ([`context_of`] and its channels). A finding of the running or next kernel, or of an old version
/// that a process still maps, is `restart_needed` where the fix is on disk already. A kernel that
/// runs and boots next is one finding, in the role of the running one.
pub fn each_host_finding<B>(
    rules: &Rules,
    entries: &[Entry],
    context: &BTreeSet<String>,
    each: &mut dyn FnMut(Finding) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let on_disk = OnDisk::of(entries);
    let running: BTreeSet<&Package> =
        entries.iter().filter(|entry| entry.role == Role::RunningKernel).map(|entry| &entry.package).collect();
    let mut sorted: Vec<&Entry> =
        entries.iter().filter(|entry| !(entry.role == Role::NextKernel && running.contains(&entry.package))).collect();
    sorted.sort_by_key(|entry| binary(entry));
    let mut findings = Vec::new();
    for same in sorted.chunk_by(|a, b| binary(a) == binary(b)) {
        for entry in same {
            let _ = rules.each_open(&entry.package, entry.role, &mut |verdict| {
                let arm = verdict.on(|bit| context.contains(bit));
                if arm.state.is_open() {
                    let mended = on_disk.has_fix(rules, entry, verdict.cve, context);
                    let state = if mended { State::RestartNeeded } else { arm.state };
                    findings.push(finding(entry, &verdict, arm, state));
                }
            });
        }
        // Packages that differ in what a finding does not show give the same finding, once.
        findings.sort();
        findings.dedup();
        for finding in findings.drain(..) {
            each(finding)?;
        }
    }
    ControlFlow::Continue(())
}

/// What a finding shows of a package in a role, in the order of findings.
fn binary(entry: &Entry) -> (&str, &str, &str, Role) {
    (&entry.package.name, &entry.package.version, &entry.package.arch, entry.role)
}

fn finding(entry: &Entry, verdict: &VerdictRef<'_, '_>, arm: &Arm<'_>, state: State) -> Finding {
    Finding {
        package: entry.package.name.clone(),
        version: entry.package.version.clone(),
        arch: entry.package.arch.clone(),
        role: entry.role,
        cve: verdict.cve.to_owned(),
        advisory: arm.advisory.to_owned(),
        state,
        fixed_version: arm.fixed_version.to_owned(),
        severity: verdict.severity,
        feed: arm.feed.to_owned(),
        words: arm.words.to_owned(),
    }
}

/// What is installed, by what could replace a running kernel or a mapped file.
struct OnDisk<'a> {
    /// Kernel images by what a restart could replace them with ([`image_group`]).
    kernels: HashMap<String, Vec<&'a Package>>,
    packages: HashMap<(&'a str, &'a str), Vec<&'a Package>>,
}

impl<'a> OnDisk<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let mut disk = Self { kernels: HashMap::new(), packages: HashMap::new() };
        for package in entries.iter().filter(|entry| entry.role == Role::Installed).map(|entry| &entry.package) {
            disk.packages.entry((&package.name, &package.arch)).or_default().push(package);
            if let Some(group) = image_group(package) {
                disk.kernels.entry(group).or_default().push(package);
            }
        }
        disk
    }

    fn has_fix(&self, rules: &Rules, entry: &Entry, cve: &str, context: &BTreeSet<String>) -> bool {
        let candidates = match entry.role {
            Role::Installed => None,
            Role::RunningKernel | Role::NextKernel => {
                image_group(&entry.package).and_then(|group| self.kernels.get(&group))
            }
            Role::Resident => self.packages.get(&(entry.package.name.as_str(), entry.package.arch.as_str())),
        };
        candidates.is_some_and(|packages| {
            packages.iter().any(|package| rules.is_fixed(package, cve, &mut |bit| context.contains(bit)))
        })
    }
}
