//! The record in memory, on its one connection.

use crate::fixture::{later, now};
use crate::sample::{MACHINE, checkin, commit, debian, write};
use store::{Location, Store};

#[tokio::test]
async fn one_connection_is_enough_for_everything() {
    let store = Store::open(&Location::Memory, now()).await.unwrap();
    let id = commit(&store, write(&debian(MACHINE), 1, now())).await.host_id;
    checkin(&store, &debian(MACHINE), later(60)).await;
    assert_eq!(store.host_packages(id).await.unwrap().len(), 6);
    assert_eq!(store.hosts_load(|_| {}).await.unwrap().hosts, 1);
    let other = Store::open(&Location::Memory, now()).await.unwrap();
    assert_eq!(other.host_list(0, 10).await.unwrap(), []);
    store.close().await;
}

/// The server runs these as tasks of their own.
#[tokio::test]
async fn what_the_store_does_can_be_moved_between_threads() {
    fn movable<T: Send>(_: &T) {}
    let store = Store::open(&Location::Memory, now()).await.unwrap();
    movable(&store.reports_commit(Vec::new()));
    movable(&store.checkins_commit(Vec::new()));
    movable(&store.hosts_load(|_| {}));
    movable(&store.packages_load(0, |_, _| {}));
    movable(&store.advisories_load(None, |_| {}));
    movable(&store.host_section::<model::wire::sections::Updates>(1, model::wire::SectionName::Updates));
    movable(&store.setting_set("a", &1, "b", now()));
    movable(&store.feed_generation_begin("a", now()));
}
