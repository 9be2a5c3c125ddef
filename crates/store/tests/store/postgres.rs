//! A PostgreSQL for the tests: the one that `TEST_DATABASE_URL` names (`./dev test` starts one and
//! sets it), else a throw-away cluster that the first test starts and the others share.
//!
//! Each test has a database of its own. The cluster listens on a Unix socket only, runs as the user
//! `postgres` when the tests run as root (PostgreSQL refuses root), and is stopped and deleted by a
//! watcher ten to twenty seconds after the last test: tests hold a shared lock on the file `users`,
//! which the kernel releases however they end, and the watcher waits for the exclusive one.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::fs::{File, create_dir_all};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// The server, and the lock that keeps it alive.
struct Server {
    url: String,
    _users: Option<File>,
}

/// The address of a new, empty database.
pub(crate) async fn new_database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
        Ok(url) if !url.is_empty() => Server { url, _users: None },
        _ => throw_away(),
    });
    let nanos = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let name = format!("t{}_{}_{nanos}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&server.url).await.expect("the test server can be reached");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    with_database(&server.url, &name)
}

/// Deletes a database of [`new_database`].
pub(crate) async fn drop_database(url: &str) {
    let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
    let mut connection = PgConnection::connect(&with_database(url, "postgres")).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut connection).await.unwrap();
}

fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = address.rsplit_once('/').expect("the address names a database");
    format!("{server}/{name}?{query}")
}

fn throw_away() -> Server {
    let root = std::env::temp_dir().join(format!("mendwatch-test-postgres-{}", uid()));
    create_dir_all(&root).unwrap();
    let users = File::create(root.join("users")).unwrap();
    users.lock_shared().unwrap();
    let start = File::create(root.join("start")).unwrap();
    start.lock().unwrap();
    let data = root.join("cluster/data");
    let running = data.is_dir() && succeeds(program(&root, "pg_ctl").arg("-D").arg(&data).arg("status"));
    if !running {
        start_cluster(&root, &data);
    }
    start.unlock().unwrap();
    let socket = root.join("cluster");
    Server { url: format!("postgres://postgres@localhost/postgres?host={}", socket.display()), _users: Some(users) }
}

fn start_cluster(root: &Path, data: &Path) {
    let cluster = root.join("cluster");
    let _ = std::fs::remove_dir_all(&cluster);
    create_dir_all(&cluster).unwrap();
    if uid() == 0 {
        assert!(succeeds(Command::new("chown").arg("postgres").arg(&cluster)), "chown of the cluster's directory");
    }
    let initdb = ["-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"];
    assert!(succeeds(program(root, "initdb").arg("-D").arg(data).args(initdb)), "initdb of {}", data.display());
    // Nothing has to outlive a crash of the machine; synchronous_commit stays on, since the store
    // refuses anything less.
    let options = format!(
        "-k {} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=300",
        cluster.display()
    );
    let mut pg_ctl = program(root, "pg_ctl");
    pg_ctl.arg("-D").arg(data).arg("-w").arg("-l").arg(cluster.join("log")).arg("-o").arg(options).arg("start");
    assert!(succeeds(&mut pg_ctl), "start of PostgreSQL, see {}", cluster.join("log").display());
    watch(root, data);
}

/// Starts the watcher that ends the cluster when no test has used it for a while.
fn watch(root: &Path, data: &Path) {
    use std::os::unix::process::CommandExt as _;
    let stop = program(root, "pg_ctl");
    let stop: Vec<String> = std::iter::once(stop.get_program())
        .chain(stop.get_args())
        .map(|part| format!("'{}'", part.to_string_lossy()))
        .collect();
    let script = format!(
        "while sleep 10; do flock -n -x '{users}' sh -c \"{stop} -D '{data}' -m immediate stop; rm -rf '{cluster}'\" && exit; done",
        users = root.join("users").display(),
        stop = stop.join(" "),
        data = data.display(),
        cluster = root.join("cluster").display(),
    );
    let mut watcher = Command::new("sh");
    // In the background of a shell that ends at once: it is to outlive this test.
    watcher.arg("-c").arg(format!("({script}) &")).current_dir("/").process_group(0);
    assert!(succeeds(&mut watcher), "start of the watcher");
}

/// A program of PostgreSQL, as the user `postgres` where we are root.
fn program(root: &Path, name: &str) -> Command {
    let path: PathBuf = Path::new(PROGRAMS).join(name);
    let mut command = if uid() == 0 {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        command
    } else {
        Command::new(path)
    };
    command.current_dir(root);
    command
}

fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap_or_else(|error| panic!("{command:?}: {error} (is postgresql-15 installed?)")).success()
}

/// The user that the tests run as: the owner of what they make.
fn uid() -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").unwrap().uid()
}
