//! Check-ins.

use crate::fixture::{later, now, store_test};
use crate::sample::{MACHINE, checkin, debian, report};
use model::wire::{Answer, SectionName};
use store::Cause;

store_test! {
    async fn an_unknown_host_is_asked_for_everything(fixture) {
        let mut host = debian(MACHINE);
        host.history = Err("no log".into());
        let outcome = checkin(&fixture.store, &host, now()).await;
        assert_eq!((outcome.host_id, outcome.answer, outcome.next_sequence), (None, Answer::Send, 1));
        assert_eq!(outcome.sections, SectionName::ALL[..5]);
        assert_eq!(fixture.count("hosts").await, 0);
    }
}

store_test! {
    async fn an_unchanged_host_is_known_and_seen(fixture) {
        let id = report(fixture, &debian(MACHINE), 1, now()).await.host_id;
        let mut host = debian(MACHINE);
        host.heartbeat.uptime_seconds = Some(3677);
        let outcome = checkin(&fixture.store, &host, later(3600)).await;
        assert_eq!((outcome.host_id, outcome.answer, outcome.next_sequence), (Some(id), Answer::Known, 2));
        assert_eq!((outcome.sections.as_slice(), outcome.seq), (&[][..], 2));
        let state = fixture.store.host_get(id).await.unwrap().unwrap();
        assert_eq!((state.last_seen_at, state.observed_at), (later(3600), later(3600)));
        assert_eq!(state.heartbeat.uptime_seconds, Some(3677));
        assert_eq!((state.sequence, state.revision), (1, 2));
        let runs = fixture.store.scan_list(id, i64::MAX, 10).await.unwrap();
        assert_eq!((runs.len(), runs[0].count, runs[0].last_at), (1, 2, later(3600)));
        let changes = fixture.store.change_list(1, 10).await.unwrap();
        assert_eq!((changes.len(), changes[0].cause), (1, Cause::CheckIn));
        assert_eq!(changes[0].what, serde_json::json!({ "hosts": [id] }));
        // The next report goes on from there.
        report(fixture, &debian(MACHINE), 2, later(7200)).await;
    }
}

store_test! {
    async fn a_changed_host_is_asked_for_what_changed_and_nothing_is_noted(fixture) {
        report(fixture, &debian(MACHINE), 1, now()).await;
        let before = fixture.dump().await;
        let mut host = debian(MACHINE);
        host.packages.as_mut().unwrap().records.pop();
        host.updates = Err("no lists".into());
        let outcome = checkin(&fixture.store, &host, later(60)).await;
        assert_eq!(outcome.answer, Answer::Send);
        assert_eq!(outcome.sections, [SectionName::Packages, SectionName::Updates]);
        assert_eq!(fixture.dump().await, before);
        // Reported, it is known, unavailable section included; and asked for when that is back.
        report(fixture, &host, 2, later(61)).await;
        assert_eq!(checkin(&fixture.store, &host, later(62)).await.answer, Answer::Known);
        host.updates = debian(MACHINE).updates;
        assert_eq!(checkin(&fixture.store, &host, later(63)).await.sections, [SectionName::Updates]);
    }
}
