//! Bringing the schema up to date, and what the schema says of itself.

use crate::db::{Tx, args, count};
use crate::error::{Result, StoreError};
use crate::{EngineKind, Store};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// Every migration, in order. A migration that was released is never changed; the next one is added.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_hosts", include_str!("../migrations/0001_hosts.sql")),
    ("0002_feeds", include_str!("../migrations/0002_feeds.sql")),
    ("0003_people", include_str!("../migrations/0003_people.sql")),
    ("0004_removals", include_str!("../migrations/0004_removals.sql")),
    ("0005_one_space", include_str!("../migrations/0005_one_space.sql")),
    ("0006_identities", include_str!("../migrations/0006_identities.sql")),
    ("0007_cves", include_str!("../migrations/0007_cves.sql")),
    ("0008_awaited", include_str!("../migrations/0008_awaited.sql")),
    ("0009_signatures", include_str!("../migrations/0009_signatures.sql")),
    ("0010_documents", include_str!("../migrations/0010_documents.sql")),
    ("0011_statements", include_str!("../migrations/0011_statements.sql")),
];

/// Where the migrations themselves are recorded.
const BOOTSTRAP: &str = "
-- Migrations that were run.
CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT PRIMARY KEY, -- Number of the migration.
    name TEXT NOT NULL, -- Its name.
    hash BYTEA NOT NULL, -- SHA-256 of its text.
    applied_at BIGINT NOT NULL -- When it was run here.
);
";

/// Key of the advisory lock under which servers migrate one after the other: the first 8 bytes of
/// SHA-256("mendwatch migrations"), the top bit cleared, so that other programs on the
/// same cluster have another.
const LOCK: i64 = 0x47ca_0596_954c_2810;

/// The schema that this build knows: the number of its newest migration.
#[must_use]
pub fn schema_version() -> i64 {
    count(MIGRATIONS.len())
}

/// Runs what is missing, all in one transaction: either the schema is this build's afterwards or
/// nothing changed.
pub(crate) async fn migrate(store: &Store, now: Timestamp) -> Result<()> {
    // SQLite: BEGIN IMMEDIATE is the lock.
    let mut tx = store.write().await?;
    if store.engine() == EngineKind::Postgres {
        // fork: concurrent CREATE TABLE IF NOT EXISTS fails in PostgreSQL, so the lock comes first.
        tx.rows("SELECT CAST(pg_advisory_xact_lock(?) AS TEXT)", args![LOCK]).await?;
    }
    run(&mut tx, store.engine(), BOOTSTRAP, false).await?;
    let next = found(&mut tx).await? + 1;
    for (at, (name, sql)) in (1..).zip(MIGRATIONS).skip_while(|(at, _)| *at < next) {
        run(&mut tx, store.engine(), sql, true).await?;
        let hash: [u8; 32] = Sha256::digest(sql.as_bytes()).into();
        tx.run(
            "INSERT INTO schema_migrations (version, name, hash, applied_at) VALUES (?, ?, ?, ?)",
            args![at, *name, hash, now],
        )
        .await?;
    }
    tx.commit().await
}

/// The newest migration that the database has, 0 for none. All of them are this build's.
async fn found(tx: &mut Tx) -> Result<i64> {
    let done = tx.rows("SELECT version, hash FROM schema_migrations ORDER BY version", vec![]).await?;
    let mut newest = 0;
    for row in &done {
        let version = row.int(0)?;
        let Some((_, sql)) = usize::try_from(version - 1).ok().and_then(|at| MIGRATIONS.get(at)) else {
            let found = done.last().map_or(Ok(version), |row| row.int(0))?;
            return Err(StoreError::NewerSchema { found, known: schema_version() });
        };
        if row.bytes(1)? != Sha256::digest(sql.as_bytes()).to_vec() {
            return Err(StoreError::ForeignSchema { version });
        }
        newest = version;
    }
    Ok(newest)
}

/// Whether an embedded database has not a single table; changes nothing.
pub(crate) async fn is_bare(store: &Store) -> Result<bool> {
    let rows = store.read().await?.rows("SELECT COUNT(*) FROM sqlite_master", vec![]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.int(0))? == 0)
}

/// Whether the schema is this build's; changes nothing.
pub(crate) async fn check(store: &Store) -> Result<()> {
    let found = found(&mut store.read().await?).await?;
    if found < schema_version() {
        return Err(StoreError::OlderSchema { found, known: schema_version() });
    }
    Ok(())
}

async fn run(tx: &mut Tx, engine: EngineKind, sql: &str, comments: bool) -> Result<()> {
    match engine {
        // The id is then the key of the row itself, instead of standing in an index beside it.
        EngineKind::Sqlite => tx.script(sql.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY")).await,
        EngineKind::Postgres => {
            let mut sql = sql.to_owned();
            if comments {
                described(&sql.clone()).iter().for_each(|described| sql.push_str(&described.statement()));
            }
            tx.script(sql).await
        }
    }
}

/// A table or a column, and what the migrations say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The table.
    pub table: String,
    /// The column; `None` for the table itself.
    pub column: Option<String>,
    /// What it holds.
    pub comment: String,
}

impl Described {
    fn statement(&self) -> String {
        let comment = self.comment.replace('\'', "''");
        match &self.column {
            None => format!("\nCOMMENT ON TABLE {} IS '{comment}';", self.table),
            Some(column) => format!("\nCOMMENT ON COLUMN {}.{column} IS '{comment}';", self.table),
        }
    }
}

/// Every table and column of the migrations with its comment, in their order.
#[must_use]
pub fn schema_described() -> Vec<Described> {
    std::iter::once(BOOTSTRAP).chain(MIGRATIONS.iter().map(|(_, sql)| *sql)).flat_map(described).collect()
}

/// Reads our own layout: comment lines directly above CREATE TABLE, one column a line with its
/// comment behind it; a column that is added later stands on one line with its comment, too.
fn described(sql: &str) -> Vec<Described> {
    let mut found = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    let mut table: Option<String> = None;
    for line in sql.lines().map(str::trim) {
        match &table {
            None => {
                if let Some(comment) = line.strip_prefix("--") {
                    above.push(comment.trim());
                    continue;
                }
                if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                    let name = rest.trim_start_matches("IF NOT EXISTS ").trim_end_matches('(').trim().to_owned();
                    found.push(Described { table: name.clone(), column: None, comment: above.join(" ") });
                    table = Some(name);
                } else if let Some((definition, comment)) = line.split_once("; -- ")
                    && let ["ALTER", "TABLE", table, "ADD", "COLUMN", column, ..] =
                        definition.split_whitespace().collect::<Vec<_>>().as_slice()
                {
                    let (table, column) = ((*table).to_owned(), Some((*column).to_owned()));
                    found.push(Described { table, column, comment: comment.trim().to_owned() });
                }
                above.clear();
            }
            Some(_) if line.starts_with(");") => table = None,
            Some(name) => {
                let (definition, comment) = line.split_once(" -- ").unwrap_or((line, ""));
                let first = definition.split_whitespace().next().unwrap_or_default();
                if !first.is_empty()
                    && !matches!(first, "PRIMARY" | "UNIQUE" | "CHECK" | "FOREIGN" | "CONSTRAINT" | "--")
                {
                    found.push(Described {
                        table: name.clone(),
                        column: Some(first.to_owned()),
                        comment: comment.trim().to_owned(),
                    });
                }
            }
        }
    }
    found
}
