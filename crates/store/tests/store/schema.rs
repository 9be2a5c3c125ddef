//! The schema: migrations, names, comments, and the settings that make a commit durable.

use crate::fixture::{Fixture, later, now, store_test};
use crate::sample::{MACHINE, commit, debian, report, write};
use std::collections::BTreeSet;
use store::{EngineKind, ReportWrite, Store, StoreError, TOKENS, schema_described, schema_version};

store_test! {
    async fn a_second_opening_changes_nothing(fixture) {
        report(fixture, &debian(MACHINE), 1, now()).await;
        let before = fixture.dump().await;
        fixture.another().await.close().await;
        assert_eq!(fixture.dump().await, before);
        assert_eq!(before["schema_migrations"].len(), usize::try_from(schema_version()).unwrap());
    }
}

/// What migrations make, by their number.
const MADE: &[(i64, &str)] = &[
    (4, "TABLE host_removals"),
    (4, "TABLE write_probe"),
    (4, "INDEX hosts_machine"),
    (6, "TABLE host_identities"),
    (7, "TABLE cve_records"),
    (7, "TABLE feed_losses"),
    (8, "TABLE awaited_sections"),
];

/// Columns that migrations add to tables of earlier ones.
const ADDED: &[(i64, &str, &str)] = &[
    (7, "feeds", "lost"),
    (7, "feeds", "lost_kept"),
    (7, "feed_documents", "name"),
    (9, "feed_documents", "signature"),
    (9, "feed_documents", "signed_by"),
    (9, "feed_documents", "signed_at"),
    (9, "feed_documents", "file_sha256"),
    (9, "feed_documents", "dated"),
    (10, "feed_documents", "alone"),
    (10, "feed_documents", "lost"),
    (10, "feed_documents", "lost_kept"),
    (10, "feed_losses", "document"),
    (11, "advisory_versions", "facts"),
];

/// Makes a database of an earlier version: without a migration and those after it.
async fn undo_from(fixture: &Fixture, version: i64) {
    for (_, thing) in MADE.iter().filter(|(by, _)| *by >= version) {
        fixture.execute(&format!("DROP {thing}")).await;
    }
    // What was added to a table that is gone is gone with it.
    let is_gone = |table: &str| MADE.iter().any(|(by, thing)| *by >= version && *thing == format!("TABLE {table}"));
    for (_, table, column) in ADDED.iter().filter(|(by, table, _)| *by >= version && !is_gone(table)) {
        fixture.execute(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await;
    }
    if version <= 7 {
        fixture.execute("DELETE FROM counters WHERE name = 'cve_records'").await;
    }
    fixture.execute(&format!("DELETE FROM schema_migrations WHERE version >= {version}")).await;
}

store_test! {
    /// A database of an earlier version: the newest migrations are not there yet.
    async fn an_older_schema_is_brought_up_to_date(fixture) {
        report(fixture, &debian(MACHINE), 1, now()).await;
        let complete = fixture.schema().await;
        undo_from(fixture, 4).await;
        fixture.another().await.close().await;
        assert_eq!(fixture.schema().await, complete);
        assert_eq!(fixture.count("hosts").await, 1);
    }
}

store_test! {
    /// Each token had a name space, its own number: the hosts found there go on, one a machine.
    async fn hosts_of_tokens_with_spaces_of_their_own_go_on(fixture) {
        let machine = |n: u32| format!("{n:032x}");
        let in_space = async |namespace, n, after| {
            let report = ReportWrite { namespace, ..write(&debian(&machine(n)), 1, later(after)) };
            commit(&fixture.store, report).await.host_id
        };
        let own = in_space(0, 1, 0).await;
        // Machine 1 under two tokens, the later one last; machine 2 the other way round; 3 and 4 under one.
        let old = (in_space(1, 1, 0).await, in_space(2, 1, 10).await);
        let new = (in_space(1, 2, 20).await, in_space(3, 2, 5).await);
        let single = (in_space(1, 3, 0).await, in_space(7, 4, 0).await);
        for (number, space) in [(1, 1), (2, 2)] {
            let token = fixture.store.token_create("fleet", [number; 32], later(0)).await.unwrap();
            fixture.execute(&format!("UPDATE agent_tokens SET namespace = {space} WHERE id = {}", token.id)).await;
        }
        undo_from(fixture, 5).await;
        let store = fixture.another().await;
        let spaces: Vec<i64> = store.token_list().await.unwrap().iter().map(|token| token.namespace).collect();
        assert_eq!(spaces, [TOKENS, TOKENS]);
        let mut found = Vec::new();
        for n in 1..=4 {
            let hosts = store.hosts_of_machine(&machine(n)).await.unwrap();
            found.extend(hosts.iter().map(|host| (host.id, host.namespace)));
        }
        let expected = [
            (own, 0), (old.0, -old.0), (old.1, TOKENS), (new.0, TOKENS), (new.1, -new.1), (single.0, TOKENS), (single.1, TOKENS),
        ];
        assert_eq!(found, expected);
        // The next reports go to those that were heard of last, and to none anew.
        for (n, id) in [(1, old.1), (2, new.0), (3, single.0), (4, single.1)] {
            let next = commit(&store, ReportWrite { namespace: TOKENS, ..write(&debian(&machine(n)), 2, later(60)) }).await;
            assert_eq!((next.host_id, next.first), (id, false), "machine {n}");
        }
        store.close().await;
    }
}

store_test! {
    async fn servers_that_start_together_migrate_once(fixture) {
        undo_from(fixture, 4).await;
        let open = || Store::open(&fixture.location, now());
        let (a, b, c) = tokio::join!(open(), open(), open());
        for store in [a, b, c] {
            store.unwrap().close().await;
        }
        assert_eq!(fixture.count("schema_migrations").await, usize::try_from(schema_version()).unwrap());
    }
}

store_test! {
    async fn a_newer_schema_is_refused(fixture) {
        let hash = match fixture.store.engine() { EngineKind::Sqlite => "x'00'", EngineKind::Postgres => "'\\x00'" };
        fixture
            .execute(&format!("INSERT INTO schema_migrations (version, name, hash, applied_at) VALUES (99, 'future', {hash}, 0)"))
            .await;
        let before = fixture.dump().await;
        let error = Store::open(&fixture.location, now()).await.unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 99, known } if known == schema_version()), "{error}");
        assert!(error.to_string().contains("start a version that is at least as new"), "{error}");
        assert_eq!(fixture.dump().await, before);
    }
}

store_test! {
    async fn a_migration_that_is_not_ours_is_refused(fixture) {
        let hash = match fixture.store.engine() { EngineKind::Sqlite => "x'00'", EngineKind::Postgres => "'\\x00'" };
        fixture.execute(&format!("UPDATE schema_migrations SET hash = {hash} WHERE version = 2")).await;
        let error = Store::open(&fixture.location, now()).await.unwrap_err();
        assert!(matches!(error, StoreError::ForeignSchema { version: 2 }), "{error}");
    }
}

store_test! {
    /// Facts are stored, findings are derived: there is no table and no column of findings.
    async fn nothing_is_named_finding(fixture) {
        let schema = fixture.schema().await;
        assert!(schema.len() > 20, "{schema:?}");
        for (table, columns) in schema {
            for name in columns.iter().chain([&table]) {
                assert!(!name.to_lowercase().contains("finding"), "{table}: {name}");
            }
        }
    }
}

store_test! {
    async fn every_table_and_column_says_what_it_holds(fixture) {
        let described = schema_described();
        let commented: BTreeSet<(String, Option<String>)> = described
            .iter()
            .inspect(|one| assert!(one.comment.len() > 5 && one.comment.ends_with('.'), "{one:?}"))
            .map(|one| (one.table.clone(), one.column.clone()))
            .collect();
        let mut real = BTreeSet::new();
        for (table, columns) in fixture.schema().await {
            for column in columns {
                real.insert((table.clone(), Some(column.split(' ').next().unwrap().to_owned())));
            }
            real.insert((table, None));
        }
        assert_eq!(commented, real);
    }
}

store_test! {
    async fn columns_have_three_types(fixture) {
        for (table, columns) in fixture.schema().await {
            for column in columns {
                let kind = column.split(' ').next_back().unwrap();
                // SQLite's INTEGER is BIGINT as the row's own key.
                let key = fixture.store.engine() == EngineKind::Sqlite && kind == "INTEGER";
                assert!(key || ["BIGINT", "TEXT", "BYTEA"].contains(&kind), "{table}.{column}");
            }
        }
    }
}

store_test! {
    async fn what_is_acknowledged_is_on_disk(fixture) {
        let expected: &[(&str, &str)] = match fixture.store.engine() {
            // https://www.sqlite.org/pragma.html: synchronous 2 is FULL.
            EngineKind::Sqlite => {
                &[("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1"), ("busy_timeout", "30000")]
            }
            EngineKind::Postgres => &[("synchronous_commit", "on")],
        };
        for (name, value) in expected {
            assert_eq!(&fixture.store.setting(name).await.unwrap(), value, "{name}");
        }
    }
}

#[tokio::test]
async fn postgres_that_acknowledges_too_early_is_refused() {
    Fixture::postgres(async |fixture| {
        fixture
            .execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$")
            .await;
        let error = Store::open(&fixture.location, now()).await.unwrap_err();
        assert!(matches!(&error, StoreError::UnsafeSetting { found, .. } if found == "off"), "{error}");
        assert!(error.to_string().contains("synchronous_commit is off"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn postgres_carries_the_comments() {
    Fixture::postgres(async |fixture| {
        let missing = "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND c.relname <> 'schema_migrations'
            AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)";
        assert_eq!(fixture.column(missing).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_location_that_can_not_be_opened_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let location = store::Location::Sqlite(file.path().join("data"));
    let error = Store::open(&location, now()).await.unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }));
    assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
}

#[tokio::test]
async fn the_data_directory_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    Fixture::sqlite(async |fixture| {
        let store::Location::Sqlite(directory) = &fixture.location else { panic!() };
        assert_eq!(std::fs::metadata(directory).unwrap().permissions().mode() & 0o777, 0o700);
    })
    .await;
}

store_test! {
    /// Who opens it to read changes nothing. SQLite's file is read as it lies, so nobody may have it open.
    async fn a_record_is_opened_to_be_read(fixture) {
        report(fixture, &debian(MACHINE), 1, now()).await;
        let before = fixture.dump().await;
        let is_sqlite = fixture.store.engine() == EngineKind::Sqlite;
        if is_sqlite {
            let error = Store::open_to_read(&fixture.location).await.unwrap_err();
            assert!(error.to_string().contains("somebody has it open"), "{error}");
        }
        fixture.store.close().await;
        let reader = Store::open_to_read(&fixture.location).await.unwrap();
        assert_eq!(reader.host_list(0, 10).await.unwrap().len(), 1);
        if is_sqlite {
            reader.setting_set("a", &1, "ann", now()).await.unwrap_err();
        }
        reader.close().await;
        assert_eq!(fixture.dump().await, before);
    }
}

store_test! {
    async fn an_older_schema_is_not_read(fixture) {
        undo_from(fixture, 4).await;
        fixture.store.close().await;
        let error = Store::open_to_read(&fixture.location).await.unwrap_err();
        assert!(matches!(error, StoreError::OlderSchema { found: 3, known } if known == schema_version()), "{error}");
    }
}
