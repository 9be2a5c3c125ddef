//! Users, sessions, set-up links, tokens.

use crate::fixture::{later, now, store_test};
use store::{NewUser, SetupLink, StoreError, TOKENS};

fn admin(name: &str) -> NewUser {
    NewUser { name: name.into(), password: "$argon2id$v=19$...".into(), role: "administrator".into() }
}

store_test! {
    async fn a_set_up_link_works_once(fixture) {
        let store = &fixture.store;
        store.setup_link_create([1; 32], now(), later(3600)).await.unwrap();
        assert_eq!(store.setup_link_use([9; 32], &admin("root"), now()).await.unwrap(), SetupLink::Unknown);
        assert_eq!(store.setup_link_use([1; 32], &admin("root"), later(3600)).await.unwrap(), SetupLink::Expired);
        assert_eq!(store.user_list().await.unwrap(), []);
        let SetupLink::Done(user) = store.setup_link_use([1; 32], &admin("Root"), later(60)).await.unwrap() else {
            panic!("the link was good");
        };
        assert_eq!((user.name.as_str(), user.created_at), ("Root", later(60)));
        assert_eq!(store.setup_link_use([1; 32], &admin("two"), later(61)).await.unwrap(), SetupLink::Used);
        assert_eq!(store.user_list().await.unwrap(), [user]);
    }
}

store_test! {
    async fn a_new_set_up_link_replaces_the_last(fixture) {
        let store = &fixture.store;
        store.setup_link_create([1; 32], now(), later(3600)).await.unwrap();
        store.setup_link_create([2; 32], later(10), later(3600)).await.unwrap();
        assert_eq!(store.setup_link_use([1; 32], &admin("root"), later(20)).await.unwrap(), SetupLink::Unknown);
        // A name that is taken does not use the link up.
        store.user_create(&admin("root"), now()).await.unwrap();
        let taken = store.setup_link_use([2; 32], &admin("ROOT"), later(20)).await;
        assert!(matches!(taken, Err(StoreError::Exists(_))), "{taken:?}");
        assert!(matches!(store.setup_link_use([2; 32], &admin("b"), later(30)).await.unwrap(), SetupLink::Done(_)));
    }
}

store_test! {
    async fn users_are_found_whatever_the_case(fixture) {
        let store = &fixture.store;
        let user = store.user_create(&admin("Zoë"), now()).await.unwrap();
        assert_eq!(store.user_find("ZOË").await.unwrap(), Some(user.clone()));
        assert_eq!(store.user_find("zo").await.unwrap(), None);
        assert!(matches!(store.user_create(&admin("zoë"), now()).await, Err(StoreError::Exists(_))));
        assert!(!format!("{user:?}").contains("argon2"));
    }
}

store_test! {
    async fn sessions_run_out_and_end(fixture) {
        let store = &fixture.store;
        let user = store.user_create(&admin("root"), now()).await.unwrap();
        store.session_create(user.id, [1; 32], now(), later(100)).await.unwrap();
        store.session_create(user.id, [2; 32], now(), later(200)).await.unwrap();
        let session = store.session_find([1; 32], later(99)).await.unwrap().unwrap();
        assert_eq!((session.user.id, session.expires_at), (user.id, later(100)));
        assert_eq!(store.session_find([1; 32], later(100)).await.unwrap(), None);
        assert_eq!(store.session_find([3; 32], now()).await.unwrap(), None);
        // Signing in clears away what ran out.
        store.session_create(user.id, [3; 32], later(150), later(300)).await.unwrap();
        assert_eq!(fixture.count("sessions").await, 2);
        store.session_delete([3; 32]).await.unwrap();
        assert_eq!(store.session_find([3; 32], later(160)).await.unwrap(), None);
        // Another password ends every session.
        store.user_password_set(user.id, "$argon2id$v=19$other").await.unwrap();
        assert_eq!(store.session_find([2; 32], later(160)).await.unwrap(), None);
        assert!(matches!(store.user_password_set(99, "x").await, Err(StoreError::Missing(_))));
    }
}

store_test! {
    async fn tokens_are_found_until_revoked(fixture) {
        let store = &fixture.store;
        let token = store.token_create("fleet", [1; 32], now()).await.unwrap();
        assert_eq!(store.token_find([1; 32], later(1)).await.unwrap(), Some(token.clone()));
        assert!(matches!(store.token_create("again", [1; 32], now()).await, Err(StoreError::Exists(_))));
        // Another speaks for the same hosts.
        let other = store.token_create("fleet 2", [2; 32], later(1)).await.unwrap();
        assert_ne!(other.id, token.id);
        assert_eq!((token.namespace, other.namespace), (TOKENS, TOKENS));
        assert!(store.token_revoke(token.id, later(2)).await.unwrap());
        assert!(!store.token_revoke(token.id, later(3)).await.unwrap());
        assert_eq!(store.token_find([1; 32], later(1)).await.unwrap(), None);
        let all = store.token_list().await.unwrap();
        assert_eq!((all.len(), all[0].revoked_at), (2, Some(later(2))));
    }
}
