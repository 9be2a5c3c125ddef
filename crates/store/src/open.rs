//! Opening the record: which engine, with which settings.

use crate::db::{Begun, Tx};
use crate::error::{Result, StoreError};
use crate::heard::Heard;
use crate::packages::Met;
use crate::tokens::Credentials;
use crate::{marker, migrate};
use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgPool, Row as _, SqlitePool};
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Where the record is.
#[derive(Clone)]
pub enum Location {
    /// SQLite: `mendwatch.db` in this directory, which is made (mode 0700) if it is missing.
    Sqlite(PathBuf),
    /// PostgreSQL: an address as in `DATABASE_URL`. `postgresql+driver://` is understood too.
    Postgres(String),
    /// SQLite in memory, on one connection, gone when the store is.
    Memory,
}

impl Location {
    /// The location that `DATABASE_URL` names, else the SQLite file in the data directory.
    #[must_use]
    pub fn of(database_url: Option<&str>, data: PathBuf) -> Self {
        match database_url {
            Some(url) if !url.is_empty() => Self::Postgres(url.to_owned()),
            _ => Self::Sqlite(data),
        }
    }

    /// Whether the location can be one at all, without looking for it.
    ///
    /// # Errors
    /// What is wrong with an address of PostgreSQL, in words that hold nothing of the address.
    pub fn check(&self) -> std::result::Result<(), String> {
        match self {
            Self::Postgres(url) => postgres_options(url).map(drop),
            Self::Sqlite(_) | Self::Memory => Ok(()),
        }
    }
}

/// What a file looked like: it differs after every write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    modified: std::time::SystemTime,
    bytes: u64,
}

impl Location {
    /// What SQLite's file looks like now. Who reads with [`Store::open_to_read`] compares it before and
    /// after; the engines that have their own way to keep readers and writers apart give `None`.
    ///
    /// # Errors
    /// When the file is not there or can't be looked at.
    pub fn stamp(&self) -> std::io::Result<Option<Stamp>> {
        let Self::Sqlite(directory) = self else { return Ok(None) };
        let file = std::fs::metadata(directory.join(FILE))?;
        Ok(Some(Stamp { modified: file.modified()?, bytes: file.len() }))
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.join(FILE).display()),
            // The address may hold a password: only what follows it is shown.
            Self::Postgres(url) => {
                let place = url.split('?').next().unwrap_or_default();
                let after_scheme = place.split_once("://").map_or("", |(_, rest)| rest);
                write!(f, "PostgreSQL {}", after_scheme.rsplit_once('@').map_or(after_scheme, |(_, host)| host))
            }
            Self::Memory => f.write_str("memory"),
        }
    }
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Location({self})")
    }
}

/// Which engine is behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl EngineKind {
    /// The word in `GET /api/health`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

#[derive(Clone)]
enum Engine {
    Sqlite(SqlitePools),
    Postgres(PgPool),
}

/// SQLite has one writer at a time; readers see the last commit meanwhile (WAL).
#[derive(Clone)]
struct SqlitePools {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// The record. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    /// What check-ins are compared with.
    pub(crate) heard: Arc<Heard>,
    /// Tokens that were found in force.
    pub(crate) credentials: Arc<Credentials>,
    /// Packages whose ids are known.
    pub(crate) met: Arc<Met>,
    statements: Arc<AtomicU64>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.engine().as_str())
    }
}

const FILE: &str = "mendwatch.db";
/// Another process (a command beside the server) may hold SQLite's write lock this long.
const BUSY: Duration = Duration::from_secs(30);
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

impl Store {
    fn on(engine: Engine) -> Self {
        Self {
            engine,
            heard: Arc::default(),
            credentials: Arc::default(),
            met: Arc::default(),
            statements: Arc::default(),
        }
    }

    /// How many statements it has run, beginnings and commits of transactions included. A measure of cost that does
    /// not depend on the machine.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Opens the record at `location`, makes it where it is missing, and brings its schema up to
    /// this build's, one server at a time. `now` dates the migrations.
    ///
    /// # Errors
    /// [`StoreError::Open`] when it can't be reached, or is gone or emptied where there was one
    /// before, [`StoreError::NewerSchema`] when a newer
    /// version wrote it, [`StoreError::UnsafeSetting`] when PostgreSQL acknowledges commits before
    /// they are durable (`synchronous_commit` below `on`).
    pub async fn open(location: &Location, now: Timestamp) -> Result<Self> {
        let fail = |why: String| StoreError::Open { location: location.to_string(), why };
        let engine = match location {
            Location::Sqlite(directory) => open_sqlite(directory).await.map_err(fail)?,
            Location::Memory => open_memory().await.map_err(|error| fail(error.to_string()))?,
            Location::Postgres(url) => open_postgres(url).await.map_err(fail)?,
        };
        let store = Self::on(engine);
        store.check_settings().await?;
        if let Location::Sqlite(directory) = location
            && marker::is_left(directory).map_err(fail)?
            && migrate::is_bare(&store).await?
        {
            return Err(fail(marker::gone("has no tables", directory, &directory.join(FILE))));
        }
        migrate::migrate(&store, now).await?;
        if let Location::Sqlite(directory) = location {
            marker::leave(directory, now).map_err(fail)?;
        }
        Ok(store)
    }

    /// Opens the record at `location` to read it beside nobody: it is not made, its schema is not
    /// brought up to date, and nothing is written. SQLite's file is read as it lies, without a lock,
    /// which is right only while nobody writes it: the caller compares [`Location::stamp`] before and after.
    ///
    /// # Errors
    /// [`StoreError::Open`] when it is not there, can't be reached, or its last writes are not in the
    /// file yet; [`StoreError::NewerSchema`] and [`StoreError::ForeignSchema`] as [`Store::open`];
    /// [`StoreError::OlderSchema`] when the schema is not up to date.
    pub async fn open_to_read(location: &Location) -> Result<Self> {
        let fail = |why: String| StoreError::Open { location: location.to_string(), why };
        let engine = match location {
            Location::Sqlite(directory) => open_sqlite_to_read(directory).await.map_err(fail)?,
            Location::Memory => open_memory().await.map_err(|error| fail(error.to_string()))?,
            Location::Postgres(url) => open_postgres(url).await.map_err(fail)?,
        };
        let store = Self::on(engine);
        migrate::check(&store).await?;
        Ok(store)
    }

    /// Which engine it is.
    #[must_use]
    pub fn engine(&self) -> EngineKind {
        match self.engine {
            Engine::Sqlite(_) => EngineKind::Sqlite,
            Engine::Postgres(_) => EngineKind::Postgres,
        }
    }

    /// Whether other servers may write the record beside this one. SQLite's file is one server's.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Waits for what is under way and closes the connections.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }

    /// A transaction that writes. On SQLite it waits for the one writer.
    ///
    /// fork: SQLite has to take the write lock first, or a read before the first write could meet
    /// SQLITE_BUSY where waiting would have done.
    pub(crate) async fn write(&self) -> Result<Tx> {
        let begun = match &self.engine {
            Engine::Sqlite(pools) => Begun::Sqlite(pools.writer.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres(pool) => Begun::Postgres(pool.begin().await?),
        };
        Ok(Tx::new(begun, &self.statements))
    }

    /// A transaction that reads one state of the record.
    ///
    /// fork: in PostgreSQL each statement sees a state of its own unless told otherwise.
    pub(crate) async fn read(&self) -> Result<Tx> {
        let begun = match &self.engine {
            Engine::Sqlite(pools) => Begun::Sqlite(pools.readers.begin().await?),
            Engine::Postgres(pool) => {
                Begun::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        Ok(Tx::new(begun, &self.statements))
    }

    /// fork: the settings that make a commit durable have the engines' own names. They are asked,
    /// not assumed: a role or a database of PostgreSQL can carry its own `synchronous_commit`.
    async fn check_settings(&self) -> Result<()> {
        for (setting, needed, safe) in self.durability() {
            let found = self.setting(setting).await?;
            if !safe.contains(&found.as_str()) {
                return Err(StoreError::UnsafeSetting { setting, found, needed });
            }
        }
        Ok(())
    }

    fn durability(&self) -> &'static [(&'static str, &'static str, &'static [&'static str])] {
        match self.engine {
            // "memory" is the journal of a database that is never to outlive its process.
            Engine::Sqlite(_) => &[("synchronous", "FULL", &["2", "3"]), ("journal_mode", "WAL", &["wal", "memory"])],
            Engine::Postgres(_) => &[("synchronous_commit", "on", &["on", "remote_apply"])],
        }
    }

    /// The value of one of the engine's own settings on the connection that writes.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when it has no such setting.
    pub async fn setting(&self, name: &'static str) -> Result<String> {
        match &self.engine {
            Engine::Sqlite(pools) => {
                let row = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA {name}"))).fetch_one(&pools.writer).await?;
                // Each pragma answers in its own type.
                Ok(match row.try_get::<i64, _>(0) {
                    Ok(number) => number.to_string(),
                    Err(_) => row.try_get(0)?,
                })
            }
            Engine::Postgres(pool) => {
                Ok(sqlx::query(sqlx::AssertSqlSafe(format!("SHOW {name}"))).fetch_one(pool).await?.try_get(0)?)
            }
        }
    }
}

fn sqlite_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .statement_cache_capacity(256)
        // 16 MB of pages for the writer, whose indexes are looked up for every row.
        .pragma("cache_size", "-16384")
        .pragma("temp_store", "MEMORY")
}

async fn open_sqlite(directory: &std::path::Path) -> Result<Engine, String> {
    make_private(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let file = directory.join(FILE);
    marker::check(directory, &file)?;
    make_private_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let options = sqlite_options(SqliteConnectOptions::new().filename(file));
    let writer = lasting_sqlite_pool()
        .max_connections(1)
        .acquire_timeout(BUSY)
        .connect_with(options.clone().create_if_missing(true))
        .await
        .map_err(|error| error.to_string())?;
    let readers = lasting_sqlite_pool()
        .max_connections(READERS)
        .acquire_timeout(BUSY)
        // What readers come back to is small, and the system keeps the file's pages anyway. Four caches as
        // large as the writer's would stay full after each reading of a feed.
        .connect_with(options.pragma("query_only", "ON").pragma("cache_size", "-2048"))
        .await
        .map_err(|error| error.to_string())?;
    Ok(Engine::Sqlite(SqlitePools { writer, readers }))
}

/// A database that nobody has open stands whole in its file: the last to close it empties the log of
/// writes beside it (<https://www.sqlite.org/wal.html>, "Read-Only Databases"). A log that is there is
/// somebody's who writes, or of a program that died; reading past it would show an older state, or a
/// torn one.
async fn open_sqlite_to_read(directory: &std::path::Path) -> Result<Engine, String> {
    let file = directory.join(FILE);
    marker::check(directory, &file)?;
    std::fs::File::open(&file).map_err(|error| error.to_string())?;
    if std::fs::metadata(directory.join(format!("{FILE}-wal"))).is_ok_and(|log| log.len() > 0) {
        return Err("somebody has it open, or did not close it".to_owned());
    }
    // No lock and no shared memory: https://www.sqlite.org/uri.html, "immutable".
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(BUSY)
        .connect_with(options.pragma("temp_store", "MEMORY"))
        .await
        .map_err(|error| error.to_string())?;
    Ok(Engine::Sqlite(SqlitePools { writer: pool.clone(), readers: pool }))
}

/// Reports say what a machine lacks: the directory is for its owner only.
fn make_private(directory: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    if directory.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

/// The file is its owner's alone even in a directory that others may look into: it holds the hashes
/// of passwords. SQLite gives `-wal` and `-shm` the mode of the file they belong to. The mode of a
/// file that is there is the administrator's choice.
fn make_private_file(file: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// A pool that closes a connection whose transaction did not end.
///
/// After an error such as a full disk SQLite may roll back by itself
/// (<https://www.sqlite.org/lang_transaction.html>, "Response To Errors Within A Transaction"). The
/// driver does not notice: its own ROLLBACK then fails, it goes on counting the transaction as open,
/// and every later `BEGIN IMMEDIATE` on that connection would be refused.
///
/// Not for the record in memory, which lives as long as its connection.
fn lasting_sqlite_pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new().after_release(|connection, _| {
        Box::pin(async move {
            // A transaction that is dropped only asks for its ROLLBACK. The worker answers in order,
            // so once it answers this, the ROLLBACK was tried.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}

async fn open_memory() -> Result<Engine, sqlx::Error> {
    // Each connection to `:memory:` is a database of its own, so there is exactly one, for ever.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(sqlite_options(SqliteConnectOptions::from_str("sqlite::memory:")?))
        .await?;
    Ok(Engine::Sqlite(SqlitePools { writer: pool.clone(), readers: pool }))
}

/// `postgresql+psycopg://` and the like are how other programs write the same address.
fn plain_postgres_url(url: &str) -> Result<String, String> {
    let (scheme, rest) = url.split_once("://").ok_or("the address has no scheme: expected postgres://...")?;
    match scheme.split('+').next() {
        Some("postgres" | "postgresql") => Ok(format!("postgres://{rest}")),
        _ => Err(format!("'{scheme}' is not an engine that Mendwatch knows: expected postgres://...")),
    }
}

fn postgres_options(url: &str) -> Result<PgConnectOptions, String> {
    PgConnectOptions::from_str(&plain_postgres_url(url)?).map_err(|error| match error {
        sqlx::Error::Configuration(why) => why.to_string(),
        other => other.to_string(),
    })
}

async fn open_postgres(url: &str) -> Result<Engine, String> {
    let options = postgres_options(url)?;
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options.application_name("mendwatch").statement_cache_capacity(256))
        .await
        .map_err(|error| error.to_string())?;
    Ok(Engine::Postgres(pool))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_other_programs_are_understood() {
        let plain = |url| plain_postgres_url(url);
        assert_eq!(plain("postgresql+psycopg2://a:b@h/d").as_deref(), Ok("postgres://a:b@h/d"));
        assert_eq!(plain("postgresql+asyncpg://h/d").as_deref(), Ok("postgres://h/d"));
        assert_eq!(plain("postgres://h/d").as_deref(), Ok("postgres://h/d"));
        assert!(plain("mysql://h/d").unwrap_err().contains("'mysql'"));
        assert!(plain("h/d").unwrap_err().contains("scheme"));
    }

    #[test]
    fn a_location_shows_no_password() {
        let shown = Location::Postgres("postgres://user:secret@db.example/mendwatch?sslmode=require".into());
        assert_eq!(shown.to_string(), "PostgreSQL db.example/mendwatch");
        assert!(!format!("{shown:?}").contains("secret"));
        let local = Location::Postgres("postgresql://localhost/mendwatch?password=secret".into());
        assert_eq!(local.to_string(), "PostgreSQL localhost/mendwatch");
        assert_eq!(Location::Postgres("secret".into()).to_string(), "PostgreSQL ");
    }

    #[test]
    fn a_nonsense_address_is_told_without_being_shown() {
        let why = |url: &str| Location::Postgres(url.to_owned()).check().unwrap_err();
        for url in
            ["secret", "mysql://u:secret@h/d", "postgres://u:secret@h:port/d", "postgres://u:secret@h/d?sslmode=x"]
        {
            assert!(!why(url).contains("secret"), "{url}: {}", why(url));
        }
        assert_eq!(Location::Postgres("postgres://u:secret@h/d".to_owned()).check(), Ok(()));
        assert_eq!(Location::of(Some(""), PathBuf::from("/nowhere")).check(), Ok(()));
    }

    /// Runs a future to its end.
    fn wait<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn reading_makes_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(dir.path().to_owned());
        wait(async {
            assert!(matches!(Store::open_to_read(&location).await, Err(StoreError::Open { .. })), "nothing is there");
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);

            Store::open(&location, Timestamp::UNIX_EPOCH).await.unwrap().close().await;
            let before = location.stamp().unwrap();
            let store = Store::open_to_read(&location).await.unwrap();
            assert_eq!(store.feed_list().await.unwrap(), []);
            assert!(store.token_create("x", [0; 32], Timestamp::UNIX_EPOCH).await.is_err(), "it is for reading");
            store.close().await;
            assert_eq!(location.stamp().unwrap(), before);
            let names = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
            let names: std::collections::BTreeSet<_> = names.collect();
            assert_eq!(names, ["mendwatch.db".into(), "mendwatch.made".into()].into(), "no log, no shared memory");

            // Somebody writes: what they wrote is in the log beside the file, and the file's stamp is old.
            let writer = Store::open(&location, Timestamp::UNIX_EPOCH).await.unwrap();
            writer.token_create("x", [0; 32], Timestamp::UNIX_EPOCH).await.unwrap();
            let told = Store::open_to_read(&location).await.unwrap_err().to_string();
            assert!(told.contains("did not close it"), "{told}");

            let mut tx = writer.write().await.unwrap();
            tx.run("DELETE FROM schema_migrations WHERE version = ?", crate::db::args![migrate::schema_version()])
                .await
                .unwrap();
            tx.commit().await.unwrap();
            writer.close().await;
            assert_ne!(location.stamp().unwrap(), before);
            let told = Store::open_to_read(&location).await.unwrap_err().to_string();
            assert!(told.contains("brings it up to date"), "{told}");
        });
    }
}
