//! Check-ins.

use crate::fixture::{later, now, store_test};
use crate::sample::{MACHINE, checkin, checkin_observed, debian, report};
use jiff::Timestamp;
use model::wire::{Answer, Collected, Digest, SectionName};
use store::{CLOCK_AHEAD, Cause, Store, TOKENS};

/// What is on record as awaited of a host.
async fn awaited_of(store: &Store, id: i64) -> Vec<(SectionName, Timestamp)> {
    let state = store.host_get(id).await.unwrap().unwrap();
    SectionName::ALL.into_iter().filter_map(|name| Some((name, state.section(name)?.awaited_since?))).collect()
}

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
    async fn a_changed_host_is_asked_for_what_changed_and_that_is_all_that_is_noted(fixture) {
        let id = report(fixture, &debian(MACHINE), 1, now()).await.host_id;
        let mut before = fixture.dump().await;
        let mut host = debian(MACHINE);
        host.packages.as_mut().unwrap().records.pop();
        host.updates = Err("no lists".into());
        let outcome = checkin(&fixture.store, &host, later(60)).await;
        assert_eq!(outcome.answer, Answer::Send);
        assert_eq!(outcome.sections, [SectionName::Packages, SectionName::Updates]);
        let mut after = fixture.dump().await;
        for table in ["awaited_sections", "change_log", "log_head"] {
            assert_ne!(before.remove(table), after.remove(table), "{table}");
        }
        assert_eq!(after, before);
        let awaited = async || awaited_of(&fixture.store, id).await;
        let since = vec![(SectionName::Packages, later(60)), (SectionName::Updates, later(60))];
        assert_eq!((awaited().await, outcome.awaited), (since.clone(), Some(since)));
        // Said again, it is no news.
        let noted = fixture.dump().await;
        let again = checkin(&fixture.store, &host, later(61)).await;
        assert_eq!((again.sections, again.awaited), (outcome.sections, None));
        assert_eq!(fixture.dump().await, noted);
        // Reported, it is known, unavailable section included; and asked for when that is back.
        report(fixture, &host, 2, later(61)).await;
        assert_eq!(awaited().await, []);
        assert_eq!(checkin(&fixture.store, &host, later(62)).await.answer, Answer::Known);
        host.updates = debian(MACHINE).updates;
        assert_eq!(checkin(&fixture.store, &host, later(63)).await.sections, [SectionName::Updates]);
    }
}

store_test! {
    async fn a_refused_report_says_by_hashes_what_is_outdated(fixture) {
        let mut host = debian(MACHINE);
        let id = report(fixture, &host, 1, now()).await.host_id;
        let hashes = |host: &Collected| -> Vec<_> {
            let present = |(name, digest): (SectionName, &Digest)| match digest {
                Digest::Present { hash } => Some((name, *hash)),
                Digest::Unavailable { .. } => None,
            };
            host.digests().unwrap().iter().filter_map(present).collect()
        };
        let before = fixture.dump().await;
        assert_eq!(fixture.store.host_says(TOKENS, MACHINE, &hashes(&host), later(60)).await.unwrap(), None);
        let nobody = "f00d".repeat(8);
        assert_eq!(fixture.store.host_says(TOKENS, &nobody, &hashes(&host), later(60)).await.unwrap(), None);
        assert_eq!(fixture.dump().await, before, "it says nothing new");
        host.packages.as_mut().unwrap().records.pop();
        host.runtime.as_mut().unwrap().running_kernel = "6.1.0-99-amd64".into();
        let says = fixture.store.host_says(TOKENS, MACHINE, &hashes(&host), later(60)).await.unwrap().unwrap();
        assert_eq!((says.host, says.sections.as_slice()), (id, &[(SectionName::Packages, later(60))][..]));
        assert_eq!(awaited_of(&fixture.store, id).await, says.sections);
        let state = fixture.store.host_get(id).await.unwrap().unwrap();
        assert_eq!((state.last_seen_at, state.revision), (now(), 1), "nothing else is noted");
    }
}

store_test! {
    /// Whatever a host dates itself is not known to be so while its clock is ahead: a report tells.
    async fn a_clock_that_goes_ahead_or_right_again_is_news(fixture) {
        report(fixture, &debian(MACHINE), 1, now()).await;
        let at = async |ahead: i64| {
            checkin_observed(&fixture.store, &debian(MACHINE), None, later(3600 + ahead), later(3600)).await
        };
        assert_eq!(at(CLOCK_AHEAD.as_secs()).await.answer, Answer::Known, "the boundary is no news");
        let ahead = at(CLOCK_AHEAD.as_secs() + 1).await;
        assert_eq!((ahead.answer, ahead.sections.as_slice()), (Answer::Send, &[SectionName::Host][..]));
    }
}
