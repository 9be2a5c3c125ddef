//! One host with many packages of one source and many CVEs each: no answer grows with their product.

use crate::fleet_of::{platform, start};
use crate::{pages, plain};
use fleet::{
    Change, CveHostsQuery, FindingsQuery, HostFacts, HostFindingsQuery, HostId, Index, MOST_EXPLAINED,
    MOST_EXPLAINED_FINDINGS, MOST_NAMES, PackageId, Reader,
};
use model::{FactStatus, Origin, Package, Role, Severity, State};

const PACKAGES: i64 = 150;
const CVES: usize = 90;

fn package(n: i64) -> Package {
    Package {
        platform: platform(0),
        name: format!("part-{n:04}"),
        version: "1.0-1".into(),
        arch: "amd64".into(),
        source: "whole".into(),
        source_version: "1.0-1".into(),
        module: String::new(),
        origin: Origin::Distribution,
    }
}

fn fleet() -> Reader {
    let facts = (0..CVES).map(|n| {
        // Every third has no fix; the others are fixed in a version of their own.
        let status = if n % 3 == 0 { FactStatus::Affected } else { FactStatus::Fixed(format!("2.{n}-1")) };
        plain::fact(&format!("CVE-2026-{n:04}"), "whole", status, Severity::ALL[n % 6])
    });
    let rules = plain::rules(facts.collect());
    let host = HostFacts {
        inventory: (0..PACKAGES).map(|n| (PackageId(n), Role::Installed, false)).collect(),
        updates: (0..PACKAGES).map(|n| plain::update(&format!("part-{n:04}"), &format!("2.{n}-1"))).collect(),
        ..plain::host(1)
    };
    let mut index = Index::new(start());
    let packages = (0..PACKAGES).map(|n| (PackageId(n), package(n))).collect();
    index.apply(
        1,
        vec![
            Change::Rules { platform: platform(0), rules },
            Change::PackageIds(packages),
            Change::Host(Box::new(host)),
        ],
    );
    index.reader()
}

#[test]
fn pages_of_a_large_host_hold_every_pair_once() {
    let snapshot = fleet().snapshot();
    let query = HostFindingsQuery { limit: 499, ..HostFindingsQuery::default() };
    let rows = pages!(query, |query| snapshot.host_findings(HostId(1), &query, None).unwrap().page);
    assert_eq!(rows.len(), usize::try_from(PACKAGES).unwrap() * CVES);
    let place = |state: State| State::ALL.into_iter().position(|of| of == state);
    assert!(rows.is_sorted_by(|a, b| {
        let key = |row: &model::Finding| (place(row.state), std::cmp::Reverse(row.severity), row.cve.clone());
        (key(a), &a.package) < (key(b), &b.package)
    }));
    let two = HostFindingsQuery { words: "part-0007 0004".into(), limit: 5, ..HostFindingsQuery::default() };
    let found = snapshot.host_findings(HostId(1), &two, None).unwrap().page;
    assert_eq!((found.total, found.items[0].fixed_version.as_str()), (1, "2.4-1"));
    let settled = HostFindingsQuery { state: Some(State::NotAffected), limit: 5, ..HostFindingsQuery::default() };
    assert_eq!(snapshot.host_findings(HostId(1), &settled, None).unwrap().page.total, 0);
}

#[test]
fn a_row_names_few_and_counts_all() {
    let snapshot = fleet().snapshot();
    let packages: Vec<String> = (0..10).map(|n| format!("part-{n:04}")).collect();
    let page = snapshot.findings(&FindingsQuery { limit: 50, ..FindingsQuery::default() }, None);
    assert_eq!((page.items.len(), page.total), (50, CVES as u64));
    for row in &page.items {
        assert_eq!(row.packages.iter().map(ToString::to_string).collect::<Vec<_>>(), packages);
        assert_eq!(row.package_count, 150);
    }
    let update = &snapshot.overview(None).top_updates[0];
    assert_eq!((update.packages.len(), update.package_count), (MOST_NAMES, 150));
    assert_eq!((update.candidates.len(), update.candidate_count), (MOST_NAMES, 150));
    let cve = CveHostsQuery { cve: "CVE-2026-0001".into(), limit: 5, ..CveHostsQuery::default() };
    let cve = snapshot.cve(&cve, None).unwrap();
    assert_eq!((cve.hosts.items[0].packages.len(), cve.hosts.items[0].package_count), (MOST_NAMES, 150));
}

#[test]
fn an_explanation_is_of_few_packages_and_counts_all() {
    let snapshot = fleet().snapshot();
    let explained = snapshot.host_explain(HostId(1), "CVE-2026-0001", None, None).unwrap();
    assert_eq!((explained.explanations.len(), explained.explanation_count), (MOST_EXPLAINED, 150));
    assert_eq!((explained.findings.len(), explained.finding_count), (MOST_EXPLAINED_FINDINGS, 150));
    let one = snapshot.host_explain(HostId(1), "CVE-2026-0001", Some("part-0149"), None).unwrap();
    assert_eq!((one.explanation_count, one.finding_count), (1, 1));
    let closed = snapshot.host_closed(HostId(1), ("part-0149", "amd64"), "2.149-1", 3, None).unwrap();
    // Two of three have a fix. Of every sixth, which are the critical ones, none has.
    assert_eq!((closed.worst.len(), closed.total), (3, 60));
    assert_eq!(closed.worst[0].1, Severity::High);
}
