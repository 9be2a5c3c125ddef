//! A record of its own for each test, on each engine.

use crate::postgres;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use std::collections::BTreeMap;
use store::{EngineKind, Location, Store};

/// Runs one test on both engines: `store_test! { async fn name(fixture) { ... } }` makes the tests
/// `name::sqlite` and `name::postgres`.
macro_rules! store_test {
    ($(#[doc = $doc:literal])* async fn $name:ident($fixture:ident) $body:block) => {
        $(#[doc = $doc])*
        async fn $name($fixture: &$crate::fixture::Fixture) $body

        mod $name {
            #[tokio::test]
            async fn sqlite() {
                $crate::fixture::Fixture::sqlite(async |fixture| super::$name(fixture).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                $crate::fixture::Fixture::postgres(async |fixture| super::$name(fixture).await).await;
            }
        }
    };
}
pub(crate) use store_test;

pub(crate) struct Fixture {
    pub store: Store,
    pub location: Location,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The moment at which the tests' records are made.
pub(crate) fn now() -> Timestamp {
    at("2026-11-22T06:00:00Z")
}

/// `seconds` after [`now`].
pub(crate) fn later(seconds: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_secs(seconds)
}

impl Fixture {
    pub(crate) async fn sqlite(test: impl AsyncFnOnce(&Self)) {
        let directory = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(directory.path().join("data"));
        let fixture = Self { store: Store::open(&location, now()).await.unwrap(), location };
        test(&fixture).await;
        fixture.store.close().await;
    }

    pub(crate) async fn postgres(test: impl AsyncFnOnce(&Self)) {
        let url = postgres::new_database().await;
        let location = Location::Postgres(url.clone());
        let fixture = Self { store: Store::open(&location, now()).await.unwrap(), location };
        test(&fixture).await;
        fixture.store.close().await;
        postgres::drop_database(&url).await;
    }

    /// A second server on the same record.
    pub(crate) async fn another(&self) -> Store {
        Store::open(&self.location, now()).await.unwrap()
    }

    /// Runs a statement behind the store's back.
    pub(crate) async fn execute(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.location {
            Location::Postgres(url) => {
                let mut db = PgConnection::connect(url).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
                db.close().await.unwrap();
            }
            Location::Sqlite(directory) => {
                let mut db = sqlite(directory).await;
                sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
                // Waits for it: a connection that is dropped closes some time later.
                db.close().await.unwrap();
            }
            Location::Memory => unreachable!("no test of this kind"),
        }
    }

    /// The first column of an answer, as text, read behind the store's back.
    pub(crate) async fn column(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.location {
            Location::Postgres(url) => {
                let mut db = PgConnection::connect(url).await.unwrap();
                let rows = sqlx::query(sql).fetch_all(&mut db).await.unwrap();
                db.close().await.unwrap();
                rows.iter().map(|row| row.get::<Option<String>, _>(0).unwrap_or_default()).collect()
            }
            Location::Sqlite(directory) => {
                let mut db = sqlite(directory).await;
                let rows = sqlx::query(sql).fetch_all(&mut db).await.unwrap();
                db.close().await.unwrap();
                rows.iter().map(|row| row.get::<Option<String>, _>(0).unwrap_or_default()).collect()
            }
            Location::Memory => unreachable!("no test of this kind"),
        }
    }

    /// How many rows a table has, or those of it that a condition names.
    pub(crate) async fn count(&self, table_and_condition: &str) -> usize {
        let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table_and_condition}");
        self.column(&sql).await[0].parse().unwrap()
    }

    /// The tables and columns as the engine has them.
    pub(crate) async fn schema(&self) -> BTreeMap<String, Vec<String>> {
        let sql = match self.store.engine() {
            EngineKind::Sqlite => {
                "SELECT m.name || ' ' || c.name || ' ' || c.type FROM sqlite_master m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid"
            }
            EngineKind::Postgres => {
                "SELECT table_name || ' ' || column_name || ' ' || upper(data_type) FROM information_schema.columns
                 WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
            }
        };
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in self.column(sql).await {
            let (table, column) = line.split_once(' ').unwrap();
            tables.entry(table.to_owned()).or_default().push(column.to_owned());
        }
        tables
    }

    /// Every row of every table, as text.
    pub(crate) async fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let mut dump = BTreeMap::new();
        for (table, columns) in self.schema().await {
            let sql = match self.store.engine() {
                EngineKind::Postgres => format!("SELECT CAST(t AS TEXT) FROM {table} t ORDER BY 1"),
                EngineKind::Sqlite => {
                    let columns: Vec<String> =
                        columns.iter().map(|column| format!("quote({})", column.split(' ').next().unwrap())).collect();
                    format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || ',' || "))
                }
            };
            let rows = self.column(&sql).await;
            dump.insert(table, rows);
        }
        dump
    }
}

async fn sqlite(directory: &std::path::Path) -> SqliteConnection {
    let url = format!("sqlite://{}", directory.join("mendwatch.db").display());
    SqliteConnection::connect(&url).await.unwrap()
}
