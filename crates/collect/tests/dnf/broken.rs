//! Metadata that are missing or damaged: the section says so, and never that nothing waits.

use crate::lab::{Lab, made, updateinfo};
use crate::support::snapshot;
use std::fs;
use std::path::PathBuf;

/// A host with an update in each of two repositories, fetched by dnf.
fn host() -> Lab {
    let mut lab = Lab::new();
    lab.install(&["a 1-1 x86_64", "b 1-1 x86_64"].map(made));
    let info = updateinfo(&[("X-1", "security", &["a 2-1 x86_64"])]);
    lab.repository("one", &[made("a 2-1 x86_64")], &[("updateinfo", &info)], "");
    lab.repository("two", &[made("b 2-1 x86_64")], &[], "");
    lab.fetch();
    lab
}

/// The file of a repository's metadata whose name ends so.
fn metadata(lab: &Lab, id: &str, ending: &str) -> PathBuf {
    let folder = fs::read_dir(lab.root().join("var/cache/dnf")).unwrap().map(|entry| entry.unwrap().path());
    let is_of = |path: &PathBuf| path.is_dir() && path.file_name().unwrap().to_str().unwrap().starts_with(id);
    let folder = folder.into_iter().find(is_of).unwrap().join("repodata");
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.to_str().unwrap().contains(ending)).unwrap()
}

fn names(lab: &Lab) -> Vec<String> {
    lab.collect().updates.unwrap().records.into_iter().map(|record| record.name).collect()
}

#[test]
fn without_metadata_the_section_says_what_to_run() {
    let lab = host();
    assert_eq!(names(&lab), ["a", "b"]);
    fs::remove_dir_all(lab.root().join("var/cache/dnf")).unwrap();
    let collected = lab.collect();
    let why = "dnf has repositories but no metadata of them in its cache that can be read here: run 'dnf makecache'";
    assert_eq!(collected.updates.unwrap_err(), why);
    let repositories = collected.repositories.unwrap();
    assert_eq!(repositories.records.len(), 2);
    assert!(repositories.records.iter().all(|record| record.enabled && record.fetched_at.is_none()));
    for id in ["one", "two"] {
        fs::write(lab.root().join(format!("etc/yum.repos.d/{id}.repo")), format!("[{id}]\nenabled=0\n")).unwrap();
    }
    assert_eq!(lab.collect().updates.unwrap_err(), "dnf has no repository that is enabled");
}

#[test]
fn a_repository_that_was_never_fetched_is_named() {
    let lab = host();
    lab.write("root/etc/yum.repos.d/new.repo", "[new]\nname=New\nbaseurl=https://me:secret@e.org/x\nenabled=1\n");
    let collected = lab.collect();
    let updates = collected.updates.unwrap();
    assert_eq!(updates.records.len(), 2);
    let notes: Vec<String> = updates.skipped.iter().map(|odd| format!("{}: {}", odd.record, odd.why)).collect();
    assert_eq!(notes, ["repository new: its metadata were never fetched"]);
    let repositories = collected.repositories.unwrap();
    assert!(repositories.records.iter().any(|record| record.uri == "https://e.org/x"), "{repositories:?}");
}

#[test]
fn a_list_that_breaks_off_is_no_answer() {
    let lab = host();
    let list = metadata(&lab, "two", "primary.xml");
    let whole = fs::read(&list).unwrap();
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&list, &whole[..length]).unwrap();
        let why = lab.collect().updates.unwrap_err();
        assert!(why.contains("/var/cache/dnf/two-") && why.contains("primary.xml"), "{length}: {why}");
    }
    fs::remove_file(&list).unwrap();
    let why = lab.collect().updates.unwrap_err();
    assert!(why.ends_with("primary.xml.gz does not exist"), "{why}");
    fs::write(metadata(&lab, "two", "repomd.xml"), "<repomd>").unwrap();
    let why = lab.collect().updates.unwrap_err();
    assert!(why.ends_with("repomd.xml: line 1: the document ends with 1 elements open"), "{why}");
}

#[test]
fn advisories_that_break_off_are_noted() {
    let lab = host();
    let list = metadata(&lab, "one", "updateinfo");
    let whole = fs::read(&list).unwrap();
    fs::write(&list, &whole[..whole.len() / 2]).unwrap();
    let updates = lab.collect().updates.unwrap();
    assert_eq!(updates.records.len(), 2);
    let [note] = updates.skipped.as_slice() else { panic!("{:?}", updates.skipped) };
    assert!(note.record.contains("updateinfo") && note.why.starts_with("read no further"), "{note:?}");
}

/// Folders of the same id: from before an address was changed, and of a repository whose id begins alike.
#[test]
fn the_newest_metadata_of_a_repository_are_in_use() {
    let lab = host();
    let mut other = Lab::new();
    other.repository("one", &[made("a 9-1 x86_64")], &[], "");
    let cache = lab.root().join("var/cache/dnf");
    for (folder, age) in [("one-0123456789abcdef", 1_000_000_000), ("one-more-0123456789abcdef", 4_000_000_000)] {
        let repodata = cache.join(folder).join("repodata");
        fs::create_dir_all(&repodata).unwrap();
        for file in fs::read_dir(other.path("repositories/one/repodata")).unwrap() {
            let file = file.unwrap().path();
            let copy = repodata.join(file.file_name().unwrap());
            fs::copy(&file, &copy).unwrap();
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(age);
            fs::File::options().append(true).open(&copy).unwrap().set_modified(time).unwrap();
        }
    }
    let updates = lab.collect().updates.unwrap();
    assert_eq!(updates.records[0].candidate, "2-1");
}

#[test]
fn a_collection_leaves_no_trace() {
    let lab = host();
    let before = snapshot(&lab.root());
    assert_eq!(names(&lab), ["a", "b"]);
    assert_eq!(snapshot(&lab.root()), before);
}
