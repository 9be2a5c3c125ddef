//! What servers share: leases, settings, decisions, the verdict log.

use crate::fixture::{later, now, store_test};
use crate::sample::{MACHINE, debian, report};
use model::{Role, State};
use store::{Cause, DecisionKind, Lease, NewDecision, StoreError, VerdictChange};

store_test! {
    async fn a_lease_is_one_servers_until_it_runs_out(fixture) {
        let other = fixture.another().await;
        let lease = |holder: &str, until| Lease {
            name: "feed debian-tracker".into(),
            holder: holder.into(),
            until: later(until),
            version: "0.1.0".into(),
        };
        assert!(fixture.store.lease_take(&lease("a", 60), now()).await.unwrap());
        assert!(!other.lease_take(&lease("b", 90), later(59)).await.unwrap());
        assert!(fixture.store.lease_take(&lease("a", 120), later(59)).await.unwrap());
        assert!(!other.lease_take(&lease("b", 180), later(119)).await.unwrap());
        assert!(other.lease_take(&lease("b", 180), later(120)).await.unwrap());
        assert_eq!(fixture.store.lease_list().await.unwrap(), [lease("b", 180)]);
        // Only the holder can give it back.
        fixture.store.lease_release("feed debian-tracker", "a").await.unwrap();
        assert_eq!(fixture.store.lease_list().await.unwrap().len(), 1);
        other.lease_release("feed debian-tracker", "b").await.unwrap();
        assert_eq!(fixture.store.lease_list().await.unwrap(), []);
        other.close().await;
    }
}

store_test! {
    async fn settings_keep_the_type_of_their_value(fixture) {
        let store = &fixture.store;
        assert_eq!(store.setting_get::<String>("title").await.unwrap(), None);
        // The text 1.10 must not become the number 1.1.
        assert_eq!(store.setting_set("title", &"1.10".to_owned(), "root", now()).await.unwrap(), 1);
        assert_eq!(store.setting_get::<String>("title").await.unwrap().as_deref(), Some("1.10"));
        store.setting_set("title", &vec![1, 2], "root", later(1)).await.unwrap();
        assert_eq!(store.setting_get::<Vec<i32>>("title").await.unwrap(), Some(vec![1, 2]));
        assert!(matches!(store.setting_get::<String>("title").await, Err(StoreError::Damaged { .. })));
        let changes = store.change_list(0, 10).await.unwrap();
        assert_eq!((changes.len(), changes[1].cause), (2, Cause::Setting));
        assert_eq!(changes[1].what, serde_json::json!({ "setting": "title" }));
    }
}

store_test! {
    async fn decisions_are_revoked_and_never_changed(fixture) {
        let store = &fixture.store;
        let new = NewDecision {
            kind: DecisionKind::Exception,
            body: serde_json::json!({ "cve": "CVE-2026-00001", "package": "openssl" }),
            author: "root".into(),
            expires_at: Some(later(86_400)),
        };
        let (id, seq) = store.decision_create(&new, now()).await.unwrap();
        assert_eq!(seq, 1);
        let found = store.decision_list(DecisionKind::Exception).await.unwrap().remove(0);
        assert_eq!((found.id, &found.body, found.expires_at, &found.revoked), (id, &new.body, Some(later(86_400)), &None));
        assert_eq!(store.decision_list(DecisionKind::Tag).await.unwrap(), []);
        assert_eq!(store.decision_revoke(id, "other", later(60)).await.unwrap(), Some(2));
        assert_eq!(store.decision_revoke(id, "other", later(61)).await.unwrap(), None);
        let found = store.decision_list(DecisionKind::Exception).await.unwrap().remove(0);
        assert_eq!(found.revoked, Some((later(60), "other".to_owned())));
        let scalar = NewDecision { body: serde_json::json!("1.10"), ..new };
        assert!(matches!(store.decision_create(&scalar, now()).await, Err(StoreError::Damaged { .. })));
    }
}

store_test! {
    async fn verdicts_are_logged_in_their_order(fixture) {
        let store = &fixture.store;
        let state = report(fixture, &debian(MACHINE), 1, now()).await.state.unwrap();
        let change = |package, from, to, seconds| VerdictChange {
            package,
            role: Role::Installed,
            cve: "CVE-2026-00001".into(),
            from,
            to,
            at: later(seconds),
            cause: "advisory".into(),
            detail: "debian-tracker 7".into(),
        };
        let mut ids: Vec<i64> = state.inventory.iter().map(|entry| entry.package).collect();
        ids.dedup();
        let (a, b) = (ids[0], ids[1]);
        let changes = [
            change(a, None, Some(State::NoFix), 1),
            change(b, None, Some(State::FixAvailable), 1),
            change(a, Some(State::NoFix), None, 2),
        ];
        store.verdict_append(&changes[..2]).await.unwrap();
        store.verdict_append(&changes[2..]).await.unwrap();
        assert_eq!(store.verdict_list(a).await.unwrap(), [changes[0].clone(), changes[2].clone()]);
        let newest = store.verdict_list_cve("CVE-2026-00001", 2).await.unwrap();
        assert_eq!(newest, [changes[2].clone(), changes[1].clone()]);
        let odd = VerdictChange { cause: "whim".into(), ..changes[0].clone() };
        assert!(store.verdict_append(&[odd]).await.is_err());
    }
}
