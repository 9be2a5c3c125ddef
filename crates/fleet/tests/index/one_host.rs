//! What is said of one host.

use crate::agree::orders;
use crate::naive::{self, Host, Naive};
use crate::pages;
use fleet::{HostFindingColumn, HostFindingsQuery, HostPackageColumn, HostPackagesQuery, Snapshot};
use model::inventory::Entry;
use model::{Finding, Role, Severity, State};
use roaring::RoaringBitmap;
use std::cmp::Reverse;
use std::collections::BTreeSet;

pub(crate) fn check(
    snapshot: &Snapshot,
    model: &Naive,
    host: &Host,
    bits: Option<&RoaringBitmap>,
    visible: bool,
    limit: usize,
) {
    let id = host.row.id;
    assert_eq!(snapshot.host(id, bits), visible.then(|| host.row.clone()));
    assert_eq!(snapshot.host_assessment(id, bits), visible.then(|| host.assessment.clone()));
    if !visible {
        let limit = HostFindingsQuery { limit, ..HostFindingsQuery::default() };
        assert_eq!(snapshot.host_findings(id, &limit, bits), None);
        assert_eq!(snapshot.host_packages(id, &HostPackagesQuery::default(), bits), None);
        assert_eq!(snapshot.host_explain(id, "CVE-2026-0", None, bits), None);
        assert_eq!(snapshot.host_closed(id, ("bash", "amd64"), "9", 1, bits), None);
        return;
    }
    packages(snapshot, host, bits, limit);
    findings(snapshot, host, bits, limit);
    negatives(snapshot, model, host, bits, limit);
    updates(snapshot, host, bits);
    for cve in ["CVE-2026-0", "CVE-2026-1", "CVE-2026-2 openssl", "CVE-1999-0"] {
        explanations(snapshot, model, host, bits, cve);
    }
}

fn packages(snapshot: &Snapshot, host: &Host, bits: Option<&RoaringBitmap>, limit: usize) {
    for words in ["", "ssl", "LINUX image"] {
        for sort in orders::<HostPackageColumn>() {
            let query = HostPackagesQuery { words: words.into(), sort, limit, cursor: None };
            let found = pages!(query, |query| snapshot.host_packages(host.row.id, &query, bits).unwrap());
            let mut expected = host.packages.clone();
            expected.retain(|row| words.to_lowercase().split(' ').all(|word| row.package.name.contains(word)));
            naive::sort_by(&mut expected, sort.descending, |row| match sort.column {
                HostPackageColumn::Name => (0, row.package.name.clone()),
                HostPackageColumn::Findings => (row.open_findings.into(), String::new()),
            });
            assert_eq!(found, expected, "{words:?} {sort}");
        }
    }
}

fn place(state: State) -> usize {
    State::ALL.into_iter().position(|of| of == state).unwrap()
}

fn findings(snapshot: &Snapshot, host: &Host, bits: Option<&RoaringBitmap>, limit: usize) {
    let filters = [
        ("", None, None),
        // Of the CVE, of the package, and of the advisory's id, which ends in its package.
        ("cve-2026-1", None, None),
        ("LIBssl3 2026-0", None, None),
        ("", Some(State::RestartNeeded), None),
        ("", Some(State::FixAvailable), Some(Severity::High)),
        ("", None, Some(Severity::Critical)),
        ("", Some(State::Accepted), None),
    ];
    for (words, state, severity) in filters {
        let mut expected = host.findings.clone();
        expected.retain(|finding| {
            let text = format!("{} {} {}", finding.cve, finding.package, finding.advisory).to_lowercase();
            words.to_lowercase().split(' ').all(|word| text.contains(word))
                && state.is_none_or(|state| finding.state == state)
                && severity.is_none_or(|severity| finding.severity == severity)
        });
        expected.sort_by_key(|finding| {
            let Finding { cve, package, version, arch, role, .. } = finding.clone();
            (place(finding.state), Reverse(finding.severity), cve, package, version, arch, role)
        });
        for sort in orders::<HostFindingColumn>() {
            let words = words.to_owned();
            let query = HostFindingsQuery { words, state, severity, negatives: false, sort, limit, cursor: None };
            let found = pages!(query, |query| {
                let found = snapshot.host_findings(host.row.id, &query, bits).unwrap();
                assert_eq!(found.assessment, host.assessment);
                found.page
            });
            let mut expected = expected.clone();
            naive::sort_by(&mut expected, sort.descending, |finding| match sort.column {
                HostFindingColumn::State => (place(finding.state) as u64, String::new()),
                HostFindingColumn::Severity => (finding.severity as u64, String::new()),
                HostFindingColumn::Cve => (0, finding.cve.clone()),
                HostFindingColumn::Package => (0, finding.package.clone()),
            });
            assert_eq!(found, expected, "{state:?} {severity:?} {sort}");
        }
    }
}

/// The entries that count: a next kernel that runs already does not.
fn counted(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(|entry| {
        let runs = |other: &Entry| other.role == Role::RunningKernel && other.package == entry.package;
        entry.role != Role::NextKernel || !entries.iter().any(runs)
    })
}

/// With negatives: everything that `judge_all` says of a package in a role that counts.
fn negatives(snapshot: &Snapshot, model: &Naive, host: &Host, bits: Option<&RoaringBitmap>, limit: usize) {
    let entries = model.entries(&host.facts);
    let context = Naive::context(&entries, &host.facts);
    let rules = model.rules.get(&host.facts.platform);
    let mut negatives: Vec<(String, String, State)> = Vec::new();
    for entry in counted(&entries) {
        for verdict in rules.map(|rules| rules.judge_all(&entry.package, entry.role).verdicts).unwrap_or_default() {
            let state = matching::state_on(&verdict, &context).unwrap();
            if !state.is_open() {
                negatives.push((entry.package.name.clone(), verdict.cve, state));
            }
        }
    }
    negatives.sort();
    let all = |state| {
        let query = HostFindingsQuery { state, negatives: state.is_none(), limit, ..HostFindingsQuery::default() };
        pages!(query, |query| snapshot.host_findings(host.row.id, &query, bits).unwrap().page)
    };
    let mut open = host.findings.clone();
    let (mut found, rest): (Vec<Finding>, Vec<Finding>) = all(None).into_iter().partition(|f| f.state.is_open());
    found.sort();
    open.sort();
    assert_eq!(found, open);
    let short = |rows: Vec<Finding>| {
        let mut rows: Vec<_> = rows.into_iter().map(|finding| (finding.package, finding.cve, finding.state)).collect();
        rows.sort();
        rows
    };
    assert_eq!(short(rest), negatives);
    for state in [State::NotAffected, State::NotAssessed] {
        let expected: Vec<_> = negatives.iter().filter(|(.., of)| *of == state).cloned().collect();
        assert_eq!(short(all(Some(state))), expected);
    }
}

/// What an update closes: the open findings of the installed package whose fixed version the
/// candidate reaches, where the binary has its source's version.
fn updates(snapshot: &Snapshot, host: &Host, bits: Option<&RoaringBitmap>) {
    let scheme = versions::Scheme::of_distribution(host.facts.platform.distribution());
    for update in &host.facts.updates {
        let comparable = |finding: &&Finding| {
            host.packages.iter().any(|row| {
                let package = &row.package;
                (&package.name, &package.version, &package.arch) == (&finding.package, &finding.version, &finding.arch)
                    && package.version == package.source_version
            })
        };
        let closed: BTreeSet<(Reverse<Severity>, String)> = host
            .findings
            .iter()
            .filter(|finding| finding.role == Role::Installed && !finding.fixed_version.is_empty())
            .filter(|finding| (&finding.package, &finding.arch) == (&update.name, &update.arch))
            .filter(comparable)
            .filter(|finding| scheme.is_some_and(|s| s.compare(&update.candidate, &finding.fixed_version).is_ge()))
            .map(|finding| (Reverse(finding.severity), finding.cve.clone()))
            .collect();
        let package = (update.name.as_str(), update.arch.as_str());
        let found = snapshot.host_closed(host.row.id, package, &update.candidate, 2, bits).unwrap();
        assert_eq!(found.total, closed.len() as u64, "{update:?}");
        let found: Vec<_> = found.worst.iter().map(|(cve, severity)| (Reverse(*severity), cve.to_string())).collect();
        assert_eq!(found, closed.into_iter().take(2).collect::<Vec<_>>());
    }
}

/// `id` is a CVE, or the id of an advisory.
fn explanations(snapshot: &Snapshot, model: &Naive, host: &Host, bits: Option<&RoaringBitmap>, id: &str) {
    let entries = model.entries(&host.facts);
    let rules = model.rules.get(&host.facts.platform);
    for package in [None, Some("libssl3")] {
        let mut expected: Vec<_> = counted(&entries)
            .filter(|entry| package.is_none_or(|name| entry.package.name == name))
            .filter_map(|entry| Some(rules?.explain(&entry.package, entry.role, Some(id))))
            .filter(|explained| package.is_some() || !explained.considered.is_empty())
            .collect();
        let found = snapshot.host_explain(host.row.id, id, package, bits).unwrap();
        assert_eq!(found.explanation_count, found.explanations.len() as u64);
        if rules.is_some() {
            let mut explained = found.explanations.clone();
            for list in [&mut explained, &mut expected] {
                list.sort_by(|a, b| (&a.package, a.role).cmp(&(&b.package, b.role)));
            }
            assert_eq!(explained, expected, "{id} {package:?}");
        }
        let named = |finding: &&Finding| finding.cve == id && package.is_none_or(|name| finding.package == name);
        let mut open: Vec<Finding> = host.findings.iter().filter(named).cloned().collect();
        open.sort();
        let mut findings = found.findings.clone();
        findings.sort();
        assert_eq!((findings, found.finding_count), (open.clone(), open.len() as u64));
    }
}
