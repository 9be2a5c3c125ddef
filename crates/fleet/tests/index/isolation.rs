//! A snapshot that was taken stays as it is while the applier goes on.

use crate::fleet_of::{batches, start};
use fleet::{
    FindingsQuery, HostFindingsQuery, HostPackagesQuery, HostQuery, Index, PackagesQuery, Snapshot, UpdatesQuery,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::sync::atomic::{AtomicBool, Ordering};

/// Everything a snapshot says, as text.
fn said(snapshot: &Snapshot) -> String {
    let hosts = snapshot.hosts(&HostQuery { limit: 500, ..HostQuery::default() }, None);
    let all = HostFindingsQuery { negatives: true, limit: 500, ..HostFindingsQuery::default() };
    let each = hosts.page.items.iter().map(|host| {
        (
            snapshot.host(host.id, None),
            snapshot.host_packages(host.id, &HostPackagesQuery { limit: 500, ..HostPackagesQuery::default() }, None),
            snapshot.host_findings(host.id, &all, None),
        )
    });
    let each: Vec<_> = each.collect();
    let packages = snapshot.packages(&PackagesQuery { limit: 500, ..PackagesQuery::default() }, None);
    let updates = snapshot.updates(&UpdatesQuery { limit: 500, ..UpdatesQuery::default() }, None);
    let findings = snapshot.findings(&FindingsQuery { limit: 500, ..FindingsQuery::default() }, None);
    format!("{:?}", (snapshot.overview(None), hosts, each, packages, updates, findings))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn a_pinned_snapshot_never_changes(batches in batches(5)) {
        let mut index = Index::new(start());
        let reader = index.reader();
        let mut pinned = vec![];
        for (seq, batch) in (1..).zip(batches) {
            index.apply(seq, batch);
            let snapshot = reader.snapshot();
            let then = said(&snapshot);
            pinned.push((snapshot, then));
        }
        for (snapshot, then) in &pinned {
            prop_assert_eq!(&said(snapshot), then);
        }
        // Snapshots outlive their applier.
        drop(index);
        prop_assert_eq!(said(&reader.snapshot()), pinned.last().unwrap().1.clone());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn what_is_filled_in_shows_with_the_next_batch(batches in batches(5)) {
        let (mut published, mut filled) = (Index::new(start()), Index::new(start()));
        let (reader, empty) = (filled.reader(), said(&filled.reader().snapshot()));
        let last = batches.len() as u64;
        let mut judged = 0;
        for (seq, batch) in (1..).zip(batches) {
            judged += published.apply(seq, batch.clone()).judged;
            if seq < last {
                filled.fill(batch);
                prop_assert_eq!(&said(&reader.snapshot()), &empty);
            } else {
                prop_assert_eq!(filled.apply(seq, batch).judged, judged);
            }
        }
        prop_assert_eq!(said(&reader.snapshot()), said(&published.reader().snapshot()));
    }
}

#[test]
fn readers_beside_the_applier_see_whole_batches() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let tree = proptest::collection::vec(batches(40), 30).new_tree(&mut runner).unwrap();
    let mut index = Index::new(start());
    let reader = index.reader();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let (reader, done) = (reader.clone(), &done);
            scope.spawn(move || {
                let mut last = 0;
                loop {
                    let stop = done.load(Ordering::Acquire);
                    let snapshot = reader.snapshot();
                    assert!(snapshot.seq() >= last, "snapshots never go back");
                    last = snapshot.seq();
                    let overview = snapshot.overview(None);
                    let page = snapshot.hosts(&HostQuery { limit: 500, ..HostQuery::default() }, None);
                    let open: u64 = page.page.items.iter().map(|host| u64::from(host.open_findings)).sum();
                    let rows: u64 = page.page.items.len() as u64;
                    assert_eq!((rows, open), (overview.hosts.total, overview.findings.open));
                    assert_eq!((page.page.total, page.page.seq), (rows, overview.seq));
                    assert_eq!(page.facets.colour.iter().map(|bucket| bucket.count).sum::<u64>(), rows);
                    if stop {
                        break;
                    }
                }
            });
        }
        for (seq, batch) in (1..).zip(tree.current().into_iter().flatten()) {
            index.apply(seq, batch);
        }
        done.store(true, Ordering::Release);
    });
    assert!(reader.snapshot().overview(None).hosts.total > 20, "the fleet of this test is empty");
}
