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

/// An archive of descriptions, as `repo-add` packs them.
fn database(lab: &Lab, script: &str) -> Vec<u8> {
    let folder = lab.path("database");
    let script = format!("mkdir -p b-2-1 && printf '%%NAME%%\\nb\\n\\n%%VERSION%%\\n2-1\\n' > b-2-1/desc; {script}");
    fs::create_dir_all(&folder).unwrap();
    let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(&folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What is well packed and not whole: nothing of it says that nothing waits.
#[test]
fn a_database_without_its_content_is_no_answer() {
    let lab = host();
    let path = lab.root().join("var/lib/pacman/sync/extra.db");
    for (script, wanted) in [
        ("printf '' | gzip -c", "breaks off: it has no end"),
        ("tar -cf - b-2-1 | head -c 512 | gzip -c", "breaks off: it has no end"),
        ("tar -cf - b-2-1 | head -c 1536 | gzip -c", "breaks off: it has no end"),
        ("mkdir c-1-1; tar -cf - b-2-1 c-1-1 | gzip -c", "has no description of c-1-1"),
        ("rm b-2-1/desc; ln -s x b-2-1/desc; tar -cf - b-2-1 | gzip -c", "b-2-1/desc is no regular file"),
    ] {
        fs::write(&path, database(&lab, script)).unwrap();
        let why = lab.collect().updates.unwrap_err();
        assert_eq!(why, format!("/var/lib/pacman/sync/extra.db: {wanted}"), "{script}");
        fs::remove_dir_all(lab.path("database")).unwrap();
    }
    // One that is empty, as `repo-add` makes it, is.
    fs::write(&path, database(&lab, "tar -cf - -T /dev/null | gzip -c")).unwrap();
    let updates = lab.collect().updates.unwrap();
    assert_eq!((updates.records.len(), updates.skipped.len()), (1, 0));
    for (script, wanted) in [
        ("printf '%%VERSION%%\\n1-1\\n' > b-2-1/desc; tar -cf - b-2-1", "it has no name, or '' for one"),
        ("printf '%%NAME%%\\nb\\n' > b-2-1/desc; tar -cf - b-2-1", "package 'b' has no version"),
        ("printf '%%NAME%%\\nz\\n' >> b-2-1/desc; tar -cf - b-2-1", "it has %NAME% twice: 'b' and 'z'"),
        ("tar -cf x b-2-1; tar -rf x b-2-1; cat x", "stands there twice"),
        ("cp -r b-2-1 b-3-1; tar -cf - b-2-1 b-3-1", "package 'b' stands there twice"),
        ("sed -i s/2-1/2:x:1-1/ b-2-1/desc; tar -cf - b-2-1", "'2:x:1-1' holds ':'"),
    ] {
        fs::write(&path, database(&lab, script)).unwrap();
        let updates = lab.collect().updates.unwrap();
        let [note] = updates.skipped.as_slice() else { panic!("{script}: {:?}", updates.skipped) };
        assert!(note.why.contains(wanted), "{script}: {note:?}");
        fs::remove_dir_all(lab.path("database")).unwrap();
    }
}

#[test]
fn repositories_beyond_the_ceiling_are_named() {
    let lab = host();
    let sections: String = (0..1001).map(|n| format!("[r{n}]\nServer = file:///x\n")).collect();
    lab.write(
        "root/etc/pacman.conf",
        format!("[options]\nArchitecture = x86_64\n[core]\nServer = file:///x\n{sections}"),
    );
    let repositories = lab.collect().repositories.unwrap();
    assert_eq!(repositories.records.len(), 1000);
    assert!(repositories.skipped.iter().any(|odd| odd.why.contains("more than 1000 repositories")), "{repositories:?}");
}

/// Arch's age is that of the older of its own, whatever a repository of one's own has.
#[test]
fn the_oldest_of_the_distributions_own_databases_counts() {
    let mut lab = host();
    lab.repository("own", &["b 1-1 x86_64"], "");
    lab.fetch();
    for (name, day) in [("core", 20), ("extra", 10), ("own", 1)] {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000 + day * 86_400);
        let path = lab.root().join(format!("var/lib/pacman/sync/{name}.db"));
        fs::File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
    }
    let at = lab.collect().updates.unwrap().lists_at.unwrap();
    assert_eq!(at.as_second(), 1_700_000_000 + 10 * 86_400);
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

/// What pacman itself logs of an upgrade.
#[test]
fn the_log_of_pacman_tells_what_was_changed() {
    let lab = host();
    lab.lines(&["-Su", "--dbonly"]);
    lab.write("root/var/log/pacman.log", fs::read(lab.path("pacman.log")).unwrap());
    let history = lab.collect().history.unwrap();
    // Both in one second, or one in the next.
    let mut upgrades: Vec<String> = history
        .records
        .iter()
        .filter(|of| of.action == model::wire::sections::HistoryAction::Upgrade)
        .map(|of| format!("{} {} > {}", of.name, of.from, of.to))
        .collect();
    upgrades.sort();
    assert_eq!(upgrades, ["a 1-1 > 2-1", "b 1-1 > 2-1"]);
    assert!(history.records[0].by.starts_with("pacman "), "{history:?}");
}
