//! A full disk under SQLite, and who may read its files.

use crate::fixture::now;
use crate::sample::{MACHINE, debian, write};
use std::os::unix::fs::PermissionsExt as _;
use store::{Location, Store};

/// SQLite answers SQLITE_FULL at its ceiling of pages as it does on a full disk
/// (<https://www.sqlite.org/pragma.html#pragma_max_page_count>) and rolls back by itself.
#[tokio::test]
async fn writes_go_on_when_there_is_space_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Sqlite(directory.path().to_owned()), now()).await.unwrap();
    store.setting_set("before", &1, "ann", now()).await.unwrap();
    for _ in 0..2 {
        // SQLite takes the present size where the ceiling asked for lies below it.
        let ceiling = store.setting("max_page_count = 1").await.unwrap();
        assert_eq!(ceiling, store.setting("page_count").await.unwrap());
        let error = store.setting_set("large", &"x".repeat(1 << 20), "ann", now()).await.unwrap_err();
        assert!(error.to_string().contains("database or disk is full"), "{error}");
        assert!(error.is_temporary() && error.is_full());
        // The ceiling is the connection's own: one that was closed took it along. One that stayed
        // would still be full, were it not raised here.
        store.setting("max_page_count = 1073741823").await.unwrap();
        store.setting_set("after", &2, "ann", now()).await.unwrap();
        store.reports_commit(vec![write(&debian(MACHINE), 1, now())]).await.remove(0).unwrap();
    }
    assert_eq!(store.setting_get::<i64>("before").await.unwrap(), Some(1));
    assert_eq!(store.setting_get::<i64>("after").await.unwrap(), Some(2));
    assert_eq!(store.setting_get::<String>("large").await.unwrap(), None);
    store.close().await;
}

/// The new connection has the settings that make a commit durable.
#[tokio::test]
async fn a_connection_that_takes_over_is_as_careful() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Sqlite(directory.path().to_owned()), now()).await.unwrap();
    store.setting("max_page_count = 1").await.unwrap();
    store.setting_set("large", &"x".repeat(1 << 20), "ann", now()).await.unwrap_err();
    // 2 is FULL; the ceiling of a connection of its own is back at 0xfffffffe pages.
    assert_eq!(store.setting("synchronous").await.unwrap(), "2");
    assert_eq!(store.setting("journal_mode").await.unwrap(), "wal");
    assert_eq!(store.setting("foreign_keys").await.unwrap(), "1");
    assert_eq!(store.setting("max_page_count").await.unwrap(), "4294967294");
    store.close().await;
}

#[tokio::test]
async fn the_files_are_their_owners_alone() {
    let directory = tempfile::tempdir().unwrap();
    let shared = directory.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o755)).unwrap();
    let location = Location::Sqlite(shared.clone());
    let store = Store::open(&location, now()).await.unwrap();
    store.setting_set("a", &1, "ann", now()).await.unwrap();
    let mode = |name: &str| std::fs::metadata(shared.join(name)).unwrap().permissions().mode() & 0o777;
    for name in ["mendwatch.db", "mendwatch.db-wal", "mendwatch.db-shm"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    store.close().await;
    // What the administrator chose stays, and so does what is in the file.
    std::fs::set_permissions(shared.join("mendwatch.db"), std::fs::Permissions::from_mode(0o640)).unwrap();
    let store = Store::open(&location, now()).await.unwrap();
    assert_eq!((store.setting_get::<i64>("a").await.unwrap(), mode("mendwatch.db")), (Some(1), 0o640));
    store.close().await;
}
