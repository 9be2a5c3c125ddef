//! Inventories in time, and the transposed log.

use crate::fixture::{Fixture, later, now, store_test};
use crate::sample::{MACHINE, debian, packages, report};
use model::Role;
use model::wire::SectionName;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use store::{PackageEvent, Store};

async fn names(store: &Store, entries: &[store::InventoryEntry]) -> Vec<String> {
    let ids: Vec<i64> = entries.iter().map(|entry| entry.package).collect();
    let mut names: Vec<String> =
        store.package_get(&ids).await.unwrap().into_iter().map(|(_, p)| format!("{} {}", p.name, p.version)).collect();
    names.sort();
    names
}

store_test! {
    async fn three_changes_are_three_intervals_without_gaps(fixture) {
        let lists: [&[(&str, &str)]; 3] = [&[("bash", "1"), ("vim", "1")], &[("bash", "2"), ("vim", "1")], &[("bash", "2")]];
        let mut host = 0;
        for (number, list) in (1_u32..).zip(lists) {
            let mut collected = debian(MACHINE);
            collected.packages = Ok(packages(list));
            // Received ten seconds after it was observed.
            let observed = later(i64::from(number) * 100);
            let mut write = crate::sample::write(&collected, u64::from(number), observed);
            write.received_at = later(i64::from(number) * 100 + 10);
            host = crate::sample::commit(&fixture.store, write).await.host_id;
        }
        let history = fixture.store.section_history(host, SectionName::Packages).await.unwrap();
        let times: Vec<_> =
            history.iter().map(|i| (i.revision, i.observed_at, i.recorded_at, i.ended_at, i.ended_recorded_at)).collect();
        assert_eq!(
            times,
            [
                (1, later(100), later(110), Some(later(200)), Some(later(210))),
                (2, later(200), later(210), Some(later(300)), Some(later(310))),
                (3, later(300), later(310), None, None),
            ]
        );
        // The other sections did not change.
        assert_eq!(fixture.store.section_history(host, SectionName::Updates).await.unwrap().len(), 1);
        assert_eq!(fixture.store.scan_list(host, i64::MAX, 10).await.unwrap().len(), 3);

        let at = async |at: i64, known: i64| {
            let found = fixture.store.inventory_at(host, later(at), later(known)).await.unwrap();
            match found {
                Some(found) => names(&fixture.store, &found.entries).await,
                None => vec!["nothing".to_owned()],
            }
        };
        assert_eq!(at(99, 9999).await, ["nothing"]);
        assert_eq!(at(100, 9999).await, ["bash 1", "vim 1"]);
        assert_eq!(at(250, 9999).await, ["bash 2", "vim 1"]);
        assert_eq!(at(9999, 9999).await, ["bash 2"]);
        // As it was on record before the third report, and before the first.
        assert_eq!(at(9999, 309).await, ["bash 2", "vim 1"]);
        assert_eq!(at(9999, 109).await, ["nothing"]);
    }
}

store_test! {
    async fn the_log_names_hosts_by_package(fixture) {
        let machines = [MACHINE, "fffffffffffffffffffffffffffffffe"];
        let mut hosts = Vec::new();
        for machine in machines {
            let mut collected = debian(machine);
            collected.packages = Ok(packages(&[("bash", "1"), ("vim", "1")]));
            hosts.push(report(fixture, &collected, 1, now()).await.host_id);
            collected.packages = Ok(packages(&[("bash", "2"), ("vim", "1")]));
            report(fixture, &collected, 2, later(60)).await;
        }
        let mut all = Vec::new();
        fixture.store.packages_load(0, |id, package| all.push((id, package.name, package.version))).await.unwrap();
        assert_eq!(all.len(), 3);
        let id = |version: &str| all.iter().find(|(_, name, v)| name == "bash" && v == version).unwrap().0;
        let event = |package, host: i64, came| PackageEvent {
            package,
            role: Role::Installed,
            host,
            revision: 2,
            came,
            observed_at: later(60),
            recorded_at: later(60),
        };
        let events = fixture.store.package_events(&[id("1")], now()).await.unwrap();
        assert_eq!(events, [event(id("1"), hosts[0], false), event(id("1"), hosts[1], false)]);
        let events = fixture.store.package_events(&[id("2")], now()).await.unwrap();
        assert_eq!(events, [event(id("2"), hosts[0], true), event(id("2"), hosts[1], true)]);
        assert_eq!(fixture.store.package_events(&[id("1"), id("2")], later(60)).await.unwrap(), []);
        // What stayed has no events.
        let vim = all.iter().find(|(_, name, _)| name == "vim").unwrap().0;
        assert_eq!(fixture.store.package_events(&[vim], now()).await.unwrap(), []);
        // Followers ask for what is new only.
        let mut news = Vec::new();
        let last = fixture.store.packages_load(id("1").max(vim), |id, _| news.push(id)).await.unwrap();
        assert_eq!((news, last), (vec![id("2")], id("2")));
    }
}

/// Sends any sequence of package sets and holds, for every moment, that the set in force then is the
/// present one with the log undone back to it.
async fn undoing_the_log_gives_the_past(fixture: &Fixture, machine: &str, sets: Vec<BTreeSet<u8>>) {
    let mut host = 0;
    for (number, set) in (1_u32..).zip(&sets) {
        let mut collected = debian(machine);
        let list: Vec<(String, &str)> = set.iter().map(|n| (format!("p{n}"), "1")).collect();
        collected.packages = Ok(packages(&list.iter().map(|(name, v)| (name.as_str(), *v)).collect::<Vec<_>>()));
        host = report(fixture, &collected, u64::from(number), later(i64::from(number))).await.host_id;
    }
    let mut ids = Vec::new();
    fixture.store.packages_load(0, |id, package| ids.push((id, package.name))).await.unwrap();
    let keys: Vec<i64> = ids.iter().map(|(id, _)| *id).collect();
    for (number, set) in (1_u32..).zip(&sets) {
        let mut then: BTreeSet<i64> =
            fixture.store.host_get(host).await.unwrap().unwrap().inventory.iter().map(|entry| entry.package).collect();
        let mut events = fixture.store.package_events(&keys, later(i64::from(number))).await.unwrap();
        events.retain(|event| event.host == host);
        for event in events.into_iter().rev() {
            let changed = if event.came { then.remove(&event.package) } else { then.insert(event.package) };
            assert!(changed, "{event:?} undoes nothing");
        }
        let expected: BTreeSet<String> = set.iter().map(|n| format!("p{n}")).collect();
        let found: BTreeSet<String> =
            ids.iter().filter(|(id, _)| then.contains(id)).map(|(_, name)| name.clone()).collect();
        assert_eq!(found, expected, "after report {number} of {sets:?}");
    }
}

store_test! {
    async fn the_log_is_the_difference_of_the_sets(fixture) {
        // The same cases in every run: a failure is found again.
        let mut runner = TestRunner::deterministic();
        let strategy = prop::collection::vec(prop::collection::btree_set(0..12_u8, 0..8), 1..6);
        for case in 1..=12_u32 {
            let sets = strategy.new_tree(&mut runner).unwrap().current();
            undoing_the_log_gives_the_past(fixture, &format!("{case:032x}"), sets).await;
        }
    }
}
