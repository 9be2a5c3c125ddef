//! Hosts that do not count for a time.

use crate::fixture::{later, now, store_test};
use crate::sample::{MACHINE, checkin, commit, debian, report, write};
use model::wire::{Answer, Labels, SectionName};
use store::{Cause, Fate, HostRemoval, ReportWrite};

const OTHER: &str = "fffffffffffffffffffffffffffffffe";

store_test! {
    async fn a_removed_host_does_not_count_and_nothing_of_it_is_lost(fixture) {
        let store = &fixture.store;
        let id = report(fixture, &debian(MACHINE), 1, now()).await.host_id;
        let other = report(fixture, &debian(OTHER), 1, now()).await.host_id;
        let before = store.host_get(id).await.unwrap().unwrap();
        let (host, seq) = store.host_remove(id, "ann", None, later(10)).await.unwrap().unwrap();
        assert_eq!((host.id, host.namespace, host.machine_id.as_str(), seq), (id, 1, MACHINE, 3));

        let ids: Vec<i64> = store.host_list(0, 10).await.unwrap().iter().map(|host| host.id).collect();
        assert_eq!(ids, [other]);
        let mut loaded = Vec::new();
        assert_eq!(store.hosts_load(|host| loaded.push(host.id)).await.unwrap().hosts, 1);
        assert_eq!(loaded, [other]);
        assert_eq!(store.hosts_of_machine(MACHINE).await.unwrap(), []);

        let removal = store.host_removal(id).await.unwrap();
        let expected = HostRemoval { host: id, removed_at: later(10), removed_by: "ann".into(), successor: None };
        assert_eq!(removal, Some(expected));
        assert_eq!(store.host_removal(other).await.unwrap(), None);
        let after = store.host_get(id).await.unwrap().unwrap();
        assert_eq!((after.inventory, after.updates, after.sections), (before.inventory, before.updates, before.sections));
        assert_eq!(fixture.count("inventories WHERE host_id = 1 AND ended_at IS NULL").await, 6, "one a section");
        let change = store.change_list(2, 10).await.unwrap().remove(0);
        assert_eq!((change.seq, change.cause, change.host), (3, Cause::Decision, Some(id)));
        assert_eq!(change.what, serde_json::json!({ "removed": id }));

        let before = fixture.dump().await;
        assert_eq!(store.host_remove(id, "bob", None, later(20)).await.unwrap(), None, "it does not count already");
        assert_eq!(store.host_remove(99, "bob", None, later(20)).await.unwrap(), None, "there is no such host");
        assert_eq!(fixture.dump().await, before);
    }
}

store_test! {
    /// The same machine under the same credential is the same host: id and history go on.
    async fn a_report_makes_it_count_again(fixture) {
        let store = &fixture.store;
        let id = report(fixture, &debian(MACHINE), 1, now()).await.host_id;
        store.host_remove(id, "ann", None, later(10)).await.unwrap().unwrap();
        // The last report once more, delayed on the way, says nothing new.
        let delayed = ReportWrite { received_at: later(11), ..write(&debian(MACHINE), 1, now()) };
        let again = commit(store, delayed).await;
        assert_eq!(again.fate, Fate::Duplicate);
        assert!(store.host_removal(id).await.unwrap().is_some());
        // A check-in alone is not enough: it asks for a whole report.
        let before = fixture.dump().await;
        let asked = checkin(store, &debian(MACHINE), later(20)).await;
        assert_eq!((asked.host_id, asked.answer), (Some(id), Answer::ReportNow));
        assert_eq!(asked.sections, SectionName::ALL);
        assert_eq!(fixture.dump().await, before);

        let back = commit(store, write(&debian(MACHINE), asked.next_sequence, later(21))).await;
        assert_eq!((back.host_id, back.fate, back.first, back.returned), (id, Fate::Applied, false, true));
        assert_eq!(back.changed, [], "what it has is what it had");
        assert_eq!(store.host_removal(id).await.unwrap(), None);
        assert_eq!(store.host_list(0, 10).await.unwrap().len(), 1);
        assert_eq!(checkin(store, &debian(MACHINE), later(22)).await.answer, Answer::Known);
        // The time without it stays on record.
        let interval = "SELECT CAST(returned_at - removed_at AS TEXT) FROM host_removals";
        assert_eq!(fixture.column(interval).await, ["11000000"]);
        assert_eq!(fixture.count("inventories WHERE host_id = 1").await, 6, "no interval was ended or begun");
        // It can go again.
        store.host_remove(id, "ann", None, later(30)).await.unwrap().unwrap();
        assert_eq!(fixture.count("host_removals").await, 2);
    }
}

store_test! {
    async fn a_successor_is_named_and_found(fixture) {
        let store = &fixture.store;
        let own = ReportWrite { namespace: 0, ..write(&debian(MACHINE), 1, now()) };
        let own = commit(store, own).await.host_id;
        let agent = report(fixture, &debian(MACHINE), 1, now()).await.host_id;
        let found = store.hosts_of_machine(MACHINE).await.unwrap();
        let found: Vec<(i64, i64)> = found.iter().map(|host| (host.id, host.namespace)).collect();
        assert_eq!(found, [(own, 0), (agent, 1)]);
        store.host_remove(own, "server", Some(agent), later(1)).await.unwrap().unwrap();
        assert_eq!(store.host_removal(own).await.unwrap().unwrap().successor, Some(agent));
        assert_eq!(store.hosts_replaced_by(agent).await.unwrap(), [own]);
        assert_eq!(store.hosts_of_machine(MACHINE).await.unwrap().len(), 1);
        let change = store.change_list(2, 10).await.unwrap().remove(0);
        assert_eq!(change.what, serde_json::json!({ "removed": own, "successor": agent }));
    }
}

store_test! {
    /// A report that was compared before the removal is compared again, and ends it: whichever comes
    /// last is in force, on every server.
    async fn a_removal_and_reports_at_once_leave_one_truth(fixture) {
        let id = report(fixture, &debian(MACHINE), 1, now()).await.host_id;
        for round in 0..8 {
            let (first, second) = (fixture.store.clone(), fixture.store.clone());
            let report = write(&debian(MACHINE), 2 + round, later(10 + i64::try_from(round).unwrap()));
            let removed = async move { first.host_remove(id, "ann", None, later(10)).await.unwrap() };
            let reported = async move { second.reports_commit(vec![report]).await.remove(0).unwrap() };
            let (removed, reported) = tokio::join!(removed, reported);
            let (_, removed) = removed.unwrap();
            let gone = fixture.store.host_removal(id).await.unwrap().is_some();
            assert_eq!(gone, removed > reported.seq, "round {round}");
            assert_eq!(reported.returned, !gone);
            if gone {
                let number = checkin(&fixture.store, &debian(MACHINE), later(100)).await.next_sequence;
                assert_eq!(number, 3 + round);
                // Back for the next round, with a number that the next report passes.
                fixture.execute("UPDATE host_removals SET returned_at = 0 WHERE returned_at IS NULL").await;
            }
        }
    }
}

store_test! {
    async fn other_labels_are_asked_for(fixture) {
        let labels = |tag: &str| Some(Labels { tag: tag.into(), ..Labels::default() });
        report(fixture, &debian(MACHINE), 1, now()).await;
        let store = &fixture.store;
        let with = async |labels: Option<Labels>| crate::sample::checkin_with(store, &debian(MACHINE), labels, later(5)).await;
        assert_eq!(with(None).await.answer, Answer::Known);
        assert_eq!(with(labels("")).await.answer, Answer::Known, "none is set, and none is known");
        let asked = with(labels("web")).await;
        assert_eq!((asked.answer, asked.sections.as_slice()), (Answer::Send, &[SectionName::Host][..]));
        let mut relabelled = write(&debian(MACHINE), asked.next_sequence, later(6));
        relabelled.report.tag = "web".into();
        let state = commit(store, relabelled).await.state.unwrap();
        assert_eq!(state.tag, "web");
        assert_eq!(with(labels("web")).await.answer, Answer::Known);
        assert_eq!(with(labels("")).await.answer, Answer::Send, "the label was taken away");
    }
}

store_test! {
    async fn a_probe_writes_and_says_nothing(fixture) {
        let before = fixture.store.change_head().await.unwrap();
        fixture.store.probe_write(later(7)).await.unwrap();
        assert_eq!(fixture.store.change_head().await.unwrap(), before);
        let at = fixture.column("SELECT CAST(at AS TEXT) FROM write_probe").await;
        assert_eq!(at, [later(7).as_microsecond().to_string()]);
    }
}
