//! From the inventory of one host to its findings.

use crate::alias::{KERNELS_KNOWN, alias, kernel};
use crate::assessment::{Assessment, Reason};
use crate::rules::Rules;
use model::inventory::Entry;
use model::{Finding, Guard, Package, Role, State, Verdict};
use std::collections::{BTreeSet, HashMap};

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
    verdict
        .states
        .iter()
        .find(|guarded| match &guarded.guard {
            Guard::Always => true,
            Guard::Has(bit) => context.contains(bit),
            Guard::Lacks(bit) => !context.contains(bit),
        })
        .map(|guarded| guarded.state)
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
        .filter_map(|entry| match rules.each(&entry.package, entry.role, &mut |_| {}) {
            Assessment::Assessed => None,
            Assessment::NotAssessed { reason } => Some(Unassessed { package: entry.package.clone(), reason }),
        })
        .collect();
    unassessed.sort();
    unassessed.dedup();
    unassessed
}

/// The open findings of one host, sorted by (package, version, architecture, role, CVE).
///
/// `entries` is the whole inventory (`model::inventory`), `context` the host's bits
/// ([`context_of`] and its channels). A finding of the running or next kernel, or of an old version
/// that a process still maps, is `restart_needed` where the fix is on disk already. A kernel that
/// runs and boots next is one finding, in the role of the running one.
#[must_use]
pub fn host_findings(rules: &Rules, entries: &[Entry], context: &BTreeSet<String>) -> Vec<Finding> {
    let on_disk = OnDisk::of(entries);
    let running: BTreeSet<&Package> =
        entries.iter().filter(|entry| entry.role == Role::RunningKernel).map(|entry| &entry.package).collect();
    let mut findings = Vec::new();
    for entry in entries {
        if entry.role == Role::NextKernel && running.contains(&entry.package) {
            continue;
        }
        for verdict in rules.judge(&entry.package, entry.role).verdicts {
            let Some(state) = state_on(&verdict, context).filter(|state| state.is_open()) else { continue };
            let state = if on_disk.has_fix(rules, entry, &verdict.cve) { State::RestartNeeded } else { state };
            findings.push(finding(entry, verdict, state));
        }
    }
    findings.sort();
    findings.dedup();
    findings
}

fn finding(entry: &Entry, verdict: Verdict, state: State) -> Finding {
    Finding {
        package: entry.package.name.clone(),
        version: entry.package.version.clone(),
        arch: entry.package.arch.clone(),
        role: entry.role,
        cve: verdict.cve,
        advisory: verdict.advisory,
        state,
        fixed_version: verdict.fixed_version,
        severity: verdict.severity,
        feed: verdict.feed,
        words: verdict.words,
    }
}

/// What is installed, by what could replace a running kernel or a mapped file.
struct OnDisk<'a> {
    /// Kernel images by judged source (`linux`, also for its signed forms).
    kernels: HashMap<String, Vec<&'a Package>>,
    packages: HashMap<(&'a str, &'a str), Vec<&'a Package>>,
}

impl<'a> OnDisk<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let mut disk = Self { kernels: HashMap::new(), packages: HashMap::new() };
        for package in entries.iter().filter(|entry| entry.role == Role::Installed).map(|entry| &entry.package) {
            disk.packages.entry((&package.name, &package.arch)).or_default().push(package);
            if let Some(source) = image_source(package) {
                disk.kernels.entry(source).or_default().push(package);
            }
        }
        disk
    }

    fn has_fix(&self, rules: &Rules, entry: &Entry, cve: &str) -> bool {
        let candidates = match entry.role {
            Role::Installed => None,
            Role::RunningKernel | Role::NextKernel => {
                image_source(&entry.package).and_then(|source| self.kernels.get(&source))
            }
            Role::Resident => self.packages.get(&(entry.package.name.as_str(), entry.package.arch.as_str())),
        };
        candidates.is_some_and(|packages| packages.iter().any(|package| rules.is_fixed(package, cve)))
    }
}

/// The source under which a kernel image is judged (`linux`, also for its signed forms); `None` for
/// what holds no kernel that could run. Installed images of one source are what a restart could
/// replace the running one with.
#[must_use]
pub fn image_source(package: &Package) -> Option<String> {
    let source = alias(package).map_or_else(|| package.source.clone(), |alias| alias.source.into_owned());
    matches!(kernel(package, &source), Some(crate::alias::Kernel::Image)).then_some(source)
}
