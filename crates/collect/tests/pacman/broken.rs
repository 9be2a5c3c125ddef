//! Databases that are missing, damaged or being written.

use crate::lab::Lab;
use crate::support::snapshot;
use std::fs;

fn host() -> Lab {
    let mut lab = Lab::new();
    lab.install(&["a 1-1 x86_64", "b 1-1 x86_64"], false);
    lab.repository("core", &["a 2-1 x86_64"], "");
    lab.repository("extra", &["b 2-1 x86_64"], "");
    lab.fetch();
    lab
}

#[test]
fn a_transaction_makes_all_unavailable() {
    let lab = host();
    let lock = lab.root().join("var/lib/pacman/db.lck");
    fs::write(&lock, "").unwrap();
    let collected = lab.collect();
    let why = "pacman is at work, or was interrupted: /var/lib/pacman/db.lck is there";
    assert_eq!(collected.packages.unwrap_err(), why);
    assert_eq!(collected.updates.unwrap_err(), why);
    fs::remove_file(lock).unwrap();
    assert_eq!(lab.compare(), (2, 2));
}

#[test]
fn a_database_that_breaks_off_is_no_answer() {
    let lab = host();
    let path = lab.root().join("var/lib/pacman/sync/extra.db");
    let whole = fs::read(&path).unwrap();
    for length in [0, 5, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let collected = lab.collect();
        let why = collected.updates.unwrap_err();
        assert!(why.starts_with("/var/lib/pacman/sync/extra.db: "), "{length}: {why}");
        assert_eq!(collected.packages.unwrap().records.len(), 2);
    }
    fs::remove_file(&path).unwrap();
    let updates = lab.collect().updates.unwrap();
    assert_eq!(updates.records.len(), 1);
    let notes: Vec<String> = updates.skipped.iter().map(|odd| format!("{} {}", odd.record, odd.why)).collect();
    assert_eq!(notes, ["/var/lib/pacman/sync/extra.db does not exist: the repository was never fetched"]);
    fs::remove_file(lab.root().join("var/lib/pacman/sync/core.db")).unwrap();
    assert!(lab.collect().updates.unwrap_err().starts_with("pacman has repositories but no databases of them"));
}

#[test]
fn a_broken_description_is_named_and_the_others_are_used() {
    let lab = host();
    fs::write(lab.root().join("var/lib/pacman/local/a-1-1/desc"), "%NAME%\na\n").unwrap();
    let packages = lab.collect().packages.unwrap();
    assert_eq!(packages.records.len(), 1);
    let [odd] = packages.skipped.as_slice() else { panic!("{:?}", packages.skipped) };
    assert_eq!(odd.record, "/var/lib/pacman/local/a-1-1/desc");
    assert_eq!(odd.why, "package 'a' has no version");
    fs::remove_dir_all(lab.root().join("var/lib/pacman/local/b-1-1")).unwrap();
    assert!(lab.collect().packages.unwrap_err().starts_with("/var/lib/pacman/local holds no installed package"));
}

#[test]
fn settings_that_include_themselves_end() {
    let lab = host();
    lab.write(
        "root/etc/pacman.conf",
        "[options]\nInclude = /etc/pacman.conf\n[core]\nServer = https://me:secret@e.org/$repo/$arch\n",
    );
    let collected = lab.collect();
    let repositories = collected.repositories.unwrap();
    assert_eq!(repositories.records[0].uri, "https://e.org/core/$arch");
    assert!(repositories.skipped.iter().any(|odd| odd.why.contains("include each other")), "{repositories:?}");
    assert_eq!(collected.updates.unwrap().records.len(), 1);
}

#[test]
fn a_collection_leaves_no_trace() {
    let lab = host();
    let before = snapshot(&lab.root());
    lab.collect();
    assert_eq!(snapshot(&lab.root()), before);
}
