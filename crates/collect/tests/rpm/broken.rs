//! Databases that can't be read make the sections unavailable, with a reason that names the file; nothing
//! is written, whatever lies there.

use crate::host::{Host, SPEC};
use crate::root::{content, run};
use crate::support::snapshot;
use std::fs;
use std::process::Command;

const SQLITE: &str = "var/lib/rpm/rpmdb.sqlite";

#[test]
fn what_is_no_database_says_so() {
    let host = Host::new();
    host.write(SQLITE, "x");
    let collected = host.collect();
    let why = "/var/lib/rpm/rpmdb.sqlite: is no database of rpm: neither SQLite nor ndb nor a hash of Berkeley DB";
    assert_eq!(collected.packages.unwrap_err(), why);
    assert_eq!(collected.updates.unwrap_err(), why);
    assert_eq!(collected.repositories.unwrap_err(), why);
    assert_eq!(collected.host.unwrap().package_manager, "rpm");
    assert!(collected.runtime.is_ok(), "the other sections are there");
    let whole = content("mariner2.rpmdb.sqlite.zst");
    host.write(SQLITE, &whole[..whole.len() / 2]);
    let why = host.reason();
    assert!(
        why.starts_with("/var/lib/rpm/rpmdb.sqlite: SQLite database damaged at byte 1802240: the file ends"),
        "{why}"
    );
}

#[test]
fn a_file_that_may_not_be_read_is_not_passed_over() {
    let host = Host::new();
    // Of an older format, left behind by a migration.
    host.write("var/lib/rpm/Packages", content("libuuid.bdb.Packages"));
    assert_eq!(host.packages().records.len(), 1);
    // A folder opens for nobody, whoever runs the test; permissions don't stop root.
    fs::create_dir(host.path(SQLITE)).unwrap();
    assert_eq!(host.reason(), "/var/lib/rpm/rpmdb.sqlite is no regular file");
    fs::remove_dir(host.path(SQLITE)).unwrap();
    host.write(SQLITE, content("mariner2.rpmdb.sqlite.zst"));
    assert_eq!(host.packages().records.len(), 129);
    fs::create_dir(host.path("var/lib/rpm/rpmdb.sqlite-wal")).unwrap();
    assert_eq!(host.reason(), "/var/lib/rpm/rpmdb.sqlite: /var/lib/rpm/rpmdb.sqlite-wal is no regular file");
}

#[test]
fn a_broken_header_is_named_and_the_others_are_used() {
    let host = Host::new();
    let mut bytes = content("sle15-bci.ndb.Packages.db.zst");
    bytes[4200] ^= 1;
    host.write("usr/lib/sysimage/rpm/Packages.db", &bytes);
    let packages = host.packages();
    let notes: Vec<String> = packages.skipped.iter().map(|odd| format!("{}: {}", odd.record, odd.why)).collect();
    assert_eq!(notes, ["/usr/lib/sysimage/rpm/Packages.db header 1 at byte 4096: its checksum is wrong"]);
    assert_eq!(packages.records.len(), 34);
}

#[test]
fn no_package_is_no_answer() {
    let host = Host::new();
    run(host.root.rpm().arg("--initdb"), "rpm");
    assert!(host.path(SQLITE).exists());
    assert_eq!(host.reason(), "/var/lib/rpm/rpmdb.sqlite holds no installed package");
    // An empty one at the new place, and the packages at the old one.
    host.write("usr/lib/sysimage/rpm/rpmdb.sqlite", fs::read(host.path(SQLITE)).unwrap());
    host.write(SQLITE, content("mariner2.rpmdb.sqlite.zst"));
    assert_eq!(host.packages().records.len(), 129);
}

/// Keeps a transaction open that has begun to write to the file itself, with a rollback journal, and copies both.
const HALF: &str = "
import shutil, sqlite3, sys
file, to = sys.argv[1:3]
db = sqlite3.connect(file, isolation_level=None)
db.execute('pragma journal_mode = delete')
db.execute('pragma cache_size = 2')
db.execute('begin')
db.execute('update Packages set blob = zeroblob(length(blob))')
for end in ('', '-journal'):
    shutil.copy(file + end, to + end)
db.execute('rollback')
";

#[test]
fn half_a_transaction_is_not_taken_for_a_whole() {
    let host = Host::new();
    host.write("copy", content("mariner2.rpmdb.sqlite.zst"));
    fs::create_dir_all(host.path("var/lib/rpm")).unwrap();
    run(Command::new("python3").args(["-c", HALF]).arg(host.path("copy")).arg(host.path(SQLITE)), "python3");
    let why = "/var/lib/rpm/rpmdb.sqlite: a transaction was interrupted or is under way: its journal lies beside it";
    assert_eq!(host.reason(), why);
    // SQLite leaves a journal of which the beginning is zeros where it is told to keep the file.
    host.write(SQLITE, content("mariner2.rpmdb.sqlite.zst"));
    host.write("var/lib/rpm/rpmdb.sqlite-journal", [0; 512]);
    assert_eq!(host.packages().records.len(), 129);
}

#[test]
fn a_collection_leaves_no_trace() {
    let host = Host::new();
    host.install(SPEC);
    let before = snapshot(&host.path(""));
    assert_eq!(host.packages().records.len(), 8);
    assert!(before.iter().any(|(path, ..)| path.ends_with("rpmdb.sqlite-wal")), "a log lies beside it");
    assert_eq!(snapshot(&host.path("")), before);
}
